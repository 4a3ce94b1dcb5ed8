/** HTTP as a Squid answers it that has Debian's configuration and no way out. */

import { Buffer } from 'node:buffer';
import type { DecoyContext, DecoyOutput } from '../../core/decoy.ts';
import type { Header } from '../../core/observation.ts';
import { admits, type ProxySetting } from './setting.ts';
import { sawTarget } from './target.ts';

const headBytes = 16_384;
const bodyBytes = 65_536;

/** acl Safe_ports of squid.conf. */
const isSafePort = (port: number): boolean =>
  [80, 21, 443, 70, 210, 280, 488, 591, 777].includes(port) || port >= 1025;

interface Head {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly Header[];
  readonly end: number;
  readonly length: number;
}

interface Refusal {
  readonly status: string;
  readonly error: string;
  readonly title: string;
  readonly text: string;
  readonly more?: readonly string[];
}

/** What was asked for with its port; null where it is none that a proxy serves. */
function targetOf(method: string, target: string): { host: string; port: number } | null {
  const found =
    method === 'CONNECT'
      ? /^(\[[0-9A-Fa-f:.]{2,45}\]|[^/:\s]{1,255}):(\d{1,5})$/.exec(target)
      : /^(?:https?|ftp):\/\/(?:[^@/\s]{1,255}@)?(\[[0-9A-Fa-f:.]{2,45}\]|[^/:\s]{1,255})(?::(\d{1,5}))?(?:[/?#]|$)/i.exec(
          target,
        );
  if (found === null) return null;
  const scheme = target.slice(0, 5).toLowerCase();
  const usual = scheme === 'https' ? 443 : scheme.startsWith('ftp') ? 21 : 80;
  const port = found[2] === undefined ? usual : Number(found[2]);
  return port > 65_535 ? null : { host: (found[1] ?? '').replace(/^\[|\]$/g, ''), port };
}

export class SquidRequest {
  readonly #context: DecoyContext;
  readonly #setting: ProxySetting;

  constructor(context: DecoyContext, setting: ProxySetting) {
    this.#context = context;
    this.#setting = setting;
  }

  /** Octets of the request that begins here; -1 where its head is too long. */
  needed(held: Buffer): number {
    const head = headOf(held);
    if (head !== null) return head.end + head.length;
    return held.length > headBytes ? -1 : held.length + 1;
  }

  *take(message: Buffer): Iterable<DecoyOutput> {
    const head = headOf(message);
    if (head === null) {
      yield { do: 'close' };
      return;
    }
    const { method, target, headers } = head;
    const credentials = headers.find(([name]) => name.toLowerCase() === 'proxy-authorization')?.[1] ?? '';
    let admitted = !this.#setting.asks;
    const basic = /^basic +([A-Za-z0-9+/=]{1,2048})$/i.exec(credentials);
    if (basic !== null) {
      const text = Buffer.from(basic[1] ?? '', 'base64').toString('utf8');
      const colon = text.indexOf(':');
      const [user, password] = colon < 0 ? [text, ''] : [text.slice(0, colon), text.slice(colon + 1)];
      const accepted = admits(this.#context, user, password) || !this.#setting.asks;
      admitted = accepted;
      yield {
        do: 'saw',
        fact: { kind: 'auth', service: 'proxy', user, method: 'password', password, accepted },
      };
    }
    const wanted = targetOf(method, target);
    const refusal = this.#refusal(method, target, wanted, admitted);
    yield {
      do: 'saw',
      fact: {
        kind: 'request',
        service: 'proxy',
        method: method.slice(0, 32),
        path: target,
        headers,
        body: message.subarray(head.end).toString('latin1'),
        status: Number(refusal.status.slice(0, 3)),
      },
    };
    if (wanted !== null) yield* sawTarget(method.slice(0, 32), wanted.host, wanted.port);
    yield { do: 'reply', bytes: this.#page(refusal, method === 'HEAD') };
    yield { do: 'close' };
  }

  #refusal(
    method: string,
    target: string,
    wanted: { host: string; port: number } | null,
    admitted: boolean,
  ): Refusal {
    if (wanted === null) {
      const text = `Invalid URL: ${target}`;
      return {
        status: '400 Bad Request',
        error: 'ERR_INVALID_URL 0',
        title: 'The requested URL could not be retrieved',
        text,
      };
    }
    if (!isSafePort(wanted.port) || (method === 'CONNECT' && wanted.port !== 443)) {
      const text =
        'Access Denied. Access control configuration prevents your request from being allowed at this time.';
      return {
        status: '403 Forbidden',
        error: 'ERR_ACCESS_DENIED 0',
        title: 'The requested URL could not be retrieved',
        text,
      };
    }
    if (!admitted) {
      return {
        status: '407 Proxy Authentication Required',
        error: 'ERR_CACHE_ACCESS_DENIED 0',
        title: 'Cache Access Denied',
        text: 'Cache Access Denied. You must first authenticate yourself.',
        more: ['Proxy-Authenticate: Basic realm="Squid proxy-caching web server"'],
      };
    }
    const [number, reason] =
      this.#setting.outside === 'refused' ? [111, 'Connection refused'] : [113, 'No route to host'];
    return {
      status: '503 Service Unavailable',
      error: `ERR_CONNECT_FAIL ${number}`,
      title: 'The requested URL could not be retrieved',
      text: `Connection to ${wanted.host} failed. The system returned: (${number}) ${reason}`,
    };
  }

  #page(refusal: Refusal, headOnly: boolean): Buffer {
    const { squid } = this.#setting;
    const { hostname } = this.#context.persona;
    const escaped = refusal.text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
    const moment = new Date(this.#context.now()).toUTCString();
    const body = `<!DOCTYPE html PUBLIC "-//W3C//DTD HTML 4.01//EN" "http://www.w3.org/TR/html4/strict.dtd">\n<html><head>\n<meta type="copyright" content="Copyright (C) 1996-2021 The Squid Software Foundation and contributors">\n<meta http-equiv="Content-Type" content="text/html; charset=utf-8">\n<title>ERROR: ${refusal.title}</title>\n</head><body id=${refusal.error.split(' ')[0] ?? ''}>\n<div id="titles">\n<h1>ERROR</h1>\n<h2>${refusal.title}</h2>\n</div>\n<hr>\n\n<div id="content">\n<p>${escaped}</p>\n</div>\n\n<hr>\n<div id="footer">\n<p>Generated ${moment} by ${hostname} (squid/${squid})</p>\n</div>\n</body></html>\n`;
    const port = this.#context.destinationPort;
    const lines = [
      `HTTP/1.1 ${refusal.status}`,
      `Server: squid/${squid}`,
      'Mime-Version: 1.0',
      `Date: ${moment}`,
      'Content-Type: text/html;charset=utf-8',
      `Content-Length: ${Buffer.byteLength(body)}`,
      `X-Squid-Error: ${refusal.error}`,
      'Vary: Accept-Language',
      'Content-Language: en',
      ...(refusal.more ?? []),
      `X-Cache: MISS from ${hostname}`,
      `X-Cache-Lookup: NONE from ${hostname}:${port}`,
      `Via: 1.1 ${hostname} (squid/${squid})`,
      'Connection: close',
    ];
    return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${headOnly ? '' : body}`);
  }
}

/** A whole head; null where it is none yet. A first line that is no request is one of an unknown target. */
function headOf(held: Buffer): Head | null {
  const text = held.subarray(0, headBytes).toString('latin1');
  const mark = /\r?\n\r?\n/.exec(text);
  if (mark === null) return null;
  const [first = '', ...lines] = text.slice(0, mark.index).split('\n');
  const [method = '', target = ''] = first.trimEnd().split(' ', 2);
  const headers: Header[] = [];
  for (const line of lines.slice(0, 100)) {
    const colon = line.indexOf(':');
    if (colon > 0) headers.push([line.slice(0, colon).trim(), line.slice(colon + 1).trim()]);
  }
  const length = Number(headers.find(([name]) => name.toLowerCase() === 'content-length')?.[1]);
  return {
    method,
    target,
    headers,
    end: mark.index + mark[0].length,
    length: Number.isInteger(length) && length > 0 ? Math.min(length, bodyBytes) : 0,
  };
}
