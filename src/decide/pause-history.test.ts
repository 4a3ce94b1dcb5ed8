import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PauseHistory } from './pause-history.ts';

function after(...pauses: readonly number[]): PauseHistory {
  const history = new PauseHistory();
  for (const seconds of pauses) history.add(seconds);
  return history;
}

describe('what followed the last time', () => {
  it('is nothing for pauses that never were', () => {
    expect(after().recall()).toBeNull();
    expect(after(60).recall()).toBeNull();
    expect(after(60, 600, 6000).recall()).toBeNull();
  });

  it('is the next step of a rhythm with two pauses', () => {
    expect(after(6021, 3986, 6154, 4048, 6392, 4065).recall()?.seconds).toBe(6392);
    expect(after(6021, 3986, 6154, 4048, 6392).recall()?.seconds).toBe(4048);
  });

  it('is found by the longest run that was alike, not by the last pause alone', () => {
    // Twice 60 s: after 10 s came 5000 s, after 300 s came 20 s.
    expect(after(300, 60, 20, 10, 60, 5000, 300, 60).recall()).toMatchObject({ seconds: 20, run: 2 });
    expect(after(300, 60, 20, 10, 60, 5000, 10, 60).recall()).toMatchObject({ seconds: 5000, run: 2 });
  });

  it('says how well the memory before it agrees', () => {
    expect(after(60, 1000, 60, 1010, 60).recall()).toMatchObject({ seconds: 1010, agreement: 0 });
    expect(after(60, 100, 60, 1010, 60).recall()).toMatchObject({ seconds: 1010, agreement: 4 });
    expect(after(60, 1010, 60).recall()).toMatchObject({ seconds: 1010, agreement: 5 });
  });

  it('keeps the last pauses alone and never fails', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(100_000), { maxLength: 120 }), (pauses) => {
        const memory = after(...pauses).recall();
        if (memory !== null) expect(pauses.slice(-32)).toContain(memory.seconds);
      }),
      { numRuns: 200 },
    );
  });
});
