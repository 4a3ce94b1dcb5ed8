import { hexDigits } from '../../core/random.ts';
import type { Command, Process } from '../process.ts';
import { humanSize } from './disk-use.ts';
import { readOptions } from './input-text.ts';

/** The disk: its size as df and /proc/partitions have it. */
const diskOf = (
  process: Process,
): { readonly kilobytes: number; readonly uuid: string; readonly partition: string } => {
  const { machine } = process.state;
  const random = machine.persona.random('shell:disk');
  const digits = hexDigits(random, 40);
  const uuid = [
    digits.slice(0, 8),
    digits.slice(8, 12),
    `4${digits.slice(13, 16)}`,
    `a${digits.slice(17, 20)}`,
    digits.slice(20, 32),
  ].join('-');
  return { kilobytes: machine.diskKilobytes, uuid, partition: `${digits.slice(32, 40)}-01` };
};

export const blockDevices: Command = {
  names: ['lsblk'],
  folder: '/bin',
  systems: 'gnu',
  run(process) {
    const { flags } = readOptions(process.words, 'oeIMx');
    const { kilobytes, uuid } = diskOf(process);
    const size = `${Math.round(kilobytes / 1_048_576)}G`.padStart(5);
    process.output.write(
      flags.has('f')
        ? `NAME   FSTYPE LABEL UUID                                 FSAVAIL FSUSE% MOUNTPOINT\nvda                                                                        \n\`-vda1 ext4         ${uuid} ${humanSize((kilobytes - process.state.machine.diskUsedKilobytes) * 1024).padStart(7)} ${`${Math.ceil((process.state.machine.diskUsedKilobytes / kilobytes) * 100)}%`.padStart(6)} /\n`
        : `NAME   MAJ:MIN RM  SIZE RO TYPE MOUNTPOINT\nvda    254:0    0 ${size}  0 disk \n\`-vda1 254:1    0 ${size}  0 part /\n`,
    );
    return 0;
  },
};

export const blockIdentifiers: Command = {
  names: ['blkid'],
  folder: '/sbin',
  systems: 'gnu',
  run(process) {
    const { uuid, partition } = diskOf(process);
    if (process.words.some((word) => word.startsWith('/') && word !== '/dev/vda1')) return 2;
    process.output.write(`/dev/vda1: UUID="${uuid}" TYPE="ext4" PARTUUID="${partition}"\n`);
    return 0;
  },
};

export const partitions: Command = {
  names: ['fdisk', 'sfdisk', 'parted'],
  folder: '/sbin',
  systems: 'both',
  run(process) {
    const { flags, operands } = readOptions(process.words, '');
    const { machine } = process.state;
    if (process.state.files.uid !== 0) {
      process.error.write(`${process.name}: cannot open /dev/vda: Permission denied\n`);
      return 1;
    }
    if (!flags.has('l')) {
      process.error.write(
        operands.length === 0
          ? `${process.name}: bad usage\nTry '${process.name} --help' for more information.\n`
          : `${process.name}: cannot open ${operands[0] ?? ''}: No such file or directory\n`,
      );
      return 1;
    }
    if (machine.busybox) return 0;
    const { kilobytes, partition } = diskOf(process);
    const sectors = kilobytes * 2;
    const size = `${Math.round(kilobytes / 1_048_576)} GiB`;
    process.output.write(
      `Disk /dev/vda: ${size}, ${sectors * 512} bytes, ${sectors} sectors\nUnits: sectors of 1 * 512 = 512 bytes\nSector size (logical/physical): 512 bytes / 512 bytes\nI/O size (minimum/optimal): 512 bytes / 512 bytes\nDisklabel type: dos\nDisk identifier: 0x${partition.slice(0, 8)}\n\nDevice     Boot Start ${'End'.padStart(10)} ${'Sectors'.padStart(10)} Size Id Type\n/dev/vda1  *     2048 ${String(sectors - 1).padStart(10)} ${String(sectors - 2048).padStart(10)} ${size.replace(' GiB', 'G').padStart(4)} 83 Linux\n`,
    );
    return 0;
  },
};

export const buses: Command = {
  names: ['lspci', 'lsusb'],
  folder: '/usr/bin',
  systems: 'gnu',
  run(process) {
    process.output.write(
      process.name === 'lsusb'
        ? 'Bus 001 Device 002: ID 0627:0001 Adomax Technology Co., Ltd \nBus 001 Device 001: ID 1d6b:0001 Linux Foundation 1.1 root hub\n'
        : `00:00.0 Host bridge: Intel Corporation 440FX - 82441FX PMC [Natoma] (rev 02)\n00:01.0 ISA bridge: Intel Corporation 82371SB PIIX3 ISA [Natoma/Triton II]\n00:01.1 IDE interface: Intel Corporation 82371SB PIIX3 IDE [Natoma/Triton II]\n00:01.2 USB controller: Intel Corporation 82371SB PIIX3 USB [Natoma/Triton II] (rev 01)\n00:01.3 Bridge: Intel Corporation 82371AB/EB/MB PIIX4 ACPI (rev 03)\n00:02.0 VGA compatible controller: Cirrus Logic GD 5446\n00:03.0 Ethernet controller: Red Hat, Inc. Virtio network device\n00:04.0 SCSI storage controller: Red Hat, Inc. Virtio block device\n${process.state.machine.persona.services.some(({ decoy }) => decoy === 'ollama') ? '00:05.0 3D controller: NVIDIA Corporation TU104GL [Tesla T4] (rev a1)\n' : ''}`,
    );
    return 0;
  },
};

const modules: readonly (readonly [name: string, size: number, users: string])[] = [
  ['nls_iso8859_1', 16_384, '0'],
  ['dm_multipath', 32_768, '0'],
  ['kvm_intel', 282_624, '0'],
  ['kvm', 663_552, '1 kvm_intel'],
  ['serio_raw', 20_480, '0'],
  ['sch_fq_codel', 20_480, '3'],
  ['ip_tables', 32_768, '0'],
  ['x_tables', 40_960, '1 ip_tables'],
  ['autofs4', 45_056, '2'],
  ['crct10dif_pclmul', 16_384, '1'],
  ['virtio_net', 53_248, '0'],
  ['virtio_blk', 20_480, '2'],
];

export const moduleList: Command = {
  names: ['lsmod'],
  folder: '/sbin',
  systems: 'both',
  run(process) {
    process.output.write('Module                  Size  Used by\n');
    if (process.state.machine.busybox) return 0;
    const docker = process.state.machine.persona.services.some(({ decoy }) => decoy === 'docker');
    for (const [name, size, users] of [
      ...modules,
      ...(docker
        ? ([
            ['overlay', 118_784, '0'],
            ['br_netfilter', 28_672, '0'],
            ['bridge', 176_128, '1 br_netfilter'],
          ] as const)
        : []),
    ])
      process.output.write(`${name.padEnd(22)} ${String(size).padStart(6)}  ${users}\n`);
    return 0;
  },
};

export const moduleControl: Command = {
  names: ['modprobe', 'insmod', 'rmmod', 'modinfo'],
  folder: '/sbin',
  systems: 'both',
  run(process) {
    const { flags, operands } = readOptions(process.words, 'dS');
    const [name] = operands;
    const { machine, files } = process.state;
    if (name === undefined) {
      process.error.write(`${process.name}: ERROR: missing parameters. See -h.\n`);
      return 1;
    }
    const known =
      modules.some(([module]) => module === name.replaceAll('-', '_')) ||
      /^(?:msr|tun|loop|nf_conntrack|ip_tables|iptable_nat|overlay|bridge|br_netfilter)$/.test(name);
    if (process.name === 'insmod') {
      process.error.write(
        files.find(name, process.folder) === null
          ? `insmod: ERROR: could not load module ${name}: No such file or directory\n`
          : `insmod: ERROR: could not insert module ${name}: ${files.uid === 0 ? 'Invalid module format' : 'Operation not permitted'}\n`,
      );
      return 1;
    }
    if (known && files.uid === 0) return 0;
    process.error.write(
      process.name === 'modinfo'
        ? `modinfo: ERROR: Module ${name} not found.\n`
        : process.name === 'rmmod'
          ? `rmmod: ERROR: Module ${name} is not currently loaded\n`
          : flags.has('r')
            ? `modprobe: FATAL: Module ${name} not found.\n`
            : known
              ? `modprobe: ERROR: could not insert '${name}': Operation not permitted\n`
              : machine.busybox
                ? `modprobe: module ${name} not found in modules.dep\n`
                : `modprobe: FATAL: Module ${name} not found in directory /lib/modules/${machine.kernel.release}\n`,
    );
    return 1;
  },
};

export const swapControl: Command = {
  names: ['swapon', 'swapoff'],
  folder: '/sbin',
  systems: 'both',
  run(process) {
    const { operands } = readOptions(process.words, 'p');
    if (process.name === 'swapoff' || operands.length === 0) return 0;
    process.error.write(`swapon: cannot open ${operands[0] ?? ''}: No such file or directory\n`);
    return 255;
  },
};
