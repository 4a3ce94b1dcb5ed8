/** The contract of a benchmark: one file, one noun measured, each figure beside its reference in the same run. */

/** One measured figure; printed as a JSON line with `bench` ahead of it. */
export interface Figure {
  /** Snake case with what it is of, such as `time_to_block_p99`. */
  readonly metric: string;
  /** Such as `ms`, `contacts/s`, `bytes`. */
  readonly unit: string;
  readonly value: number;
  /** What was measured beside it in the same run, such as `C epoll server`. */
  readonly reference?: string;
  readonly referenceValue?: number;
  /** The value against the reference's, in the direction in which more is better for Picket. */
  readonly ratio?: number;
  /** The bound of docs/performance.md that `ok` judges. */
  readonly budget?: number;
  readonly ok: boolean;
}

export interface BenchmarkOptions {
  /** How long each round lasts where the benchmark can be told; null for its own choice. */
  readonly seconds: number | null;
}

export interface Benchmark {
  /** As the command line names it; the file's name. */
  readonly name: string;
  readonly summary: string;
  /** Measures and reports each figure. Leaves no process, file or rule behind, also where it throws. */
  run(report: (figure: Figure) => void, options: BenchmarkOptions): Promise<void>;
}
