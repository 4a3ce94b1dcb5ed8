/**
 * Templates of log messages: literal text with `<user>`, `<address>`, `<port>` and `<any>` between. Matching is linear, since each
 * literal is looked for once: from the end by default, because names that a client chooses stand ahead of the address
 * in most logs; `left` where they stand behind it; `once` where they stand on both sides: then a literal of the template that comes
 * twice leaves two readings, and the line names nobody. A template is anchored at the message's beginning.
 */

import { withoutPort } from './access-json.ts';

export interface TemplateFields {
  readonly user: string;
  readonly address: string;
}

export interface Template {
  readonly literals: readonly string[];
  readonly fields: readonly string[];
  readonly reading: 'left' | 'right' | 'once';
}

/** Reads a template such as `authentication failure; rhost=<address> user=<user>`. */
export function template(text: string, reading: Template['reading'] = 'right'): Template {
  const parts = text.split(/<(user|address|any)>/);
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
      .replace(/^IPv6:/i, ''),
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
  if (shape.reading !== 'right') {
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
      values.unshift(message.slice(start + literal.length, end));
      end = start;
    }
  }
  const address = addressText(values[fields.indexOf('address')] ?? '');
  return address === null ? null : { address, user: values[fields.indexOf('user')] ?? '' };
}
