/** Formats in which others travel: HTTP/2, QUIC, archives, and what proxies ask the gate in. */

import { readCheckRequest } from '../../src/gate/check-request.ts';
import { SpoeSession } from '../../src/gate/spoe-session.ts';
import { archiveEntries } from '../../src/wire/archive-entries.ts';
import { HpackDecoder } from '../../src/wire/hpack-decoder.ts';
import { initialKeys, openInitial } from '../../src/wire/quic-initial.ts';
import { readLongHeader, readVarint } from '../../src/wire/quic-packet.ts';
import { readMessages, readValues } from '../../src/wire/spop-frame.ts';
import { elementsAt, readXml, textAt } from '../../src/wire/xml-element.ts';
import { datagramsOf, type Target } from './target.ts';
import { messageTarget } from './wire-target.ts';

const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
const hpackLimits = { table: 4_096, string: 8_192, list: 65_536, fields: 200 };

export const wireCarriers: readonly Target[] = [
  messageTarget('hpack', [], function* read(bytes) {
    const whole = new HpackDecoder(hpackLimits).push(bytes, true);
    yield Array.isArray(whole) ? `fields ${Math.min(8, whole.length)}` : whole;
    // Several blocks over one table.
    const decoder = new HpackDecoder(hpackLimits);
    for (const block of datagramsOf(bytes)) {
      const fields = decoder.push(block, true);
      yield fields;
      if (typeof fields === 'string') return;
    }
  }),
  messageTarget('quic', ['decoy-quic-udp'], function* read(bytes) {
    for (const datagram of [bytes, ...datagramsOf(bytes)]) {
      const header = readLongHeader(datagram);
      yield header === null ? null : `version ${header.version}`;
      yield readVarint(datagram, 0);
      for (let at = 0, count = 0; count < 8; count += 1) {
        const opened = openInitial(datagram, at, (version, id) => initialKeys(version, id, 'client'));
        yield opened === null ? null : opened.packet;
        if (opened === null || opened.next <= at) break;
        at = opened.next;
      }
    }
  }),
  messageTarget('archives', ['decoy-http-tcp'], function* read(bytes) {
    const text = latin1(bytes);
    yield `entries ${Math.min(4, archiveEntries(text).length)}`;
    yield `entries ${Math.min(4, archiveEntries(text.slice(Math.max(0, text.indexOf('PK')))).length)}`;
  }),
  messageTarget('xml-element', ['decoy-tr069-tcp'], function* read(bytes) {
    const text = latin1(bytes);
    for (const part of [text, text.slice(Math.max(0, text.indexOf('<')))]) {
      const root = readXml(part);
      yield root;
      yield `elements ${Math.min(4, elementsAt(root, 'Body', 'a').length)}`;
      yield textAt(root, 'Body');
    }
  }),
  messageTarget('check-request', [], (bytes) => [readCheckRequest(bytes)]),
  messageTarget('spop', [], function* read(bytes) {
    yield readValues(bytes);
    yield readMessages(bytes);
    const session = new SpoeSession((_, reply) => reply('pass'));
    for (const { do: what } of session.receive(bytes)) yield what;
  }),
];
