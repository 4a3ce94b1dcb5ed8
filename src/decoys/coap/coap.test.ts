import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { needTools } from '../../../test/support/need.ts';
import { serveDecoy } from '../../../test/support/serve-decoy.ts';
import { hexOf, holdsForAnyBytes, personaWith, talk } from '../../../test/support/talk.ts';
import { readCoapMessage, writeCoapMessage, type CoapOption } from '../../wire/coap-message.ts';
import { coap } from './coap.ts';

const run = promisify(execFile);
const device = () => personaWith({});
const ask = (
  code: number,
  path: string,
  payload = '',
  options: readonly CoapOption[] = [],
  type = 0,
): Uint8Array =>
  writeCoapMessage({
    type,
    code,
    id: 7,
    token: Uint8Array.of(1, 2),
    options: [...path.split('/').map((part) => ({ number: 11, value: Buffer.from(part) })), ...options],
    payload: Buffer.from(payload),
  });
const room = { number: 15, value: new Uint8Array(300).fill(97) };
const read = (bytes: Uint8Array | undefined) => {
  const message = readCoapMessage(bytes ?? new Uint8Array(0));
  return message === null || 'fault' in message ? null : message;
};
const links = (persona = device()): string =>
  Buffer.from(
    read(talk(coap, persona, [ask(1, '.well-known/core', '', [room])]).replies[0])?.payload ?? [],
  ).toString();

describe('the CoAP decoy', () => {
  it('lists what it has where there is room, and lets a switch be set', () => {
    const persona = device();
    const listed = links(persona);
    expect(listed).toMatch(/^<\/\w+\/temp\w*>;rt="temperature"/);
    const path = /<\/([^>]+)>;rt="switch"/.exec(listed)?.[1] ?? '';
    const { replies, facts } = talk(coap, persona, [
      ask(3, path, '7'),
      ask(1, path),
      ask(4, path),
      ask(1, 'nothing'),
    ]);
    expect(replies.map((reply) => read(reply)?.code)).toEqual([0x44, 0x45, 0x85, 0x84]);
    expect(Buffer.from(read(replies[1])?.payload ?? []).toString()).toBe('7');
    expect(facts[0]).toEqual({ kind: 'command', service: 'coap', input: `PUT /${path} 7` });
  });

  it('answers a bare discovery with nothing, a ping with a reset, and takes nobody on to elsewhere', () => {
    expect(talk(coap, device(), [ask(1, '.well-known/core')]).replies).toEqual([]);
    expect(Buffer.from(talk(coap, device(), [hexOf('40001234')]).text, 'latin1').toString('hex')).toBe(
      '70001234',
    );
    const { replies, facts } = talk(coap, device(), [
      ask(1, 'a', '', [{ number: 35, value: Buffer.from('http://203.0.113.1/') }]),
    ]);
    expect(read(replies[0])?.code).toBe(0xa5);
    expect(facts).toContainEqual(
      expect.objectContaining({ kind: 'exploit', class: 'ssrf', detail: 'http://203.0.113.1/' }),
    );
    expect(
      read(talk(coap, device(), [ask(1, 'a', '', [{ number: 9_999, value: Uint8Array.of(1) }])]).replies[0])
        ?.code,
    ).toBe(0x82);
  });

  it('gives back messages as they were written', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(2_000), fc.uint8Array({ maxLength: 300 })), { maxLength: 8 }),
        fc.uint8Array({ maxLength: 20 }),
        (pairs, payload) => {
          const options = pairs
            .map(([number, value]) => ({ number, value }))
            .sort((a, b) => a.number - b.number);
          const message = { type: 1, code: 1, id: 9, token: Uint8Array.of(5), options, payload };
          expect(readCoapMessage(writeCoapMessage(message))).toEqual(message);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('answers no datagram with a larger one', () => {
    holdsForAnyBytes(coap, device, [
      ask(1, '.well-known/core', '', [room]),
      ask(1, '.well-known/core'),
      ask(3, 'light', 'on'),
      ask(2, 'x', 'y'.repeat(80), [], 1),
      hexOf('40001234'),
      hexOf('60451234'),
    ]);
  });

  needTools(['coap-client-notls'])('serves libcoap’s client', async () => {
    await using served = await serveDecoy(coap, device());
    const { stdout } = await run('coap-client-notls', [
      '-B',
      '3',
      '-m',
      'get',
      // An option that may be left alone makes room for the answer.
      '-O',
      `2000,${'a'.repeat(200)}`,
      `coap://127.0.0.1:${served.port}/.well-known/core`,
    ]);
    expect(stdout).toContain('rt="temperature"');
    expect(served.errors).toEqual([]);
  });
});
