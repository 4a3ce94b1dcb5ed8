import { below } from '../../core/random.ts';
import type { Command, Process } from '../process.ts';
import { readOptions } from './input-text.ts';
import { routeTable } from './routes.ts';

const broadcastOf = (address: string): string => address.replace(/\d+$/, '255');

/** Counters of the interface: one number of the machine's seed, growing with its uptime. */
function counters(process: Process): { packets: number; bytes: number } {
  const { persona } = process.state.machine;
  const rate = 2 + below(persona.random('shell:traffic'), 40);
  const packets = Math.floor(Math.max(60, (process.state.now() - persona.bootedAt) / 1000) * rate);
  return { packets, bytes: packets * 312 };
}

export const interfaces: Command = {
  names: ['ifconfig'],
  folder: '/sbin',
  systems: 'both',
  run(process) {
    const { machine } = process.state;
    const { address, mac } = machine.persona;
    const { packets, bytes } = counters(process);
    if (machine.busybox)
      process.output.write(
        `${machine.interfaceName.padEnd(9)} Link encap:Ethernet  HWaddr ${mac.toUpperCase()}  \n          inet addr:${address}  Bcast:${broadcastOf(address)}  Mask:255.255.255.0\n          UP BROADCAST RUNNING MULTICAST  MTU:1500  Metric:1\n          RX packets:${packets} errors:0 dropped:0 overruns:0 frame:0\n          TX packets:${packets >> 1} errors:0 dropped:0 overruns:0 carrier:0\n          collisions:0 txqueuelen:1000 \n          RX bytes:${bytes} (${(bytes / 1_048_576).toFixed(1)} MiB)  TX bytes:${bytes >>> 2} (${((bytes >>> 2) / 1_048_576).toFixed(1)} MiB)\n\nlo        Link encap:Local Loopback  \n          inet addr:127.0.0.1  Mask:255.0.0.0\n          UP LOOPBACK RUNNING  MTU:65536  Metric:1\n\n`,
      );
    else
      process.output.write(
        `${machine.interfaceName}: flags=4163<UP,BROADCAST,RUNNING,MULTICAST>  mtu 1500\n        inet ${address}  netmask 255.255.255.0  broadcast ${broadcastOf(address)}\n        ether ${mac}  txqueuelen 1000  (Ethernet)\n        RX packets ${packets}  bytes ${bytes} (${(bytes / 1e6).toFixed(1)} MB)\n        RX errors 0  dropped 0  overruns 0  frame 0\n        TX packets ${packets >> 1}  bytes ${bytes >>> 2} (${((bytes >>> 2) / 1e6).toFixed(1)} MB)\n        TX errors 0  dropped 0 overruns 0  carrier 0  collisions 0\n\nlo: flags=73<UP,LOOPBACK,RUNNING>  mtu 65536\n        inet 127.0.0.1  netmask 255.0.0.0\n        loop  txqueuelen 1000  (Local Loopback)\n\n`,
      );
    return 0;
  },
};

export const routes: Command = {
  names: ['route'],
  folder: '/sbin',
  systems: 'both',
  run(process) {
    const verb = process.words.find((word) => !word.startsWith('-')) ?? '';
    if (verb !== 'add' && verb !== 'del') process.output.write(routeTable(process, false));
    else if (process.state.files.uid !== 0) {
      process.error.write(`SIOC${verb === 'add' ? 'ADD' : 'DEL'}RT: Operation not permitted\n`);
      return 7;
    }
    return 0;
  },
};

export const neighbours: Command = {
  names: ['arp'],
  folder: '/sbin',
  systems: 'both',
  run(process) {
    const { machine } = process.state;
    const { address, mac } = machine.gateway;
    const { flags } = readOptions(process.words, 'iHds');
    if (machine.busybox || flags.has('a'))
      process.output.write(
        `${flags.has('n') || machine.busybox ? '?' : '_gateway'} (${address}) at ${mac} [ether]  on ${machine.interfaceName}\n`,
      );
    else
      process.output.write(
        `Address                  HWtype  HWaddress           Flags Mask            Iface\n${(flags.has('n') ? address : '_gateway').padEnd(24)} ether   ${mac}   C                     ${machine.interfaceName}\n`,
      );
    return 0;
  },
};

const objects = ['address', 'link', 'route', 'neighbour', 'rule', 'maddress', 'netns', 'tunnel', 'monitor'];

export const addresses: Command = {
  names: ['ip'],
  folder: '/sbin',
  systems: 'both',
  run(process) {
    const { machine } = process.state;
    const { address, mac } = machine.persona;
    const network = address.replace(/\d+$/, '0');
    const words = process.words.filter((word) => !word.startsWith('-'));
    const flags = process.words.filter((word) => word.startsWith('-'));
    const brief = flags.some((word) => word.startsWith('-br'));
    const [what = '', verb = ''] = words;
    const object =
      what === 'a'
        ? 'address'
        : what === 'n'
          ? 'neighbour'
          : objects.find((name) => what !== '' && name.startsWith(what));
    if (what === '') {
      process.error.write(
        'Usage: ip [ OPTIONS ] OBJECT { COMMAND | help }\n       ip [ -force ] -batch filename\n',
      );
      return 255;
    }
    if (object === undefined) {
      process.error.write(`Object "${what}" is unknown, try "ip help".\n`);
      return 1;
    }
    if (/^(?:add|del|set|change|replace|flush|append)/.test(verb)) {
      if (process.state.files.uid === 0) return 0;
      process.error.write('RTNETLINK answers: Operation not permitted\n');
      return 2;
    }
    const name = machine.interfaceName;
    if (object === 'route' && verb === 'get') {
      process.output.write(
        `${words[2] ?? ''} via ${machine.gateway.address} dev ${name} src ${address} uid ${process.state.files.uid} \n    cache \n`,
      );
      return 0;
    }
    if (object === 'route')
      process.output.write(
        `default via ${machine.gateway.address} dev ${name} ${machine.busybox ? '' : 'proto dhcp '}${machine.busybox ? '' : `src ${address} metric 100 `}\n${network}/24 dev ${name} proto kernel scope link src ${address} \n`,
      );
    else if (object === 'neighbour')
      process.output.write(
        `${machine.gateway.address} dev ${name} lladdr ${machine.gateway.mac} REACHABLE\n`,
      );
    else if (object === 'rule')
      process.output.write(
        '0:\tfrom all lookup local\n32766:\tfrom all lookup main\n32767:\tfrom all lookup default\n',
      );
    else if (object === 'address' || object === 'link') {
      const only = words.slice(1).find((word) => word === 'lo' || word === name);
      const inet = object === 'address';
      if (brief) {
        const row = (device: string, state: string, shown: string): string =>
          `${device.padEnd(16)} ${state.padEnd(14)} ${shown} \n`;
        process.output.write(
          (only === name
            ? ''
            : row(
                'lo',
                'UNKNOWN',
                inet ? '127.0.0.1/8 ::1/128' : '00:00:00:00:00:00 <LOOPBACK,UP,LOWER_UP>',
              )) +
            (only === 'lo'
              ? ''
              : row(name, 'UP', inet ? `${address}/24` : `${mac} <BROADCAST,MULTICAST,UP,LOWER_UP>`)),
        );
        return 0;
      }
      const loop = `1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN ${inet ? '' : 'mode DEFAULT '}group default qlen 1000\n    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00\n${inet ? '    inet 127.0.0.1/8 scope host lo\n       valid_lft forever preferred_lft forever\n    inet6 ::1/128 scope host \n       valid_lft forever preferred_lft forever\n' : ''}`;
      const card = `2: ${name}: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc fq_codel state UP ${inet ? '' : 'mode DEFAULT '}group default qlen 1000\n    link/ether ${mac} brd ff:ff:ff:ff:ff:ff\n${inet ? `    inet ${address}/24 brd ${broadcastOf(address)} scope global ${name}\n       valid_lft forever preferred_lft forever\n    inet6 ${localAddress(mac)}/64 scope link \n       valid_lft forever preferred_lft forever\n` : ''}`;
      process.output.write((only === name ? '' : loop) + (only === 'lo' ? '' : card));
    }
    return 0;
  },
};

/** The link-local address that a card's own address gives (RFC 4291, appendix A). */
function localAddress(mac: string): string {
  const octets = mac.split(':').map((octet) => Number.parseInt(octet, 16));
  const hex = (high: number, low: number): string =>
    (((octets[high] ?? 0) << 8) | (octets[low] ?? 0)).toString(16);
  const first = (((octets[0] ?? 0) ^ 2) << 8) | (octets[1] ?? 0);
  return `fe80::${first.toString(16)}:${(((octets[2] ?? 0) << 8) | 0xff).toString(16)}:${(0xfe00 | (octets[3] ?? 0)).toString(16)}:${hex(4, 5)}`;
}
