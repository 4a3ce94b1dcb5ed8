import { FileFault } from '../files/fault.ts';
import type { Command, Process } from '../process.ts';
import { hashPassword, linesOf, nameOf, setHash, store } from './account-files.ts';
import { readOptions } from './input-text.ts';

export const passwordChange: Command = {
  names: ['chpasswd'],
  folder: '/usr/sbin',
  systems: 'both',
  *run(process) {
    const text = yield* process.input.all();
    const encrypted = process.words.includes('-e');
    if (process.state.files.uid !== 0) {
      process.error.write('chpasswd: cannot lock /etc/passwd; try again later.\n');
      return 1;
    }
    let status = 0;
    for (const [index, line] of text.split('\n').slice(0, 50).entries()) {
      if (line === '') continue;
      const [user = '', ...rest] = line.split(':');
      if (!linesOf(process, '/etc/passwd').some((entry) => nameOf(entry) === user)) {
        process.error.write(
          process.state.machine.busybox
            ? `chpasswd: unknown user ${user}\n`
            : `chpasswd: (user ${user}) pam_chauthtok() failed, error:\nAuthentication token manipulation error\nchpasswd: (line ${index + 1}, user ${user}) password not changed\n`,
        );
        status = 1;
        continue;
      }
      setHash(process, user, encrypted ? rest.join(':') : hashPassword(process, rest.join(':')));
      if (process.state.machine.busybox) process.error.write(`chpasswd: password for '${user}' changed\n`);
    }
    return status;
  },
};

function denied(process: Process, what: string): number {
  process.error.write(
    process.name === 'adduser' || process.name === 'deluser' || process.name === 'addgroup'
      ? `${process.name}: Only root may add a user or group to the system.\n`
      : `${process.name}: Permission denied.\n${process.name}: cannot lock /etc/${what}; try again later.\n`,
  );
  return 1;
}

export const userAdd: Command = {
  names: ['useradd', 'adduser'],
  folder: '/usr/sbin',
  systems: 'both',
  *run(process) {
    const { values, flags, operands } = readOptions(process.words, 'cdefgGkKpsuhD');
    const user = operands[0];
    const { files, machine } = process.state;
    const friendly = process.name === 'adduser' && machine.packages.family !== 'redhat';
    if (files.uid !== 0) return denied(process, 'passwd');
    if (user === undefined) {
      process.error.write(
        friendly
          ? 'adduser: Only one or two names allowed.\n'
          : 'Usage: useradd [options] LOGIN\n       useradd -D\n       useradd -D [options]\n',
      );
      return friendly ? 1 : 2;
    }
    const passwd = linesOf(process, '/etc/passwd');
    if (passwd.some((line) => nameOf(line) === user)) {
      process.error.write(
        friendly
          ? `adduser: The user \`${user}' already exists.\n`
          : `useradd: user '${user}' already exists\n`,
      );
      return friendly ? 1 : 9;
    }
    if (!/^[a-z_][a-z0-9_-]{0,31}\$?$/i.test(user)) {
      process.error.write(
        friendly
          ? 'adduser: Please enter a username matching the regular expression configured\nvia the NAME_REGEX[_SYSTEM] configuration variable.\n'
          : `useradd: invalid user name '${user}'\n`,
      );
      return friendly ? 1 : 3;
    }
    const used = new Set(passwd.map((line) => Number(line.split(':')[2])));
    let uid = Number(values.get('u') ?? values.get('uid') ?? Number.NaN);
    if (!Number.isInteger(uid))
      for (
        uid = flags.has('r') || flags.has('system') ? 998 : 1000;
        used.has(uid);
        uid += flags.has('r') ? -1 : 1
      );
    const home = values.get('d') ?? values.get('home') ?? `/home/${user}`;
    const shell =
      values.get('s') ??
      values.get('shell') ??
      (machine.busybox || (machine.packages.family === 'debian' && !friendly) ? '/bin/sh' : '/bin/bash');
    store(process, '/etc/passwd', [
      ...passwd,
      `${user}:x:${uid}:${uid}:${values.get('c') ?? (friendly ? ',,,' : '')}:${home}:${shell}`,
    ]);
    store(process, '/etc/group', [...linesOf(process, '/etc/group'), `${user}:x:${uid}:`]);
    setHash(process, user, values.get('p') ?? values.get('password') ?? '!');
    const makes =
      friendly || flags.has('m') || flags.has('create-home') || machine.packages.family === 'redhat';
    if (makes && !flags.has('M') && files.find(home, '/') === null)
      try {
        files.makeDirectory(home, '/', 0o755);
        files.change(home, '/', { uid, gid: uid });
      } catch (error) {
        if (!(error instanceof FileFault)) throw error;
      }
    if (!friendly || machine.busybox) return 0;
    process.output.write(
      `Adding user \`${user}' ...\nAdding new group \`${user}' (${uid}) ...\nAdding new user \`${user}' (${uid}) with group \`${user}' ...\nCreating home directory \`${home}' ...\nCopying files from \`/etc/skel' ...\n`,
    );
    return flags.has('disabled-password') ? 0 : yield* process.execute(['passwd', user]);
  },
};

export const userChange: Command = {
  names: [
    'usermod',
    'userdel',
    'deluser',
    'groupadd',
    'addgroup',
    'groupdel',
    'gpasswd',
    'delgroup',
    'chage',
    'chsh',
  ],
  folder: '/usr/sbin',
  systems: 'both',
  run(process) {
    const { values, flags, operands } = readOptions(
      process.words,
      process.name === 'usermod' ? 'cdefgGlpsu' : process.name === 'chage' ? 'dEImMW' : 'gsadKp',
    );
    const [first, second] = operands;
    if (process.name === 'chage' || process.name === 'chsh') return 0;
    if (process.state.files.uid !== 0)
      return denied(process, process.name.includes('group') ? 'group' : 'passwd');
    const group = /group|gpasswd/.test(process.name);
    const name = process.name === 'gpasswd' ? operands.at(-1) : first;
    if (name === undefined) {
      process.error.write(`Usage: ${process.name} [options] ${group ? 'GROUP' : 'LOGIN'}\n`);
      return 2;
    }
    const path = group ? '/etc/group' : '/etc/passwd';
    const lines = linesOf(process, path);
    const there = lines.some((line) => nameOf(line) === name);
    const join = (user: string, target: string): void => {
      store(
        process,
        '/etc/group',
        linesOf(process, '/etc/group').map((line) =>
          nameOf(line) === target ? `${line}${line.endsWith(':') ? '' : ','}${user}` : line,
        ),
      );
    };
    if (process.name === 'groupadd' || process.name === 'addgroup') {
      if (there) {
        process.error.write(`${process.name}: group '${name}' already exists\n`);
        return 9;
      }
      const used = new Set(lines.map((line) => Number(line.split(':')[2])));
      let gid = Number(values.get('g') ?? 1000);
      while (used.has(gid)) gid += 1;
      store(process, path, [...lines, `${name}:x:${gid}:`]);
      return 0;
    }
    if (!there) {
      process.error.write(`${process.name}: ${group ? 'group' : 'user'} '${name}' does not exist\n`);
      return 6;
    }
    if (/del/.test(process.name)) {
      store(
        process,
        path,
        lines.filter((line) => nameOf(line) !== name),
      );
      if (!group)
        store(
          process,
          '/etc/shadow',
          linesOf(process, '/etc/shadow').filter((line) => nameOf(line) !== name),
        );
      if (process.name === 'deluser')
        process.output.write(
          `Removing user \`${name}' ...\nWarning: group \`${name}' has no more members.\nDone.\n`,
        );
      return 0;
    }
    if (process.name === 'gpasswd') {
      const user = values.get('a') ?? second;
      if (user !== undefined) {
        join(user, name);
        process.output.write(`Adding user ${user} to group ${name}\n`);
      }
      return 0;
    }
    for (const target of (values.get('G') ?? '').split(',').filter((one) => one !== '')) join(name, target);
    const [shell, home, uid, hash] = [values.get('s'), values.get('d'), values.get('u'), values.get('p')];
    store(
      process,
      path,
      lines.map((line) => {
        if (nameOf(line) !== name) return line;
        const fields = line.split(':');
        return [
          fields[0],
          fields[1],
          uid ?? fields[2],
          fields[3],
          fields[4],
          home ?? fields[5],
          shell ?? fields[6],
        ].join(':');
      }),
    );
    if (hash !== undefined) setHash(process, name, hash);
    const shadow = linesOf(process, '/etc/shadow')
      .find((line) => nameOf(line) === name)
      ?.split(':')[1];
    if (flags.has('L') && shadow !== undefined) setHash(process, name, `!${shadow}`);
    if (flags.has('U') && shadow !== undefined) setHash(process, name, shadow.replace(/^!/, ''));
    return 0;
  },
};
