/** What the API answers when it does not do what was asked: one shape, a code for programs and a sentence with the mend for people. */

import type { FastifyError } from 'fastify';
import { PicketError } from '../core/errors.ts';
import type { ErrorBody } from './contract.ts';

const statuses = {
  'invalid-input': 400,
  unauthorized: 401,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  'too-large': 413,
  'unsupported-media-type': 415,
  internal: 500,
  unavailable: 503,
} as const;

export type ProblemCode = keyof typeof statuses;
export const problemCodes: readonly string[] = Object.keys(statuses);

/** Thrown by a route, answered as it is. */
export class Problem extends Error {
  readonly code: ProblemCode;

  constructor(code: ProblemCode, message: string) {
    super(message);
    this.code = code;
  }

  get status(): number {
    return statuses[this.code];
  }

  get body(): ErrorBody {
    return { error: { code: this.code, message: this.message } };
  }
}

/** Turns whatever was thrown into a problem; `report` hears of what is Picket's own fault. */
export function problemOf(error: unknown, report: (line: string) => void): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof PicketError) return new Problem('unavailable', `${error.code}: ${error.message}`);
  const { statusCode, code, message } = asFastifyError(error);
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE')
    return new Problem('too-large', 'the body is too large; send at most 16 KiB');
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE')
    return new Problem('unsupported-media-type', 'send the body as application/json');
  if (code === 'FST_ERR_CTP_EMPTY_JSON_BODY')
    return new Problem('invalid-input', 'the body is empty; send a JSON object, or no content-type');
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
    return new Problem('invalid-input', message);
  report(`the API failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  return new Problem('internal', 'Picket failed at this; its log says where. Please report it.');
}

function asFastifyError(
  error: unknown,
): Partial<Pick<FastifyError, 'statusCode' | 'code'>> & { message: string } {
  if (!(error instanceof Error)) return { message: String(error) };
  return {
    message: error.message,
    ...('code' in error && typeof error.code === 'string' ? { code: error.code } : {}),
    ...('statusCode' in error && typeof error.statusCode === 'number'
      ? { statusCode: error.statusCode }
      : {}),
  };
}
