/** What the spool and its worker thread say to each other. All of it is plain data that a structured clone carries. */

/** A stretch of sequence numbers that are not in the spool, both ends included, and why. */
export interface LostRange {
  readonly first: number;
  readonly last: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /**
   * `full`: the disk or the spool's bound was reached and so was the memory queue.
   * `crash`: the process ended without a stop; numbers up to `last` may have been given out and not yet written.
   * `skipped`: the engine knows of numbers that this spool does not (a restored or replaced folder).
   */
  readonly reason: 'full' | 'crash' | 'skipped';
}

/** Raw bytes of conversations, many pieces packed into one buffer. Piece i ends at `ends[i]` and begins where the one before ends. */
export interface PackedTranscript {
  readonly sessions: readonly string[];
  /** 0 from the client, 1 to the client. */
  readonly directions: readonly number[];
  /** Where in the session's stream of this direction the piece begins, bytes. */
  readonly offsets: readonly number[];
  /** Milliseconds since the epoch. */
  readonly times: readonly number[];
  readonly ends: readonly number[];
  readonly bytes: Uint8Array;
}

export interface SpooledRecord {
  readonly sequence: number;
  /** The observation as JSON, the text that `append` returned. */
  readonly json: string;
}

export interface TranscriptPiece {
  readonly direction: 'in' | 'out';
  readonly offset: number;
  readonly at: number;
  readonly bytes: Uint8Array;
}

/** What the worker found when it opened the folder. */
export interface Opened {
  /** The highest sequence number written, 0 for none. */
  readonly last: number;
  /** The highest number that may have been given out, as far as the database knows. */
  readonly reserved: number;
  readonly acknowledged: number;
  readonly lost: readonly LostRange[];
}

/** Sizes that the worker keeps, bytes and rows. */
export interface SpoolSizes {
  readonly observationBytes: number;
  readonly transcriptBytes: number;
  /** Acknowledged observations that made room for newer ones. */
  readonly observationsPruned: number;
  readonly transcriptBytesPruned: number;
}

export type ToWorker =
  | {
      readonly kind: 'write';
      readonly sequences: readonly number[];
      readonly records: readonly string[];
      readonly transcript: PackedTranscript | null;
      readonly lost: readonly LostRange[];
      readonly reserved: number;
      readonly acknowledged: number;
    }
  | { readonly kind: 'read'; readonly request: number; readonly after: number; readonly limit: number }
  | { readonly kind: 'transcript'; readonly request: number; readonly session: string }
  | { readonly kind: 'stop'; readonly reserved: number; readonly acknowledged: number };

export type FromWorker =
  | { readonly kind: 'opened'; readonly opened: Opened; readonly sizes: SpoolSizes }
  | { readonly kind: 'unopened'; readonly message: string }
  | { readonly kind: 'committed'; readonly sizes: SpoolSizes }
  | { readonly kind: 'failed'; readonly message: string; readonly full: boolean }
  | { readonly kind: 'records'; readonly request: number; readonly records: readonly SpooledRecord[] }
  | { readonly kind: 'pieces'; readonly request: number; readonly pieces: readonly TranscriptPiece[] }
  | { readonly kind: 'unread'; readonly request: number; readonly message: string }
  | { readonly kind: 'stopped' };
