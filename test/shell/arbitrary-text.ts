/** Texts drawn piece by piece. */

import * as fc from 'fast-check';

export type Text = fc.Arbitrary<string>;

export const one = (...texts: readonly string[]): Text => fc.constantFrom(...texts);

export const join = (...pieces: readonly (string | Text)[]): Text =>
  fc
    .tuple(...pieces.map((piece) => (typeof piece === 'string' ? fc.constant(piece) : piece)))
    .map((texts) => texts.join(''));
