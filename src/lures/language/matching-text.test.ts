import * as fc from 'fast-check';
import { RE2JS } from 're2js';
import { expect, it } from 'vitest';
import { seededRandom } from '../../core/random.ts';
import { matchingText } from './matching-text.ts';
import { parseRegex } from './regex-syntax.ts';

it.each([
  'root:.*:0:0:',
  'uid=\\d+\\(([^)]+)\\) gid=\\d+\\(([^)]+)\\)',
  '(?mi)^Stable tag: ([0-9.]+)',
  '(?m)^(?:Location\\s*?:\\s*?)(?:https?:\\/\\/|\\/\\/)?(?:[a-zA-Z0-9\\-_\\.@]*)evil\\.example\\/?(\\/|[^.].*)?$',
  '[[:alpha:]]{3}\\x41[^\\s"]{2,}\\Q(a|b)\\E',
  '(?P<year>\\d{4})-(?:0[1-9]|1[0-2])',
  '^-1$',
  '\\bword\\b',
])('makes a text that %s finds', (pattern) => {
  const text = matchingText(pattern, seededRandom('a seed'));
  expect(text).not.toBeNull();
  expect(
    RE2JS.compile(pattern)
      .matcher(text ?? '')
      .find(),
  ).toBe(true);
});

it('gives a capture the text that is wished for', () => {
  const text = matchingText('Stable tag: ([0-9.]+)', seededRandom('a seed'), { group: 1, text: '1.4.2' });
  expect(text).toBe('Stable tag: 1.4.2');
});

it('makes another text for another machine, and the same for the same', () => {
  const make = (seed: string): string | null => matchingText('token="([a-f0-9]{32})"', seededRandom(seed));
  expect(make('one')).toBe(make('one'));
  expect(make('one')).not.toBe(make('other'));
});

const atom = fc.oneof(
  fc.constantFrom(
    'a',
    'B',
    '7',
    '\\.',
    '.',
    '\\d',
    '\\w',
    '\\s',
    '[a-f0-9]',
    '[^"<>]',
    '\\$',
    '\\-',
    '[[:upper:]]',
    '\\x2f',
    ' ',
  ),
  fc.constantFrom('(?:ab|cd)', '(x+)', '\\Qa.b\\E'),
);
const pattern = fc.letrec<{ node: string }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4 },
    atom,
    fc.tuple(tie('node'), tie('node')).map((pair) => pair.join('')),
    fc.tuple(tie('node'), tie('node')).map(([one, other]) => `(${one}|${other})`),
    fc
      .tuple(tie('node'), fc.constantFrom('*', '+', '?', '*?', '{2}', '{1,3}', '{2,}'))
      .map(([inner, times]) => `(?:${inner})${times}`),
    tie('node').map((inner) => `(${inner})`),
  ),
})).node;

it('always makes a text that RE2 finds the pattern in', () => {
  fc.assert(
    fc.property(pattern, fc.integer(), (source, seed) => {
      const text = matchingText(source, seededRandom(String(seed)));
      expect(text).not.toBeNull();
      expect(
        RE2JS.compile(source)
          .matcher(text ?? '')
          .find(),
      ).toBe(true);
    }),
    { numRuns: 200 },
  );
});

it('reads any text as a pattern or refuses it, in bounded time', () => {
  fc.assert(
    fc.property(
      fc.string({ maxLength: 120, unit: fc.constantFrom(...'ab(){}[]*+?|\\^$.:<>P=-1,dwsQE'.split('')) }),
      (source) => {
        parseRegex(source);
        const text = matchingText(source, seededRandom('any'));
        if (text !== null) expect(RE2JS.compile(source).matcher(text).find()).toBe(true);
      },
    ),
    { numRuns: 200 },
  );
  expect(parseRegex('('.repeat(5_000))).toBeNull();
  expect(parseRegex('a'.repeat(9_000))).toBeNull();
  // A thousand times a thousand times a thousand characters are not made.
  const text = matchingText('(?:(?:a{1000}){1000}){1000}', seededRandom('any'));
  expect(text).toBeNull();
});
