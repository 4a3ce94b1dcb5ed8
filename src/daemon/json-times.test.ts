import { expect, it } from 'vitest';
import { json, terminalJson } from './json-times.ts';

it('times are ISO 8601 wherever they stand, and other numbers are numbers', () => {
  const row = { target: '203.0.113.9', from: 0, until: 1_750_000_000_500, score: 9.2, renewals: 2 };
  expect(
    JSON.parse(json({ decision: row, list: [{ at: 1_750_000_000_000, port: 22 }], next: null })),
  ).toEqual({
    decision: { ...row, from: '1970-01-01T00:00:00.000Z', until: '2025-06-15T15:06:40.500Z' },
    list: [{ at: '2025-06-15T15:06:40.000Z', port: 22 }],
    next: null,
  });
});

it('what is no time stays as it is: for good, a word, a number without a date', () => {
  const odd = { until: null, from: 'the start', at: 9e15 };
  expect(JSON.parse(json(odd))).toEqual(odd);
});

it('holds nothing that a terminal would take for more than text, and is the same JSON', () => {
  const hostile = 'a\u001b[2J\u009b31m\u007f\u202e\u2066\u200b\u2028\ufeff\u{e0041}ü';
  const shown = json({ user: hostile });
  expect(shown).toMatch(/^[\u0020-\u007eü]*$/);
  expect(JSON.parse(shown)).toEqual({ user: hostile });
  expect(terminalJson('{"a":"b"}')).toBe('{"a":"b"}');
});
