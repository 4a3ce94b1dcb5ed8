import { formatDate } from '../date-format.ts';
import { loadText, mountsText } from '../files/proc.ts';
import type { Machine, RunningProcess } from '../machine.ts';
import type { Command, Process } from '../process.ts';
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
      human
        ? kilobytes > 1_048_576
          ? `${(kilobytes / 1_048_576).toFixed(0)}G`
          : `${(kilobytes / 1024).toFixed(1)}M`
        : String(Math.floor(kilobytes));
    const row = (device: string, total: number, used: number, place: string): string =>
      `${device.padEnd(20)} ${show(total).padStart(9)} ${show(used).padStart(9)} ${show(total - used).padStart(9)} ${`${Math.ceil((used / total) * 100)}%`.padStart(4)} ${place}\n`;
    const memory = machine.persona.memoryKilobytes / 2;
    process.output.write(
      `${'Filesystem'.padEnd(20)} ${(human ? 'Size' : '1K-blocks').padStart(9)} ${'Used'.padStart(9)} ${'Available'.padStart(9)} Use% Mounted on\n` +
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

/** The machine's processes and the visitor's own shell and command. */
function running(process: Process): RunningProcess[] {
  const { machine, options } = process.state;
  const own = (pid: number, parent: number, command: string): RunningProcess => ({
    pid,
    parent,
    user: options.user,
    command,
    virtual: 7_200,
    resident: 3_900,
  });
  const called = [process.name, ...process.words].join(' ');
  return [
    ...machine.processes,
    own(machine.shellPid, 1, machine.busybox ? '-sh' : '-bash'),
    own(process.pid, machine.shellPid, called),
  ];
}

const busyRow = ({ pid, user, virtual, command }: RunningProcess): string =>
  `${String(pid).padStart(5)} ${user.padEnd(8)} ${String(virtual).padStart(5)} S    ${command.startsWith('[') ? command : command}\n`;

const cpuTime = (machine: Machine, pid: number): string =>
  `00:00:${String((pid * 7 + machine.persona.cpu.count) % 60).padStart(2, '0')}`;

export const processList: Command = {
  names: ['ps'],
  folder: '/bin',
  systems: 'both',
  run(process) {
    const { machine } = process.state;
    const rows = running(process);
    const words = process.words.join(' ');
    if (machine.busybox)
      process.output.write(`  PID USER       VSZ STAT COMMAND\n${rows.map(busyRow).join('')}`);
    else if (/aux|u/.test(words) && !words.startsWith('-u')) {
      process.output.write('USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND\n');
      const total = machine.persona.memoryKilobytes;
      for (const { pid, user, virtual, resident, command } of rows) {
        const mine = pid >= machine.shellPid;
        process.output.write(
          `${user.padEnd(8)} ${String(pid).padStart(7)}  0.0 ${((resident / total) * 100).toFixed(1).padStart(4)} ${String(virtual).padStart(6)} ${String(resident).padStart(5)} ${(mine ? 'pts/0' : '?').padEnd(8)} ${(mine ? 'Ss' : resident === 0 ? 'S' : 'Ss').padEnd(4)} ${formatDate(mine ? machine.startedAt : machine.persona.bootedAt, mine ? '%H:%M' : '%b%d')}   ${mine ? '0:00' : `0:${String(pid % 60).padStart(2, '0')}`} ${command}\n`,
        );
      }
    } else if (/[eA]/.test(words)) {
      const full = words.includes('f');
      process.output.write(
        full
          ? 'UID          PID    PPID  C STIME TTY          TIME CMD\n'
          : '    PID TTY          TIME CMD\n',
      );
      for (const { pid, parent, user, command } of rows) {
        const mine = pid >= machine.shellPid;
        const name = (
          command
            .replace(/^\[(.*)\]$/, '$1')
            .split(' ', 1)[0]
            ?.split('/')
            .pop() ?? ''
        ).replace(/^-/, '');
        process.output.write(
          full
            ? `${user.padEnd(8)} ${String(pid).padStart(7)} ${String(parent).padStart(7)}  0 ${formatDate(machine.persona.bootedAt, '%b%d')} ${(mine ? 'pts/0' : '?').padEnd(8)} ${cpuTime(machine, pid)} ${command}\n`
            : `${String(pid).padStart(7)} ${(mine ? 'pts/0' : '?').padEnd(8)} ${cpuTime(machine, pid)} ${name}\n`,
        );
      }
    } else
      process.output.write(
        `    PID TTY          TIME CMD\n${String(machine.shellPid).padStart(7)} pts/0    00:00:00 bash\n${String(process.pid).padStart(7)} pts/0    00:00:00 ps\n`,
      );
    return 0;
  },
};

export const top: Command = {
  names: ['top'],
  folder: '/usr/bin',
  systems: 'both',
  run(process) {
    const { machine } = process.state;
    const total = machine.persona.memoryKilobytes;
    const used = total - machine.freeKilobytes - machine.cachedKilobytes;
    const load = loadText(machine, process.state.now());
    if (machine.busybox)
      process.output.write(
        `Mem: ${used}K used, ${machine.freeKilobytes}K free, 0K shrd, 0K buff, ${machine.cachedKilobytes}K cached\nCPU:   1% usr   2% sys   0% nic  96% idle   0% io   0% irq   0% sirq\nLoad average: ${load} 1/${machine.processes.length} ${process.pid}\n  PID  PPID USER     STAT   VSZ %VSZ CPU %CPU COMMAND\n`,
      );
    else
      process.output.write(
        `top - ${formatDate(process.state.now(), '%H:%M:%S')} up,  1 user,  load average: ${load.replaceAll(' ', ', ')}\nTasks: ${machine.processes.length + 2} total,   1 running, ${machine.processes.length + 1} sleeping,   0 stopped,   0 zombie\n%Cpu(s):  0.3 us,  0.3 sy,  0.0 ni, 99.3 id,  0.0 wa,  0.0 hi,  0.0 si,  0.0 st\nMiB Mem : ${(total / 1024).toFixed(1).padStart(8)} total, ${(machine.freeKilobytes / 1024).toFixed(1).padStart(8)} free, ${(used / 1024).toFixed(1).padStart(8)} used, ${(machine.cachedKilobytes / 1024).toFixed(1).padStart(8)} buff/cache\n\n    PID USER      PR  NI    VIRT    RES    SHR S  %CPU  %MEM     TIME+ COMMAND\n`,
      );
    for (const { pid, parent, user, virtual, resident, command } of running(process).slice(0, 20))
      process.output.write(
        machine.busybox
          ? `${String(pid).padStart(5)} ${String(parent).padStart(5)} ${user.padEnd(8)} S    ${String(virtual).padStart(5)}   0%   0   0% ${command}\n`
          : `${String(pid).padStart(7)} ${user.padEnd(8)}  20   0 ${String(virtual).padStart(7)} ${String(resident).padStart(6)} ${String(resident >> 1).padStart(6)} S   0.0 ${((resident / total) * 100).toFixed(1).padStart(5)}   0:0${pid % 10}.${String(pid % 100).padStart(2, '0')} ${command.split(' ', 1)[0]?.split('/').pop() ?? ''}\n`,
      );
    return 0;
  },
};
