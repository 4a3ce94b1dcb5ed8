import { Buffer } from 'node:buffer';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { ByteQueue } from './byte-queue.ts';

it('a queue of bytes gives back what was put in, in order', () => {
  const step = fc.oneof(fc.uint8Array({ maxLength: 700 }), fc.nat(900));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const queue = new ByteQueue();
      let model: Buffer = Buffer.alloc(0);
      for (const each of steps) {
        if (typeof each === 'number') {
          queue.drop(each);
          model = model.subarray(each);
        } else {
          queue.append(each);
          model = Buffer.concat([model, each]);
        }
        expect(Buffer.from(queue.view(0, queue.length)).equals(model)).toBe(true);
        expect([queue.length, queue.at(0), queue.at(model.length)]).toEqual([
          model.length,
          model[0],
          undefined,
        ]);
      }
    }),
    { numRuns: 100 },
  );
});
