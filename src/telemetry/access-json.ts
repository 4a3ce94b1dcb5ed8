/** Access logs as JSON, a line an access: nginx with a JSON format, Traefik, Caddy, Envoy and their like. */

import type { AccessLine } from './access-line.ts';
import { requestParts } from './access-line.ts';
import { isObject, type Fields } from './json-object.ts';
import { accessTime, isoTime } from './log-time.ts';

const names = {
  address: [
    'remote_addr',
    'client_ip',
    'clientip',
    'ClientHost',
    'remote_ip',
    'client',
    'ip',
    'remoteAddress',
    'downstream_remote_address',
    'c-ip',
  ],
  method: ['method', 'request_method', 'RequestMethod', 'verb', 'http_method'],
  path: [
    'request_uri',
    'uri',
    'RequestPath',
    'path',
    ':path',
    'x-envoy-origin-path',
    'x-envoy-original-path',
    'url',
    'http_path',
  ],
  request: ['request', 'request_line'],
  status: ['status', 'DownstreamStatus', 'response_code', 'response', 'status_code', 'statusCode'],
  userAgent: [
    'http_user_agent',
    'user_agent',
    'request_User-Agent',
    'agent',
    'userAgent',
    'http-user-agent',
    'user-agent',
  ],
  referrer: ['http_referer', 'http_referrer', 'referer', 'referrer', 'request_Referer'],
  time: [
    'time_iso8601',
    'time',
    '@timestamp',
    'timestamp',
    'StartUTC',
    'start_time',
    'time_local',
    'ts',
    'msec',
  ],
} as const;

function textOf(fields: Fields, keys: readonly string[]): string {
  for (const key of keys) {
    const value = fields[key];
    if (typeof value === 'string') return value;
    if (typeof value === 'number') return String(value);
  }
  return '';
}

/** `address:port` and `[address]:port` without the port. */
export function withoutPort(text: string): string {
  if (text.startsWith('[')) return text.slice(1, text.indexOf(']'));
  const colon = text.indexOf(':');
  return colon > 0 && colon === text.lastIndexOf(':') ? text.slice(0, colon) : text;
}

function timeOf(text: string, near: number): number {
  const seconds = Number(text);
  if (text !== '' && Number.isFinite(seconds)) return Math.floor(seconds > 1e11 ? seconds : seconds * 1000);
  return isoTime(text, 0)?.at ?? accessTime(text, 0)?.at ?? near;
}

/** The access that a record tells of, or null where it tells of none. */
export function accessRecord(record: Fields, near: number): AccessLine | null {
  // Caddy has `request`, Node's servers (OpenSearch Dashboards, pino) `req` and `res`.
  const inner = record['request'] ?? record['req'];
  const nested: Fields = isObject(inner) ? inner : {};
  const answer = record['res'];
  const fields: Fields = { ...record, ...nested };
  const answered: Fields = isObject(answer) ? { ...answer, ...record } : record;
  const address = withoutPort(textOf(fields, names.address));
  if (address === '') return null;
  const parts = requestParts(textOf(record, names.request));
  const method = (textOf(fields, names.method) || parts.method).toUpperCase();
  const path = textOf(fields, names.path) || parts.path;
  const status = Number.parseInt(textOf(answered, names.status), 10);
  if (path === '' || (method === '' && !(status > 0))) return null;
  const headers = nested['headers'];
  const header = (name: string): string => {
    const value = isObject(headers) ? headers[name] : undefined;
    return Array.isArray(value) && typeof value[0] === 'string' ? value[0] : '';
  };
  return {
    at: timeOf(textOf(record, names.time), near),
    address,
    method,
    path,
    status: status >= 100 && status <= 999 ? status : 0,
    referrer: textOf(fields, names.referrer) || header('Referer'),
    userAgent: textOf(fields, names.userAgent) || header('User-Agent'),
  };
}
