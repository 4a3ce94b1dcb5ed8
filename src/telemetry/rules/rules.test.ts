import { expect, it } from 'vitest';
import { applicationRules } from './application-rules.ts';
import { loginRules } from './login-rules.ts';
import { mailRules } from './mail-rules.ts';
import { networkRules } from './network-rules.ts';

const rules = [...loginRules, ...mailRules, ...networkRules, ...applicationRules];

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
