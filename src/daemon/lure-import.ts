/** `picket lures import`: scanner templates become files of lures, one each. */

import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PicketError } from '../core/errors.ts';
import type { LureDocument } from '../lures/document.ts';
import { isLure, readLure, writeLure } from '../lures/read-lure.ts';
import type { FileProblem } from '../lures/yaml-file.ts';
import { codeOf, namedFiles, readNamed } from './named-files.ts';

export interface ImportedLure {
  readonly kind: 'lure';
  readonly file: string;
  readonly name: string;
  readonly cves: readonly string[];
  readonly product: string;
  readonly steps: number;
  readonly state: 'written' | 'unchanged';
  /** `proven`: its template's matchers accept the answer; `out-of-band`: no answer can convince that scanner; `unproven`: none was found. */
  readonly answer: 'proven' | 'out-of-band' | 'unproven';
}

export interface RefusedTemplate {
  readonly kind: 'refused';
  readonly file: string;
  readonly line: number;
  readonly why: string;
}

export type ImportLine = ImportedLure | RefusedTemplate;

const answerOf = (document: LureDocument): ImportedLure['answer'] =>
  document.outOfBand === true ? 'out-of-band' : document.unproven === true ? 'unproven' : 'proven';

function keep(folder: string, document: LureDocument): 'written' | 'unchanged' {
  const path = join(folder, `${document.name}.json`);
  const text = writeLure(document);
  try {
    if (readFileSync(path, 'utf8') === text) return 'unchanged';
  } catch {
    // Not there yet.
  }
  // A sensor may look at any moment: it sees the old file or the new one. Names with a dot ahead are passed over.
  const draft = join(folder, `.${document.name}.draft`);
  try {
    writeFileSync(draft, text, { mode: 0o644 });
    renameSync(draft, path);
  } catch (error) {
    throw new PicketError(
      'PICKET_STATE_UNWRITABLE',
      `${path}: can't be written (${codeOf(error)}); name another folder with --into`,
      {
        cause: error,
      },
    );
  }
  return 'written';
}

const readOne = (path: string): LureDocument | FileProblem => readNamed(path, readLure);

/**
 * Reads every template under `from` and writes its lure into `into`. Yields a line for each file, in the order of their names. Throws
 * PICKET_INPUT_UNREADABLE where `from` is not there, PICKET_STATE_UNWRITABLE where the folder can't be written.
 */
export function* importLures(from: string, into: string): Iterable<ImportLine> {
  const files = namedFiles(from);
  try {
    mkdirSync(into, { recursive: true });
    // The sensor reads it under a user id of its own.
    chmodSync(into, 0o755);
  } catch (error) {
    throw new PicketError(
      'PICKET_STATE_UNWRITABLE',
      `${into}: can't be made (${codeOf(error)}); name another folder with --into`,
      {
        cause: error,
      },
    );
  }
  const taken = new Map<string, string>();
  for (const path of files) {
    const read = readOne(path);
    if (!isLure(read)) {
      yield { kind: 'refused', file: path, ...read };
      continue;
    }
    const other = taken.get(read.name);
    if (other !== undefined) {
      yield { kind: 'refused', file: path, line: 1, why: `${other} has the id ${read.name} too` };
      continue;
    }
    taken.set(read.name, path);
    const state = keep(into, read);
    const { name, cves, product, steps } = read;
    yield {
      kind: 'lure',
      file: path,
      name,
      cves,
      product,
      steps: steps.length,
      state,
      answer: answerOf(read),
    };
  }
}

/** Reads lures without installing them: `picket lures check`. */
export function* checkLures(from: string): Iterable<ImportLine> {
  for (const path of namedFiles(from)) {
    const read = readOne(path);
    if (!isLure(read)) yield { kind: 'refused', file: path, ...read };
    else {
      const { name, cves, product, steps } = read;
      yield {
        kind: 'lure',
        file: path,
        name,
        cves,
        product,
        steps: steps.length,
        state: 'unchanged',
        answer: answerOf(read),
      };
    }
  }
}
