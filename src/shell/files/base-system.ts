import { encodeText } from '../byte-text.ts';
import { commands } from '../commands/index.ts';
import { below } from '../../core/random.ts';
import type { Machine } from '../machine.ts';
import {
  childrenOf,
  type DeviceNode,
  type DirectoryNode,
  makeDirectory,
  makeFile,
  makeLink,
  type Node,
} from './node.ts';
import { procFolder } from './proc.ts';

/** Folders of every Linux system, with modes that differ from 0755. */
const folders: Readonly<Record<string, number>> = {
  '/bin': 0o755,
  '/sbin': 0o755,
  '/usr/bin': 0o755,
  '/usr/sbin': 0o755,
  '/usr/local/bin': 0o755,
  '/usr/lib': 0o755,
  '/usr/share': 0o755,
  '/lib': 0o755,
  '/etc': 0o755,
  '/etc/init.d': 0o755,
  '/dev/pts': 0o755,
  '/dev/shm': 0o1777,
  '/dev/fd': 0o755,
  '/home': 0o755,
  '/mnt': 0o755,
  '/opt': 0o755,
  '/root': 0o700,
  '/run': 0o755,
  '/sys': 0o555,
  '/tmp': 0o1777,
  '/var/tmp': 0o1777,
  '/var/run': 0o755,
  '/var/log': 0o755,
  '/var/lib': 0o755,
  '/var/spool/cron': 0o755,
};

const devices: Readonly<Record<string, DeviceNode['device']>> = {
  null: 'null',
  zero: 'zero',
  full: 'full',
  random: 'random',
  urandom: 'random',
  tty: 'tty',
  console: 'tty',
  ptmx: 'tty',
};

/** Builds the machine's files: what every Linux system has, its commands, `/proc`, and over them what the persona has of its own. */
export function baseSystem(machine: Machine, now: () => number): DirectoryNode {
  const { persona } = machine;
  const installed = persona.bootedAt - 86_400_000 * (30 + below(persona.random('shell:installed'), 400));
  const root = makeDirectory(0o755, installed);
  const folder = (path: string, mode = 0o755): DirectoryNode => {
    let here = root;
    for (const name of path.split('/').filter((step) => step !== '')) {
      const children = childrenOf(here);
      let next = children.get(name);
      if (next === undefined || next.kind !== 'directory') {
        next = makeDirectory(mode, installed);
        children.set(name, next);
      }
      here = next;
    }
    return here;
  };
  const put = (path: string, node: Node, replaces = true): void => {
    const slash = path.lastIndexOf('/');
    const children = childrenOf(folder(path.slice(0, slash)));
    const name = path.slice(slash + 1);
    if (replaces || !children.has(name)) children.set(name, node);
  };
  for (const [path, mode] of Object.entries(folders)) folder(path).mode = mode;
  if (!machine.busybox) folder('/boot');
  for (const [name, device] of Object.entries(devices))
    put(`/dev/${name}`, {
      kind: 'device',
      device,
      numbers: [1, 3],
      mode: 0o666,
      uid: 0,
      gid: 0,
      modified: persona.bootedAt,
    });
  put('/dev/pts/0', {
    kind: 'device',
    device: 'tty',
    numbers: [136, 0],
    mode: 0o620,
    uid: 0,
    gid: 5,
    modified: persona.bootedAt,
  });
  addAccounts(machine, put, installed);
  addCommands(machine, put, installed);
  const text = (path: string, content: string, mode = 0o644): void =>
    put(path, makeFile(encodeText(content), mode, installed));
  text('/etc/hostname', `${persona.hostname}\n`);
  text('/etc/hosts', `127.0.0.1\tlocalhost\n127.0.1.1\t${persona.hostname}\n`);
  text('/etc/resolv.conf', `nameserver ${persona.address.replace(/\.\d+$/, '.1')}\n`);
  if (persona.osRelease !== '') text('/etc/os-release', persona.osRelease);
  if (persona.issue !== '') text('/etc/issue', persona.issue);
  text('/var/log/messages', '');
  for (const [path, file] of Object.entries(persona.files)) {
    const uid = machine.uidOf(file.owner) ?? 0;
    if (path.startsWith('/') && !path.endsWith('/'))
      put(path, makeFile(encodeText(file.content), file.mode, installed, uid));
  }
  if (machine.packages.family === 'debian') text('/var/lib/dpkg/status', machine.packages.statusText);
  childrenOf(root).set('proc', procFolder(machine, now));
  return root;
}

function addAccounts(machine: Machine, put: (path: string, node: Node) => void, installed: number): void {
  const system: [name: string, uid: number, home: string][] = machine.busybox
    ? [
        ['daemon', 1, '/var'],
        ['nobody', 65_534, '/var'],
      ]
    : [
        ['daemon', 1, '/usr/sbin'],
        ['bin', 2, '/bin'],
        ['sys', 3, '/dev'],
        ['man', 6, '/var/cache/man'],
        ['mail', 8, '/var/mail'],
        ['www-data', 33, '/var/www'],
        ['nobody', 65_534, '/nonexistent'],
        ['sshd', 105, '/run/sshd'],
      ];
  const listed = new Map<string, string>();
  const root = machine.users.find((user) => user.name === 'root');
  listed.set('root', `root:x:0:0:root:${root?.home ?? '/root'}:${root?.shell ?? '/bin/sh'}`);
  for (const [name, uid, home] of system)
    listed.set(name, `${name}:x:${uid}:${uid}:${name}:${home}:/usr/sbin/nologin`);
  for (const user of machine.users) {
    if (user.name !== 'root')
      listed.set(user.name, `${user.name}:x:${user.uid}:${user.uid}::${user.home}:${user.shell}`);
    if (user.home.startsWith('/') && user.home !== '/' && user.home !== '/root')
      put(user.home, makeDirectory(0o755, installed, user.uid));
  }
  put('/etc/passwd', makeFile(`${[...listed.values()].join('\n')}\n`, 0o644, installed));
  put(
    '/etc/group',
    makeFile(
      `${[...listed.values()]
        .map((line) => line.split(':'))
        .map(([name, , , gid]) => `${name}:x:${gid}:`)
        .join('\n')}\n`,
      0o644,
      installed,
    ),
  );
  put(
    '/etc/shadow',
    makeFile(
      `${[...listed.keys()].map((name) => `${name}:*:18900:0:99999:7:::`).join('\n')}\n`,
      0o640,
      installed,
    ),
  );
}

function addCommands(
  machine: Machine,
  put: (path: string, node: Node, replaces?: boolean) => void,
  installed: number,
): void {
  const random = machine.persona.random('shell:programs');
  const program = (name: string, size: number): Node => {
    const unique = machine.addProgram(size, name);
    return { ...makeFile(() => machine.binary(unique), 0o755, installed), size: unique };
  };
  if (machine.busybox) put('/bin/busybox', program('busybox', 280_000 + below(random, 300_000)));
  for (const command of commands) {
    if (command.systems === (machine.busybox ? 'gnu' : 'busybox')) continue;
    for (const name of command.names) {
      const size = 20_000 + below(random, 130_000);
      if (name === 'busybox' && machine.busybox) continue;
      // What no package has brought is known all the same: the visitor may install it.
      const file = machine.busybox ? null : program(name, size);
      if (!machine.packages.has(name)) continue;
      if (file === null)
        put(
          `${command.folder}/${name}`,
          makeLink(command.folder === '/bin' ? 'busybox' : '/bin/busybox', installed),
        );
      else put(`${command.folder.replace(/^\/(s?bin)$/, '/usr/$1')}/${name}`, file);
    }
  }
  if (machine.busybox) return;
  // Debian's shell for scripts is dash; Red Hat's is bash, which then keeps to POSIX.
  put('/usr/bin/sh', makeLink(machine.packages.family === 'redhat' ? 'bash' : 'dash', installed));
  for (const folder of ['bin', 'sbin']) put(`/${folder}`, makeLink(`usr/${folder}`, installed));
}
