/** Reads a file that a lure or a scanner template stands in. */

import { Ajv, type ValidateFunction } from 'ajv';
import type { LureDocument } from './document.ts';
import { lureSchema } from './document-schema.ts';
import { importTemplate } from './template/import-template.ts';
import { isTemplate, readTemplate } from './template/read-template.ts';
import { type FileProblem, type KeyPath, readYaml } from './yaml-file.ts';

const { $schema: _dialect, ...checkedSchema } = lureSchema;
let compiled: ValidateFunction<LureDocument> | null = null;

/** Compiled when the first lure is read: most machines have none. */
function validator(): ValidateFunction<LureDocument> {
  compiled ??= new Ajv({
    allErrors: false,
    strict: false,
    meta: false,
    validateSchema: false,
  }).compile<LureDocument>(checkedSchema);
  return compiled;
}

const validate = (value: unknown): value is LureDocument => validator()(value);

/** `/steps/0/request` → its keys. */
const keysOf = (pointer: string): KeyPath =>
  pointer
    .split('/')
    .slice(1)
    .map((key) => (/^\d+$/.test(key) ? Number(key) : key.replaceAll('~1', '/').replaceAll('~0', '~')));

function problemOf(): { path: KeyPath; why: string } {
  const [error] = validator().errors ?? [];
  const where = keysOf(error?.instancePath ?? '');
  const extra = error?.params['additionalProperty'];
  const name = where.join('.');
  const why =
    typeof extra === 'string'
      ? `there is no key ${JSON.stringify(extra)}${name === '' ? '' : ` in ${name}`}`
      : `${name === '' ? 'the lure' : name} ${error?.message ?? 'is wrong'}`;
  return { path: typeof extra === 'string' ? [...where, extra] : where, why };
}

/** Most lures are JSON, which is read a hundred times faster. */
function quickly(source: string): LureDocument | null {
  if (!source.startsWith('{') || source.length > 1_048_576) return null;
  try {
    const value: unknown = JSON.parse(source);
    return validate(value) ? value : null;
  } catch {
    return null;
  }
}

/** The lure of a file's text: a lure as docs/lures.md tells, or what a scanner template turns into. Never throws. */
export function readLure(source: string): LureDocument | FileProblem {
  const quick = quickly(source);
  if (quick !== null) return quick;
  const file = readYaml(source);
  if (!('value' in file)) return file;
  const { value } = file;
  const isLure = typeof value === 'object' && value !== null && 'lure' in value;
  if (!isLure) {
    const template = readTemplate(source);
    if (!isTemplate(template)) return template;
    const document = importTemplate(template);
    return validate(document) ? document : { line: 1, why: `its lure is no lure: ${problemOf().why}` };
  }
  if (validate(value)) return value;
  const { path, why } = problemOf();
  return { line: file.lineOf(path), why };
}

export const isLure = (read: LureDocument | FileProblem): read is LureDocument => 'lure' in read;

/** A lure as its file: readable, and the same each time. */
export const writeLure = (document: LureDocument): string => `${JSON.stringify(document, null, 2)}\n`;
