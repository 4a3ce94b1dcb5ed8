import { below } from '../../core/random.ts';
import type { Command, Process } from '../process.ts';

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

export const addresses: Command = {
  names: ['ip', 'route', 'arp'],
  folder: '/sbin',
  systems: 'both',
  run(process) {
    const { machine } = process.state;
    const { address, mac } = machine.persona;
    const gateway = machine.gateway.address;
    const network = address.replace(/\d+$/, '0');
    const what = process.words.find((word) => !word.startsWith('-')) ?? '';
    if (process.name === 'route')
      process.output.write(
        `Kernel IP routing table\nDestination     Gateway         Genmask         Flags Metric Ref    Use Iface\n0.0.0.0         ${gateway.padEnd(15)} 0.0.0.0         UG    0      0        0 ${machine.interfaceName}\n`,
      );
    else if (process.name === 'arp')
      process.output.write(`? (${gateway}) at ${machine.gateway.mac} [ether]  on ${machine.interfaceName}\n`);
    else if ('route'.startsWith(what) && what !== '')
      process.output.write(
        `default via ${gateway} dev ${machine.interfaceName} \n${network}/24 dev ${machine.interfaceName} proto kernel scope link src ${address} \n`,
      );
    else if ('address'.startsWith(what) || 'link'.startsWith(what)) {
      const inet =
        'link'.startsWith(what) && what !== ''
          ? ['', '']
          : [
              '    inet 127.0.0.1/8 scope host lo\n       valid_lft forever preferred_lft forever\n',
              `    inet ${address}/24 brd ${broadcastOf(address)} scope global ${machine.interfaceName}\n       valid_lft forever preferred_lft forever\n`,
            ];
      process.output.write(
        `1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000\n    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00\n${inet[0]}2: ${machine.interfaceName}: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc fq_codel state UP group default qlen 1000\n    link/ether ${mac} brd ff:ff:ff:ff:ff:ff\n${inet[1]}`,
      );
    } else {
      process.error.write(`Object "${what}" is unknown, try "ip help".\n`);
      return 1;
    }
    return 0;
  },
};

export const connections: Command = {
  names: ['netstat', 'ss'],
  folder: '/bin',
  systems: 'both',
  run(process) {
    const { options, machine } = process.state;
    const { persona } = machine;
    process.output.write(
      'Active Internet connections (servers and established)\nProto Recv-Q Send-Q Local Address           Foreign Address         State      \n',
    );
    const listening = persona.services.toSorted((one, other) => (one.transport < other.transport ? -1 : 1));
    for (const { port, transport } of listening)
      process.output.write(
        `${transport}        0      0 ${`0.0.0.0:${port}`.padEnd(23)} ${'0.0.0.0:*'.padEnd(23)} ${transport === 'tcp' ? 'LISTEN' : ''}     \n`,
      );
    process.output.write(
      `tcp        0    196 ${`${persona.address}:${options.destinationPort}`.padEnd(23)} ${`${options.source}:${options.sourcePort}`.padEnd(23)} ESTABLISHED\n`,
    );
    return 0;
  },
};

export const firewall: Command = {
  names: ['iptables', 'ip6tables', 'ufw'],
  folder: '/usr/sbin',
  systems: 'both',
  run(process) {
    if (process.state.files.uid !== 0) {
      process.error.write(`${process.name}: Permission denied (you must be root)\n`);
      return 4;
    }
    if (process.words.some((word) => /^-[vn]*L/.test(word)))
      process.output.write(
        ['INPUT', 'FORWARD', 'OUTPUT']
          .map(
            (chain) =>
              `Chain ${chain} (policy ACCEPT)\ntarget     prot opt source               destination         \n`,
          )
          .join('\n'),
      );
    return 0;
  },
};
