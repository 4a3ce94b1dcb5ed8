/** How the engine answers: JSON with a line feed, errors as `{"message":…}`. */

import type { Answer } from '../http-service/service.ts';

/** Go's encoder escapes what HTML could take for markup. */
export const goJson = (value: unknown): string =>
  JSON.stringify(value).replaceAll('<', '\\u003c').replaceAll('>', '\\u003e').replaceAll('&', '\\u0026');

export const json = (status: number, value: unknown): Answer => ({
  status,
  headers: [['Content-Type', 'application/json']],
  body: `${goJson(value)}\n`,
});

export const failure = (status: number, message: string): Answer => json(status, { message });

export const empty = (): Answer => ({ status: 204 });
