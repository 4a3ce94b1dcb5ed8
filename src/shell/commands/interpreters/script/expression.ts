import { RE2JS } from 're2js';
import { largestProgram, programSize } from '../../../expression-size.ts';
import { Unsupported } from './unsupported.ts';

export interface Found {
  readonly start: number;
  readonly end: number;
  /** Group 0 is the whole match. */
  readonly groups: readonly (string | undefined)[];
  /** Where each group begins; -1 where it took no part. */
  readonly starts: readonly number[];
}

export interface Compiled {
  readonly names: ReadonlyMap<string, number>;
  readonly groupCount: number;
  /** Instructions of the matcher: it may look at each of them for each character. */
  readonly size: number;
  /** The leftmost match at or after a place; linear in the text. */
  find(text: string, from: number): Found | null;
}

const cache = new Map<string, Compiled>();
const longest = 2_000;

/** What Perl's expressions have and RE2's have under another name. */
function translate(source: string): string {
  return source
    .replaceAll(/\(\?<([A-Za-z_]\w{0,50})>/g, '(?P<$1>')
    .replaceAll('\\Z', '\\z')
    .replaceAll('\\h', '[ \\t]')
    .replaceAll('\\/', '/');
}

/**
 * A Perl expression for a linear-time matcher. Throws `Unsupported` for what no such matcher has (back-references, look-around), or what
 * is no expression: then it is for the caller to know better. `flags`: i, m, s, x.
 */
export function compileExpression(source: string, flags: string): Compiled {
  const key = `${flags}/${source}`;
  const known = cache.get(key);
  if (known !== undefined) return known;
  if (source.length > longest || /\\[1-9gkGK]|\(\?(?:[=!>|(]|<[=!])|[*+?}]\+/.test(source))
    throw new Unsupported('expression');
  const plain = flags.includes('x')
    ? source.replaceAll(/\\.|\[(?:\\.|[^\]\\])*\]|#[^\n]*|\s+/g, (piece) =>
        /^[\\[]/.test(piece) ? piece : '',
      )
    : source;
  let bits = 0;
  if (flags.includes('i')) bits |= RE2JS.CASE_INSENSITIVE;
  if (flags.includes('m')) bits |= RE2JS.MULTILINE;
  if (flags.includes('s')) bits |= RE2JS.DOTALL;
  // Ahead of the compilation, which takes a second and a hundred megabytes for a million instructions.
  if (programSize(plain) > largestProgram) throw new Unsupported('expression');
  let pattern: ReturnType<typeof RE2JS.compile>;
  try {
    // `$` also stands ahead of a last line end.
    pattern = RE2JS.compile(translate(plain), bits);
  } catch {
    throw new Unsupported('expression');
  }
  const names = new Map<string, number>(Object.entries(pattern.namedGroups()));
  // A few of them are remembered for all visitors, and each is as large as it has instructions.
  if (pattern.programSize() > largestProgram) throw new Unsupported('expression');
  const compiled: Compiled = {
    names,
    groupCount: pattern.groupCount(),
    size: pattern.programSize(),
    find(text, from) {
      if (from > text.length) return null;
      const matcher = pattern.matcher(text);
      if (!matcher.find(from)) return null;
      const groups: (string | undefined)[] = [];
      const starts: number[] = [];
      for (let group = 0; group <= matcher.groupCount(); group += 1) {
        groups.push(matcher.group(group) ?? undefined);
        starts.push(matcher.start(group));
      }
      return { start: matcher.start(), end: matcher.end(), groups, starts };
    },
  };
  if (cache.size > 256) cache.clear();
  cache.set(key, compiled);
  return compiled;
}
