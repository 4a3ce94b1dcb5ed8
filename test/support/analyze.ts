/** Recorded input through `picket analyze`'s own analysis, in this process. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Analysis, type DamagedRecord, type RecordLine, type VerdictLine } from '../../src/daemon/analyze.ts';
import { parseConfiguration } from '../../src/daemon/configuration.ts';
import { ParallelAnalysis } from '../../src/daemon/parallel-analysis.ts';
import { recordedInput } from '../../src/daemon/recorded-input.ts';
import { PicketError } from '../../src/core/errors.ts';

export interface Analyzed {
  readonly verdicts: readonly VerdictLine[];
  readonly records: readonly RecordLine[];
  readonly damaged: readonly DamagedRecord[];
  /** False where no reader knows the content. */
  readonly known: boolean;
}

export interface AnalyzeChoices {
  readonly format?: string;
  readonly lab?: boolean;
  readonly near?: number;
  /** YAML. */
  readonly configuration?: string;
}

/** What is printed for this file, with `--records`. */
export async function analyzeFile(path: string, choices: AnalyzeChoices = {}): Promise<Analyzed> {
  const records: RecordLine[] = [];
  const damaged: DamagedRecord[] = [];
  const analysis = new Analysis({
    configuration: parseConfiguration(choices.configuration ?? '', 'the defaults'),
    own: [],
    lab: choices.lab ?? true,
    record: (line) => void records.push(line),
    damaged: (record) => void damaged.push(record),
  });
  let known = true;
  try {
    await analysis.read(recordedInput(path, choices.near ?? null), choices.format ?? 'auto');
  } catch (error) {
    if (!(error instanceof PicketError) || error.code !== 'PICKET_INPUT_FORMAT') throw error;
    known = false;
  }
  return { verdicts: [...analysis.verdicts()], records, damaged, known };
}

/** The same for text, by way of a file of its own. */
export async function analyzeText(text: string, choices: AnalyzeChoices = {}): Promise<Analyzed> {
  const folder = mkdtempSync(join(tmpdir(), 'picket-analyze-'));
  try {
    const path = join(folder, 'input');
    writeFileSync(path, text);
    return await analyzeFile(path, choices);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export interface ThreadsOutcome {
  readonly verdicts: readonly VerdictLine[];
  readonly damaged: readonly DamagedRecord[];
  readonly failures: readonly string[];
  readonly totals: readonly number[];
}

/** What `picket analyze --lab` finds in these files on so many threads, to which so many observations are handed at a time. */
export async function analyzeInThreads(
  paths: readonly string[],
  threads: number,
  parcel?: number,
): Promise<ThreadsOutcome> {
  const damaged: DamagedRecord[] = [];
  const failures: string[] = [];
  const options = {
    configuration: parseConfiguration('', 'the defaults'),
    own: [],
    lab: true,
    damaged: (record: DamagedRecord): void => void damaged.push(record),
  };
  const analysis =
    threads === 1
      ? new Analysis(options)
      : new ParallelAnalysis({ ...options, lures: [], threads, ...(parcel === undefined ? {} : { parcel }) });
  try {
    for (const path of paths) {
      try {
        await analysis.read(recordedInput(path, Date.UTC(2023, 11, 1)), 'auto');
      } catch (error) {
        if (!(error instanceof PicketError)) throw error;
        failures.push(error.code);
      }
    }
    await analysis.end();
    const verdicts: VerdictLine[] = [];
    for await (const verdict of analysis.verdicts()) verdicts.push(verdict);
    const { records, damaged: unread, observations, decisions, held, sources, forgotten } = analysis;
    return {
      verdicts,
      damaged,
      failures,
      totals: [records, unread, observations, decisions, held, sources, forgotten],
    };
  } finally {
    await analysis.stop();
  }
}
