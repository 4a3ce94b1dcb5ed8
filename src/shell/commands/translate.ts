import { classMembers } from '../language/pattern.ts';
import type { Command } from '../process.ts';
import { readOptions } from './input-text.ts';

/** The characters of a set of `tr`: ranges, classes, escapes. */
function characters(set: string, fill = 0): string {
  let out = '';
  let index = 0;
  const take = (): string => {
    const character = set.charAt(index);
    index += 1;
    if (character !== '\\') return character;
    const octal = /^[0-7]{1,3}/.exec(set.slice(index, index + 3));
    if (octal !== null) {
      index += octal[0].length;
      return String.fromCharCode(Number.parseInt(octal[0], 8) & 255);
    }
    const next = set.charAt(index);
    index += 1;
    return { n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v' }[next] ?? next;
  };
  while (index < set.length && out.length < 4096) {
    const named = /^\[:([a-z]{1,8}):\]/.exec(set.slice(index, index + 14));
    const members = named === null ? null : classMembers(named[1] ?? '');
    if (named !== null && members !== null) {
      out += members;
      index += named[0].length;
      continue;
    }
    const repeated = /^\[(\\?.)\*(\d{0,4})\]/s.exec(set.slice(index, index + 10));
    if (repeated !== null && fill > 0) {
      index += repeated[0].length;
      const times =
        repeated[2] === '' || repeated[2] === undefined
          ? Math.max(0, fill - out.length)
          : Number(repeated[2]);
      out += characters(repeated[1] ?? '').repeat(Math.min(times, 4096));
      continue;
    }
    const first = take();
    if (set.charAt(index) === '-' && index + 1 < set.length) {
      index += 1;
      const last = take();
      for (let code = first.charCodeAt(0); code <= last.charCodeAt(0); code += 1)
        out += String.fromCharCode(code);
    } else out += first;
  }
  return out;
}

export const translate: Command = {
  names: ['tr'],
  folder: '/usr/bin',
  systems: 'both',
  *run(process) {
    const { flags, operands } = readOptions(process.words, '');
    const [first, second] = operands;
    if (first === undefined || (second === undefined && !flags.has('d') && !flags.has('s'))) {
      process.error.write(
        `tr: missing operand${first === undefined ? '' : ` after '${first}'\nTwo strings must be given when ${flags.has('s') && flags.has('d') ? 'both deleting and squeezing repeats' : 'translating'}.`}\nTry 'tr --help' for more information.\n`,
      );
      return 1;
    }
    const text = yield* process.input.all();
    let from = characters(first);
    if (flags.has('c') || flags.has('C'))
      from = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code))
        .filter((character) => !from.includes(character))
        .join('');
    let to = second === undefined ? '' : characters(second, from.length);
    if (flags.has('t')) from = from.slice(0, to.length);
    if (to.length > from.length && !flags.has('s')) to = to.slice(0, from.length);
    const map = new Map<string, string>();
    if (!flags.has('d') && to !== '')
      for (const [index, character] of Array.from(from).entries())
        if (!map.has(character) || index < from.length) map.set(character, to[index] ?? to.at(-1) ?? '');
    const squeezed = flags.has('s') ? (to === '' || (flags.has('d') && to === '') ? from : to) : '';
    const pieces: string[] = [];
    let last = '';
    for (let at = 0; at < text.length; at += 1) {
      if (at % 16_384 === 0) {
        process.state.budget.spendBytes(65_536);
        if (process.state.budget.takeTurn()) yield;
      }
      const character = text.charAt(at);
      if (flags.has('d') && from.includes(character)) continue;
      const mapped = map.get(character) ?? character;
      if (mapped === last && squeezed.includes(mapped)) continue;
      pieces.push(mapped);
      last = mapped;
    }
    process.output.write(pieces.join(''));
    return 0;
  },
};
