/** What every decoy is to bear: input without an end, lengths that no client means, bombs of all kinds, and clients that stop halfway. */

import { Buffer } from 'node:buffer';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { machineFor } from '../../test/support/machine-for.ts';
import { passwordRequest, serviceRequest, SshClient } from '../../test/support/ssh-client.ts';
import { hexOf, octetsOf } from '../../test/support/talk.ts';
import type { Decoy, DecoyContext, DecoyOutput, DecoySession } from '../core/decoy.ts';
import { decoys } from './index.ts';

const mebibyte = 1_048_576;
/** What one conversation may hold of 16 MiB that were sent to it; uploads that are kept count. */
const mostHeld = 5 * mebibyte;
const chunk = new Uint8Array(65_536).fill(0x41);
const chunks = 256;

setFlagsFromString('--expose-gc');
const collect: unknown = runInNewContext('gc');

/** Bytes of heap and buffers that are still referred to. */
function held(): number {
  // Buffers are swept beside the collection: the next one waits for that.
  for (let count = 0; count < 3; count += 1) if (typeof collect === 'function') collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

interface Talk {
  readonly session: DecoySession;
  readonly kinds: Set<DecoyOutput['do']>;
  replyBytes: number;
}

function open(decoy: Decoy, heard: (outputs: Iterable<DecoyOutput>) => void = () => {}): Talk {
  let attempts = 0;
  const context: DecoyContext = {
    persona: machineFor(decoy),
    source: '203.0.113.9',
    sourcePort: 40_000,
    destination: '198.51.100.1',
    destinationPort: decoy.ports[0] ?? 1,
    transport: decoy.transport === 'udp' ? 'udp' : 'tcp',
    tls: false,
    session: 'hostile',
    now: () => 1_772_366_400_000,
    randomBytes: (count) => Uint8Array.from({ length: count }, (_, index) => (index * 7 + 5) & 255),
    countAttempt: () => (attempts += 1),
  };
  const talk: Talk = { session: decoy.open(context), kinds: new Set(), replyBytes: 0 };
  const greeting = [...(talk.session.start?.() ?? [])];
  heard(greeting);
  return talk;
}

/** True where the conversation is over. */
function take(talk: Talk, outputs: Iterable<DecoyOutput> | undefined): boolean {
  for (const output of outputs ?? []) {
    talk.kinds.add(output.do);
    if (output.do === 'reply') talk.replyBytes += output.bytes.length;
    if (output.do === 'close') return true;
  }
  return false;
}

const say = (talk: Talk, bytes: Uint8Array): boolean => take(talk, talk.session.receive(bytes));

/** Bytes held after 16 MiB behind these first ones, and whether the decoy hung up meanwhile. */
function flood(decoy: Decoy, first: Uint8Array): { grown: number; isOver: boolean } {
  // Tables that are made at the first visit are not the visitor's doing.
  say(open(decoy), first);
  const before = held();
  const talk = open(decoy);
  let isOver = say(talk, first);
  for (let count = 0; count < chunks && !isOver; count += 1) isOver = say(talk, chunk);
  const grown = held() - before;
  // Still in use here, so that what it holds is counted.
  take(talk, talk.session.end?.());
  return { grown, isOver };
}

const streams = decoys.filter(({ transport }) => transport !== 'udp');
const http = (more: string): Uint8Array =>
  octetsOf(`POST /api/generate HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n${more}\r\n`);
const endlessBody = http('Content-Length: 9007199254740991\r\n');

/** A beginning by which the client says that it is to send far more than anyone takes. */
const hugeLengths: Readonly<Record<string, Uint8Array>> = {
  ssh: Buffer.concat([octetsOf('SSH-2.0-x\r\n'), hexOf('0003fffc06')]),
  telnet: hexOf('fffa18'),
  http: endlessBody,
  redis: octetsOf('*1048576\r\n$536870912\r\n'),
  mysql: hexOf('ffffff01'),
  postgres: hexOf('7fffffff00030000'),
  mongodb: hexOf('0080dc02010000000000000000dd070000000000000000'),
  memcached: octetsOf('set a 0 0 1048576000\r\n'),
  smtp: octetsOf('EHLO a\r\nMAIL FROM:<a@example.org>\r\nRCPT TO:<root@localhost>\r\nDATA\r\n'),
  ftp: octetsOf('USER '),
  smb: hexOf('00ffffff'),
  proxy: http('Content-Length: 9007199254740991\r\n'),
  rdp: hexOf('0300ffff'),
  adb: hexOf('434e584e00000001ffffffffffffffff00000000bcb1a7b1'),
  vnc: Buffer.concat([octetsOf('RFB 003.008\n'), hexOf('01 01 06000000ffffffff')]),
  docker: http('Transfer-Encoding: chunked\r\n\r\nffffffff'),
  kubernetes: endlessBody,
  elasticsearch: endlessBody,
  ollama: endlessBody,
  mcp: endlessBody,
  s3: octetsOf('PUT /bucket/key HTTP/1.1\r\nHost: a\r\nContent-Length: 5368709120\r\n\r\n'),
  metadata: endlessBody,
  mqtt: hexOf('10ffffff7f00044d515454'),
  sip: octetsOf('REGISTER sip:a SIP/2.0\r\nContent-Length: 2147483647\r\n\r\n'),
  rtsp: octetsOf('ANNOUNCE rtsp://a/ RTSP/1.0\r\nCSeq: 1\r\nContent-Length: 2147483647\r\n\r\n'),
  tr069: endlessBody,
  modbus: hexOf('00010000ffff01'),
  s7comm: hexOf('0300ffff02f080'),
  dns: hexOf('ffff'),
  snmp: hexOf('3084ffffffff'),
  any: octetsOf('\0\0\0\0'),
};

describe('every decoy', () => {
  for (const decoy of streams) {
    it(`${decoy.name} holds little of a line that does not end`, () => {
      const { grown } = flood(decoy, octetsOf('A'));
      expect(grown).toBeLessThan(mostHeld);
    });

    it(`${decoy.name} holds little of what a huge length announces`, () => {
      const first = hugeLengths[decoy.name];
      if (first === undefined) throw new Error(`no huge length for ${decoy.name}`);
      const { grown } = flood(decoy, first);
      expect(grown).toBeLessThan(mostHeld);
    });
  }
});

/** Those that take requests over HTTP: what they answer to a body is what they make of it. */
const webDecoys = decoys.filter(({ name }) =>
  [
    'http',
    'docker',
    'kubernetes',
    'elasticsearch',
    'ollama',
    'mcp',
    's3',
    'metadata',
    'proxy',
    'tr069',
  ].includes(name),
);
const paths: Readonly<Record<string, string>> = {
  docker: '/v1.41/containers/create',
  kubernetes: '/api/v1/namespaces/default/pods',
  elasticsearch: '/_search',
  ollama: '/api/generate',
  mcp: '/mcp',
  s3: '/bucket/key',
  metadata: '/latest/api/token',
  proxy: 'http://192.0.2.1/',
  tr069: '/UD/act?1',
};
const request = (decoy: Decoy, body: Uint8Array, headers = ''): Uint8Array =>
  Buffer.concat([
    octetsOf(
      `POST ${paths[decoy.name] ?? '/'} HTTP/1.1\r\nHost: a\r\nAccept: application/json, text/event-stream\r\nContent-Type: application/json\r\n${headers}Content-Length: ${body.length}\r\n\r\n`,
    ),
    body,
  ]);

const manyKeys = octetsOf(`{${Array.from({ length: 100_000 }, (_, key) => `"k${key}":1`).join(',')}}`);
const bombs: readonly (readonly [what: string, body: Uint8Array, headers?: string])[] = [
  ['an object of 100,000 keys', manyKeys.subarray(0, mebibyte)],
  [
    'an object of 50,000 keys, whole',
    octetsOf(`{${Array.from({ length: 50_000 }, (_, key) => `"k${key}":1`).join(',')}}`),
  ],
  ['100,000 arrays within each other', octetsOf('['.repeat(100_000))],
  ['50,000 objects within each other, closed', octetsOf(`${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`)],
  ['a number of 500,000 digits', octetsOf(`{"a":${'9'.repeat(500_000)}}`)],
  [
    'names of the prototype',
    octetsOf('{"__proto__":{"a":1},"constructor":{"prototype":{"b":1}},"toString":null,"jsonrpc":"2.0"}'),
  ],
  ['gzip of 64 MiB', gzipSync(Buffer.alloc(64 * mebibyte), { level: 1 }), 'Content-Encoding: gzip\r\n'],
  [
    'entities within entities',
    octetsOf(
      `<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">${Array.from({ length: 9 }, (_, at) => `<!ENTITY a${at} "${(at === 0 ? '&a;' : `&a${at - 1};`).repeat(10)}">`).join('')}]><a>&a8;</a>`,
    ),
  ],
];

/** Texts on which expressions that track back run for ever. */
const repeated = [
  '../',
  '%2e',
  '%25',
  "' or ",
  ' ',
  '\t',
  '<',
  '<!--',
  '${',
  '${${',
  '{{',
  '$(',
  '`',
  'A=',
  'a.',
  '0',
  '\\',
  '/*',
  ';',
  'union ',
  'select(',
  '..%5c',
  'java.',
  '"\'',
  '=;',
  '\r\n\t',
];

describe('every decoy that speaks HTTP', () => {
  for (const decoy of webDecoys) {
    it(`${decoy.name} answers or closes on bodies that are bombs`, () => {
      const talks: Talk[] = [];
      const before = held();
      for (const [what, body, headers] of bombs) {
        const talk = open(decoy);
        talks.push(talk);
        say(talk, request(decoy, body, headers));
        expect([what, talk.kinds.has('reply') || talk.kinds.has('close')]).toEqual([what, true]);
        // The machine still answers the next visitor.
        const next = open(decoy);
        say(next, octetsOf(`GET / HTTP/1.1\r\nHost: a\r\n\r\n`));
        expect([what, next.kinds.has('reply') || next.kinds.has('close')]).toEqual([what, true]);
      }
      // All of them are still open.
      expect(held() - before).toBeLessThan(bombs.length * mebibyte);
      for (const talk of talks) take(talk, talk.session.end?.());
    });

    it(`${decoy.name} reads texts that make expressions track back, in path, header and body`, () => {
      for (const part of repeated) {
        const long = part.repeat(Math.ceil(7_500 / part.length));
        const plain = long.replaceAll(/[\r\n]/g, ' ');
        for (const bytes of [
          octetsOf(`GET /${plain.replaceAll(/\s/g, '+')} HTTP/1.1\r\nHost: a\r\n\r\n`),
          octetsOf(`GET /?a=${encodeURIComponent(plain).slice(0, 12_000)}! HTTP/1.1\r\nHost: a\r\n\r\n`),
          octetsOf(`GET / HTTP/1.1\r\nHost: a\r\nUser-Agent: x${plain}!\r\nCookie: ${plain}\r\n\r\n`),
          request(decoy, octetsOf(`${part.repeat(Math.ceil(60_000 / part.length))}!`)),
        ]) {
          const talk = open(decoy);
          say(talk, bytes);
          take(talk, talk.session.end?.());
          expect([part, talk.kinds.has('reply') || talk.kinds.has('close')]).toEqual([part, true]);
        }
      }
    });
  }
});

describe('the ssh decoy', () => {
  it('hangs up on a packet that inflates beyond every packet', () => {
    const decoy = decoys.find(({ name }) => name === 'ssh');
    if (decoy === undefined) throw new Error('no ssh decoy');
    const client = new SshClient((count) => new Uint8Array(count).fill(7), 'zlib@openssh.com');
    const payloads: number[] = [];
    let isOver = false;
    let session: DecoySession | null = null;
    const hear = (outputs: Iterable<DecoyOutput>): void => {
      const answers: Buffer[] = [];
      for (const output of outputs) {
        isOver ||= output.do === 'close';
        if (output.do !== 'reply') continue;
        client.receive(
          output.bytes,
          (bytes) => void answers.push(bytes),
          (payload) => void payloads.push(payload[0] ?? 0),
        );
      }
      for (const bytes of answers) send(bytes);
    };
    const send = (bytes: Uint8Array): void => hear(session?.receive(bytes) ?? []);
    ({ session } = open(decoy, hear));
    send(client.start());
    send(client.packet(serviceRequest));
    send(client.packet(passwordRequest('root', 'secret')));
    expect(payloads).toContain(52);
    expect(isOver).toBe(false);
    const bomb = deflateSync(Buffer.alloc(16 * mebibyte));
    const before = held();
    send(client.packet(bomb));
    expect(isOver).toBe(true);
    expect(held() - before).toBeLessThan(mostHeld);
  });
});
