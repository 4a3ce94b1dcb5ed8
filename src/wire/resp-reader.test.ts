import { Buffer } from 'node:buffer';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitInline } from './resp-inline.ts';
import { RespReader, type RespRequest } from './resp-reader.ts';

function read(pieces: readonly Uint8Array[], trusted = true): RespRequest[] {
  const reader = new RespReader({ arguments: 1_048_576 });
  const requests: RespRequest[] = [];
  for (const piece of pieces) {
    reader.push(piece);
    for (let next = reader.next(trusted); next !== null; next = reader.next(trusted)) requests.push(next);
  }
  return requests;
}

const readText = (text: string, trusted = true): RespRequest[] =>
  read([Buffer.from(text, 'latin1')], trusted);

describe('requests of Redis', () => {
  it('come as arrays and as lines', () => {
    expect(readText('*2\r\n$3\r\nGET\r\n$1\r\na\r\nget "a b" \'c\'\r\n\r\nPING\n')).toEqual([
      { kind: 'command', words: ['GET', 'a'] },
      { kind: 'command', words: ['get', 'a b', 'c'] },
      { kind: 'command', words: ['PING'] },
    ]);
  });

  it.each([
    ['*x\r\n', 'ERR Protocol error: invalid multibulk length'],
    ['*1\r\n+x\r\n', "ERR Protocol error: expected '$', got '+'"],
    ['*1\r\n$x\r\n', 'ERR Protocol error: invalid bulk length'],
    ['get "a\r\n', 'ERR Protocol error: unbalanced quotes in request'],
    ['x'.repeat(70_000), 'ERR Protocol error: too big inline request'],
  ])('that break the protocol are named as the server names them: %s', (text, error) => {
    expect(readText(text).at(-1)).toEqual({ kind: 'violation', text: error });
  });

  it('are kept short before a login', () => {
    expect(readText('*11\r\n', false)).toEqual([
      { kind: 'violation', text: 'ERR Protocol error: unauthenticated multibulk length' },
    ]);
    expect(readText('*1\r\n$16385\r\n', false)).toEqual([
      { kind: 'violation', text: 'ERR Protocol error: unauthenticated bulk length' },
    ]);
  });

  it('keep a bounded part of what is too long', () => {
    const megabyte = 'x'.repeat(1_048_576);
    const words = Array.from({ length: 6 }, () => `$1048576\r\n${megabyte}\r\n`).join('');
    const [request] = readText(`*6\r\n${words}`);
    expect(request?.kind === 'command' && request.words.join('').length).toBe(4 * 1_048_576);
  });

  it('are the same however the bytes are split', () => {
    const bytes = fc
      .array(
        fc.oneof(
          fc.constantFrom(
            '*2\r\n',
            '$3\r\nabc\r\n',
            '*1\r\n',
            'PING\r\n',
            '"',
            ' ',
            '\n',
            '\r',
            '$',
            '*-1\r\n',
          ),
          fc.string({ maxLength: 5 }),
        ),
        { maxLength: 20 },
      )
      .map((each) => Buffer.from(each.join(''), 'latin1'));
    fc.assert(
      fc.property(bytes, (whole) => {
        const single = Array.from(whole, (octet) => Uint8Array.of(octet));
        expect(read(single)).toEqual(read([whole]));
      }),
      { numRuns: 500 },
    );
  });

  it('split inline words as sdssplitargs does', () => {
    expect(splitInline("a \"\\x41\\n\" 'it\\'s' b")).toEqual(['a', 'A\n', "it's", 'b']);
    expect(splitInline('"a"b')).toBeNull();
    expect(splitInline('   ')).toEqual([]);
  });
});
