import { addressOf } from '../download.ts';
import { isBusybox, type Command } from '../process.ts';
import { readOptions } from './input-text.ts';

const resolvable = (name: string): boolean =>
  /^\d{1,3}(?:\.\d{1,3}){3}$/.test(name) ||
  name === 'localhost' ||
  /^(?:[a-z0-9_](?:[a-z0-9_-]{0,62})\.)+[a-z]{2,20}\.?$/i.test(name);

/** Answers as a machine on the network would get them; nothing leaves. */
export const ping: Command = {
  names: ['ping', 'ping6'],
  folder: '/bin',
  systems: 'both',
  run(process) {
    const { flags, values, operands } = readOptions(process.words, 'cisWwItQMpSl');
    const [name] = operands;
    const busybox = isBusybox(process);
    if (name === undefined) {
      process.error.write(
        busybox
          ? `BusyBox ${process.state.machine.busyboxVersion} multi-call binary.\n\nUsage: ping [OPTIONS] HOST\n`
          : 'ping: usage error: Destination address required\n',
      );
      return busybox ? 1 : 2;
    }
    process.state.recordCommand(['ping', name]);
    if (!resolvable(name) && name !== process.state.machine.hostname) {
      process.error.write(
        busybox ? `ping: bad address '${name}'\n` : `ping: ${name}: Name or service not known\n`,
      );
      return busybox ? 1 : 2;
    }
    const local = name === 'localhost' || name.startsWith('127.') || name === process.state.machine.hostname;
    const address = local ? '127.0.0.1' : addressOf(process, name);
    const size = Number(values.get('s') ?? 56) || 56;
    // Without a count a person would press ^C.
    const count = Math.min(Math.max(1, Number(values.get('c') ?? values.get('w') ?? 4) || 4), 20);
    const base = local ? 0.03 : 4 + (process.state.machine.nextRandom() % 90);
    const ttl = local ? 64 : 46 + (process.state.machine.nextRandom() % 12);
    const times: number[] = [];
    process.output.write(
      busybox
        ? `PING ${name} (${address}): ${size} data bytes\n`
        : `PING ${name} (${address}) ${size}(${size + 28}) bytes of data.\n`,
    );
    const interval = Math.min(Math.max(Number(values.get('i') ?? 1) || 1, 0.2), 10);
    for (let turn = 1; turn <= count; turn += 1) {
      if (turn > 1) process.state.sleep(interval * 1000);
      const time = base * (1 + (process.state.machine.nextRandom() % 120) / 1000);
      times.push(time);
      if (!flags.has('q'))
        process.output.write(
          busybox
            ? `${size + 8} bytes from ${address}: seq=${turn - 1} ttl=${ttl} time=${time.toFixed(3)} ms\n`
            : `${size + 8} bytes from ${address === name ? address : `${name} (${address})`}: icmp_seq=${turn} ttl=${ttl} time=${time < 1 ? time.toFixed(3) : time < 10 ? time.toFixed(2) : time.toFixed(1)} ms\n`,
        );
    }
    const [least, most] = [Math.min(...times), Math.max(...times)];
    const mean = times.reduce((sum, time) => sum + time, 0) / count;
    const deviation = Math.sqrt(times.reduce((sum, time) => sum + (time - mean) ** 2, 0) / count);
    process.output.write(
      busybox
        ? `\n--- ${name} ping statistics ---\n${count} packets transmitted, ${count} packets received, 0% packet loss\nround-trip min/avg/max = ${least.toFixed(3)}/${mean.toFixed(3)}/${most.toFixed(3)} ms\n`
        : `\n--- ${name} ping statistics ---\n${count} packets transmitted, ${count} received, 0% packet loss, time ${Math.round((count - 1) * interval * 1000 + mean)}ms\nrtt min/avg/max/mdev = ${least.toFixed(3)}/${mean.toFixed(3)}/${most.toFixed(3)}/${deviation.toFixed(3)} ms\n`,
    );
    return 0;
  },
};

export const traceroute: Command = {
  names: ['traceroute', 'tracepath', 'mtr'],
  folder: '/usr/bin',
  systems: 'both',
  run(process) {
    const { operands } = readOptions(process.words, 'mqwpfisz');
    const [name] = operands;
    if (name === undefined) {
      process.error.write(`Usage: ${process.name} host\n`);
      return 2;
    }
    process.state.recordCommand(['ping', name]);
    if (!resolvable(name)) {
      process.error.write(
        `${name}: Name or service not known\n${process.name === 'traceroute' ? `Cannot handle "host" cmdline arg \`${name}' on position 1 (argc 1)\n` : ''}`,
      );
      return 2;
    }
    const address = addressOf(process, name);
    const { machine } = process.state;
    const draw = (limit: number): number => machine.nextRandom() % limit;
    process.output.write(`traceroute to ${name} (${address}), 30 hops max, 60 byte packets\n`);
    const hops = 6 + draw(5);
    let delay = 0.3;
    for (let hop = 1; hop <= hops; hop += 1) {
      delay += draw(4_000) / 1000;
      const probe = (): string => `${(delay * (1 + draw(100) / 1000)).toFixed(3)} ms`;
      const at = hop === 1 ? machine.gateway.address : hop === hops ? address : '';
      process.output.write(
        `${String(hop).padStart(2)}  ${at === '' ? '* * *' : `${hop === 1 ? '_gateway' : name} (${at})  ${probe()}  ${probe()}  ${probe()}`}\n`,
      );
      process.state.sleep(200);
    }
    return 0;
  },
};
