/** Responses as the two channel drivers of Asterisk write them. */

import type { Header } from '../../core/observation.ts';
import { fieldOf, fieldsOf, type HeadMessage } from '../../wire/head-message.ts';
import type { Exchange } from './exchange.ts';

export interface Reply {
  readonly status: number;
  readonly reason: string;
  readonly headers?: readonly Header[];
  /** Shorter ways to write `headers`, for where nothing else fits. */
  readonly shorter?: readonly (readonly Header[])[];
  /** Headers that may be left off where an answer must not be larger than its request, the first to go last. */
  readonly optional?: readonly Header[];
}

const sipMethods = 'INVITE, ACK, CANCEL, OPTIONS, BYE, REFER, SUBSCRIBE, NOTIFY, INFO, PUBLISH, MESSAGE';
const pjsipMethods =
  'OPTIONS, REGISTER, SUBSCRIBE, NOTIFY, PUBLISH, INVITE, ACK, BYE, CANCEL, UPDATE, PRACK, REFER, MESSAGE';

export function allowOf(exchange: Exchange): string {
  return exchange.stack === 'sip' ? sipMethods : pjsipMethods;
}

/** RFC 3261 §18.2.1, RFC 3581 §4: where the request really came from goes into the topmost Via. */
function viaOf(via: string, source: string, port: number, exchange: Exchange): string {
  const [first = '', ...more] = via.split(',');
  const asksPort = /;rport(?![=\w])/i.test(first);
  const bare = first.replace(/;rport(?![=\w])/i, '').trim();
  const rport = asksPort ? `;rport=${port}` : '';
  const received = exchange.stack === 'sip' ? `;received=${source}${rport}` : `${rport};received=${source}`;
  return [`${bare}${received}`, ...more.map((each) => each.trim())].join(', ');
}

/**
 * The response as text, with as many optional headers as `limit` octets allow; null where it does not fit at all.
 *
 *     Status-Line CRLF  Via, From, To, Call-ID, CSeq as asked  … CRLF
 */
export function writeReply(
  request: HeadMessage,
  reply: Reply,
  exchange: Exchange,
  peer: { readonly source: string; readonly port: number },
  tag: string,
  limit: number,
): string | null {
  const vias = fieldsOf(request, 'via', 'v');
  const to = fieldOf(request, 'to', 't');
  const isTagged = /;\s*tag=/i.test(to) || reply.status === 100;
  let shownTag = tag;
  const echo = (): Header[] => {
    const tagged = isTagged ? to : `${to};tag=${shownTag}`;
    return [
      ...vias.map((via, index): Header => [
        'Via',
        index === 0 ? viaOf(via, peer.source, peer.port, exchange) : via,
      ]),
      ...(exchange.stack === 'sip'
        ? ([
            ['From', fieldOf(request, 'from', 'f')],
            ['To', tagged],
            ['Call-ID', fieldOf(request, 'call-id', 'i')],
          ] as const)
        : ([
            ['Call-ID', fieldOf(request, 'call-id', 'i')],
            ['From', fieldOf(request, 'from', 'f')],
            ['To', tagged],
          ] as const)),
      ['CSeq', fieldOf(request, 'cseq')],
    ];
  };
  const length: Header = ['Content-Length', exchange.stack === 'sip' ? '0' : ' 0'];
  const server: Header = ['Server', exchange.server];
  const optional = [...(reply.optional ?? [])];
  const forms = [reply.headers ?? [], ...(reply.shorter ?? [])];
  let withServer = true;
  for (;;) {
    const headers = [
      ...echo(),
      ...(exchange.stack === 'sip' && withServer ? [server] : []),
      ...optional,
      ...(forms[0] ?? []),
      ...(exchange.stack === 'pjsip' && withServer ? [server] : []),
      length,
    ];
    const text = `SIP/2.0 ${reply.status} ${reply.reason}\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
    if (text.length <= limit) return text;
    if (optional.length > 0) optional.pop();
    else if (forms.length > 1) forms.shift();
    else if (shownTag.length > 10) shownTag = shownTag.slice(0, 10);
    else if (withServer) withServer = false;
    else return null;
  }
}
