import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DecoyOutput } from '../core/decoy.ts';
import { HeldOutputs, type OutputTaker } from './held-outputs.ts';

const saw = (input: string): DecoyOutput => ({
  do: 'saw',
  fact: { kind: 'command', service: 'test', input },
});
const reply = (text: string): DecoyOutput => ({ do: 'reply', bytes: Buffer.from(text) });
const pause = (milliseconds: number): DecoyOutput => ({ do: 'pause', milliseconds });

/** Takes everything; a reply of `full` has to wait. */
class Taker implements OutputTaker {
  closing = false;
  readonly taken: string[] = [];
  readonly outputs: HeldOutputs = new HeldOutputs(this);

  take(output: DecoyOutput): boolean {
    if (output.do === 'pause') {
      this.outputs.pause(output.milliseconds);
      return false;
    }
    const text = output.do === 'reply' ? Buffer.from(output.bytes).toString() : output.do;
    this.taken.push(text);
    return text !== 'full';
  }
  settled(): void {
    this.taken.push('settled');
  }
  holding(): void {
    this.taken.push('holding');
  }
  failed(error: unknown): void {
    this.taken.push(String(error));
  }
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'clearImmediate'] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('what a session has to say', () => {
  it('comes out whole and in order, wherever it has to wait', () => {
    const one = fc.oneof(
      fc.constantFrom(reply('a'), reply('b'), reply('full'), saw('c')),
      fc.integer({ min: -1, max: 20_000 }).map(pause),
    );
    fc.assert(
      fc.property(fc.array(one, { maxLength: 40 }), (outputs) => {
        const taker = new Taker();
        taker.outputs.perform(outputs);
        for (let round = 0; taker.outputs.areHeld && round < 50; round += 1) {
          vi.runAllTimers();
          taker.outputs.resume();
        }
        const said = taker.taken.filter((text) => text !== 'holding');
        expect(said).toEqual([
          ...outputs.flatMap((output) =>
            output.do === 'pause'
              ? []
              : [output.do === 'reply' ? Buffer.from(output.bytes).toString() : output.do],
          ),
          'settled',
        ]);
        expect(vi.getTimerCount()).toBe(0);
      }),
    );
  });

  it('waits through a pause whatever asks it to go on, five seconds at most', () => {
    const taker = new Taker();
    taker.outputs.perform([pause(60_000), reply('late')]);
    taker.outputs.resume();
    vi.advanceTimersByTime(4_999);
    expect(taker.taken).toEqual(['holding']);
    vi.advanceTimersByTime(1);
    expect(taker.taken).toEqual(['holding', 'late', 'settled']);
  });

  it('leaves its facts where the client goes, a thousand outputs at most, and nothing afterwards', () => {
    const taker = new Taker();
    taker.outputs.perform(
      (function* () {
        yield pause(1);
        for (;;) {
          yield reply('x');
          yield saw('y');
        }
      })(),
    );
    taker.outputs.endPause();
    taker.outputs.recordRest();
    const facts = taker.taken.filter((text) => text === 'saw').length;
    expect(facts).toBeGreaterThan(0);
    expect(facts).toBeLessThanOrEqual(500);
    expect(taker.taken).not.toContain('x');
    vi.runAllTimers();
    expect([taker.outputs.areHeld, taker.taken.includes('settled')]).toEqual([false, false]);
  });

  it('ends with the session’s fault, which is told once', () => {
    const taker = new Taker();
    taker.outputs.perform(
      (function* () {
        yield reply('a');
        throw new Error('of the decoy');
      })(),
    );
    expect(taker.taken).toEqual(['a', 'Error: of the decoy']);
    expect(taker.outputs.areHeld).toBe(false);
  });
});
