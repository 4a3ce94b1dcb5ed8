/** A scanner's template in the nuclei format, as far as it sends HTTP requests. */

import { parse } from 'yaml';
import { type Fields, fields, list, text, texts } from './template-fields.ts';

export interface RunnableTemplate {
  readonly id: string;
  readonly cves: readonly string[];
  readonly isExploited: boolean;
  /** The scanner is convinced by a call to its own server: every way to a match needs it. */
  readonly waitsForCall: boolean;
  readonly document: Fields;
}

/** Reads a template's file; null where it has no HTTP request. */
export function readRunnable(source: string): RunnableTemplate | null {
  const document = fields(parse(source, { uniqueKeys: false, logLevel: 'silent' }));
  const blocks = list(document['http'] ?? document['requests']).map((block) => fields(block));
  if (blocks.length === 0) return null;
  const info = fields(document['info']);
  const id = text(document['id']);
  const listed = texts(fields(info['classification'])['cve-id']).flatMap((item) => item.split(','));
  const cves = new Set(
    [...listed, /^CVE-\d+-\d+/i.exec(id)?.[0] ?? '']
      .map((cve) => cve.trim().toUpperCase())
      .filter((cve) => cve !== ''),
  );
  const tags = texts(info['tags']).flatMap((tag) => tag.split(','));
  return {
    id,
    cves: [...cves],
    isExploited: tags.map((tag) => tag.trim()).includes('kev'),
    waitsForCall: blocks.some((block) => blockWaits(block)),
    document,
  };
}

function blockWaits(block: Fields): boolean {
  const matchers = list(block['matchers']).map((matcher) => fields(matcher));
  const waits = matchers.map((matcher) => {
    if (matcher['negative'] === true) return false;
    if (text(matcher['part']).startsWith('interactsh')) return true;
    const expressions = texts(matcher['dsl']);
    const calls = expressions.filter((expression) => expression.includes('interactsh_')).length;
    return text(matcher['condition']) === 'and' ? calls > 0 : calls > 0 && calls === expressions.length;
  });
  if (waits.length === 0) return false;
  return text(block['matchers-condition']) === 'and' ? waits.includes(true) : waits.every(Boolean);
}
