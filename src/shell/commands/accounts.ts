import { below } from '../../core/random.ts';
import { type Account, accountOf } from '../account.ts';
import { contentOf } from '../files/node.ts';
import type { Command, Process } from '../process.ts';
import { shellProgramAt } from '../shell-program.ts';
import type { Reading, Run } from '../stream.ts';
import { hashPassword, setHash } from './account-files.ts';
import { readOptions } from './input-text.ts';

/** Asks without echo, as getpass(3). */
function* ask(process: Process, prompt: string): Reading<string | null> {
  const { terminal } = process.state;
  process.error.write(prompt);
  terminal.echo = false;
  try {
    const line = yield* process.input.line();
    process.error.write('\n');
    return line;
  } finally {
    terminal.echo = true;
  }
}

export const password: Command = {
  names: ['passwd'],
  folder: '/usr/bin',
  systems: 'both',
  *run(process) {
    const user = readOptions(process.words, '').operands[0] ?? process.state.options.user;
    const { busybox } = process.state.machine;
    if (process.words.includes('-d') || process.words.includes('-l')) return 0;
    if (busybox) process.output.write(`Changing password for ${user}\n`);
    const first = yield* ask(process, 'New password: ');
    const second = first === null ? null : yield* ask(process, 'Retype new password: ');
    if (first === null || second === null || first !== second) {
      process.error.write(
        busybox
          ? "Passwords don't match\npasswd: password for " + user + ' is unchanged\n'
          : 'Sorry, passwords do not match.\npasswd: Authentication token manipulation error\npasswd: password unchanged\n',
      );
      return busybox ? 1 : 10;
    }
    setHash(process, user, hashPassword(process, first.replace(/\r?\n$/, '')));
    process.output.write(
      busybox ? `passwd: password for ${user} changed by root\n` : 'passwd: password updated successfully\n',
    );
    return 0;
  },
};

export const becomeUser: Command = {
  names: ['sudo', 'su', 'doas'],
  folder: '/usr/bin',
  systems: 'both',
  *run(process) {
    const words = [...process.words];
    while ((words[0] ?? '').startsWith('-')) {
      const option = words.shift() ?? '';
      if (option === '-u' || option === '-p' || option === '-g') words.shift();
      else if (option === '-V' || option === '--version') {
        process.output.write(
          `Sudo version ${process.state.machine.packages.installed.get('sudo')?.split('-')[0] ?? '1.8.31'}\n`,
        );
        return 0;
      } else if (option === '-l' || option === '-ll' || option === '--list') {
        process.output.write(sudoRights(process));
        return 0;
      } else if (option === '-v' || option === '-k' || option === '-K') return 0;
      else if ((option === '-i' || option === '-s') && words.length === 0 && process.name !== 'su')
        words.push(process.state.machine.busybox ? 'sh' : 'bash');
    }
    if (process.name !== 'su') {
      if (words.length === 0) {
        process.error.write('usage: sudo -h | -K | -k | -V\nusage: sudo [-u user] [command]\n');
        return process.words.length > 0 ? 0 : 1;
      }
      return yield* asRoot(process, () => process.execute(words));
    }
    return yield* switchUser(process);
  },
};

/** What /etc/passwd says of an account; root is there even where the file is gone. */
function accountLine(process: Process, name: string): Account | null {
  const { files, machine } = process.state;
  const node = files.find('/etc/passwd', '/');
  const text = node?.kind === 'file' ? contentOf(node) : '';
  for (const line of text.split('\n')) {
    const [user, , uid = '', , , home = '/', shell = ''] = line.split(':');
    if (user === name && /^\d{1,10}$/.test(uid))
      return { uid: Number(uid), home, shell: shell === '' ? '/bin/sh' : shell };
  }
  return name === 'root' ? accountOf(machine, name) : null;
}

/** su(1): the shell of the account, or another, as that account; `-` makes it a login. */
function* switchUser(process: Process): Reading<number> {
  const { machine, files } = process.state;
  const words: string[] = [];
  let command: string | null = null;
  let shell = '';
  let login = false;
  for (let at = 0; at < process.words.length; at += 1) {
    const word = process.words[at] ?? '';
    if (word === '-' || word === '-l' || word === '--login') login = true;
    else if (word === '-c' || word === '--command') command = process.words[(at += 1)] ?? '';
    else if (word.startsWith('--command=')) command = word.slice(10);
    else if (word === '-s' || word === '--shell') shell = process.words[(at += 1)] ?? '';
    else if (word.startsWith('--shell=')) shell = word.slice(8);
    else if (!/^(?:-[mpf]|--preserve-environment|--fast)$/.test(word)) words.push(word);
  }
  const [name = 'root', ...rest] = words;
  const account = accountLine(process, name);
  if (account === null) {
    process.error.write(
      machine.busybox
        ? `su: unknown user ${name}\n`
        : `su: user ${name} does not exist or the user entry does not contain all the required fields\n`,
    );
    return 1;
  }
  const { uid } = account;
  if (files.uid !== 0 && (yield* ask(process, 'Password: ')) === null) return 1;
  const path = shell === '' ? account.shell : shell;
  const program = shellProgramAt(machine, files, path);
  if (program === null && path.endsWith('/nologin')) {
    process.output.write('This account is currently not available.\n');
    return 1;
  }
  const environment = new Map(process.environment);
  environment.set('HOME', account.home);
  environment.set('SHELL', path);
  if (uid !== 0 || login) environment.set('USER', name).set('LOGNAME', name);
  const folder = login && files.find(account.home, '/')?.kind === 'directory' ? account.home : process.folder;
  return yield* asUser(process, uid, () =>
    program === null
      ? // What is no shell runs all the same, as nologin(8) does.
        process.execute([path, ...(command === null ? [] : ['-c', command])], { environment, folder })
      : process.interpret({
          text: command,
          name: login ? `-${program.name}` : program.name,
          words: rest,
          dialect: program.dialect,
          posix: program.posix,
          fromOption: command !== null,
          interactive: command === null && process.input.terminal,
          environment,
          folder,
        }),
  );
}

/** `sudo -l`: whoever is in sudo's group may run all. */
function sudoRights(process: Process): string {
  const { machine, files } = process.state;
  const user = machine.userOf(files.uid);
  const path =
    machine.packages.family === 'redhat'
      ? '/sbin\\:/bin\\:/usr/sbin\\:/usr/bin'
      : `/usr/local/sbin\\:/usr/local/bin\\:/usr/sbin\\:/usr/bin\\:/sbin\\:/bin${machine.packages.codename === 'focal' ? '\\:/snap/bin' : ''}`;
  const defaults =
    machine.packages.family === 'redhat'
      ? `    !visiblepw, always_set_home, match_group_by_gid, always_query_group_plugin, env_reset,\n    secure_path=${path}\n`
      : `    env_reset, mail_badpass,\n    secure_path=${path}\n`;
  return `Matching Defaults entries for ${user} on ${machine.hostname}:\n${defaults}\nUser ${user} may run the following commands on ${machine.hostname}:\n    (ALL : ALL) ALL\n`;
}

const asRoot = (process: Process, run: () => Run): Reading<number> => asUser(process, 0, run);

function* asUser(process: Process, uid: number, run: () => Run): Reading<number> {
  const { files } = process.state;
  const before = files.uid;
  files.uid = uid;
  try {
    return yield* run();
  } finally {
    files.uid = before;
  }
}

/** The letters of Base64, for a public key that is made up. */
function keyText(process: Process): string {
  const random = process.state.machine.persona.random(`shell:key:${process.pid}`);
  let text = '';
  while (text.length < 43)
    text += 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'.charAt(below(random, 64));
  return text;
}

export const keyGenerator: Command = {
  names: ['ssh-keygen'],
  folder: '/usr/bin',
  systems: 'gnu',
  *run(process) {
    const { values } = readOptions(process.words, 'tbfNCPpqRl');
    const type = values.get('t') ?? 'rsa';
    let path = values.get('f') ?? '';
    process.output.write(`Generating public/private ${type} key pair.\n`);
    if (path === '') {
      const usual = `${process.environment.get('HOME') ?? '/root'}/.ssh/id_${type}`;
      process.output.write(`Enter file in which to save the key (${usual}): `);
      path = ((yield* process.input.line()) ?? '').trim() || usual;
    }
    if (!values.has('N')) {
      yield* ask(process, 'Enter passphrase (empty for no passphrase): ');
      yield* ask(process, 'Enter same passphrase again: ');
    }
    const key = keyText(process);
    const { files } = process.state;
    const folder = path.slice(0, path.lastIndexOf('/'));
    if (folder !== '' && files.find(folder, process.folder) === null)
      files.makeDirectory(folder, process.folder, 0o700);
    for (const [name, content] of [
      [
        path,
        `-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjE${key}\n-----END OPENSSH PRIVATE KEY-----\n`,
      ],
      [`${path}.pub`, `ssh-${type} AAAAC3NzaC1lZDI1NTE5AAAAI${key} root@${process.state.machine.hostname}\n`],
    ] as const) {
      const node = files.open(name, process.folder, 'truncate', 0o600);
      if (node.kind === 'file') files.setContent(node, content, '');
    }
    process.output.write(
      `Your identification has been saved in ${path}\nYour public key has been saved in ${path}.pub\nThe key fingerprint is:\nSHA256:${key} root@${process.state.machine.hostname}\n`,
    );
    return 0;
  },
};
