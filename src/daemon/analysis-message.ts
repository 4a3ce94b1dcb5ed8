/** What the thread that reads and the threads that judge say to each other. */

import type { Network } from '../core/address.ts';
import type { VerdictLine } from './analyze.ts';
import type { Configuration } from './configuration-type.ts';
import type { Parcel } from './observation-parcel.ts';

/** What a judging thread is started with. */
export interface AnalysisShare {
  readonly configuration: Configuration;
  readonly own: readonly Network[];
  readonly lab: boolean;
  readonly rules: readonly string[];
  readonly lures: readonly string[];
}

export type ToJudge =
  | { readonly kind: 'parcel'; readonly parcel: Parcel }
  /** There is no more input. `blocks` has two numbers for each that was asked of the breaker: how many in its hour, and the limit. */
  | { readonly kind: 'end'; readonly blocks: Float64Array }
  /** Asks for the next verdicts. */
  | { readonly kind: 'more' };

export interface JudgedTotals {
  readonly decisions: number;
  readonly held: number;
  readonly sources: number;
  readonly forgotten: number;
  /** Processor time of the thread since it was ready, microseconds. */
  readonly spent: number;
}

export type FromJudge =
  | { readonly kind: 'ready' }
  /**
   * A parcel is judged, whose numbers come back. `asked` has two numbers for each block that the breaker must count: the observation's
   * index, and the time.
   */
  | {
      readonly kind: 'judged';
      readonly asked: Float64Array;
      readonly numbers: Float64Array<ArrayBuffer>;
    }
  | ({ readonly kind: 'ended' } & JudgedTotals)
  /** Verdicts, worst first, with what they are put in order by; none at the end. */
  | {
      readonly kind: 'verdicts';
      readonly scores: readonly number[];
      readonly sources: readonly string[];
      readonly lines: readonly VerdictLine[];
    };
