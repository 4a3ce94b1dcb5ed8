/** What a one-liner in Python, Perl or PHP does to the world, found by its strings and the calls that they stand in. */
type ScriptEffect =
  | { readonly does: 'run'; readonly command: string }
  | { readonly does: 'connect'; readonly host: string; readonly port: number; readonly line: number }
  | { readonly does: 'fetch'; readonly url: string; readonly file: string | null }
  | { readonly does: 'print'; readonly text: string };

const mostBytes = 65_536;
const mostEffects = 32;

const runs =
  /(?:\bos\.system|\bos\.popen|\bsubprocess\.[a-zA-Z_]{2,20}|\bpty\.spawn|'\)\.spawn|\bsystem|\bshell_exec|\bpassthru|\bexec|\bpopen) ?\(? ?\[?$/;
const fetches = /(?:urlopen|urlretrieve|\.get|\.post|Request|getstore|file_get_contents|fopen|mirror) ?\( ?$/;
const prints = /(?:^|[;\s(])(?:print|echo) ?\(? ?$/;
const hostPattern = /^(?:\d{1,3}(?:\.\d{1,3}){3}|[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,6})$/;

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

interface Literal {
  readonly text: string;
  readonly quote: string;
  readonly start: number;
  readonly end: number;
}

/** The string that begins at this quote; null where it does not end. */
function literalAt(source: string, start: number): Literal | null {
  const quote = source.charAt(start);
  let text = '';
  for (let at = start + 1; at < source.length; at += 1) {
    const character = source.charAt(at);
    if (character === quote) return { text, quote, start, end: at + 1 };
    if (character !== '\\') text += character;
    else {
      at += 1;
      const escaped = source.charAt(at);
      text += quote === "'" ? escaped : (escapes[escaped] ?? escaped);
    }
  }
  return null;
}

function literalsOf(source: string): Literal[] {
  const found: Literal[] = [];
  for (let at = 0; at < source.length && found.length < 500; at += 1) {
    if (!'"\'`'.includes(source.charAt(at))) continue;
    const literal = literalAt(source, at);
    if (literal === null) break;
    found.push(literal);
    at = literal.end - 1;
  }
  return found;
}

/** The effects in their order, bounded. */
export function effectsOf(script: string): ScriptEffect[] {
  const source = script.slice(0, mostBytes);
  const effects: ScriptEffect[] = [];
  const literals = literalsOf(source);
  for (let index = 0; index < literals.length && effects.length < mostEffects; index += 1) {
    const literal = literals[index];
    if (literal === undefined) break;
    const { text } = literal;
    const before = source.slice(Math.max(0, literal.start - 60), literal.start);
    const after = source.slice(literal.end, literal.end + 400);
    if (literal.quote === '`') effects.push({ does: 'run', command: text });
    else if (runs.test(before)) {
      const words = [text];
      // A list of words: `["/bin/sh", "-i"]`.
      while (before.endsWith('[')) {
        const [last, next] = [literals[index], literals[index + 1]];
        if (last === undefined || next === undefined) break;
        if (!/^ ?, ?$/.test(source.slice(last.end, Math.min(next.start, last.end + 4)))) break;
        words.push(next.text);
        index += 1;
      }
      effects.push({ does: 'run', command: words.join(' ') });
    } else if (fetches.test(before) && text.includes('://')) {
      const next = literals[index + 1];
      const saved = next !== undefined && /^ ?, ?$/.test(source.slice(literal.end, next.start));
      effects.push({ does: 'fetch', url: text, file: saved ? next.text : null });
    } else if (hostPattern.test(text) && /connect|fsockopen|INET/.test(source)) {
      const port = /^ ?, ?(\d{1,5})\b/.exec(after)?.[1] ?? /\$\w{1,30} ?= ?(\d{1,5});/.exec(after)?.[1];
      const line = source.slice(0, literal.start).split('\n').length;
      if (port !== undefined) effects.push({ does: 'connect', host: text, port: Number(port), line });
    } else if (prints.test(before) && /^ ?\)?(?:;|\n|$)/.test(after)) effects.push({ does: 'print', text });
  }
  return effects;
}
