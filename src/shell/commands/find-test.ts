import { ownMember } from '../own-member.ts';
import { sizeOf } from '../files/node.ts';
import { Pattern } from '../language/pattern.ts';
import { isBusybox, type Process } from '../process.ts';
import { compileExpression } from '../regular-expression.ts';
import { baseOf, type Found } from './found-file.ts';

/** An expression that is none; the message is find's own. */
export class FindFault extends Error {}

const types: Readonly<Record<string, (found: Found) => boolean>> = {
  f: ({ node }) => node.kind === 'file',
  d: ({ node }) => node.kind === 'directory',
  l: ({ node }) => node.kind === 'link',
  c: ({ node }) => node.kind === 'device' && node.device !== 'block',
  b: ({ node }) => node.kind === 'device' && node.device === 'block',
  p: () => false,
  s: () => false,
};

const sizeUnits: Readonly<Record<string, number>> = {
  '': 512,
  b: 512,
  c: 1,
  w: 2,
  k: 1024,
  M: 1_048_576,
  G: 1_073_741_824,
};

/** `+N`, `-N`, `N`. */
function compared(text: string): ((value: number) => boolean) | null {
  const match = /^([-+]?)(\d{1,12}(?:\.\d{1,6})?)$/.exec(text);
  if (match === null) return null;
  const number = Number(match[2]);
  return match[1] === '+'
    ? (value) => value > number
    : match[1] === '-'
      ? (value) => value < number
      : (value) => value === number;
}

/** A test by its word; `argument` gives the word behind it. Throws `FindFault`. */
export function findTest(
  process: Process,
  word: string,
  argument: (option: string) => string,
): (found: Found) => boolean {
  const { state, folder } = process;
  const { machine, files } = state;
  switch (word) {
    case '-true':
      return () => true;
    case '-false':
      return () => false;
    case '-name':
    case '-iname':
    case '-path':
    case '-wholename':
    case '-ipath':
    case '-lname': {
      const text = argument(word);
      const folded = word.startsWith('-i');
      const pattern = new Pattern(folded ? text.toLowerCase() : text, state.budget);
      return ({ path, node }) => {
        const shown =
          word === '-lname'
            ? node.kind === 'link'
              ? node.target
              : '\0'
            : word.endsWith('ame') && !word.startsWith('-whole')
              ? baseOf(path)
              : path;
        return pattern.matches(folded ? shown.toLowerCase() : shown);
      };
    }
    case '-regex':
    case '-iregex': {
      const source = `^(${argument(word)})$`.replaceAll(/[()]/g, '\\$&');
      const options = { extended: false, ignoreCase: word === '-iregex' };
      const expression = compileExpression(source, options, state.budget);
      return ({ path }) => expression !== null && expression.find(path, 0, state.budget) !== null;
    }
    case '-type':
    case '-xtype': {
      const letters = argument(word).split(',');
      const bad = letters.find((letter) => ownMember(types, letter) === undefined);
      if (bad !== undefined) throw new FindFault(`Unknown argument to ${word}: ${bad}`);
      return (found) => letters.some((letter) => types[letter]?.(found) === true);
    }
    case '-size': {
      const text = argument(word);
      const unit = /[a-zA-Z]$/.exec(text)?.[0] ?? '';
      const compare = compared(unit === '' ? text : text.slice(0, -1));
      const bytes = ownMember(sizeUnits, unit);
      if (compare === null || bytes === undefined)
        throw new FindFault(`Invalid argument \`${text}' to -size`);
      return ({ node }) => compare(Math.ceil(sizeOf(node) / bytes));
    }
    case '-empty':
      return ({ node, path }) =>
        node.kind === 'directory'
          ? files.list(path, folder).size === 0
          : node.kind === 'file' && sizeOf(node) === 0;
    case '-perm': {
      const text = argument(word);
      const match = /^([-/+]?)([0-7]{1,5})$/.exec(text) ?? symbolic(text);
      if (match === null) throw new FindFault(`invalid mode '${text}'`);
      const wanted = Number.parseInt(match[2] ?? '', 8);
      return ({ node }) =>
        match[1] === '-'
          ? (node.mode & wanted) === wanted
          : match[1] === ''
            ? node.mode === wanted
            : wanted === 0 || (node.mode & wanted) !== 0;
    }
    case '-user':
    case '-uid': {
      const name = argument(word);
      const uid = machine.uidOf(name);
      if (uid === null) throw new FindFault(`'${name}' is not the name of a known user`);
      return ({ node }) => node.uid === uid;
    }
    case '-group':
    case '-gid': {
      const gid = machine.uidOf(argument(word)) ?? -1;
      return ({ node }) => node.gid === gid;
    }
    case '-nouser':
    case '-nogroup':
      return () => false;
    case '-newer':
    case '-anewer':
    case '-cnewer': {
      const path = argument(word);
      const other = files.find(path, folder);
      if (other === null) throw new FindFault(`'${path}': No such file or directory`);
      return ({ node }) => node.modified > other.modified;
    }
    case '-mtime':
    case '-atime':
    case '-ctime':
    case '-mmin':
    case '-amin':
    case '-cmin': {
      const text = argument(word);
      const compare = compared(text);
      if (compare === null) throw new FindFault(`invalid argument \`${text}' to \`${word}'`);
      const unit = word.endsWith('min') ? 60_000 : 86_400_000;
      const now = state.now();
      const whole = word.endsWith('min') ? Math.ceil : Math.floor;
      return ({ node }) => compare(whole((now - node.modified) / unit));
    }
    case '-inum':
    case '-links':
    case '-fstype':
      return compared(argument(word))?.(1) === true ? () => true : () => false;
    case '-readable':
      return ({ node }) => files.may(node, 4);
    case '-writable':
      return ({ node }) => files.may(node, 2);
    case '-executable':
      return ({ node, path }) => {
        const target = node.kind === 'link' ? files.find(path, folder) : node;
        return target !== null && files.may(target, 1);
      };
    default:
      if (!word.startsWith('-')) throw new FindFault(`paths must precede expression: \`${word}'`);
      throw new FindFault(isBusybox(process) ? `unrecognized: ${word}` : `unknown predicate \`${word}'`);
  }
}

/** `u+s`, `-u=s`, `/o+w` as the octal number that find makes of it. */
function symbolic(text: string): readonly string[] | null {
  const match = /^([-/+]?)([ugoa]{1,4})[+=]([rwxst]{1,5})$/.exec(text);
  if (match === null) return null;
  const [, sign = '', who = '', what = ''] = match;
  let mode = 0;
  for (const one of who === 'a' ? 'ugo' : who) {
    const shift = { u: 6, g: 3, o: 0 }[one] ?? 0;
    for (const letter of what)
      mode |=
        letter === 's'
          ? one === 'u'
            ? 0o4000
            : one === 'g'
              ? 0o2000
              : 0
          : letter === 't'
            ? 0o1000
            : ({ r: 4, w: 2, x: 1 }[letter] ?? 0) << shift;
  }
  return ['', sign, mode.toString(8)];
}
