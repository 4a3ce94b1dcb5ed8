/** A scanner on its way through a site: it keeps cookies, follows redirects and counts its requests. */

import { type Answer, exchange, type Sent } from './template-client.ts';
import type { Fields } from './template-fields.ts';
import { targetOf } from './template-request.ts';

export class TemplateVisitor {
  readonly cookies: Map<string, string> = new Map();
  requests = 0;
  readonly #port: number;
  readonly #source: string;

  /** `source` is the scanner's own address, of 127.0.0.0/8. */
  constructor(port: number, source: string) {
    this.#port = port;
    this.#source = source;
  }

  /** The answer at the end of the redirects, null where none came. */
  async send(sent: Sent, block: Fields): Promise<Answer | null> {
    const follows = block['redirects'] === true || block['host-redirects'] === true;
    let next = sent;
    let answer: Answer | null = null;
    for (let hop = 0; hop <= Number(block['max-redirects'] ?? 10); hop += 1) {
      const headers = next.headers.filter(
        ([name]) => !/^(?:content-length|connection|accept-encoding)$/i.test(name),
      );
      if (!headers.some(([name]) => name.toLowerCase() === 'host'))
        headers.unshift(['Host', `127.0.0.1:${this.#port}`]);
      if (!headers.some(([name]) => name.toLowerCase() === 'user-agent'))
        headers.push(['User-Agent', 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/120.0.0.0']);
      if (this.cookies.size > 0 && block['disable-cookie'] !== true) {
        const jar = [...this.cookies].map((pair) => pair.join('=')).join('; ');
        const at = headers.findIndex(([name]) => name.toLowerCase() === 'cookie');
        if (at >= 0) headers[at] = ['Cookie', `${headers[at]?.[1] ?? ''}; ${jar}`];
        else headers.push(['Cookie', jar]);
      }
      this.requests += 1;
      answer = await exchange(this.#port, this.#source, { ...next, headers });
      if (answer === null) return null;
      for (const [name, value] of answer.headers) {
        const pair = name.toLowerCase() === 'set-cookie' ? /^([^=;]+)=([^;]*)/.exec(value) : null;
        if (pair !== null) this.cookies.set(pair[1] ?? '', pair[2] ?? '');
      }
      const location = answer.headers.find(([name]) => name.toLowerCase() === 'location')?.[1];
      const isHere =
        location !== undefined &&
        (!/^[a-z]+:\/\//i.test(location) || location.startsWith(`http://127.0.0.1:${this.#port}`)) &&
        !location.startsWith('//');
      if (!follows || location === undefined || !isHere || answer.status < 300 || answer.status > 308)
        return answer;
      next = { method: 'GET', target: targetOf(location, this.#port), headers: [], body: '' };
    }
    return answer;
  }
}
