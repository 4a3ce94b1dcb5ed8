/** HTTP as a scanner speaks it: bytes as they are, one request a connection. */

import { Buffer } from 'node:buffer';
import { connect } from 'node:net';

export interface Sent {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
  readonly seconds: number;
}

const asBytes = (value: string): Buffer => Buffer.from(value, 'latin1');

/** Characters as UTF-8, a byte a character. */
export const asSent = (value: string): string => Buffer.from(value, 'utf8').toString('latin1');

const requestSeconds = 40;

/** Null where nothing came that is an answer. */
export function exchange(port: number, source: string, sent: Sent): Promise<Answer | null> {
  const started = performance.now();
  const head = [
    `${sent.method} ${sent.target} HTTP/1.1`,
    ...sent.headers.map((line) => line.join(': ')),
    'Connection: close',
  ];
  const body = asBytes(sent.body);
  if (body.length > 0) head.push(`Content-Length: ${body.length}`);
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', localAddress: source });
    const pieces: Buffer[] = [];
    socket.setTimeout(requestSeconds * 1_000, () => socket.destroy());
    socket.on('connect', () => socket.write(Buffer.concat([asBytes(`${head.join('\r\n')}\r\n\r\n`), body])));
    socket.on('data', (piece) => pieces.push(piece));
    socket.on('error', () => socket.destroy());
    socket.on('close', () =>
      resolve(readAnswer(Buffer.concat(pieces), (performance.now() - started) / 1_000)),
    );
  });
}

function readAnswer(bytes: Buffer, seconds: number): Answer | null {
  const end = bytes.indexOf('\r\n\r\n');
  if (end > 0 && /^HTTP\/1\.1 1\d\d /.test(bytes.subarray(0, 16).toString('latin1')))
    return readAnswer(bytes.subarray(end + 4), seconds);
  const [line = '', ...lines] = bytes.subarray(0, Math.max(0, end)).toString('utf8').split('\r\n');
  const status = /^HTTP\/1\.[01] (\d{3})/.exec(line)?.[1];
  if (status === undefined) return null;
  const headers = lines.map((header) => {
    const colon = header.indexOf(':');
    return [header.slice(0, colon), header.slice(colon + 1).trim()] as const;
  });
  const content = bytes.subarray(end + 4);
  const utf8 = content.toString('utf8');
  return {
    status: Number(status),
    headers,
    body: utf8.includes('\ufffd') ? content.toString('latin1') : utf8,
    seconds,
  };
}
