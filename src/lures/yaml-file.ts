/** YAML (and with it JSON) of files that others wrote: bounded in size, aliases and depth, with the line of each value. */

import { LineCounter, parseDocument } from 'yaml';
import { yamlFault } from '../wire/yaml-fault.ts';
import { lineOf } from '../wire/yaml-line.ts';

/** Why a file is of no use, and the line where it shows, from 1. */
export interface FileProblem {
  readonly line: number;
  readonly why: string;
  /** What else is wrong with the file, where a reader tells all that it finds. */
  readonly more?: readonly FileProblem[];
}

export type KeyPath = readonly (string | number)[];

export interface YamlFile {
  readonly value: unknown;
  /** The line of the key at a path, or of the nearest one around it. */
  readonly lineOf: (path: KeyPath) => number;
}

const sizeLimit = 1_048_576;
const aliasLimit = 64;
/** Indentation and brackets nested deeper than any such file. */
const depthLimit = 64;

function tooDeep(source: string): boolean {
  if (/^ {512,}\S/m.test(source)) return true;
  let depth = 0;
  for (let at = 0; at < source.length; at += 1) {
    const character = source.charCodeAt(at);
    // [ and { against ] and }: texts with unequal numbers of them may come near the limit, which is why it is wide.
    if (character === 0x5b || character === 0x7b) depth += 1;
    else if (character === 0x5d || character === 0x7d) depth = Math.max(0, depth - 1);
    if (depth > depthLimit * 16) return true;
  }
  return false;
}

export interface YamlOptions {
  /** Whether a key that stands twice is a fault; others' templates have such, and the last one counts. */
  readonly uniqueKeys?: boolean;
}

/** Reads a file's text. Never throws. */
export function readYaml(source: string, { uniqueKeys = false }: YamlOptions = {}): YamlFile | FileProblem {
  if (source.length > sizeLimit) return { line: 1, why: `larger than ${sizeLimit / 1_024} KiB` };
  if (tooDeep(source)) return { line: 1, why: 'nested too deeply' };
  try {
    const lines = new LineCounter();
    // Pretty errors take time as the square of their number.
    const document = parseDocument(source, {
      lineCounter: lines,
      uniqueKeys,
      logLevel: 'silent',
      prettyErrors: false,
    });
    const [error] = document.errors;
    if (error !== undefined) return { line: lines.linePos(error.pos[0]).line || 1, why: yamlFault(error) };
    const value: unknown = document.toJS({ maxAliasCount: aliasLimit });
    return { value, lineOf: (path) => lineOf(document, lines, path) };
  } catch (error) {
    return { line: 1, why: error instanceof RangeError ? 'nested too deeply' : String(error).slice(0, 120) };
  }
}
