import { formatDate } from '../date-format.ts';
import { loadText } from '../files/proc.ts';
import type { Command, Process } from '../process.ts';
import { readOptions } from './input-text.ts';
import { processorSeconds, processTable, programOf } from './process-table.ts';
import { upTime } from './up-time.ts';

export const top: Command = {
  names: ['top', 'htop'],
  folder: '/usr/bin',
  systems: 'both',
  run(process) {
    const { machine } = process.state;
    const total = machine.persona.memoryKilobytes;
    const used = total - machine.freeKilobytes - machine.cachedKilobytes;
    const now = process.state.now();
    const load = loadText(machine, now);
    const rows = processTable(process);
    if (machine.busybox)
      process.output.write(
        `Mem: ${used}K used, ${machine.freeKilobytes}K free, 0K shrd, 0K buff, ${machine.cachedKilobytes}K cached\nCPU:   1% usr   2% sys   0% nic  96% idle   0% io   0% irq   0% sirq\nLoad average: ${load} 1/${rows.length} ${process.pid}\n  PID  PPID USER     STAT   VSZ %VSZ CPU %CPU COMMAND\n`,
      );
    else {
      const size = (kilobytes: number): string => (kilobytes / 1024).toFixed(1).padStart(8);
      process.output.write(
        `top - ${formatDate(now, '%H:%M:%S')} up ${upTime(process)},  1 user,  load average: ${load.replaceAll(' ', ', ')}\nTasks: ${rows.length} total,   1 running, ${rows.length - 1} sleeping,   0 stopped,   0 zombie\n%Cpu(s):  0.3 us,  0.3 sy,  0.0 ni, 99.3 id,  0.0 wa,  0.0 hi,  0.0 si,  0.0 st\nMiB Mem : ${size(total)} total, ${size(machine.freeKilobytes)} free, ${size(used)} used, ${size(machine.cachedKilobytes)} buff/cache\nMiB Swap: ${size(0)} total, ${size(0)} free, ${size(0)} used. ${size(machine.freeKilobytes + machine.cachedKilobytes * 0.8)} avail Mem \n\n    PID USER      PR  NI    VIRT    RES    SHR S  %CPU  %MEM     TIME+ COMMAND\n`,
      );
    }
    const most =
      machine.busybox || process.words.some((word) => /^-\w*b/.test(word))
        ? rows.length
        : Math.max(5, process.state.options.rows - 7);
    for (const row of rows.toSorted((one, other) => other.resident - one.resident).slice(0, most)) {
      const { pid, parent, user, virtual, resident, command } = row;
      const seconds = processorSeconds(row, now);
      process.output.write(
        machine.busybox
          ? `${String(pid).padStart(5)} ${String(parent).padStart(5)} ${user.padEnd(8)} ${row.state.slice(0, 1)}    ${String(virtual).padStart(5)} ${String(Math.round((virtual / total) * 100)).padStart(3)}%   0   0% ${command}\n`
          : `${String(pid).padStart(7)} ${user.slice(0, 8).padEnd(8)}  20   0 ${String(virtual).padStart(7)} ${String(resident).padStart(6)} ${String(resident >> 1).padStart(6)} ${row.state.slice(0, 1)}   0.0 ${((resident / total) * 100).toFixed(1).padStart(5)} ${`${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}.${String(pid % 100).padStart(2, '0')}`.padStart(9)} ${programOf(command)}\n`,
      );
    }
    return 0;
  },
};

/** `DELAY COUNT` of vmstat, iostat and their like. */
function* reports(process: Process): Generator<number> {
  const { operands } = readOptions(process.words, 'Spnwd');
  const [delay, count] = operands.filter((word) => /^\d{1,6}$/.test(word)).map(Number);
  const times = delay === undefined ? 1 : Math.min(count ?? 20, 20);
  for (let turn = 0; turn < times; turn += 1) {
    if (turn > 0) process.state.sleep((delay ?? 1) * 1000);
    yield turn;
  }
}

export const memoryStatistics: Command = {
  names: ['vmstat'],
  folder: '/usr/bin',
  systems: 'gnu',
  run(process) {
    const { machine } = process.state;
    process.output.write(
      'procs -----------memory---------- ---swap-- -----io---- -system-- ------cpu-----\n r  b   swpd   free   buff  cache   si   so    bi    bo   in   cs us sy id wa st\n',
    );
    const cell = (value: number, width: number): string => String(Math.floor(value)).padStart(width);
    for (const turn of reports(process)) {
      const draw = (limit: number): number => machine.nextRandom() % limit;
      process.output.write(
        ` ${turn === 0 ? 1 : 0}  0      0 ${cell(machine.freeKilobytes - draw(400), 6)} ${cell(machine.cachedKilobytes * 0.1, 6)} ${cell(machine.cachedKilobytes * 0.9, 6)}    0    0 ${cell(turn === 0 ? 4 + draw(30) : 0, 5)} ${cell(draw(24), 5)} ${cell(40 + draw(90), 4)} ${cell(80 + draw(160), 4)}  0  0 ${turn === 0 ? ' 99' : '100'}  0  0\n`,
      );
    }
    return 0;
  },
};

export const deviceStatistics: Command = {
  names: ['iostat', 'mpstat'],
  folder: '/usr/bin',
  systems: 'gnu',
  run(process) {
    const { machine } = process.state;
    const { persona, kernel } = machine;
    process.output.write(
      `Linux ${kernel.release} (${machine.hostname}) \t${formatDate(process.state.now(), '%m/%d/%y')} \t_${kernel.machine}_\t(${persona.cpu.count} CPU)\n\n`,
    );
    for (const turn of reports(process)) {
      const idle = 98 + (machine.nextRandom() % 180) / 100;
      if (process.name === 'mpstat')
        process.output.write(
          `${turn === 0 ? `${formatDate(process.state.now(), '%H:%M:%S')}     CPU    %usr   %nice    %sys %iowait    %irq   %soft  %steal  %guest  %gnice   %idle\n` : ''}${formatDate(process.state.now(), '%H:%M:%S')}     all ${((100 - idle) / 2).toFixed(2).padStart(7)}    0.00 ${((100 - idle) / 2).toFixed(2).padStart(7)}    0.00    0.00    0.00    0.00    0.00    0.00 ${idle.toFixed(2).padStart(7)}\n`,
        );
      else
        process.output.write(
          `avg-cpu:  %user   %nice %system %iowait  %steal   %idle\n        ${((100 - idle) / 2).toFixed(2).padStart(7)}    0.00 ${((100 - idle) / 2).toFixed(2).padStart(7)}    0.00    0.00 ${idle.toFixed(2).padStart(7)}\n\nDevice             tps    kB_read/s    kB_wrtn/s    kB_dscd/s    kB_read    kB_wrtn    kB_dscd\nvda               0.${10 + (machine.nextRandom() % 80)}         1.${10 + (machine.nextRandom() % 80)}         4.${10 + (machine.nextRandom() % 80)}         0.00 ${String(machine.diskUsedKilobytes >> 3).padStart(10)} ${String(machine.diskUsedKilobytes >> 1).padStart(10)}          0\n\n`,
        );
    }
    return 0;
  },
};
