/**
 * Templates of log messages: literal text with `<user>`, `<address>`, `<any>` between; `<name>` is a user that is not empty, `<word>` has no space,
 * `<plain>` none of the marks behind which a client's text begins.
 * Matching is linear, since each literal is looked for once: from the end by default, because names that a client chooses stand
 * ahead of the address in most logs; `left` where they stand behind it. Where they stand on both sides a literal of the template that comes
 * twice leaves two readings, and the line names nobody: `once` reads from the left, `sole` from
 * the end, where a literal ahead of the address may come again. A template is anchored at the
 * message's beginning.
 */

import { withoutPort } from './access-json.ts';

export interface TemplateFields {
  readonly user: string;
  readonly address: string;
}

export interface Template {
  readonly literals: readonly string[];
  readonly fields: readonly string[];
  readonly reading: 'left' | 'right' | 'once' | 'sole';
}

/** Reads a template such as `authentication failure; rhost=<address> user=<user>`. */
export function template(text: string, reading: Template['reading'] = 'right'): Template {
  const parts = text.split(/<(user|name|address|word|plain|any)>/);
  return {
    literals: parts.filter((_, index) => index % 2 === 0),
    fields: parts.filter((_, index) => index % 2 === 1),
    reading,
  };
}

/** The text of an address field: brackets, port and transport (`IPV4/UDP/…`) taken off; null where it can't be an address. */
function addressText(text: string): string | null {
  const bare = withoutPort(
    text
      .replace(/^IPV[46]\/[A-Z]+\//, '')
      .replace(/\/\d{1,5}$/, '')
      .replace(/^IPv6:/i, '')
      .replace(/^(\d{1,3}(?:\.\d{1,3}){3})\.\d{1,5}$/, '$1'),
  );
  return /^[0-9a-fA-F:.]{2,45}$/.test(bare) ? bare : null;
}

/** The fields of a message that fits the template, or null. */
export function matchTemplate(shape: Template, message: string): TemplateFields | null {
  const { literals, fields } = shape;
  const first = literals[0] ?? '';
  const last = literals.at(-1) ?? '';
  if (!message.startsWith(first)) return null;
  const values: string[] = [];
  if (shape.reading === 'left' || shape.reading === 'once') {
    let at = first.length;
    for (const [index] of fields.entries()) {
      const literal = literals[index + 1] ?? '';
      const next = literal === '' ? message.length : message.indexOf(literal, at);
      if (next < 0) return null;
      const isTwice = literal.length > 2 && message.indexOf(literal, next + 1) >= 0;
      if (shape.reading === 'once' && isTwice) return null;
      values.push(message.slice(at, next));
      at = next + literal.length;
    }
  } else {
    if (!message.endsWith(last)) return null;
    let end = message.length - last.length;
    for (let index = fields.length - 1; index >= 0; index -= 1) {
      const literal = literals[index] ?? '';
      const start = index === 0 ? 0 : message.lastIndexOf(literal, end - literal.length);
      if (start < 0 || start + literal.length > end) return null;
      const isBehind = index > fields.indexOf('address');
      if (shape.reading === 'sole' && isBehind && message.indexOf(literal) !== start) return null;
      values.unshift(message.slice(start + literal.length, end));
      end = start;
    }
  }
  const address = addressText(values[fields.indexOf('address')] ?? '');
  if (address === null) return null;
  for (const [index, field] of fields.entries()) {
    const value = values[index] ?? '';
    if ((field === 'word' && /\s/.test(value)) || (field === 'plain' && /[<="']/.test(value))) return null;
  }
  const name = fields.indexOf('name');
  if (name >= 0 && values[name] === '') return null;
  return { address, user: values[name < 0 ? fields.indexOf('user') : name] ?? '' };
}
