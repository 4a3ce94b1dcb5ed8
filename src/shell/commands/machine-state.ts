import { mountsText } from '../files/proc.ts';
import type { Command } from '../process.ts';
import { humanSize } from './disk-use.ts';
import { readOptions } from './input-text.ts';

export const free: Command = {
  names: ['free'],
  folder: '/usr/bin',
  systems: 'both',
  run(process) {
    const { machine } = process.state;
    const { flags } = readOptions(process.words, 'sc');
    const scale = flags.has('m') ? 1024 : flags.has('g') ? 1024 * 1024 : flags.has('b') ? 1 / 1024 : 1;
    const show = (kilobytes: number): string =>
      (flags.has('h')
        ? kilobytes > 1_048_576
          ? `${(kilobytes / 1_048_576).toFixed(1)}Gi`
          : `${Math.floor(kilobytes / 1024)}Mi`
        : String(Math.floor(kilobytes / scale))
      ).padStart(12);
    const total = machine.persona.memoryKilobytes;
    const available = machine.freeKilobytes + machine.cachedKilobytes * 0.8;
    const row = [
      total,
      total - machine.freeKilobytes - machine.cachedKilobytes,
      machine.freeKilobytes,
      total / 400,
      machine.cachedKilobytes,
      available,
    ];
    process.output.write(
      `               total        used        free      shared  buff/cache   available\nMem:    ${row.map(show).join('')}\nSwap:   ${[0, 0, 0].map(show).join('')}\n`,
    );
    return 0;
  },
};

export const diskFree: Command = {
  names: ['df'],
  folder: '/bin',
  systems: 'both',
  run(process) {
    const { machine } = process.state;
    const human = readOptions(process.words, '').flags.has('h');
    const show = (kilobytes: number): string =>
      human ? humanSize(Math.floor(kilobytes) * 1024) : String(Math.floor(kilobytes));
    const device = human ? 14 : machine.busybox ? 20 : 14;
    const wide = human ? 5 : 9;
    const row = (name: string, total: number, used: number, place: string): string =>
      `${name.padEnd(device)} ${show(total).padStart(wide)} ${show(used).padStart(wide)} ${show(total - used).padStart(wide)} ${`${Math.ceil((used / total) * 100)}%`.padStart(4)} ${place}\n`;
    const memory = machine.persona.memoryKilobytes / 2;
    process.output.write(
      `${'Filesystem'.padEnd(device)} ${(human ? 'Size' : '1K-blocks').padStart(wide)} ${'Used'.padStart(wide)} ${(human ? (machine.busybox ? 'Available' : 'Avail') : 'Available').padStart(wide)} Use% Mounted on\n` +
        row(
          machine.busybox ? '/dev/root' : '/dev/vda1',
          machine.diskKilobytes,
          machine.busybox ? machine.diskKilobytes : machine.diskUsedKilobytes,
          '/',
        ) +
        row('tmpfs', memory, 40, machine.busybox ? '/tmp' : '/run'),
    );
    return 0;
  },
};

export const mount: Command = {
  names: ['mount', 'umount'],
  folder: '/bin',
  systems: 'both',
  run(process) {
    if (process.name === 'mount' && process.words.length === 0)
      for (const line of mountsText(process.state.machine).trimEnd().split('\n')) {
        const [device, place, type, options] = line.split(' ');
        process.output.write(`${device} on ${place} type ${type} (${options})\n`);
      }
    return 0;
  },
};

export const processors: Command = {
  names: ['nproc'],
  folder: '/usr/bin',
  systems: 'both',
  run(process) {
    process.output.write(`${process.state.machine.persona.cpu.count}\n`);
    return 0;
  },
};

export const processorList: Command = {
  names: ['lscpu'],
  folder: '/usr/bin',
  systems: 'gnu',
  run(process) {
    const { cpu, kernel } = process.state.machine.persona;
    const rows: [string, string][] = [
      ['Architecture', kernel.machine],
      ['CPU op-mode(s)', '32-bit, 64-bit'],
      ['Byte Order', 'Little Endian'],
      ['CPU(s)', String(cpu.count)],
      ['On-line CPU(s) list', cpu.count === 1 ? '0' : `0-${cpu.count - 1}`],
      ['Thread(s) per core', '1'],
      ['Core(s) per socket', String(cpu.count)],
      ['Socket(s)', '1'],
      ['Vendor ID', cpu.model.includes('AMD') ? 'AuthenticAMD' : 'GenuineIntel'],
      ['Model name', cpu.model],
      ['Hypervisor vendor', 'KVM'],
      ['Virtualization type', 'full'],
    ];
    for (const [name, value] of rows) process.output.write(`${`${name}:`.padEnd(33)}${value}\n`);
    return 0;
  },
};
