/**
 * Archives of tar(1), POSIX.1-1988 (ustar) with GNU's long names, as Latin-1 text: one character an octet.
 *
 *     name[100] mode[8] uid[8] gid[8] size[12] mtime[12] chksum[8] typeflag[1] linkname[100]
 *     magic[6] version[2] uname[32] gname[32] devmajor[8] devminor[8] prefix[155] pad[12]
 *
 * Numbers are octal digits; the contents follow in blocks of 512 octets; two blocks of zeros end the archive.
 */

export interface TarEntry {
  readonly name: string;
  readonly kind: 'file' | 'directory' | 'link' | 'hard link';
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly user: string;
  readonly group: string;
  /** Seconds since the epoch. */
  readonly modified: number;
  readonly target: string;
  readonly content: string;
}

const block = 512;
const flags = { file: '0', 'hard link': '1', link: '2', directory: '5' } as const;

const octal = (value: number, digits: number): string =>
  `${Math.max(0, Math.floor(value)).toString(8).padStart(digits, '0').slice(-digits)}\0`;

const padded = (text: string): string => text + '\0'.repeat((block - (text.length % block)) % block);

function header(entry: Omit<TarEntry, 'kind' | 'content'>, flag: string, size: number): string {
  const head = (sum: string): string =>
    `${entry.name.slice(0, 100).padEnd(100, '\0')}${octal(entry.mode, 7)}${octal(entry.uid, 7)}${octal(entry.gid, 7)}${octal(size, 11)}${octal(entry.modified, 11)}${sum}${flag}${entry.target.slice(0, 100).padEnd(100, '\0')}ustar  \0${entry.user.slice(0, 31).padEnd(32, '\0')}${entry.group.slice(0, 31).padEnd(32, '\0')}${'\0'.repeat(183)}`;
  return head(`${octal(sumOf(head('        ')), 6)} `);
}

function sumOf(text: string): number {
  let sum = 0;
  for (let index = 0; index < text.length; index += 1) sum += text.charCodeAt(index);
  return sum;
}

/** One entry as GNU tar writes it. */
export function tarEntryText(entry: TarEntry): string {
  const long =
    entry.name.length < 100
      ? ''
      : header(
          { ...entry, name: '././@LongLink', target: '', mode: 0o644, modified: 0 },
          'L',
          entry.name.length + 1,
        ) + padded(`${entry.name}\0`);
  return long + header(entry, flags[entry.kind], entry.content.length) + padded(entry.content);
}

/** What ends an archive: zeros up to a record of twenty blocks. */
export function tarEnd(length: number): string {
  const record = block * 20;
  return '\0'.repeat(Math.ceil((length + 2 * block) / record) * record - length);
}

interface TarReading {
  readonly entries: readonly TarEntry[];
  /** `not tar` where the first block is no header, `cut` where the archive ends too early. */
  readonly fault: 'not tar' | 'cut' | null;
}

const text = (field: string): string => field.split('\0', 1)[0] ?? '';
const number = (field: string): number => Number.parseInt(text(field).trim(), 8) || 0;

/** Reads an archive of at most so many entries. */
export function readTar(archive: string, most: number): TarReading {
  const entries: TarEntry[] = [];
  let longName: string | null = null;
  for (let at = 0; at < archive.length && entries.length < most;) {
    const head = archive.slice(at, at + block);
    if (head.length < block) return { entries, fault: at === 0 ? 'not tar' : 'cut' };
    if (/^\0+$/.test(head)) return { entries, fault: null };
    const sum = number(head.slice(148, 156));
    if (sum !== sumOf(`${head.slice(0, 148)}        ${head.slice(156)}`))
      return { entries, fault: at === 0 ? 'not tar' : 'cut' };
    const size = number(head.slice(124, 136));
    const flag = head.charAt(156);
    const content = archive.slice(at + block, at + block + size);
    at += block + Math.ceil(size / block) * block;
    if (flag === 'L') {
      longName = text(content);
      continue;
    }
    const prefix: string = head.slice(257, 263) === 'ustar\0' ? text(head.slice(345, 500)) : '';
    const name: string = longName ?? (prefix === '' ? '' : `${prefix}/`) + text(head.slice(0, 100));
    longName = null;
    const kind =
      flag === '5' || name.endsWith('/')
        ? 'directory'
        : flag === '2'
          ? 'link'
          : flag === '1'
            ? 'hard link'
            : 'file';
    // Extended headers (pax) and devices say nothing here.
    if (!'\x000125'.includes(flag) && flag !== '7') continue;
    entries.push({
      name,
      kind,
      mode: number(head.slice(100, 108)) & 0o7777,
      uid: number(head.slice(108, 116)),
      gid: number(head.slice(116, 124)),
      user: text(head.slice(265, 297)),
      group: text(head.slice(297, 329)),
      modified: number(head.slice(136, 148)),
      target: text(head.slice(157, 257)),
      content: kind === 'file' ? content : '',
    });
    if (content.length < size) return { entries, fault: 'cut' };
  }
  return { entries, fault: archive === '' ? null : entries.length >= most ? null : 'cut' };
}
