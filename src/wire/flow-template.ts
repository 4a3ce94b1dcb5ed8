/** A template of NetFlow version 9 or IPFIX: which field stands where in a record. */

import { unsigned16, type FlowRecord } from './flow-record.ts';
import { isKnownField, setField, type FieldState } from './flow-field.ts';

/** Fields of one template at most; real ones have a few dozen. */
export const mostFields = 256;
/** RFC 7011 §7: the field's length stands in the record. */
const variable = 65_535;

export class FlowTemplate {
  /** Octets that a record has at least. */
  readonly shortest: number;
  readonly isOptions: boolean;
  readonly #fixed: boolean;
  /** Element (0 for what is stepped over) and length by turns; where all lengths are fixed element, offset and length of the known ones. */
  readonly #steps: Int32Array;

  /** `elements` and `lengths` of all fields in their order. */
  constructor(elements: readonly number[], lengths: readonly number[], isOptions: boolean) {
    this.isOptions = isOptions;
    this.#fixed = !lengths.includes(variable);
    this.shortest = lengths.reduce((sum, length) => sum + (length === variable ? 1 : length), 0);
    const steps: number[] = [];
    let offset = 0;
    for (const [index, element] of elements.entries()) {
      const length = lengths[index] ?? 0;
      if (!this.#fixed) steps.push(element, length);
      else if (isKnownField(element)) steps.push(element, offset, length);
      offset += length;
    }
    this.#steps = Int32Array.from(steps);
  }

  /** Reads a record into place; answers with where the next one begins, or -1 where it does not fit. */
  read(bytes: Uint8Array, at: number, end: number, record: FlowRecord, state: FieldState): number {
    if (at + this.shortest > end) return -1;
    const steps = this.#steps;
    if (this.#fixed) {
      for (let index = 0; index < steps.length; index += 3)
        setField(
          steps[index] ?? 0,
          bytes,
          at + (steps[index + 1] ?? 0),
          steps[index + 2] ?? 0,
          record,
          state,
        );
      return at + this.shortest;
    }
    let offset = at;
    for (let index = 0; index < steps.length; index += 2) {
      let length = steps[index + 1] ?? 0;
      if (length === variable) {
        // One octet, or 255 and two octets.
        length = bytes[offset] ?? 0;
        offset += 1;
        if (length === 255) {
          length = unsigned16(bytes, offset);
          offset += 2;
        }
      }
      if (offset + length > end) return -1;
      const element = steps[index] ?? 0;
      if (isKnownField(element)) setField(element, bytes, offset, length, record, state);
      offset += length;
    }
    return offset;
  }
}
