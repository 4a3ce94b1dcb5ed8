import { describe, expect, it } from 'vitest';
import { WriteTrouble } from './write-trouble.ts';

function trouble() {
  const lines: string[] = [];
  const clock = { at: 1_700_000_000_000, now: (): number => clock.at };
  return { lines, clock, trouble: new WriteTrouble('spool.db', (line) => lines.push(line), clock) };
}

describe('trouble in writing', () => {
  it('is tried again after 100 ms, then after twice as long each time, up to 5 s, and anew once a write went through', () => {
    const { trouble: made } = trouble();
    const waits = Array.from({ length: 8 }, () => {
      made.refused('no space', true, 1, 0);
      return made.retryMilliseconds;
    });
    expect(waits).toEqual([100, 200, 400, 800, 1600, 3200, 5000, 5000]);
    made.over(0, 0);
    expect([made.retryMilliseconds, made.error]).toEqual([0, null]);
    made.refused('no space', true, 1, 0);
    expect(made.retryMilliseconds).toBe(100);
  });

  it('is told once in 30 s, with what it costs, and when it is over', () => {
    const { trouble: made, lines, clock } = trouble();
    made.refused('no space', true, 7, 3);
    clock.at += 29_999;
    made.refused('no space', true, 8, 3);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(
      /^PICKET_SPOOL_FULL: cannot write spool\.db: no space; 7 observations wait in memory, 3 are lost/,
    );
    clock.at += 1;
    made.refused('gone', false, 9, 4);
    expect(made.error).toEqual({ code: 'PICKET_STATE_UNWRITABLE', message: 'gone' });
    made.over(2, 4);
    made.over(0, 4);
    expect(lines.slice(1).map((line) => line.slice(0, 30))).toEqual([
      'PICKET_STATE_UNWRITABLE: canno',
      'spool: writes again; 2 observa',
    ]);
    made.refused('no space', true, 1, 4);
    expect(lines).toHaveLength(4);
  });
});
