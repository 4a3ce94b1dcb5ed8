import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { shellSession } from '../../../../test/support/run-shell.ts';

const systems = ['linux-gnu', 'linux-busybox'] as const;

/** Runs a line; how often others had their turn. The interpreter may not fail. */
function turnsOf(system: (typeof systems)[number], line: string): number {
  const session = shellSession(system, false);
  let turns = 0;
  for (const events of [session.run(line), session.end()])
    for (const event of events) if (event.say === 'pause' && event.milliseconds === 0) turns += 1;
  expect(session.fault).toBeNull();
  return turns;
}

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;
const pieces = fc.constantFrom(
  'a',
  'b',
  'D',
  'G',
  'H',
  'N',
  'P',
  'x',
  'n',
  'p',
  'l',
  '=',
  '{',
  '}',
  ';',
  '\n',
  '!',
  ',',
  '~',
  '+',
  '1',
  '2',
  '$',
  '0',
  '/',
  '\\',
  '[',
  ']',
  '(',
  ')',
  '*',
  '&',
  's/a/b/g',
  's/./&&/g',
  's//x/',
  'y/ab/ba/',
  ':a',
  'ba',
  'ta',
  'Ta',
  'a\\',
  'i x',
  'r f',
  'w g',
  'q9',
  '/a/',
  '/b/I',
  '2,3',
  '0,/b/',
  '1~2',
  '$!',
  '{p;',
  '\\1',
  '\\n',
  '\\U',
  '[[:alpha:]',
  '\\{1',
  'é',
  '\x00'.slice(1),
  '#n',
  'c\\\n',
  'e id',
  'F',
  'z',
);

describe('sed with a hostile script', () => {
  test.each([
    ':a;ba',
    ':a;s/x*/y/;ta',
    'G;h;ba;:a;D;ba',
    ':a;{:b;bb}',
    's/^/x\\n/;D',
    'H;G;H;x;G;:a;H;x;ba',
    ':a;p;ba',
    ':a;a x\nba',
    ':a;i x\nba',
    ':a;y/a/b/;l;ba',
    ':a;Tb;:b;ba',
  ])('ends by the budget and lets others have their turn: %s', (script) => {
    for (const system of systems)
      expect(turnsOf(system, `echo a | sed ${quoted(script)}`)).toBeGreaterThan(3);
  });

  test('never fails, whatever the script', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(pieces, fc.string({ maxLength: 3 })), { maxLength: 14 }),
        fc.constantFrom(...systems),
        fc.constantFrom('', '-n', '-E', '-s', '-z', '-nE', '-i', '-i.b'),
        (parts, system, option) => {
          const script = parts.join('').replaceAll('\0', '');
          turnsOf(system, `cd /tmp; printf 'ab\\ncd\\nabc' > f; sed ${option} ${quoted(script)} f f`);
        },
      ),
      { numRuns: 60 },
    );
  });
});
