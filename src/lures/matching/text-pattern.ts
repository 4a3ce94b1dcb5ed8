/**
 * Text with holes against text as it came. A hole takes what stands before the next literal, within the characters that its name
 * may have; the work is linear in the text for each hole, whatever is sent.
 */

import { Buffer } from 'node:buffer';
import { seededRandom } from '../../core/random.ts';
import { evaluate } from '../language/evaluate.ts';
import { type Expression, namesOf, shownExpression } from '../language/expression.ts';
import { functionName, isRandom, textOf } from '../language/functions.ts';
import { parseText, type Text } from '../language/text.ts';

type Alphabet = 'any' | 'word' | 'digits' | 'host' | 'base64' | 'hex';

interface Hole {
  readonly kind: 'hole';
  /** The literal that stands behind it, up to the next hole; set when the pattern is whole. */
  behind: string;
  isLast: boolean;
  readonly alphabet: Alphabet;
  readonly least: number;
  readonly size: number | null;
  readonly binds: Expression;
}

type Piece =
  | { readonly kind: 'literal'; readonly text: string; readonly folded: string }
  | Hole
  | { readonly kind: 'open'; readonly name: string }
  | { readonly kind: 'close'; readonly name: string };

const alphabets: Readonly<Record<Exclude<Alphabet, 'any'>, RegExp>> = {
  word: /^[A-Za-z0-9_-]*$/,
  digits: /^-?[0-9]*$/,
  host: /^[A-Za-z0-9.:_/-]*$/,
  base64: /^[A-Za-z0-9+/=_\s-]*$/,
  hex: /^[A-Fa-f0-9]*$/,
};

const depthLimit = 8;
const holeLimit = 64;
const tries = 64;

export interface Names {
  readonly variables: ReadonlyMap<string, string>;
  readonly choices: ReadonlyMap<string, readonly string[]>;
}

/** Characters beyond ASCII as their UTF-8 bytes, which is how they are sent. */
export const asSent = (text: string): string =>
  /[^\0-\x7f]/.test(text) ? Buffer.from(text, 'utf8').toString('latin1') : text;

/** A single random call, or the name of a random text, and how much of it there is. */
function randomHole(expression: Expression): { alphabet: Alphabet; size: number | null } | null {
  if (expression.kind === 'name')
    return expression.name.startsWith('randstr')
      ? { alphabet: 'word', size: null }
      : /^rand_?int$/.test(expression.name)
        ? { alphabet: 'digits', size: null }
        : null;
  if (expression.kind !== 'call') return null;
  const name = functionName(expression.name);
  const [first] = expression.arguments;
  if (name === 'to_lower' || name === 'to_upper') return first === undefined ? null : randomHole(first);
  if (!isRandom(expression.name)) return null;
  const size = first?.kind === 'value' && name !== 'rand_int' ? Number(first.value) : null;
  return {
    alphabet: name === 'rand_int' || name === 'rand_text_numeric' ? 'digits' : 'word',
    size: size === null || Number.isNaN(size) ? null : size,
  };
}

const computed: Readonly<Record<string, Alphabet>> = {
  base64: 'base64',
  base64_py: 'base64',
  hex_encode: 'hex',
  md5: 'hex',
  sha1: 'hex',
  sha256: 'hex',
  sha512: 'hex',
  hmac: 'hex',
  unix_time: 'digits',
  to_number: 'digits',
  len: 'digits',
};

function piecesOf(text: Text, names: Names, depth: number, decode: (text: string) => string): Piece[] {
  const pieces: Piece[] = [];
  if (depth > depthLimit) return pieces;
  for (const part of text) {
    if (typeof part === 'string') {
      const literal = decode(asSent(part));
      pieces.push({ kind: 'literal', text: literal, folded: literal.toLowerCase() });
    } else pieces.push(...holePieces(part, names, depth, decode));
  }
  return pieces;
}

function holePieces(
  expression: Expression,
  names: Names,
  depth: number,
  decode: (text: string) => string,
): Piece[] {
  if (expression.kind === 'value')
    return piecesOf(parseText(String(expression.value)), names, depth + 1, decode);
  const isConstant =
    expression.kind === 'call' &&
    !/\{\{|"kind":"call","name":"(?:rand|unix_time|date_time)/.test(JSON.stringify(expression)) &&
    namesOf(expression).size === 0;
  if (isConstant) {
    // Bytes that a call makes, as they are sent.
    const value = evaluate(expression, { random: seededRandom(''), now: 0, lookup: () => undefined });
    const literal = value === null ? null : decode(textOf(value));
    if (literal !== null) return [{ kind: 'literal', text: literal, folded: literal.toLowerCase() }];
  }
  const hole = (alphabet: Alphabet, size: number | null = null, least = 1): Piece[] => [
    { kind: 'hole', alphabet, least, size, binds: expression, behind: '', isLast: false },
  ];
  if (expression.kind === 'name') {
    const { name } = expression;
    if (/^interactsh|^(?:BaseURL|RootURL|Hostname|Host|FQDN|RDN)$/i.test(name)) return hole('host');
    // What a scanner's user may set, whatever the template would draw.
    if (/^(?:user(?:name)?|pass(?:word)?|email|token)$/i.test(name)) return hole('any');
    const random = randomHole(expression);
    if (random !== null) return hole(random.alphabet, random.size);
    const definition = names.variables.get(name);
    if (definition === undefined || depth >= depthLimit) return hole('any', null, 0);
    const inner = parseText(definition);
    const [only] = inner;
    if (inner.length === 1 && only !== undefined && typeof only !== 'string') {
      const single = randomHole(only);
      if (single !== null) return hole(single.alphabet, single.size);
    }
    return [{ kind: 'open', name }, ...piecesOf(inner, names, depth + 1, decode), { kind: 'close', name }];
  }
  const random = randomHole(expression);
  if (random !== null) return hole(random.alphabet, random.size);
  if (expression.kind === 'call') {
    const name = functionName(expression.name);
    const [first] = expression.arguments;
    // Escapes are undone before the comparison: what was escaped stands there plain.
    if (
      first !== undefined &&
      ['url_encode', 'to_lower', 'to_upper', 'trim_space', 'html_escape'].includes(name)
    )
      return holePieces(first, names, depth + 1, decode);
    if (name === 'concat')
      return expression.arguments.flatMap((argument) => holePieces(argument, names, depth + 1, decode));
    return hole((Object.hasOwn(computed, name) ? computed[name] : undefined) ?? 'any', null, 0);
  }
  return expression.kind === 'binary' && ['*', '-', '/', '%'].includes(expression.operator)
    ? hole('digits')
    : hole('any', null, 0);
}

export interface Catch {
  readonly expression: Expression;
  readonly text: string;
}

export class TextPattern {
  readonly pieces: readonly Piece[];
  /** The literal that all matching texts contain, in lower case; the longest. */
  readonly anchor: string;
  /** Characters of all literals. */
  readonly weight: number;
  readonly isLiteral: boolean;

  /** `decode` undoes escapes in literals as they are undone in what comes. */
  constructor(text: Text, names: Names, decode: (text: string) => string = (plain) => plain) {
    const joined: Piece[] = [];
    for (const piece of piecesOf(text, names, 0, decode)) {
      const last = joined.at(-1);
      if (piece.kind === 'literal' && last?.kind === 'literal')
        joined[joined.length - 1] = {
          kind: 'literal',
          text: last.text + piece.text,
          folded: last.folded + piece.folded,
        };
      else if (joined.length < holeLimit * 2) joined.push(piece);
    }
    this.pieces = joined;
    let behind = '';
    let isLast = true;
    for (const piece of joined.toReversed()) {
      if (piece.kind === 'literal') behind = piece.folded + behind;
      else if (piece.kind === 'hole') {
        piece.behind = behind;
        piece.isLast = isLast;
        behind = '';
        isLast = false;
      }
    }
    const literals = joined.flatMap((piece) => (piece.kind === 'literal' ? [piece.folded] : []));
    this.anchor = literals.reduce((best, literal) => (literal.length > best.length ? literal : best), '');
    this.weight = literals.reduce((sum, literal) => sum + literal.length, 0);
    this.isLiteral = joined.every((piece) => piece.kind === 'literal');
  }

  /** The whole text in lower case, where there is no hole. */
  get literal(): string {
    return this.isLiteral ? this.anchor : '';
  }

  /** Whether the whole text matches, and what the holes caught. `folded` is the text in lower case. */
  match(text: string, folded: string, caught: Catch[]): boolean {
    if (this.isLiteral) return folded === this.anchor;
    if (!folded.includes(this.anchor)) return false;
    const marks = new Map<string, number>();
    const { pieces } = this;
    let at = 0;
    for (const piece of pieces) {
      if (piece.kind === 'open') marks.set(piece.name, at);
      else if (piece.kind === 'close') {
        caught.push({
          expression: { kind: 'name', name: piece.name },
          text: text.slice(marks.get(piece.name) ?? at, at),
        });
      } else if (piece.kind === 'literal') {
        if (!folded.startsWith(piece.folded, at)) return false;
        at += piece.folded.length;
      } else {
        const end = this.#holeEnd(piece, text, folded, at);
        if (end < 0) return false;
        caught.push({ expression: piece.binds, text: text.slice(at, end) });
        at = end;
      }
    }
    return at === text.length;
  }

  #holeEnd(piece: Hole, text: string, folded: string, at: number): number {
    const { behind } = piece;
    const fits = (end: number): boolean =>
      end - at >= piece.least &&
      (piece.alphabet === 'any' || alphabets[piece.alphabet].test(text.slice(at, end)));
    if (piece.isLast) {
      const end = text.length - behind.length;
      return end >= at && folded.endsWith(behind) && fits(end) ? end : -1;
    }
    if (behind === '') {
      // Two in a row: the first is as long as it says, or as its alphabet lasts.
      let end = Math.min(text.length, at + (piece.size ?? 0));
      if (piece.size === null && piece.alphabet !== 'any')
        while (end < text.length && alphabets[piece.alphabet].test(text.charAt(end))) end += 1;
      return fits(end) ? end : -1;
    }
    let from = at + piece.least;
    for (let count = 0; count < tries; count += 1) {
      const end = folded.indexOf(behind, from);
      if (end < 0) return -1;
      if (fits(end)) return end;
      from = end + 1;
    }
    return -1;
  }
}

/** What the values of names are when an expression came to this text: undoes the functions that can be undone. */
export function bind(caught: readonly Catch[], names: Names, values: Map<string, string>): void {
  for (const { expression, text } of caught) bindOne(expression, text, names, values, 0);
}

function bindOne(
  expression: Expression,
  text: string,
  names: Names,
  values: Map<string, string>,
  depth: number,
): void {
  if (depth > depthLimit) return;
  if (expression.kind === 'name') {
    if (!values.has(expression.name)) values.set(expression.name, text);
    const definition = names.variables.get(expression.name);
    if (definition === undefined) return;
    const inner = parseText(definition);
    const [only] = inner;
    if (inner.length === 1 && only !== undefined && typeof only !== 'string')
      bindOne(only, text, names, values, depth + 1);
    else if (inner.length > 1 && depth > 0) {
      const pattern = new TextPattern(inner, names);
      const found: Catch[] = [];
      if (pattern.match(text, text.toLowerCase(), found))
        for (const each of found) bindOne(each.expression, each.text, names, values, depth + 1);
    }
    return;
  }
  if (expression.kind !== 'call' || isRandom(expression.name)) return;
  const [first] = expression.arguments;
  if (first === undefined) return;
  const undone = undo(functionName(expression.name), text);
  if (undone === null) {
    // Kept under its own spelling, for an answer that shows the same.
    values.set(shownExpression(expression), text);
    return;
  }
  // A literal with holes of its own: `base64("<?php echo {{number}};")`.
  if (first.kind === 'value' && typeof first.value === 'string') {
    const pattern = new TextPattern(parseText(first.value), names);
    const found: Catch[] = [];
    if (pattern.match(undone, undone.toLowerCase(), found))
      for (const each of found) bindOne(each.expression, each.text, names, values, depth + 1);
  } else bindOne(first, undone, names, values, depth + 1);
}

function undo(name: string, text: string): string | null {
  switch (name) {
    case 'base64':
    case 'base64_py':
      return Buffer.from(text, 'base64').toString('latin1');
    case 'hex_encode':
      return Buffer.from(text, 'hex').toString('latin1');
    case 'url_encode':
    case 'to_lower':
    case 'to_upper':
    case 'trim_space':
    case 'html_escape':
    case 'to_string':
    case 'to_number':
      return text;
    case 'reverse':
      return text.split('').toReversed().join('');
    default:
      return null;
  }
}
