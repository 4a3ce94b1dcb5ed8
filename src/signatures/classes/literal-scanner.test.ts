import { array, assert, property, string } from 'fast-check';
import { expect, it } from 'vitest';
import { LiteralScanner } from './literal-scanner.ts';

it('finds exactly the groups that have a literal in the text', () => {
  const few = string({ maxLength: 24 }).map((text) => text.replaceAll(/[^ab<c]/g, 'a'));
  const literal = few.filter((text) => text.length > 0);
  assert(
    property(
      array(literal, { minLength: 1, maxLength: 8 }),
      array(literal, { minLength: 1, maxLength: 8 }),
      few,
      few,
      (one, two, start, end) => {
        const text = `${start}\u20ac${end}`;
        const scanner = new LiteralScanner([
          { bit: 1, literals: one },
          { bit: 2, literals: two },
        ]);
        const expected =
          (one.some((item) => text.includes(item)) ? 1 : 0) |
          (two.some((item) => text.includes(item)) ? 2 : 0);
        expect(scanner.scan(text)).toBe(expected);
      },
    ),
  );
});

it('refuses literals that no folded ASCII text holds', () => {
  expect(() => new LiteralScanner([{ bit: 1, literals: ['\u00e9'] }])).toThrow(RangeError);
});
