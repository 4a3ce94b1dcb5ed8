/**
 * The raw requests of templates: an HTTP/1.1 message (RFC 9112 §2.1) with holes, line feeds for line ends, and the scanner's own
 * `@…` lines ahead of it.
 *
 *     [@annotation LF]*  method SP request-target SP HTTP-version LF  *( field-name ":" value LF )  LF  body
 */

import type { TemplateRequest } from './template.ts';

/** Scheme and host ahead of a path, as holes or literally. */
const origin =
  /^(?:\{\{(?:BaseURL|RootURL)\}\}|(?:https?|\{\{Scheme\}\}):\/\/\{\{(?:Hostname|Host)\}\}(?::\{\{Port\}\})?)/i;

/** A target without its scheme and host; what has a host of its own is kept whole. */
export function targetOf(text: string): string {
  const found = origin.exec(text);
  const rest = found === null ? text : text.slice(found[0].length);
  if (rest === '') return '/';
  if (found === null || rest.startsWith('/')) return rest;
  return rest.startsWith('?')
    ? `/${rest}`
    : rest.startsWith(':')
      ? targetOf(`{{BaseURL}}${rest.replace(/^:[^/]*/, '')}`)
      : rest.startsWith('{{')
        ? rest
        : `/${rest}`;
}

/** Null where the text is no request. */
export function readRawRequest(text: string): TemplateRequest | null {
  let rest = text.replaceAll('\r\n', '\n').replace(/^\n+/, '');
  while (rest.startsWith('@')) {
    const end = rest.indexOf('\n');
    if (end < 0) return null;
    rest = rest.slice(end + 1);
  }
  const lineEnd = rest.indexOf('\n');
  const line = (lineEnd < 0 ? rest : rest.slice(0, lineEnd)).trim();
  const parts = /^(\S{1,64})[ \t]+([^\n]+?)(?:[ \t]+HTTP\/\d(?:\.\d)?)?$/.exec(line);
  if (parts === null) return null;
  const headers: (readonly [string, string])[] = [];
  rest = lineEnd < 0 ? '' : rest.slice(lineEnd + 1);
  while (rest !== '') {
    const end = rest.indexOf('\n');
    const header = end < 0 ? rest : rest.slice(0, end);
    rest = end < 0 ? '' : rest.slice(end + 1);
    if (header.trim() === '') break;
    const colon = header.indexOf(':');
    if (colon > 0) headers.push([header.slice(0, colon).trim(), header.slice(colon + 1).trim()]);
  }
  return { method: parts[1] ?? 'GET', target: targetOf(parts[2] ?? '/'), headers, body: rest };
}
