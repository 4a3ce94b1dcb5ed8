/** What a request delivers that is worth keeping: uploads, files put, scripts, serialised objects. */

import type { DecoyOutput } from '../../core/decoy.ts';

const filePattern = /filename\*?="?([^"\r\n;]{1,255})/i;
const scriptPattern =
  /<\?php|<\?=|<%[@=!\s]|#!\/|Runtime\.getRuntime|eval\(|\x7fELF|PK\x03\x04|\xac\xed\x00\x05|<script runat/i;
const partLimit = 16;

export function* capturesOf(
  request: { method: string; path: string; body: string },
  exploit: boolean,
): Iterable<DecoyOutput> {
  const { body } = request;
  if (body === '') return;
  const bytesOf = (text: string): Uint8Array => Buffer.from(text, 'latin1');
  if (body.startsWith('--') && body.includes('filename')) {
    const boundary = body.slice(0, Math.max(0, body.search(/\r?\n/)));
    if (boundary.length >= 3 && boundary.length <= 128) {
      let parts = 0;
      for (const part of body.split(boundary, 64)) {
        const blank = part.indexOf('\r\n\r\n');
        const name = blank < 0 ? undefined : filePattern.exec(part.slice(0, blank))?.[1];
        if (name === undefined || parts >= partLimit) continue;
        parts += 1;
        const content = part.slice(blank + 4).replace(/\r?\n$/, '');
        if (content !== '') yield { do: 'capture', bytes: bytesOf(content), how: 'http-body', name };
      }
      if (parts > 0) return;
    }
  }
  const put = request.method.toUpperCase() === 'PUT';
  if (put || (scriptPattern.test(body) && (exploit || body.length > 64))) {
    const name = request.path.split('?', 1)[0]?.split('/').pop()?.slice(0, 255) ?? '';
    yield { do: 'capture', bytes: bytesOf(body), how: 'http-body', ...(name === '' ? {} : { name }) };
  }
}
