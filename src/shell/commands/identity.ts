import { encodeText } from '../byte-text.ts';
import { formatDate } from '../date-format.ts';
import { contentOf } from '../files/node.ts';
import { loadText } from '../files/proc.ts';
import type { Command, Process } from '../process.ts';
import { readOptions } from './input-text.ts';
import { upTime } from './up-time.ts';

export const uname: Command = {
  names: ['uname', 'arch'],
  folder: '/bin',
  systems: 'both',
  run(process) {
    const { machine } = process.state;
    const { release, version, machine: hardware } = machine.kernel;
    if (process.name === 'arch') {
      process.output.write(`${hardware}\n`);
      return 0;
    }
    const { flags, operands } = readOptions(process.words, '');
    const unknown = [...flags].find((flag) => flag.length === 1 && !'asnrvmpio'.includes(flag));
    if (unknown !== undefined || operands.length > 0) {
      process.error.write(
        `uname: ${unknown === undefined ? `extra operand '${operands[0]}'` : `invalid option -- '${unknown}'`}\nTry 'uname --help' for more information.\n`,
      );
      return 1;
    }
    const all = flags.has('a') || flags.has('all');
    const parts: string[] = [];
    if (all || flags.size === 0 || flags.has('s')) parts.push('Linux');
    if (all || flags.has('n')) parts.push(machine.hostname);
    if (all || flags.has('r')) parts.push(release);
    if (all || flags.has('v')) parts.push(version);
    if (all || flags.has('m')) parts.push(hardware);
    if (flags.has('p') || (all && !machine.busybox && machine.bashVersion < '5.1')) parts.push(hardware);
    if (flags.has('i') || (all && !machine.busybox && machine.bashVersion < '5.1')) parts.push(hardware);
    if (all || flags.has('o')) parts.push('GNU/Linux');
    process.output.write(`${parts.join(' ')}\n`);
    return 0;
  },
};

export const hostname: Command = {
  names: ['hostname'],
  folder: '/bin',
  systems: 'both',
  run(process) {
    process.output.write(
      process.words[0]?.startsWith('-I') === true || process.words[0] === '-i'
        ? `${process.state.machine.persona.address} \n`
        : `${process.state.machine.hostname}\n`,
    );
    return 0;
  },
};

const nameOf = (process: Process): string => process.state.machine.userOf(process.state.files.uid);

export const whoami: Command = {
  names: ['whoami', 'logname'],
  folder: '/usr/bin',
  systems: 'both',
  run(process) {
    process.output.write(`${nameOf(process)}\n`);
    return 0;
  },
};

/** Fields of the lines of /etc/passwd or /etc/group as this visitor finds them. */
function entries(process: Process, path: string): string[][] {
  const node = process.state.files.find(path, '/');
  return node?.kind === 'file'
    ? contentOf(node)
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => line.split(':'))
    : [];
}

export const id: Command = {
  names: ['id', 'groups'],
  folder: '/usr/bin',
  systems: 'both',
  run(process) {
    const { flags, operands } = readOptions(process.words, '');
    const { machine, files } = process.state;
    const wanted = operands[0];
    const users = entries(process, '/etc/passwd');
    const groups = entries(process, '/etc/group');
    const line = users.find(([name, , uid]) =>
      wanted === undefined ? uid === String(files.uid) : name === wanted || uid === wanted,
    );
    const uid =
      line === undefined ? (wanted === undefined ? files.uid : machine.uidOf(wanted)) : Number(line[2]);
    if (uid === null || !Number.isInteger(uid)) {
      process.error.write(
        machine.busybox
          ? `id: unknown user ${wanted}\n`
          : process.name === 'groups'
            ? `groups: '${wanted}': no such user\n`
            : `id: '${wanted}': no such user\n`,
      );
      return 1;
    }
    const name = line?.[0] ?? machine.userOf(uid);
    const gid = Number(line?.[3] ?? uid);
    const groupName = (number: number): string =>
      groups.find(([, , other]) => other === String(number))?.[0] ?? (number === uid ? name : String(number));
    const member = groups.flatMap(([, , number, list = '']) =>
      list.split(',').includes(name) ? [Number(number)] : [],
    );
    const all = [gid, ...member.filter((number) => number !== gid)];
    if (process.name === 'groups') {
      process.output.write(
        `${wanted === undefined || machine.busybox ? '' : `${name} : `}${all.map(groupName).join(' ')}\n`,
      );
      return 0;
    }
    const shown = (number: number, text: string): string => (flags.has('n') ? text : String(number));
    if (flags.has('u')) process.output.write(`${shown(uid, name)}\n`);
    else if (flags.has('g')) process.output.write(`${shown(gid, groupName(gid))}\n`);
    else if (flags.has('G'))
      process.output.write(`${all.map((number) => shown(number, groupName(number))).join(' ')}\n`);
    else
      process.output.write(
        `uid=${uid}(${name}) gid=${gid}(${groupName(gid)})${machine.busybox && member.length === 0 ? '' : ` groups=${all.map((number) => `${number}(${groupName(number)})`).join(',')}`}\n`,
      );
    return 0;
  },
};

const summary = (process: Process, users: number): string =>
  ` ${formatDate(process.state.now(), '%H:%M:%S')} up ${upTime(process)},  ${process.state.machine.busybox ? '' : `${users} user${users === 1 ? '' : 's'},  `}load average: ${loadText(process.state.machine, process.state.now()).replaceAll(' ', ', ')}\n`;

export const uptime: Command = {
  names: ['uptime'],
  folder: '/usr/bin',
  systems: 'both',
  run(process) {
    process.output.write(process.words[0] === '-p' ? `up ${upTime(process).trim()}\n` : summary(process, 1));
    return 0;
  },
};

export const who: Command = {
  names: ['w', 'who', 'last', 'users'],
  folder: '/usr/bin',
  systems: 'both',
  run(process) {
    const { state } = process;
    const user = encodeText(state.options.user).padEnd(8);
    const { source } = state.options;
    const started = state.machine.startedAt;
    if (process.name === 'users') process.output.write(`${user.trim()}\n`);
    else if (process.name === 'who')
      process.output.write(`${user} pts/0        ${formatDate(started, '%Y-%m-%d %H:%M')} (${source})\n`);
    else if (process.name === 'last')
      process.output.write(
        `${user} pts/0        ${source.padEnd(16)} ${formatDate(started, '%a %b %e %H:%M')}   still logged in\n\nwtmp begins ${formatDate(state.machine.persona.bootedAt, '%a %b %e %H:%M:%S %Y')}\n`,
      );
    else
      process.output.write(
        `${summary(process, 1)}USER     TTY      FROM             LOGIN@   IDLE   JCPU   PCPU WHAT\n${user} pts/0    ${source.padEnd(16)} ${formatDate(started, '%H:%M')}    0.00s  0.02s  0.00s w\n`,
      );
    return 0;
  },
};
