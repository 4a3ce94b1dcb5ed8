/** Answers of the API server: objects, and failures as `Status`. */

import type { ServiceRequest } from '../http-service/request.ts';
import type { Answer } from '../http-service/service.ts';

/** Indented for people, as the server tells them by their client. */
export function json(
  request: ServiceRequest,
  status: number,
  value: unknown,
  headers: Answer['headers'] = [],
): Answer {
  const asked = request.parameter('pretty');
  const pretty =
    asked === ''
      ? /^(?:curl|Wget|Mozilla\/5\.0)/.test(request.header('user-agent'))
      : asked === 'true' || asked === '1';
  return {
    status,
    headers: [['Content-Type', 'application/json'], ...headers],
    body: pretty ? JSON.stringify(value, null, 2) : `${JSON.stringify(value)}\n`,
  };
}

export function failure(
  request: ServiceRequest,
  code: number,
  reason: string,
  message: string,
  details?: Record<string, unknown>,
  headers: Answer['headers'] = [],
): Answer {
  const value = {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    ...(reason === '' ? {} : { reason }),
    ...(details === undefined ? {} : { details }),
    code,
  };
  return json(request, code, value, headers);
}
