/** Targets of src/wire whose values stand alone: one for each file, or for the files under it. */

import { createPersona } from '../../src/personas/index.ts';
import {
  canonicalRequest,
  decodeAwsChunked,
  isSignedWith,
  readSignature,
  stringToSign,
} from '../../src/wire/aws-signature.ts';
import { BerReader, berNumber, readArcs } from '../../src/wire/ber.ts';
import { bsonText, readBson, writeBson } from '../../src/wire/bson.ts';
import { ByteCursor } from '../../src/wire/byte-cursor.ts';
import { readCoapMessage, writeCoapMessage } from '../../src/wire/coap-message.ts';
import { bindAcknowledge, readRpc, readRpcString, requestOf } from '../../src/wire/dce-rpc.ts';
import { derChildren, derLength } from '../../src/wire/der-reader.ts';
import { guessedPassword, parseDigest } from '../../src/wire/digest-access.ts';
import { readDnsQuery, writeDnsReply } from '../../src/wire/dns-message.ts';
import { dnsNameText, encodeDnsName, readDnsName } from '../../src/wire/dns-name.ts';
import { FlowRecord } from '../../src/wire/flow-record.ts';
import { FlowDecoder, flowDatagramLength } from '../../src/wire/flow-datagram.ts';
import { parseDatagram } from '../../src/wire/head-message.ts';
import { HttpRequestReader } from '../../src/wire/http-request.ts';
import { readIkeMessage, readProposals, writeIkeMessage } from '../../src/wire/ike-message.ts';
import { listOf, parseJson, textsOf, valueAt } from '../../src/wire/json-value.ts';
import { readMqttText, readProperties } from '../../src/wire/mqtt-packet.ts';
import { MysqlFields } from '../../src/wire/mysql-packet.ts';
import { NtlmSeal } from '../../src/wire/ntlm-keys.ts';
import {
  decodeAuthenticate,
  encodeChallenge,
  findNtlm,
  negotiateFlags,
  ntlmType,
} from '../../src/wire/ntlm-message.ts';
import { checkObservation } from '../../src/wire/observation-check.ts';
import { datagramIn, readFrame, readPacket } from '../../src/wire/packet-header.ts';
import { credentialText, plantedSecret, recognisePlanted } from '../../src/wire/planted-credential.ts';
import { PostgresFields } from '../../src/wire/postgres-message.ts';
import { nameProtocol } from '../../src/wire/protocol-name.ts';
import { percentDecoded, queryOf, rawParameters, valuesOf } from '../../src/wire/query-text.ts';
import { splitInline } from '../../src/wire/resp-inline.ts';
import { parseClientHello } from '../../src/wire/tls-client-hello.ts';
import { ja3, ja4 } from '../../src/wire/tls-fingerprint.ts';
import { urlsIn } from '../../src/wire/url-text.ts';
import { datagramsOf, Finding, type Target } from './target.ts';
import { messageTarget } from './wire-target.ts';

const deepest = 16;

function* berValues(bytes: Uint8Array, depth: number): Iterable<unknown> {
  const reader = new BerReader(bytes);
  for (let value = reader.next(); value !== null; value = reader.next()) {
    yield `tag ${value.tag}`;
    yield berNumber(value.contents);
    yield readArcs(value.contents);
    if ((value.tag & 0x20) !== 0 && depth < deepest) yield* berValues(value.contents, depth + 1);
  }
}

function* derValues(bytes: Uint8Array, depth: number): Iterable<unknown> {
  for (const { tag, contents } of derChildren(bytes)) {
    yield `tag ${tag}`;
    if (depth < deepest) yield* derValues(contents, depth + 1);
  }
}

const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
const persona = createPersona('ubuntu-web', 'fuzz', { now: 0 });
const seal = (): NtlmSeal => new NtlmSeal(new Uint8Array(16), 'client', true);

export const wireMessages: readonly Target[] = [
  messageTarget('aws-signature', ['decoy-s3-tcp'], function* read(bytes) {
    for (const event of new HttpRequestReader().push(bytes)) {
      if (!('request' in event)) continue;
      const { method, target, headers, body } = event.request;
      const [rawPath = '', rawQuery = ''] = target.split('?', 2);
      const request = { method, rawPath, rawQuery, headers, body };
      const signature = readSignature(request);
      yield signature;
      if (signature === null || signature === 'malformed') continue;
      yield canonicalRequest(request, signature);
      yield stringToSign(request, signature);
      yield isSignedWith('secret', request, signature);
      yield decodeAwsChunked(body, 'secret', signature);
    }
    yield decodeAwsChunked(latin1(bytes), null, null);
  }),
  messageTarget('ber', ['decoy-snmp-udp'], function* read(bytes) {
    yield* berValues(bytes, 0);
    for (const datagram of datagramsOf(bytes)) yield* berValues(datagram, 0);
  }),
  messageTarget('bson', ['decoy-mongodb-tcp'], function* read(bytes) {
    for (const offset of [0, 16, 21]) {
      const found = readBson(bytes, offset);
      yield found === null ? null : `document of ${Math.min(8, found.document.size)}`;
      if (found === null) continue;
      yield bsonText(found.document, 512);
      const again = readBson(writeBson(found.document), 0);
      if (again?.document.size !== found.document.size)
        throw new Finding('what it writes is not what it read');
    }
  }),
  messageTarget('coap-message', ['decoy-coap-udp'], function* read(bytes) {
    for (const datagram of [bytes, ...datagramsOf(bytes)]) {
      const message = readCoapMessage(datagram);
      yield message;
      if (message !== null && !('fault' in message)) yield readCoapMessage(writeCoapMessage(message));
    }
  }),
  messageTarget('dce-rpc', ['decoy-smb-tcp'], function* read(bytes) {
    // Within SMB it lies anywhere: where a version 5.0 begins.
    for (
      let at = 0, tried = 0;
      at >= 0 && tried < 16;
      at = bytes.indexOf('\x05\0', at + 1, 'latin1'), tried += 1
    ) {
      const rpc = readRpc(bytes.subarray(at));
      yield rpc;
      if (rpc === null) continue;
      yield bindAcknowledge(rpc, '\\PIPE\\srvsvc');
      const { operation, stub } = requestOf(rpc);
      yield `operation ${Math.min(operation, 256)}`;
      yield readRpcString(stub, 4);
    }
  }),
  messageTarget('der-reader', ['decoy-rdp-tcp', 'decoy-smb-tcp'], function* read(bytes) {
    yield derLength(bytes);
    yield* derValues(bytes, 0);
  }),
  messageTarget('digest-access', ['decoy-sip-tcp', 'decoy-rtsp-tcp'], function* read(bytes) {
    const text = latin1(bytes);
    for (const part of [
      text,
      ...text
        .split('Digest ')
        .slice(1, 8)
        .map((rest) => `Digest ${rest.split('\r\n', 1)[0]}`),
    ]) {
      const answer = parseDigest(part);
      yield answer;
      if (answer !== null) yield guessedPassword(answer, 'GET', ['secret']);
    }
  }),
  messageTarget('dns-message', ['decoy-dns-udp'], function* read(bytes) {
    for (const datagram of [bytes, ...datagramsOf(bytes)]) {
      const query = readDnsQuery(datagram);
      yield query;
      if (query === null) continue;
      const record = {
        name: query.questions[0]?.name ?? 'a',
        type: 1,
        class: 1,
        ttl: 1,
        data: [Uint8Array.of(127, 0, 0, 1)],
      };
      const none = { authoritative: true, recursionAvailable: false, authorities: [], additional: [] };
      yield writeDnsReply(
        query,
        { ...none, code: 0, answers: [record, record], withQuestions: true, extension: null },
        512,
      );
    }
  }),
  messageTarget('dns-name', ['decoy-dns-udp'], function* read(bytes) {
    for (const offset of [0, 12, 14]) {
      const name = readDnsName(bytes, offset);
      yield name;
      if (name !== null) yield encodeDnsName(dnsNameText(name.labels));
    }
  }),
  messageTarget('flow-datagram', ['reader-netflow', 'reader-pcap'], function* read(bytes) {
    const decoder = new FlowDecoder();
    const damaged: string[] = [];
    let flows = 0;
    const sink = {
      flow: (): void => void (flows += 1),
      damaged: (_: number, why: string): void => void damaged.push(why.replaceAll(/\d+/g, '0')),
    };
    // As they lie behind each other in a file, and each with its length ahead.
    for (let at = 0; at < bytes.length;) {
      const length = flowDatagramLength(bytes, at, bytes.length);
      if (length <= 0) break;
      decoder.read('fuzz', bytes, at, at + length, 0, sink);
      at += length;
    }
    for (const datagram of datagramsOf(bytes)) decoder.read('other', datagram, 0, datagram.length, 0, sink);
    yield `flows ${Math.min(4, flows)}`;
    yield `domains ${Math.min(4, decoder.domains)}`;
    yield* damaged.slice(0, 32).map((why) => ({ kind: why }));
  }),
  messageTarget('head-datagram', ['decoy-sip-udp', 'decoy-ssdp-udp'], function* read(bytes) {
    for (const datagram of [bytes, ...datagramsOf(bytes)]) yield parseDatagram(datagram);
  }),
  messageTarget('ike-message', ['decoy-ike-udp'], function* read(bytes) {
    for (const datagram of [bytes, ...datagramsOf(bytes)]) {
      const message = readIkeMessage(datagram);
      yield message;
      if (message === null) continue;
      for (const { type, body } of message.payloads) {
        yield `payload ${type}`;
        for (const major of [1, 2]) yield* readProposals(body, major);
      }
      yield readIkeMessage(writeIkeMessage(message, message.payloads));
    }
  }),
  messageTarget(
    'json-value',
    ['decoy-mcp-tcp', 'decoy-elasticsearch-tcp', 'decoy-docker-tcp'],
    function* read(bytes) {
      const text = latin1(bytes);
      for (const part of [text, text.slice(Math.max(0, text.indexOf('{')))]) {
        const value = parseJson(part);
        yield value;
        yield valueAt(value, 'query', 0, '__proto__');
        yield* listOf(value);
        yield* textsOf(value);
      }
    },
  ),
  messageTarget('mqtt-fields', ['decoy-mqtt-tcp'], function* read(bytes) {
    for (const offset of [0, 2, 10]) {
      const cursor = new ByteCursor(bytes, offset);
      yield readMqttText(cursor);
      yield readProperties(cursor);
    }
  }),
  messageTarget('mysql-fields', ['decoy-mysql-tcp'], function* read(bytes) {
    const fields = new MysqlFields(bytes);
    for (let count = 0; count < 64 && !fields.failed; count += 1) {
      yield fields.integer(1);
      yield fields.lengthInteger();
      yield fields.octets(2);
    }
  }),
  messageTarget('ntlm-message', ['decoy-smb-tcp', 'decoy-rdp-tcp'], function* read(bytes) {
    const at = Math.max(0, findNtlm(bytes));
    const message = bytes.subarray(at);
    yield `type ${ntlmType(message)}`;
    yield decodeAuthenticate(message);
    yield encodeChallenge(new Uint8Array(8), negotiateFlags(message), {
      computer: 'HOST',
      domain: 'DOMAIN',
      dnsComputer: 'host.example',
      dnsDomain: 'example',
      version: [10, 0, 17_763],
      now: 0,
    });
    yield seal().open(message);
  }),
  messageTarget('observation-check', ['reader-picket'], function* read(bytes) {
    for (const line of bytes.toString('utf8').split('\n', 64)) {
      let value: unknown;
      try {
        value = JSON.parse(line);
      } catch {
        continue;
      }
      const check = checkObservation(value);
      yield check.ok ? check.observation : check.why;
    }
  }),
  messageTarget('packet-header', ['reader-pcap'], function* read(bytes) {
    const record = new FlowRecord();
    for (const link of [0, 1, 101, 113, 228, 229, 276]) {
      record.reset();
      if (!readFrame(bytes, 0, bytes.length, link, record)) continue;
      yield `link ${link} protocol ${record.protocol}`;
      yield datagramIn(bytes, record);
    }
    for (const at of [0, 14, 54]) {
      record.reset();
      yield readPacket(bytes, at, bytes.length, record);
    }
  }),
  messageTarget('planted-credential', ['decoy-metadata-tcp', 'decoy-s3-tcp'], function* read(bytes) {
    const text = latin1(bytes);
    yield* recognisePlanted(persona, text);
    yield plantedSecret(persona, text.slice(0, 20));
    yield credentialText(text);
  }),
  messageTarget('postgres-fields', ['decoy-postgres-tcp'], function* read(bytes) {
    const fields = new PostgresFields(bytes);
    for (let count = 0; count < 64 && !fields.failed; count += 1) {
      yield fields.text();
      yield fields.octets(2);
    }
  }),
  messageTarget('protocol-name', ['decoy-any-tcp', 'decoy-any-udp'], function* read(bytes) {
    for (const transport of ['tcp', 'udp'] as const) {
      const { name, confidence } = nameProtocol(bytes, transport);
      if (!(confidence >= 0 && confidence <= 1)) throw new Finding(`a confidence of ${confidence}`);
      yield name;
    }
  }),
  messageTarget('query-text', ['decoy-http-tcp'], function* read(bytes) {
    const text = latin1(bytes);
    yield percentDecoded(text);
    yield `parameters ${Math.min(4, rawParameters(text).length)}`;
    yield queryOf(text);
    yield valuesOf(text, 'a');
  }),
  messageTarget('resp-inline', ['decoy-redis-tcp'], function* read(bytes) {
    for (const line of latin1(bytes).split('\n', 64)) yield splitInline(line);
  }),
  messageTarget('tls-client-hello', ['decoy-any-tcp'], function* read(bytes) {
    const hello = parseClientHello(bytes);
    yield hello;
    if (hello === 'incomplete' || hello === 'not-tls') return;
    yield ja3(hello);
    for (const transport of ['t', 'q'] as const) yield ja4(hello, transport);
  }),
  messageTarget('url-text', ['decoy-http-tcp'], (bytes) => urlsIn(latin1(bytes))),
];
