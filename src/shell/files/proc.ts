/** `/proc` of the persona's machine (proc(5)); every number agrees with what `free`, `uptime`, `ps` and `uname` print. */

import type { Machine } from '../machine.ts';
import { type DirectoryNode, makeDirectory, makeFile, makeLink, type Node } from './node.ts';

/** A line of `/proc/meminfo`. */
const kilobytes = (name: string, value: number): string =>
  `${`${name}:`.padEnd(15)} ${String(Math.floor(value)).padStart(8)} kB\n`;

/** An IPv4 address as /proc/net/route has it: its bytes as one word of this (little-endian) machine, in hex. */
const routeWord = (address: string): string =>
  address
    .split('.')
    .reverse()
    .map((octet) => Number(octet).toString(16).toUpperCase().padStart(2, '0'))
    .join('');

function memoryText(machine: Machine): string {
  const total = machine.persona.memoryKilobytes;
  return (
    kilobytes('MemTotal', total) +
    kilobytes('MemFree', machine.freeKilobytes) +
    kilobytes('MemAvailable', machine.freeKilobytes + machine.cachedKilobytes * 0.8) +
    kilobytes('Buffers', machine.cachedKilobytes * 0.1) +
    kilobytes('Cached', machine.cachedKilobytes * 0.9) +
    kilobytes('SwapCached', 0) +
    kilobytes('Active', machine.cachedKilobytes * 0.7) +
    kilobytes('Inactive', machine.cachedKilobytes * 0.3) +
    kilobytes('SwapTotal', 0) +
    kilobytes('SwapFree', 0)
  );
}

function processorText(machine: Machine): string {
  const { cpu, kernel } = machine.persona;
  const random = machine.persona.random('shell:cpu');
  const megahertz = (1_800 + (random.next() % 1_600) + (random.next() % 1_000) / 1_000).toFixed(3);
  let text = '';
  for (let index = 0; index < cpu.count; index += 1) {
    if (kernel.machine === 'x86_64')
      text += `processor\t: ${index}\nvendor_id\t: ${cpu.model.includes('AMD') ? 'AuthenticAMD' : 'GenuineIntel'}\ncpu family\t: 6\nmodel\t\t: 85\nmodel name\t: ${cpu.model}\nstepping\t: 7\ncpu MHz\t\t: ${megahertz}\ncache size\t: 33792 KB\nphysical id\t: 0\nsiblings\t: ${cpu.count}\ncore id\t\t: ${index}\ncpu cores\t: ${cpu.count}\nfpu\t\t: yes\nflags\t\t: fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush mmx fxsr sse sse2 ss ht syscall nx pdpe1gb rdtscp lm constant_tsc nopl xtopology aes avx hypervisor\nbogomips\t: ${(Number(megahertz) * 2).toFixed(2)}\n\n`;
    else if (kernel.machine.startsWith('mips'))
      text += `system type\t\t: ${cpu.model}\nmachine\t\t\t: Unknown\nprocessor\t\t: ${index}\ncpu model\t\t: ${cpu.model}\nBogoMIPS\t\t: ${(Number(megahertz) / 5).toFixed(2)}\nwait instruction\t: yes\nmicrosecond timers\t: yes\ntlb_entries\t\t: 32\n\n`;
    else
      text += `processor\t: ${index}\nmodel name\t: ${cpu.model}\nBogoMIPS\t: ${(Number(megahertz) / 20).toFixed(2)}\nFeatures\t: half thumb fastmult vfp edsp neon vfpv3 tls vfpv4\nCPU implementer\t: 0x41\nCPU architecture: 7\nCPU variant\t: 0x0\nCPU part\t: 0xc07\nCPU revision\t: 5\n\n`;
  }
  return text;
}

export function mountsText(machine: Machine): string {
  return machine.busybox
    ? 'rootfs / rootfs rw 0 0\n/dev/root / squashfs ro,relatime 0 0\nproc /proc proc rw,relatime 0 0\nsysfs /sys sysfs rw,relatime 0 0\ntmpfs /dev tmpfs rw,relatime,size=512k 0 0\ndevpts /dev/pts devpts rw,relatime,mode=600 0 0\ntmpfs /tmp tmpfs rw,relatime 0 0\ntmpfs /var tmpfs rw,relatime 0 0\n'
    : 'sysfs /sys sysfs rw,nosuid,nodev,noexec,relatime 0 0\nproc /proc proc rw,nosuid,nodev,noexec,relatime 0 0\nudev /dev devtmpfs rw,nosuid,relatime,mode=755 0 0\ndevpts /dev/pts devpts rw,nosuid,noexec,relatime,gid=5,mode=620,ptmxmode=000 0 0\ntmpfs /run tmpfs rw,nosuid,nodev,noexec,relatime,mode=755 0 0\n/dev/vda1 / ext4 rw,relatime,errors=remount-ro 0 0\ntmpfs /dev/shm tmpfs rw,nosuid,nodev 0 0\ntmpfs /run/lock tmpfs rw,nosuid,nodev,noexec,relatime,size=5120k 0 0\n';
}

export function versionText(machine: Machine): string {
  const { release, version } = machine.kernel;
  return `Linux version ${release} (${machine.busybox ? 'root@builder) (gcc version 4.8.3 (Buildroot) )' : 'buildd@lcy02) (gcc (GCC) 10.2.1, GNU ld 2.35.2)'} ${version}\n`;
}

export function loadText(machine: Machine, now: number): string {
  const wave = Math.abs(Math.sin(now / 600_000 + machine.shellPid)) * 0.4;
  return [wave, wave * 0.8 + 0.02, wave * 0.5 + 0.05].map((load) => load.toFixed(2)).join(' ');
}

/** Makes `/proc`. `shellPid` is the visitor's own shell. */
export function procFolder(machine: Machine, now: () => number): DirectoryNode {
  const booted = machine.persona.bootedAt;
  const folder = makeDirectory(0o555, booted);
  folder.children = (): Map<string, Node> => {
    const children = new Map<string, Node>();
    const file = (name: string, content: () => string): void => {
      const node = makeFile(content, 0o444, now());
      node.size = 0;
      children.set(name, node);
    };
    file('cpuinfo', () => processorText(machine));
    file('meminfo', () => memoryText(machine));
    file('mounts', () => mountsText(machine));
    file('version', () => versionText(machine));
    file('uptime', () => {
      const seconds = Math.max(1, (now() - booted) / 1000);
      return `${seconds.toFixed(2)} ${(seconds * machine.persona.cpu.count * 0.96).toFixed(2)}\n`;
    });
    file(
      'loadavg',
      () => `${loadText(machine, now())} 1/${machine.processes.length + 8} ${machine.shellPid}\n`,
    );
    file('cmdline', () =>
      machine.busybox
        ? 'console=ttyS0,115200 root=/dev/mtdblock2 rootfstype=squashfs\n'
        : `BOOT_IMAGE=/boot/vmlinuz-${machine.kernel.release} root=/dev/vda1 ro quiet\n`,
    );
    file('filesystems', () => 'nodev\tsysfs\nnodev\tproc\nnodev\ttmpfs\n\text4\n\tsquashfs\n');
    file(
      'partitions',
      () => `major minor  #blocks  name\n\n 254        0 ${String(machine.diskKilobytes).padStart(10)} vda\n`,
    );
    file('modules', () => '');
    const net = makeDirectory(0o555, booted);
    net.children = new Map<string, Node>([
      [
        'tcp',
        makeFile(
          '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n',
          0o444,
          booted,
        ),
      ],
      [
        'route',
        makeFile(
          `Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n${machine.interfaceName}\t00000000\t${routeWord(machine.gateway.address)}\t0003\t0\t0\t0\t00000000\t0\t0\t0\n`,
          0o444,
          booted,
        ),
      ],
    ]);
    children.set('net', net);
    for (const { pid, command, parent } of [
      ...machine.processes,
      { pid: machine.shellPid, parent: 1, command: machine.busybox ? '-sh' : '-bash' },
    ])
      children.set(String(pid), processFolder(machine, pid, parent, command));
    children.set('self', makeLink(String(machine.shellPid), now()));
    return children;
  };
  return folder;
}

function processFolder(machine: Machine, pid: number, parent: number, command: string): DirectoryNode {
  const booted = machine.persona.bootedAt;
  const thread = command.startsWith('[');
  const path = command.split(' ', 1)[0] ?? '';
  const name = (
    thread ? command.slice(1, -1) : path.slice(path.lastIndexOf('/') + 1).replace(/^-/, '')
  ).slice(0, 15);
  const folder = makeDirectory(0o555, booted);
  folder.children = (): Map<string, Node> => {
    const file = (content: string): Node => ({ ...makeFile(content, 0o444, booted), size: 0 });
    return new Map<string, Node>([
      ['cmdline', file(thread ? '' : `${command.replaceAll(' ', '\0')}\0`)],
      ['comm', file(`${name}\n`)],
      [
        'status',
        file(
          `Name:\t${name}\nState:\tS (sleeping)\nTgid:\t${pid}\nPid:\t${pid}\nPPid:\t${parent}\nTracerPid:\t0\nUid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\n`,
        ),
      ],
      [
        'stat',
        file(`${pid} (${name}) S ${parent} ${pid} ${pid} 0 -1 4194560 0 0 0 0 0 0 0 0 20 0 1 0 ${pid * 3}\n`),
      ],
      ['mounts', file(mountsText(machine))],
      [
        'maps',
        file(
          thread
            ? ''
            : `00008000-00066000 r-xp 00000000 1f:02 ${200 + pid}        /bin/${machine.busybox ? 'busybox' : name}\n`,
        ),
      ],
      ['environ', file('')],
      ['cgroup', file(machine.busybox ? '' : '0::/system.slice\n')],
      ...(thread
        ? []
        : [
            [
              'exe',
              makeLink(
                machine.busybox ? '/bin/busybox' : path.startsWith('/') ? path : '/usr/bin/bash',
                booted,
              ),
            ] as const,
          ]),
      ['fd', makeDirectory(0o500, booted)],
    ]);
  };
  return folder;
}
