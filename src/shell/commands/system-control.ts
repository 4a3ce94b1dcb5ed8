import { ownMember } from '../own-member.ts';
import { hexDigits } from '../../core/random.ts';
import { formatDate } from '../date-format.ts';
import type { Command, Process } from '../process.ts';
import { readOptions } from './input-text.ts';

/** A value of /etc/os-release. */
const released = (process: Process, key: string): string =>
  new RegExp(`^${key}="?([^"\\n]{0,100})`, 'm').exec(process.state.machine.persona.osRelease)?.[1] ?? '';

function fileText(process: Process, path: string): string {
  const node = process.state.files.find(path, '/');
  return node?.kind === 'file' ? process.state.files.read(path, '/').trim() : '';
}

export const hostControl: Command = {
  names: ['hostnamectl'],
  folder: '/usr/bin',
  systems: 'gnu',
  run(process) {
    const { machine } = process.state;
    if (process.words.some((word) => word.startsWith('set-'))) {
      if (process.state.files.uid === 0) return 0;
      process.error.write('Could not set property: Interactive authentication required.\n');
      return 1;
    }
    const random = machine.persona.random('shell:boot-id');
    const rows: readonly (readonly [string, string])[] = [
      ['Static hostname', machine.hostname],
      ['Icon name', 'computer-vm'],
      ['Chassis', 'vm'],
      ['Machine ID', fileText(process, '/etc/machine-id') || hexDigits(random, 32)],
      ['Boot ID', hexDigits(random, 32)],
      ['Virtualization', 'kvm'],
      ['Operating System', released(process, 'PRETTY_NAME')],
      ['Kernel', `Linux ${machine.kernel.release}`],
      ['Architecture', machine.kernel.machine === 'x86_64' ? 'x86-64' : machine.kernel.machine],
    ];
    for (const [name, value] of rows) process.output.write(`${`${name}: `.padStart(20)}${value}\n`);
    return 0;
  },
};

export const timeControl: Command = {
  names: ['timedatectl'],
  folder: '/usr/bin',
  systems: 'gnu',
  run(process) {
    const now = process.state.now();
    const time = formatDate(now, '%a %Y-%m-%d %H:%M:%S');
    process.output.write(
      `               Local time: ${time} UTC\n           Universal time: ${time} UTC\n                 RTC time: ${time}\n                Time zone: Etc/UTC (UTC, +0000)\nSystem clock synchronized: yes\n              NTP service: active\n          RTC in local TZ: no\n`,
    );
    return 0;
  },
};

export const releaseNumber: Command = {
  names: ['lsb_release'],
  folder: '/usr/bin',
  systems: 'gnu',
  run(process) {
    const { flags } = readOptions(process.words, '');
    const id = released(process, 'ID');
    const rows: readonly (readonly [letter: string, name: string, value: string])[] = [
      ['i', 'Distributor ID', id === 'ubuntu' ? 'Ubuntu' : id === 'debian' ? 'Debian' : 'RedHatEnterprise'],
      ['d', 'Description', released(process, 'PRETTY_NAME')],
      ['r', 'Release', released(process, 'VERSION_ID')],
      ['c', 'Codename', released(process, 'VERSION_CODENAME')],
    ];
    if (flags.has('a')) process.error.write('No LSB modules are available.\n');
    for (const [letter, name, value] of rows)
      if (flags.has('a') || flags.has(letter))
        process.output.write(flags.has('s') ? `${value}\n` : `${name}:\t${value}\n`);
    return 0;
  },
};

export const securityLevel: Command = {
  names: ['getenforce', 'setenforce', 'sestatus'],
  folder: '/usr/sbin',
  systems: 'gnu',
  run(process) {
    // The history of its owner says that he has switched it off.
    if (process.name === 'getenforce') process.output.write('Permissive\n');
    else if (process.name === 'sestatus')
      process.output.write(
        'SELinux status:                 enabled\nSELinuxfs mount:                /sys/fs/selinux\nSELinux root directory:         /etc/selinux\nLoaded policy name:             targeted\nCurrent mode:                   permissive\nMode from config file:          enforcing\n',
      );
    return 0;
  },
};

/** Stops nothing: whoever may do so loses his connection, as he would. */
export const powerOff: Command = {
  names: ['reboot', 'shutdown', 'halt', 'poweroff', 'init', 'telinit'],
  folder: '/sbin',
  systems: 'both',
  run(process) {
    if (process.state.files.uid !== 0) {
      process.error.write(
        process.state.machine.busybox
          ? `${process.name}: Operation not permitted\n`
          : 'Failed to set wall message, ignoring: Interactive authentication required.\nFailed to reboot system via logind: Interactive authentication required.\nFailed to open initctl fifo: Permission denied\nFailed to talk to init daemon.\n',
      );
      return 1;
    }
    if (process.name === 'shutdown' && !process.words.includes('now') && !process.words.includes('-c'))
      process.error.write(
        `Shutdown scheduled for ${formatDate(process.state.now() + 60_000, '%a %Y-%m-%d %H:%M:00 UTC')}, use 'shutdown -c' to cancel.\n`,
      );
    return 0;
  },
};

const settings: Readonly<Record<string, (process: Process) => string>> = {
  'fs.file-max': () => '9223372036854775807',
  'kernel.hostname': (process) => process.state.machine.hostname,
  'kernel.osrelease': (process) => process.state.machine.kernel.release,
  'kernel.ostype': () => 'Linux',
  'kernel.pid_max': () => '4194304',
  'kernel.randomize_va_space': () => '2',
  'kernel.version': (process) => process.state.machine.kernel.version,
  'net.core.somaxconn': () => '4096',
  'net.ipv4.ip_forward': (process) =>
    process.state.machine.persona.services.some(({ decoy }) => decoy === 'docker' || decoy === 'kubernetes')
      ? '1'
      : '0',
  'net.ipv4.tcp_syncookies': () => '1',
  'net.ipv4.ip_local_port_range': () => '32768\t60999',
  'vm.nr_hugepages': () => '0',
  'vm.overcommit_memory': () => '0',
  'vm.swappiness': () => '60',
};

const changed = new WeakMap<object, Map<string, string>>();

export const kernelSettings: Command = {
  names: ['sysctl'],
  folder: '/sbin',
  systems: 'both',
  run(process) {
    const { flags, operands } = readOptions(process.words, 'pr');
    const key = process.state.options.layer ?? process.state;
    const own = changed.get(key) ?? new Map<string, string>();
    changed.set(key, own);
    const show = (name: string, value: string): void =>
      process.output.write(flags.has('n') ? `${value}\n` : `${name} = ${value}\n`);
    if (flags.has('a') || flags.has('all')) {
      for (const [name, value] of Object.entries(settings)) show(name, own.get(name) ?? value(process));
      return 0;
    }
    if (process.words.some((word) => word.startsWith('-p'))) return 0;
    let status = 0;
    for (const word of operands) {
      const [given = '', ...rest] = word.split('=');
      const name = given.trim().replaceAll('/', '.');
      const value = ownMember(settings, name);
      if (value === undefined && !own.has(name)) {
        process.error.write(
          `sysctl: cannot stat /proc/sys/${name.replaceAll('.', '/')}: No such file or directory\n`,
        );
        status = 255;
      } else if (rest.length === 0) show(name, own.get(name) ?? value?.(process) ?? '');
      else if (process.state.files.uid !== 0) {
        process.error.write(`sysctl: permission denied on key "${name}"\n`);
        status = 255;
      } else {
        own.set(name, rest.join('=').trim().slice(0, 200));
        show(name, own.get(name) ?? '');
      }
    }
    return status;
  },
};

/** What the kernel says while it starts on this machine. */
export const kernelMessages: Command = {
  names: ['dmesg'],
  folder: '/bin',
  systems: 'both',
  run(process) {
    const { machine } = process.state;
    const { persona } = machine;
    const { flags } = readOptions(process.words, 'ln');
    if (flags.has('c') || flags.has('C')) return 0;
    const lines = [
      `Linux version ${machine.kernel.release} ${machine.busybox ? '(root@builder)' : '(buildd@lcy02)'} ${machine.kernel.version}`,
      `Command line: ${fileText(process, '/proc/cmdline')}`,
      ...(machine.busybox
        ? []
        : [
            'KERNEL supported cpus:',
            '  Intel GenuineIntel',
            '  AMD AuthenticAMD',
            'Hypervisor detected: KVM',
          ]),
      `Memory: ${machine.freeKilobytes + machine.cachedKilobytes}K/${persona.memoryKilobytes}K available`,
      `CPU: ${persona.cpu.model}`,
      `smp: Brought up 1 node, ${persona.cpu.count} CPU${persona.cpu.count === 1 ? '' : 's'}`,
      'NET: Registered protocol family 2',
      'TCP: Hash tables configured (established 16384 bind 16384)',
      ...(machine.busybox
        ? [
            'squashfs: version 4.0 (2009/01/31) Phillip Lougher',
            'VFS: Mounted root (squashfs filesystem) readonly on device 31:2.',
          ]
        : [
            'virtio_blk virtio1: [vda] new size',
            'EXT4-fs (vda1): mounted filesystem with ordered data mode. Opts: (null)',
            'systemd[1]: Detected virtualization kvm.',
            `systemd[1]: Set hostname to <${machine.hostname}>.`,
          ]),
      `${machine.interfaceName}: link up`,
      `IPv6: ADDRCONF(NETDEV_CHANGE): ${machine.interfaceName}: link becomes ready`,
    ];
    const random = persona.random('shell:dmesg');
    let time = 0;
    for (const line of lines) {
      process.output.write(
        flags.has('T')
          ? `[${formatDate(persona.bootedAt + time * 1000, '%a %b %e %H:%M:%S %Y')}] ${line}\n`
          : `[${time.toFixed(6).padStart(12)}] ${line}\n`,
      );
      time += (random.next() % 900_000) / 1e6;
    }
    return 0;
  },
};
