/** Answers as Elasticsearch writes them, and its errors. */

import type { JsonValue } from '../../wire/json-value.ts';
import type { ServiceRequest } from '../http-service/request.ts';
import type { Answer } from '../http-service/service.ts';
import type { Release } from './release.ts';

type Plain = JsonValue | undefined;

/** Jackson's indentation, with a space on both sides of the colon. */
export function pretty(value: Plain, indent = ''): string {
  const deeper = `${indent}  `;
  if (Array.isArray(value)) {
    if (value.length === 0) return '[ ]';
    const items = (value as readonly Plain[]).map((item) => pretty(item, deeper));
    if (value.every((item) => typeof item !== 'object' || item === null))
      return `[\n${items.map((item) => deeper + item).join(',\n')}\n${indent}]`;
    return `[\n${items.map((item) => deeper + item).join(',\n')}\n${indent}]`;
  }
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value).filter(([, each]) => each !== undefined);
    if (fields.length === 0) return '{ }';
    return `{\n${fields.map(([name, each]) => `${deeper}${JSON.stringify(name)} : ${pretty(each, deeper)}`).join(',\n')}\n${indent}}`;
  }
  return JSON.stringify(value ?? null);
}

export function json(
  request: ServiceRequest,
  release: Release,
  status: number,
  value: JsonValue,
  alwaysPretty = false,
): Answer {
  const wanted = request.query.get('pretty');
  const isPretty = alwaysPretty || (wanted !== undefined && wanted !== 'false');
  const name = release.major >= 5 ? 'content-type' : 'Content-Type';
  return {
    status,
    headers: [[name, 'application/json; charset=UTF-8']],
    body: isPretty ? `${pretty(value)}\n` : JSON.stringify(value),
  };
}

export function text(release: Release, body: string): Answer {
  const name = release.major >= 5 ? 'content-type' : 'Content-Type';
  return { status: 200, headers: [[name, 'text/plain; charset=UTF-8']], body };
}

/** `exception` as version 1 calls it; `type` and `reason` as later ones do. */
export function failure(
  request: ServiceRequest,
  release: Release,
  status: number,
  exception: string,
  type: string,
  reason: string,
  more: Readonly<Record<string, string>> = {},
): Answer {
  if (release.major === 1) return json(request, release, status, { error: exception, status });
  const cause = { type, reason, ...more };
  return json(request, release, status, { error: { root_cause: [cause], ...cause }, status });
}

export function noIndex(request: ServiceRequest, release: Release, name: string): Answer {
  return failure(
    request,
    release,
    404,
    `IndexMissingException[[${name}] missing]`,
    'index_not_found_exception',
    release.major >= 7 ? `no such index [${name}]` : 'no such index',
    { 'resource.type': 'index_or_alias', 'resource.id': name, index_uuid: '_na_', index: name },
  );
}
