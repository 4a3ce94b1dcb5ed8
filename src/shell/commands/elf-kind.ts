import { hexDigits } from '../../core/random.ts';
import type { Machine } from '../machine.ts';

const machines: Readonly<Record<number, string>> = {
  2: 'SPARC',
  3: 'Intel 80386',
  4: 'Motorola m68k, 68020',
  8: 'MIPS, MIPS-I',
  20: 'PowerPC or cisco 4500',
  21: '64-bit PowerPC or cisco 7500',
  22: 'IBM S/390',
  40: 'ARM, EABI5',
  42: 'Renesas SH',
  62: 'x86-64',
  183: 'ARM aarch64',
  243: 'UCB RISC-V',
};

const kinds: Readonly<Record<number, string>> = {
  1: 'relocatable',
  2: 'executable',
  3: 'shared object',
  4: 'core file',
};

/**
 * What file(1) says of an ELF file.
 *
 *     e_ident[16] (class at 4, data at 5, version at 6, OS ABI at 7)  e_type[2]  e_machine[2]  e_version[4]
 *     e_entry, e_phoff, e_shoff (4 or 8 each)  e_flags[4]  e_ehsize[2]  e_phentsize[2]  e_phnum[2]
 *     e_shentsize[2]  e_shnum[2]  e_shstrndx[2]
 *
 * `own` is the program's name where the file is one of the machine's own.
 */
export function describeElf(
  content: string,
  machine: Machine,
  own: string | null,
): readonly [says: string, type: string] {
  const octet = (at: number): number => content.charCodeAt(at) || 0;
  const wide = octet(4) === 2;
  const big = octet(5) === 2;
  const number = (at: number, size: number): number => {
    let value = 0;
    for (let index = 0; index < size; index += 1)
      value = value * 256 + octet(big ? at + index : at + size - 1 - index);
    return value;
  };
  const type = number(16, 2);
  const known = machines[number(18, 2)];
  const head = `ELF ${wide ? '64' : '32'}-bit ${big ? 'MSB' : 'LSB'} ${own !== null ? 'pie executable' : (kinds[type] ?? 'unknown type')}, ${known ?? `*unknown arch 0x${number(18, 2).toString(16)}*`}, version ${octet(6)} (${octet(7) === 3 ? 'GNU/Linux' : 'SYSV'})`;
  const mime = type === 2 && own === null ? 'application/x-executable' : 'application/x-pie-executable';
  if (own !== null) {
    const build = hexDigits(machine.persona.random(`shell:build:${own}`), 40);
    const loader = known === 'x86-64' ? '/lib64/ld-linux-x86-64.so.2' : '/lib/ld-linux-aarch64.so.1';
    return [
      `${head}, dynamically linked, interpreter ${loader}, BuildID[sha1]=${build}, for GNU/Linux 3.2.0, stripped`,
      mime,
    ];
  }
  if (type !== 2 && type !== 3) return [`${head}, ${sections(octet, number, wide, content.length)}`, mime];
  const start = number(wide ? 32 : 28, wide ? 8 : 4);
  const size = number(wide ? 54 : 42, 2);
  let linked = 'statically linked';
  for (let index = 0; index < Math.min(number(wide ? 56 : 44, 2), 64); index += 1) {
    const at = start + index * size;
    if (number(at, 4) !== 3) continue;
    const from = number(at + (wide ? 8 : 4), wide ? 8 : 4);
    linked = `dynamically linked, interpreter ${content.slice(from, from + 200).split('\0', 1)[0] ?? ''}`;
  }
  return [`${head}, ${linked}, ${sections(octet, number, wide, content.length)}`, mime];
}

function sections(
  octet: (at: number) => number,
  number: (at: number, size: number) => number,
  wide: boolean,
  length: number,
): string {
  const start = number(wide ? 40 : 32, wide ? 8 : 4);
  const size = number(wide ? 58 : 46, 2);
  const count = number(wide ? 60 : 48, 2);
  if (count === 0 || octet(0) === 0) return 'no section header';
  if (start + size * count > length) return `missing section headers at ${start}`;
  for (let index = 0; index < Math.min(count, 256); index += 1)
    if (number(start + index * size + 4, 4) === 2) return 'not stripped';
  return 'stripped';
}
