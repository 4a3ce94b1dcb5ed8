import { below } from '../../core/random.ts';
import type { Command, Process } from '../process.ts';
import type { Reading } from '../stream.ts';
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
    let command: string | null = null;
    while ((words[0] ?? '').startsWith('-')) {
      const option = words.shift() ?? '';
      if (option === '-u' || option === '-p' || option === '-g') words.shift();
      else if (option === '-c') command = words.shift() ?? '';
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
    if (process.state.files.uid !== 0 && (yield* ask(process, 'Password: ')) === null) return 1;
    if (words.length > 0 && words[1] === '-c') command = words[2] ?? '';
    const bash = !process.state.machine.busybox;
    return yield* asRoot(process, () =>
      process.interpret({
        text: command,
        name: bash ? 'bash' : 'sh',
        words: [],
        dialect: bash ? 'bash' : 'ash',
        fromOption: command !== null,
        interactive: command === null && process.input.terminal,
      }),
    );
  },
};

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

function* asRoot(process: Process, run: () => Generator<undefined, number, undefined>): Reading<number> {
  const { files } = process.state;
  const before = files.uid;
  files.uid = 0;
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
