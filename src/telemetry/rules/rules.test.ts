import { expect, it } from 'vitest';
import { readAll } from '../../../test/support/read-input.ts';
import { systemLog } from '../login-log.ts';
import { applicationRules } from './application-rules.ts';
import { loginRules } from './login-rules.ts';
import { mailboxRules } from './mailbox-rules.ts';
import { mailRules } from './mail-rules.ts';
import { networkRules } from './network-rules.ts';

const rules = [...loginRules, ...mailRules, ...mailboxRules, ...networkRules, ...applicationRules];

it('every template begins with its needle or covers the whole message, and has one address', () => {
  for (const { needle, whole, shape } of rules) {
    const [first = ''] = shape.literals;
    expect(needle.length, needle).toBeGreaterThanOrEqual(4);
    expect(whole || first.startsWith(needle) || needle.startsWith(first), `${needle} ≠ ${first}`).toBe(true);
    if (whole) continue;
    expect(first === '' ? needle : first, needle).not.toBe('');
    expect(shape.fields.filter((field) => field === 'address').length, needle).toBe(1);
  }
});

const real = '203.0.113.9';
const other = '198.51.100.6';
const filling: Readonly<Record<string, string>> = {
  any: 'x',
  word: 'w',
  plain: 'p',
  name: 'u',
  user: 'u',
  address: other,
};

/** The template's text from one literal to another, with another's address in it. */
function imitation(literals: readonly string[], fields: readonly string[], from: number, to: number): string {
  let text = '';
  for (let index = from; index < to; index += 1) {
    text += (literals[index] ?? '') + (filling[fields[index] ?? ''] ?? '');
  }
  return text;
}

it('a name that imitates its own message names nobody else, in any rule and behind any head', async () => {
  const wrong: string[] = [];
  const silent: string[] = [];
  for (const { needle, shape } of rules) {
    const { literals, fields } = shape;
    const at = fields.findIndex((field) => field === 'user' || field === 'name');
    if (at < 0) continue;
    const before = imitation(literals, fields, 0, at + 1);
    const behind = imitation(literals, fields, at + 1, literals.length);
    const names = [
      'u',
      `u${behind}`,
      `u${behind}${before}`,
      `${before}u${behind}`,
      `u${literals[at + 1] ?? ''}${other}`,
      other,
    ];
    for (const name of names) {
      // What writes JSON escapes the quotes of a name.
      const written = needle.startsWith('"') ? name.replaceAll('"', '\\"') : name;
      const text = literals
        .map((literal, index) => {
          const field = fields[index];
          if (field === undefined) return literal;
          return literal + (index === at ? written : field === 'address' ? real : (filling[field] ?? ''));
        })
        .join('');
      for (const head of ['', 'Jan 10 10:00:00 host prog[9]: ', '2026-01-10 10:00:00 ']) {
        const { observations } = await readAll(systemLog, `${head}${text}\n`);
        if (observations.some(({ source }) => source !== real)) wrong.push(head + text);
        if (name === 'u' && observations.length === 0) silent.push(head + text);
      }
    }
  }
  expect(wrong).toEqual([]);
  expect(silent).toEqual([]);
});
