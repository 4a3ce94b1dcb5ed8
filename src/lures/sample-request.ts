/** The request of a step as one scanner sends it. */

import type { WebRequest } from '../signatures/request.ts';
import { linesOf, type LureDocument, type LureRequest } from './document.ts';
import { evaluateText, type Environment } from './language/evaluate.ts';
import { parseText } from './language/text.ts';
import { asSent } from './matching/text-pattern.ts';
import { sampleEnvironment } from './sample-environment.ts';

/** What has no value by itself is a word. */
export function sampleRequest(document: LureDocument, request: LureRequest): WebRequest {
  const environment = sampleEnvironment(
    document.name,
    new Map(Object.entries(document.variables ?? {})),
    new Map(Object.entries(document.choices ?? {})),
  );
  const named: Environment = { ...environment, lookup: (name) => environment.lookup(name) ?? 'sample' };
  const filled = (text: string): string =>
    parseText(text)
      .map((part) => (typeof part === 'string' ? asSent(part) : (evaluateText([part], named) ?? 'sample')))
      .join('');
  return {
    method: request.method ?? 'GET',
    path: filled(`${request.path}${request.query === undefined ? '' : `?${request.query}`}`),
    headers: Object.entries(request.headers ?? {}).map(([name, value]) => [name, filled(value)] as const),
    body: filled(linesOf(request.body)),
  };
}
