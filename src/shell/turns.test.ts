import { describe, expect, it } from 'vitest';
import { shellSession } from '../../test/support/run-shell.ts';

/** How often others have their turn while this runs. */
function turnsOf(command: string): number {
  const session = shellSession('linux-gnu', false);
  let turns = 0;
  for (const events of [session.run(command), session.end()])
    for (const event of events) if (event.say === 'pause' && event.milliseconds === 0) turns += 1;
  expect(session.fault).toBeNull();
  return turns;
}

describe('a heavy command of a visitor', () => {
  it.each([
    'seq 1 60000 > /dev/null',
    'seq 1 40000 | sed s/1/2/g > /dev/null',
    "seq 1 40000 | awk '{ s += $1 } END { print s }'",
    "seq 1 40000 | grep -c '9.*9'",
    'seq 1 40000 | grep -o 9 > /dev/null',
    'seq 1 40000 | sort -n > /dev/null',
    'seq 1 40000 | cut -c1-2 > /dev/null',
    'seq 1 40000 | uniq > /dev/null',
    'head -c 400000 /dev/zero | od -v > /dev/null',
    'head -c 400000 /dev/urandom | xxd > /dev/null',
    'head -c 800000 /dev/urandom | base64 > /dev/null',
    "head -c 800000 /dev/zero | tr '\\0' a > /dev/null",
    "head -c 40000 /dev/zero | tr '\\0' a | sed s/a/b/g > /dev/null",
    "python3 -c 'for i in range(90000): pass'",
  ])('lets others have their turn: %s', (command) => {
    expect(turnsOf(command)).toBeGreaterThan(5);
  });

  it.each(['rev', 'tac', 'nl', 'column', 'column -t', 'paste - -', 'shuf'])(
    'gives turns while %s goes through many lines',
    (command) => {
      const before = turnsOf('seq 1 60000 > /dev/null');
      expect(turnsOf(`seq 1 60000 | ${command} > /dev/null`)).toBeGreaterThan(before + 8);
    },
  );

  it('gives turns while one expansion becomes many words', () => {
    const before = turnsOf('words=$(seq 1 20000)');
    expect(turnsOf('for word in $(seq 1 20000); do break; done')).toBeGreaterThan(before + 8);
  });

  it('reads no more of a long text than its head or tail shows', () => {
    expect(turnsOf('yes | head')).toBeLessThanOrEqual(turnsOf('yes > /dev/null') + 1);
    expect(turnsOf('yes | tail -n 3')).toBeLessThanOrEqual(turnsOf('yes > /dev/null') + 1);
  });

  it('is not held up by turns where it is light', () => {
    expect(turnsOf("ls -la /; uname -a; python3 -c 'print(1)'")).toBe(0);
  });
});
