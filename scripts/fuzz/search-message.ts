/** What the fuzzer's two threads say to each other, and the memory that they share. */

import { longestInput } from './mutate.ts';

export interface SearchJob {
  readonly target: string;
  readonly seed: string;
  readonly milliseconds: number;
  /** Inputs to begin with beside the corpus. */
  readonly more: readonly Uint8Array[];
}

export type SearchMessage =
  | { readonly what: 'ready' }
  | { readonly what: 'found'; readonly target: string; readonly input: Uint8Array; readonly text: string }
  | {
      readonly what: 'done';
      readonly target: string;
      readonly runs: number;
      readonly ranges: number;
      /** Inputs for the corpus. */
      readonly keep: readonly Uint8Array[];
    };

export const isJob = (value: unknown): value is SearchJob =>
  typeof value === 'object' && value !== null && 'target' in value && 'milliseconds' in value;

export const isMessage = (value: unknown): value is SearchMessage =>
  typeof value === 'object' && value !== null && 'what' in value;

const headBytes = 8;
export const sharedBytes: number = headBytes + longestInput;

/** Number of the run and length of its input, then the input: what is at work, also where the thread no longer answers. */
export function sharedOf(memory: unknown): { counters: Int32Array; bytes: Uint8Array } {
  if (!(memory instanceof SharedArrayBuffer)) throw new Error('no shared memory');
  return { counters: new Int32Array(memory, 0, 2), bytes: new Uint8Array(memory, headBytes) };
}
