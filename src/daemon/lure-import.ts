/** `picket lures import`: scanner templates become files of lures, one each. */

import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { PicketError } from '../core/errors.ts';
import type { LureDocument } from '../lures/document.ts';
import { isLure, readLure, writeLure } from '../lures/read-lure.ts';

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

const depthLimit = 16;
const fileLimit = 200_000;
const sizeLimit = 1_048_576;

function* templatesIn(path: string, depth: number, left: { count: number }): Iterable<string> {
  const entries = readdirSync(path, { withFileTypes: true }).sort((one, other) =>
    one.name < other.name ? -1 : 1,
  );
  for (const entry of entries) {
    if (left.count <= 0) return;
    const inner = join(path, entry.name);
    if (entry.isDirectory() && !entry.name.startsWith('.') && depth < depthLimit)
      yield* templatesIn(inner, depth + 1, left);
    else if (entry.isFile() && !entry.name.startsWith('.') && /\.(?:ya?ml|json)$/i.test(entry.name)) {
      left.count -= 1;
      yield inner;
    }
  }
}

const answerOf = (document: LureDocument): ImportedLure['answer'] =>
  document.outOfBand === true ? 'out-of-band' : document.unproven === true ? 'unproven' : 'proven';

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error);

/** The files of a folder, or the one that is named. */
function* inputs(path: string): Iterable<string> {
  let isFolder: boolean;
  try {
    isFolder = statSync(path).isDirectory();
  } catch (error) {
    const why =
      codeOf(error) === 'ENOENT' ? 'is not there; check the name' : `can't be read (${codeOf(error)})`;
    throw new PicketError('PICKET_INPUT_UNREADABLE', `${path} ${why}`, { cause: error });
  }
  if (isFolder) yield* templatesIn(path, 0, { count: fileLimit });
  else yield path;
}

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

function readOne(path: string): LureDocument | { line: number; why: string } {
  try {
    if (statSync(path).size > sizeLimit) return { line: 1, why: `larger than ${sizeLimit / 1_024} KiB` };
    return readLure(readFileSync(path, 'utf8'));
  } catch (error) {
    return { line: 1, why: `can't be read (${codeOf(error)})` };
  }
}

/**
 * Reads every template under `from` and writes its lure into `into`. Yields a line for each file, in the order of their names. Throws
 * PICKET_INPUT_UNREADABLE where `from` is not there, PICKET_STATE_UNWRITABLE where the folder can't be written.
 */
export function* importLures(from: string, into: string): Iterable<ImportLine> {
  const files = inputs(from);
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
  for (const path of inputs(from)) {
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
