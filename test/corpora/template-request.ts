/** The requests of a block, as they are sent. */

import { type Sent } from './template-client.ts';
import { type Fields, fields, text } from './template-fields.ts';
import type { TemplateScope } from './template-scope.ts';

/** What stands in the request line for an address of the sensor. */
export function targetOf(url: string, port: number): string {
  const target = url.replace(new RegExp(`^https?://127\\.0\\.0\\.1(?::${port})?`), '');
  const path =
    target === '' ? '/' : target.startsWith('/') || /^[a-z]+:\/\//i.test(target) ? target : `/${target}`;
  return path.replaceAll(
    /[^\x21-\x7e]/g,
    (character) => `%${character.charCodeAt(0).toString(16).padStart(2, '0').toUpperCase()}`,
  );
}

/** A request by its path, with the block's method, headers and body. Throws `Unresolved`. */
export function pathRequest(block: Fields, path: string, scope: TemplateScope, port: number): Sent {
  const body = scope.filled(text(block['body']));
  const headers = Object.entries(fields(block['headers'])).map(
    ([name, value]) => [name, scope.filled(text(value))] as const,
  );
  return {
    method: text(block['method']) || 'GET',
    target: targetOf(scope.filled(path), port),
    headers,
    body,
  };
}

/** A request that is written out. Throws `Unresolved`. */
export function rawRequest(source: string, scope: TemplateScope, port: number): Sent {
  const filled = scope.filled(
    source
      .replaceAll('\r\n', '\n')
      .replace(/^(?:@[^\n]*\n)+/, '')
      .trimStart(),
  );
  const blank = filled.indexOf('\n\n');
  const head = (blank < 0 ? filled : filled.slice(0, blank)).split('\n');
  const body = blank < 0 ? '' : filled.slice(blank + 2).replace(/\n$/, '');
  const line = /^(\S+)\s+(.*?)(?:\s+HTTP\/[\d.]+)?\s*$/.exec(head[0] ?? '');
  const headers = head.slice(1).flatMap((header) => {
    const colon = header.indexOf(':');
    return colon > 0 ? [[header.slice(0, colon).trim(), header.slice(colon + 1).trim()] as const] : [];
  });
  return { method: line?.[1] ?? 'GET', target: targetOf(line?.[2] ?? '/', port), headers, body };
}
