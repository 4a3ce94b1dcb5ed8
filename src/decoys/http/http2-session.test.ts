import { Buffer } from 'node:buffer';
import { array, assert, boolean, constantFrom, nat, oneof, property, tuple, uint8Array } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asking, field, fieldsOf, frameLines, hello } from '../../../test/support/http2-frames.ts';
import type { DecoyContext, DecoyOutput } from '../../core/decoy.ts';
import type { Persona } from '../../core/persona.ts';
import { createPersona } from '../../personas/index.ts';
import {
  frame,
  frameFlag,
  frameType,
  http2Preface,
  settingsFrame,
  windowUpdateFrame,
} from '../../wire/http2-frame.ts';
import { http } from './http.ts';
import { mannerOf } from './http2-manner.ts';
import { Http2Session } from './http2-session.ts';
import { WebServer } from './web-server.ts';

const machine: Persona = {
  ...createPersona('ubuntu-web', 'a seed', { now: Date.UTC(2026, 0, 2) }),
  http: { server: 'nginx/1.22.1', title: 'A site', products: ['phpunit'], speaksHttp2: true },
};

const context = (persona: Persona = machine, alpn?: string): DecoyContext => ({
  persona,
  source: '203.0.113.9',
  sourcePort: 40_000,
  destination: '198.51.100.1',
  destinationPort: alpn === undefined ? 50_051 : 443,
  transport: 'tcp',
  tls: alpn !== undefined,
  ...(alpn === undefined ? {} : { alpn }),
  session: 's',
  now: () => Date.UTC(2026, 0, 2),
  randomBytes: (count) => new Uint8Array(count),
  countAttempt: () => 1,
});

const repliesOf = (outputs: readonly DecoyOutput[]): Buffer =>
  Buffer.concat(outputs.flatMap((output) => (output.do === 'reply' ? [output.bytes] : [])));

function talk(chunks: readonly Uint8Array[], persona: Persona = machine, alpn?: string): DecoyOutput[] {
  const session = http.open(context(persona, alpn));
  return [...(session.start?.() ?? []), ...chunks.flatMap((chunk) => [...session.receive(chunk)])];
}

/** Lines of all frames but the server's first two. */
const answers = (...chunks: Uint8Array[]): string[] =>
  frameLines(repliesOf(talk([Buffer.concat(chunks)]))).slice(2);

/** Outputs with replies put together: how they are cut says nothing. */
function joined(outputs: readonly DecoyOutput[]): unknown[] {
  const others = outputs.filter((output) => output.do !== 'reply');
  return [repliesOf(outputs).toString('hex'), ...others];
}

function session(): Http2Session {
  const manner = mannerOf(machine, 443, true, 'h2');
  if (manner === null) throw new Error('no HTTP/2');
  return new Http2Session(new WebServer(context(machine, 'h2')), manner);
}

const zeros = (count: number): Buffer => Buffer.alloc(count);
const shut = settingsFrame([[4, 0]]);

describe('a conversation in HTTP/2', () => {
  it('begins with the server’s settings where TLS has agreed to it, and else with the client’s preface', () => {
    const [first] = [...(http.open(context(machine, 'h2')).start?.() ?? [])];
    expect(first?.do === 'reply' ? frameLines(first.bytes) : []).toEqual([
      'settings flags=0 stream=0 000300000080000400010000000500ffffff',
      'windowUpdate flags=0 stream=0 7fff0000',
    ]);
    expect([...(http.open(context()).start?.() ?? [])]).toEqual([]);
    expect(http.recognise?.(http2Preface)).toBeGreaterThan(0.9);
    expect(http.recognise?.(http2Preface.subarray(0, 3))).toBe(0);
  });

  it('records a request as over HTTP/1.1, and the client by how it began', () => {
    const body = '<?php echo md5("x");?>';
    const path = '/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php';
    const outputs = talk([
      hello(Buffer.from('000100010000000300000064', 'hex')),
      windowUpdateFrame(0, 15_663_105),
      asking(
        1,
        fieldsOf(path, 'POST', [
          ['user-agent', 'x'],
          ['accept', '*/*'],
        ]),
        false,
      ),
      frame(frameType.data, frameFlag.endStream, 1, Buffer.from(body)),
    ]);
    expect(outputs.filter((output) => output.do === 'know')).toEqual([
      { do: 'know', protocol: 'http2', fingerprints: { http2: '1:65536;3:100|15663105|0|m,s,p,a' } },
    ]);
    const facts = outputs.flatMap((output) => (output.do === 'saw' ? [output.fact] : []));
    expect(facts.map((fact) => fact.kind)).toContain('exploit');
    expect(facts).toContainEqual({
      kind: 'request',
      service: 'http',
      method: 'POST',
      path,
      headers: [
        ['host', 'a'],
        ['user-agent', 'x'],
        ['accept', '*/*'],
      ],
      body,
      status: 200,
    });
    expect(frameLines(repliesOf(outputs)).at(-1)).toContain('9dd4e461268c8034f5c8564e155c67a6');
  });

  it('sends as far as the windows go, and on when they open', () => {
    const asked = Buffer.concat([hello(), shut, asking(1, fieldsOf('/')), asking(3, fieldsOf('/none'))]);
    const one = http.open(context());
    const first = frameLines(repliesOf([...one.receive(asked)]));
    expect(first.filter((line) => line.startsWith('headers'))).toHaveLength(2);
    expect(first.filter((line) => line.startsWith('data'))).toEqual([]);
    const some = frameLines(repliesOf([...one.receive(windowUpdateFrame(3, 10))]));
    expect(some).toEqual(['data flags=0 stream=3 <html>\r\n<h']);
    const rest = frameLines(repliesOf([...one.receive(settingsFrame([[4, 65_535]]))]));
    expect(rest.map((line) => line.slice(0, 21))).toEqual([
      'settings flags=1 stre',
      'data flags=1 stream=1',
      'data flags=1 stream=3',
    ]);
  });

  it('answers PING, passes over what it does not know, and reads a block in pieces', () => {
    const block = fieldsOf('/none');
    expect(
      answers(
        hello(),
        frame(32, 255, 9, Buffer.from('unknown')),
        frame(frameType.ping, 0, 0, Buffer.from('12345678')),
        frame(frameType.headers, frameFlag.endStream, 1, block.subarray(0, 3)),
        frame(frameType.continuation, frameFlag.endHeaders, 1, block.subarray(3)),
      ).map((line) => line.slice(0, 60)),
    ).toEqual(
      [
        'settings flags=1 stream=0 ',
        'ping flags=1 stream=0 3132333435363738',
        'headers flags=4 stream=1 [[":status","404"],["server","nginx/',
        expect.stringMatching(/^data flags=1 stream=1 <html>/),
      ].map((line) => (typeof line === 'string' ? line.slice(0, 60) : line)),
    );
  });

  it('is left to those servers that know it', () => {
    const preface = [hello(), asking(1, fieldsOf('/none'))];
    const plain = { ...context(), destinationPort: 80 };
    const said = (persona: Persona): string => {
      const one = http.open({ ...plain, persona });
      return repliesOf([...one.receive(Buffer.concat(preface))]).toString('latin1');
    };
    // nginx has HTTP/2 over TLS alone, as it is told; lighttpd over plain TCP too; Apache not at all.
    expect(said(machine)).toMatch(/^HTTP\/1\.1 400 Bad Request\r\nServer: nginx/);
    const of = (server: string): Persona => ({ ...machine, http: { server, title: '', products: [] } });
    expect(said(of('Apache/2.4.41 (Ubuntu)'))).toMatch(/^HTTP\/1\.1 400 /);
    expect(said(of('lighttpd/1.4.28'))).toMatch(/^HTTP\/1\.1 400 /);
    expect(said(of('lighttpd/1.4.69'))).not.toContain('HTTP/1.1');
    expect(http.protocols?.(machine)).toEqual(['h2', 'http/1.1']);
    expect(http.protocols?.(of('nginx/1.18.0'))).toEqual(['http/1.1']);
    expect(http.protocols?.(of('Microsoft-IIS/10.0'))).toEqual(['h2', 'http/1.1']);
    expect(http.protocols?.(of('Microsoft-IIS/8.5'))).toEqual([]);
    expect(http.protocols?.(of(''))).toEqual([]);
  });

  it('goes with the last answer after as many requests as nginx takes', () => {
    const many = Array.from({ length: 1_005 }, (_, index) => asking(1 + 2 * index, fieldsOf('/none')));
    const outputs = talk([hello(), windowUpdateFrame(0, 1_000_000), ...many]);
    const lines = frameLines(repliesOf(outputs));
    expect(lines.filter((line) => line.startsWith('headers'))).toHaveLength(1_000);
    expect(lines.filter((line) => line.startsWith('goAway'))).toEqual([
      'goAway flags=0 stream=0 000007cf00000000',
    ]);
    expect(outputs.at(-1)).toEqual({ do: 'close' });
  });
});

describe('any bytes at all', () => {
  const some = oneof(
    tuple(nat(10), nat(63), nat(6), uint8Array({ maxLength: 40 })).map(([type, flags, stream, payload]) =>
      frame(type, flags, stream, payload),
    ),
    tuple(nat(4), constantFrom('/', '/none', 'x', ''), constantFrom('GET', 'POST', 'get'), boolean()).map(
      ([stream, path, method, isEnd]) => asking(1 + 2 * stream, fieldsOf(path, method), isEnd),
    ),
    tuple(nat(4), boolean(), uint8Array({ maxLength: 30 })).map(([stream, isEnd, bytes]) =>
      frame(frameType.data, isEnd ? 1 : 0, 1 + 2 * stream, bytes),
    ),
    nat(70_000).map((size) => settingsFrame([[4, size]])),
    tuple(nat(5), nat(70_000)).map(([stream, size]) => windowUpdateFrame(stream, size)),
    uint8Array({ maxLength: 40 }),
  );

  it('are answered the same however they are cut', () => {
    assert(
      property(array(some, { maxLength: 8 }), nat(60), boolean(), (pieces, size, isSecure) => {
        const bytes = Buffer.concat([hello(), ...pieces]);
        const chunks: Uint8Array[] = [];
        for (let at = 0; at < bytes.length; at += size + 1) chunks.push(bytes.subarray(at, at + size + 1));
        const alpn = isSecure ? 'h2' : undefined;
        expect(joined(talk(chunks, machine, alpn))).toEqual(joined(talk([bytes], machine, alpn)));
      }),
      { numRuns: 120 },
    );
  });

  it('have an outcome, with and without the preface', () => {
    assert(
      property(uint8Array({ maxLength: 400 }), boolean(), boolean(), (noise, isLed, isSecure) => {
        const bytes = isLed ? Buffer.concat([http2Preface, noise]) : noise;
        talk([bytes], machine, isSecure ? 'h2' : undefined);
      }),
      { numRuns: 150 },
    );
  });
});

describe('attacks on HTTP/2 itself', () => {
  const run = (
    chunks: Iterable<Uint8Array>,
  ): { lines: string[]; names: string[]; held: number; isOver: boolean } => {
    const one = session();
    const outputs: DecoyOutput[] = [...one.start()];
    let held = 0;
    for (const chunk of chunks) {
      outputs.push(...one.receive(chunk));
      held = Math.max(held, one.held);
      if (outputs.at(-1)?.do === 'close') break;
    }
    return {
      lines: frameLines(repliesOf(outputs)).slice(2),
      names: outputs.flatMap((output) =>
        output.do === 'saw' && output.fact.kind === 'exploit'
          ? [`${output.fact.name} ${output.fact.cves[0] ?? ''}`]
          : [],
      ),
      held,
      isOver: outputs.at(-1)?.do === 'close',
    };
  };
  const calm = /^goAway flags=0 stream=0 .{8}0000000b$/;

  it('a header block that unfolds from the table ends in ENHANCE_YOUR_CALM', () => {
    const entry = Buffer.concat([Buffer.from([0x40, 1, 0x61, 0x7f, 0xa1, 0x1e]), Buffer.alloc(4_000, 0x62)]);
    const bomb = Buffer.concat([fieldsOf('/'), entry, Buffer.alloc(12_000, 0xbe)]);
    const { lines, names, held, isOver } = run([hello(), asking(1, bomb)]);
    expect(lines.at(-1)).toMatch(calm);
    expect(names).toEqual(['http2-header-bomb CVE-2016-6581']);
    expect(isOver).toBe(true);
    expect(held).toBeLessThan(40_000);
  });

  it('CONTINUATION without end is held to the size of a header', () => {
    const flood = function* (content: Buffer): Generator<Uint8Array> {
      yield hello();
      yield frame(frameType.headers, frameFlag.endStream, 1, fieldsOf('/'));
      for (let count = 0; count < 20_000; count += 1) yield frame(frameType.continuation, 0, 1, content);
    };
    const full = run(flood(field('x', 'y'.repeat(100))));
    expect(full.lines.at(-1)).toMatch(calm);
    expect(full.names).toEqual(['http2-continuation-flood CVE-2024-27316']);
    expect(full.held).toBeLessThan(40_000);
    // Of one field that does not end, no more than nginx's buffer is held.
    const slow = run(flood(Buffer.alloc(0)));
    expect(slow.names).toEqual(['http2-continuation-flood CVE-2024-27316']);
    expect(slow.held).toBeLessThan(1_000);
  });

  it('streams that are opened and reset at once are told as what they are', () => {
    const reset = frame(frameType.resetStream, 0, 1, Buffer.from([0, 0, 0, 8]));
    const { names, held, isOver, lines } = run(
      (function* () {
        yield hello();
        for (let stream = 1; stream < 4_000; stream += 2) {
          const own = Buffer.from(reset);
          own.writeUInt32BE(stream, 5);
          yield Buffer.concat([asking(stream, fieldsOf('/none')), own]);
        }
      })(),
    );
    expect(names).toEqual(['http2-rapid-reset CVE-2023-44487']);
    expect(isOver).toBe(true);
    expect(lines.some((line) => line.startsWith('goAway'))).toBe(true);
    expect(held).toBeLessThan(200_000);
  });

  it('a client that opens no window is held to the streams that it may have', () => {
    const { lines, held, isOver } = run(
      (function* () {
        yield hello(Buffer.from('000400000000', 'hex'));
        for (let stream = 1; stream < 8_000; stream += 2) yield asking(stream, fieldsOf('/'));
      })(),
    );
    expect(lines.filter((line) => line.startsWith('headers'))).toHaveLength(128);
    // nginx refuses as many again, and then the connection.
    expect(lines.filter((line) => line.startsWith('resetStream'))).toHaveLength(128);
    expect(lines.at(-1)).toBe('goAway flags=0 stream=0 0000020100000000');
    expect(isOver).toBe(true);
    expect(held).toBeLessThan(128 * 1_000);
  });

  it('bodies that do not end are held to a mebibyte in all', () => {
    const { held, lines } = run(
      (function* () {
        yield hello();
        for (let stream = 1; stream < 200; stream += 2) yield asking(stream, fieldsOf('/', 'POST'), false);
        for (let round = 0; round < 6; round += 1)
          for (let stream = 1; stream < 200; stream += 2)
            yield frame(frameType.data, 0, stream, zeros(16_000));
      })(),
    );
    expect(held).toBeLessThan(1_048_576 + 40_000);
    expect(lines.filter((line) => line.startsWith('windowUpdate'))).toHaveLength(100);
    const large = run(
      (function* () {
        yield hello();
        yield asking(1, fieldsOf('/', 'POST'), false);
        for (let round = 0; round < 80; round += 1) yield frame(frameType.data, 0, 1, zeros(16_000));
      })(),
    );
    expect(large.lines.find((line) => line.startsWith('headers'))).toContain('[":status","413"]');
    expect(large.lines.at(-1)).toBe('resetStream flags=0 stream=1 00000000');
  });

  it('floods of questions are answered ten thousand times, and priorities as often as nginx takes them', () => {
    for (const [question, name] of [
      [frame(frameType.ping, 0, 0, zeros(8)), 'http2-ping-flood CVE-2019-9512'],
      [settingsFrame([[3, 1]]), 'http2-settings-flood CVE-2019-9515'],
    ] as const) {
      const block = Buffer.concat(Array.from({ length: 500 }, () => question));
      const { lines, names, isOver, held } = run(
        (function* () {
          yield hello();
          for (let count = 0; count < 40; count += 1) yield block;
        })(),
      );
      expect(names).toEqual([name]);
      expect(lines.at(-1)).toMatch(calm);
      expect(lines).toHaveLength(10_001);
      expect(isOver).toBe(true);
      expect(held).toBeLessThan(100);
    }
    const priorities = Array.from({ length: 200 }, () =>
      frame(frameType.priority, 0, 1, Buffer.from([0, 0, 0, 0, 9])),
    );
    const { lines, names } = run([hello(), ...priorities]);
    expect(lines.at(-1)).toMatch(calm);
    expect(names).toEqual(['http2-priority-flood CVE-2019-9513']);
  });
});
