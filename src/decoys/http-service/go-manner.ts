/** Go's net/http: Docker, Kubernetes, Ollama, MinIO and many more answer by it. */

import type { Header } from '../../core/observation.ts';
import type { BadRequest } from '../../wire/http-request.ts';
import { type Answer, fieldLine, type HeadFacts, type Manner, reasonOf } from './service.ts';

const reasons: Readonly<Record<string, string>> = {
  'transfer-encoding': '501 Not Implemented: Unsupported transfer encoding',
  version: '505 HTTP Version Not Supported: unsupported protocol version',
  'headers-too-large': '431 Request Header Fields Too Large',
  'request-line-too-long': '431 Request Header Fields Too Large',
  'no-host': '400 Bad Request: missing required Host header',
};

/**
 * The handler's fields sorted by name, then Date, Content-Length, Content-Type, Connection and Transfer-Encoding as the
 * server adds them. Bodies up to the size of its buffer (2,048 bytes) are counted, longer ones go out in chunks.
 */
export function goManner(always: readonly Header[] = []): Manner {
  return {
    chunksBeyond: 2_048,
    blankLines: 0,
    head(answer: Answer, facts: HeadFacts): string {
      const { status, headers = [] } = answer;
      const fields = [...always, ...headers].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
      let text = `HTTP/${facts.version === '1.0' ? '1.0' : '1.1'} ${status} ${answer.reason ?? reasonOf[status] ?? ''}\r\n`;
      text += fields.map((field) => fieldLine(field)).join('');
      if (answer.hijacker !== undefined) return text;
      text += `Date: ${facts.date}\r\n`;
      if (typeof facts.framing === 'object' && !fields.some(([name]) => name === 'Content-Length')) {
        text += `Content-Length: ${facts.framing.length}\r\n`;
      }
      if (!facts.keepAlive && facts.version !== '1.0') text += 'Connection: close\r\n';
      else if (facts.keepAlive && facts.version === '1.0') text += 'Connection: keep-alive\r\n';
      if (facts.framing === 'chunked') text += 'Transfer-Encoding: chunked\r\n';
      return text;
    },
    refusal(bad: BadRequest | 'no-host'): string {
      const line = reasons[bad === 'no-host' ? bad : bad.reason] ?? '400 Bad Request';
      return `HTTP/1.1 ${line}\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n${line}`;
    },
  };
}

/** `http.NotFound` and `http.Error`. */
export function goError(status: number, text: string): Answer {
  return {
    status,
    headers: [
      ['Content-Type', 'text/plain; charset=utf-8'],
      ['X-Content-Type-Options', 'nosniff'],
    ],
    body: `${text}\n`,
  };
}

export const goNotFound: Answer = goError(404, '404 page not found');
