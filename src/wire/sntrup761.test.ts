import { randomBytes } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encapsulate } from './sntrup761.ts';

// That the secrets are those of the other half is shown with the OpenSSH client, in src/decoys/ssh.
describe('the encapsulation of sntrup761', () => {
  it('takes any 1,158 octets for a key, and gives 1,039 and 32', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1158, maxLength: 1158 }), (key) => {
        const { ciphertext, secret } = encapsulate(key, (count) => randomBytes(count));
        expect([ciphertext.length, secret.length]).toEqual([1039, 32]);
      }),
      { numRuns: 40 },
    );
  });

  it('refuses a key of another length', () => {
    expect(() => encapsulate(new Uint8Array(1157), (count) => randomBytes(count))).toThrow(RangeError);
  });
});
