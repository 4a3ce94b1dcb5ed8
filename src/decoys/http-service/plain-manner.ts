/** Servers that write a few fields in an order of their own. */

import type { Header } from '../../core/observation.ts';
import type { BadRequest } from '../../wire/http-request.ts';
import { type Answer, fieldLine, type HeadFacts, type Manner, reasonOf } from './service.ts';

type Place = 'answer' | 'date' | 'length' | 'connection' | Header;

export interface PlainStyle {
  /** Where each of the server's own fields stands; `answer` is for those of the handler. */
  readonly order: readonly Place[];
  /** Node and uvicorn write small letters, or not, throughout. */
  readonly lowerCase: boolean;
  /** `Connection: keep-alive` is said even where it goes without saying. */
  readonly saysKeepAlive: boolean;
  /** A client of HTTP/1.0 reads that version in the status line. */
  readonly mirrorsVersion?: boolean;
  readonly refusal: (bad: BadRequest | 'no-host', date: string) => string;
}

export function plainManner(style: PlainStyle): Manner {
  const name = (text: string): string => (style.lowerCase ? text.toLowerCase() : text);
  return {
    chunksBeyond: Number.POSITIVE_INFINITY,
    blankLines: 8,
    head(answer: Answer, facts: HeadFacts): string {
      const { status, headers = [] } = answer;
      const version = style.mirrorsVersion === true && facts.version === '1.0' ? '1.0' : '1.1';
      let text = `HTTP/${version} ${status} ${answer.reason ?? reasonOf[status] ?? ''}\r\n`;
      for (const place of style.order) {
        if (typeof place !== 'string') text += fieldLine(place);
        else if (place === 'answer') text += headers.map((field) => fieldLine(field)).join('');
        else if (place === 'date') text += `${name('Date')}: ${facts.date}\r\n`;
        else if (place === 'connection') {
          if (!facts.keepAlive) text += `${name('Connection')}: close\r\n`;
          else if (style.saysKeepAlive || facts.version === '1.0')
            text += `${name('Connection')}: keep-alive\r\n`;
        } else if (facts.framing === 'chunked') text += `${name('Transfer-Encoding')}: chunked\r\n`;
        else if (typeof facts.framing === 'object')
          text += `${name('Content-Length')}: ${facts.framing.length}\r\n`;
      }
      return text;
    },
    refusal: style.refusal,
  };
}
