import { formatDate } from '../date-format.ts';
import { sizeOf } from '../files/node.ts';
import type { Process } from '../process.ts';
import { baseOf, type Found } from './found-file.ts';
import { inodeOf, linksOf } from './inode.ts';
import { modeText } from './list.ts';

const letters = { file: 'f', directory: 'd', link: 'l', device: 'c' } as const;

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '0': '\0',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  '\\': '\\',
};

/** `-printf`. */
export function findFormat(process: Process, found: Found, format: string): string {
  const { machine } = process.state;
  const { node, path } = found;
  const absolute = process.state.files;
  const directive = (letter: string, width: string): string => {
    const text = ((): string => {
      switch (letter) {
        case 'p':
          return path;
        case 'f':
          return baseOf(path);
        case 'h':
          return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '.';
        case 'P':
          return path
            .split('/')
            .slice(path.split('/').length - found.depth)
            .join('/');
        case 's':
          return String(sizeOf(node));
        case 'm':
          return node.mode.toString(8);
        case 'M':
          return modeText(node);
        case 'u':
          return machine.userOf(node.uid);
        case 'g':
          return machine.userOf(node.gid);
        case 'U':
          return String(node.uid);
        case 'G':
          return String(node.gid);
        case 'y':
          return letters[node.kind];
        case 'l':
          return node.kind === 'link' ? node.target : '';
        case 'd':
          return String(found.depth);
        case 'i':
          return String(inodeOf(process, path));
        case 'n':
          return String(linksOf(absolute, node));
        case 'k':
          return String(Math.ceil(sizeOf(node) / 4096) * 4);
        case 't':
          return formatDate(node.modified, '%a %b %e %H:%M:%S.0000000000 %Y');
        case '%':
          return '%';
        default:
          return `%${letter}`;
      }
    })();
    return width.startsWith('-')
      ? text.padEnd(Number(width.slice(1)) || 0)
      : text.padStart(Number(width) || 0);
  };
  return format.replaceAll(
    /\\(.)|%(-?\d{0,3})(?:T(.)|([a-zA-Z%]))/gs,
    (
      whole,
      escape: string | undefined,
      width: string | undefined,
      time: string | undefined,
      letter: string | undefined,
    ) => {
      if (escape !== undefined) return escapes[escape] ?? whole;
      if (time !== undefined)
        return time === '@'
          ? `${(node.modified / 1000).toFixed(0)}.0000000000`
          : time === '+'
            ? formatDate(node.modified, '%F+%T.0000000000')
            : formatDate(node.modified, `%${time}`);
      return directive(letter ?? '', width ?? '');
    },
  );
}

/** `-ls`: as `ls -dils`. */
export function findLong(process: Process, { node, path }: Found): string {
  const { machine, files } = process.state;
  const now = process.state.now();
  const recent = now - node.modified < 15_552_000_000 && node.modified <= now;
  const blocks = node.kind === 'link' ? 0 : Math.ceil(sizeOf(node) / 4096) * 4;
  return `${String(inodeOf(process, path)).padStart(9)} ${String(blocks).padStart(6)} ${modeText(node)} ${String(linksOf(files, node)).padStart(3)} ${machine.userOf(node.uid).padEnd(8)} ${machine.userOf(node.gid).padEnd(8)} ${String(sizeOf(node)).padStart(8)} ${formatDate(node.modified, recent ? '%b %e %H:%M' : '%b %e  %Y')} ${path}${node.kind === 'link' ? ` -> ${node.target}` : ''}\n`;
}
