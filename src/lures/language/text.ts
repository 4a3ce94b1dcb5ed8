/** Text with holes: `uid={{number}}` is a literal and an expression. What is no expression between the braces stays as it is. */

import { type Expression, namesOf, parseExpression, shownExpression } from './expression.ts';

export type TextPart = string | Expression;
/** Literals and expressions by turns; never two literals in a row. */
export type Text = readonly TextPart[];

const partLimit = 4_096;
/** A name may hold dashes here, which are subtractions elsewhere. */
const plainName = /^[A-Za-z_][A-Za-z0-9_.-]{0,127}$/;

function holeAt(text: string, open: number): { expression: Expression; end: number } | null {
  let depth = 1;
  let at = open + 2;
  // Ends at the braces that close the first pair; pairs within string literals nest.
  while (at < text.length && at - open < 65_536) {
    const next = text.charAt(at);
    if (next === '{' && text.charAt(at + 1) === '{') {
      depth += 1;
      at += 2;
    } else if (next === '}' && text.charAt(at + 1) === '}') {
      depth -= 1;
      at += 2;
      if (depth === 0) {
        const inner = text.slice(open + 2, at - 2).trim();
        const expression: Expression | null = plainName.test(inner)
          ? { kind: 'name', name: inner }
          : parseExpression(inner);
        return expression === null ? null : { expression, end: at };
      }
    } else at += 1;
  }
  return null;
}

/** Reads a text. Linear but for braces that never close, of which it tries few. */
export function parseText(text: string): Text {
  const parts: TextPart[] = [];
  let literal = '';
  let at = 0;
  let failures = 0;
  while (at < text.length) {
    const open = text.indexOf('{{', at);
    if (open < 0 || failures > 64 || parts.length > partLimit) break;
    const hole = holeAt(text, open);
    if (hole === null) {
      failures += 1;
      literal += text.slice(at, open + 1);
      at = open + 1;
      continue;
    }
    literal += text.slice(at, open);
    if (literal !== '') parts.push(literal);
    literal = '';
    parts.push(hole.expression);
    at = hole.end;
  }
  literal += text.slice(at);
  if (literal !== '') parts.push(literal);
  return parts;
}

/** The text with its holes as `parseText` reads them. */
export const shownText = (text: Text): string =>
  text
    .map((part) =>
      typeof part === 'string'
        ? // Braces that would begin a hole.
          part.replaceAll('{{', '{{"{\\x7b"}}')
        : `{{${shownExpression(part)}}}`,
    )
    .join('');

/** The text without its holes. */
export const literalOf = (text: Text): string =>
  text.map((part) => (typeof part === 'string' ? part : '')).join('');

export const isLiteral = (text: Text): boolean => text.every((part) => typeof part === 'string');

/** Joins neighbouring literals. */
export function joinText(parts: Iterable<TextPart>): Text {
  const joined: TextPart[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (typeof part === 'string' && typeof last === 'string') joined[joined.length - 1] = last + part;
    else if (part !== '') joined.push(part);
  }
  return joined;
}

/** The pieces of a text between the separators that stand in its literals; at most `limit`, the last with the rest. */
export function splitText(text: Text, separator: string, limit: number = 1_024): Text[] {
  const pieces: Text[] = [];
  let current: TextPart[] = [];
  for (const part of text) {
    if (typeof part !== 'string') {
      current.push(part);
      continue;
    }
    let rest = part;
    for (
      let at = rest.indexOf(separator);
      at >= 0 && pieces.length < limit - 1;
      at = rest.indexOf(separator)
    ) {
      if (at > 0) current.push(rest.slice(0, at));
      pieces.push(current);
      current = [];
      rest = rest.slice(at + separator.length);
    }
    if (rest !== '') current.push(rest);
  }
  pieces.push(current);
  return pieces;
}

/** Names that the holes look up. */
export function namesInText(text: Text, found: Set<string> = new Set()): Set<string> {
  for (const part of text) if (typeof part !== 'string') namesOf(part, found);
  return found;
}
