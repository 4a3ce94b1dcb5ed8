/** Shapes of answers that many products share. */

import type { Answer, Visit } from '../lure.ts';

export const html = (body: string, status = 200): Answer => ({ status, body });

export const text = (body: string, status = 200): Answer => ({
  status,
  headers: [['Content-Type', 'text/plain']],
  body,
});

export const json = (value: unknown, status = 200): Answer => ({
  status,
  headers: [['Content-Type', 'application/json']],
  body: JSON.stringify(value),
});

export const xml = (body: string, status = 200): Answer => ({
  status,
  headers: [['Content-Type', 'text/xml']],
  body,
});

export const redirect = (location: string, headers: readonly (readonly [string, string])[] = []): Answer => ({
  status: 302,
  headers: [['Location', location], ...headers],
  body: '',
});

/** True where this product has the front page of the machine: it is the first that the persona names. */
export const isFront = (visit: Visit, product: string): boolean =>
  visit.persona.http?.products[0] === product;

/** What the injected command prints, as the page that carries it. */
export const output = (visit: Visit, contentType = 'text/html'): Answer => ({
  status: 200,
  headers: [['Content-Type', contentType]],
  body: visit.command === '' ? '' : visit.run(visit.command),
});

/** The file that a traversal asks for, by the path that follows the last `../`; null where the machine has none. */
export function traversedFile(visit: Visit): string | null {
  const { request } = visit;
  const places = [
    request.lexicalPath,
    request.rawPath,
    ...[...request.parameters.values()].flat(),
    request.rawQuery,
  ];
  for (const place of places) {
    const decoded = place.replaceAll(/%2f/gi, '/').replaceAll(/%2e/gi, '.').replaceAll('\\', '/');
    const path = /(?:^|[^.])\.{1,2}\/+(?:\.{1,2}\/+)*((?:[\w.-]+\/+){0,8}[\w.-]+)/.exec(decoded)?.[1];
    const direct = /(\/(?:etc|proc|var|home|root)\/[\w./-]{1,200})/.exec(decoded)?.[1];
    for (const candidate of [direct, path === undefined ? undefined : `/${path}`]) {
      if (candidate === undefined) continue;
      const content = visit.file(candidate.replaceAll(/\/+/g, '/'));
      if (content !== null) return content;
    }
  }
  return null;
}
