import { once } from 'node:events';
import { connect as connectPlain } from 'node:net';
import { connect } from 'node:tls';
import { afterEach, beforeEach, describe, expect } from 'vitest';
import { barePersona } from '../../bench/peers/bare-persona.ts';
import { echo, web } from '../../test/support/greeting-decoys.ts';
import { needTools } from '../../test/support/need.ts';
import { LoopbackSensor } from '../../test/support/loopback-sensor.ts';
import { selfSigned } from '../../test/support/self-signed.ts';
import type { Decoy } from '../core/decoy.ts';
import type { Persona } from '../core/persona.ts';
import { checkObservation } from '../wire/observation-check.ts';

const fingerprint = '3:100;4:65535|00|0|m,p,s,a';

/** Speaks first where `h2` was agreed to; says what it was opened with. */
const speaker: Decoy = {
  name: 'speaker',
  summary: 'offers two protocols',
  transport: 'tcp',
  ports: [443],
  recognise: () => 0.5,
  protocols: (persona) => (persona.http === null ? [] : ['h2', 'http/1.1']),
  open: (context) => ({
    *start() {
      if (context.alpn === 'h2') yield { do: 'reply', bytes: Buffer.from('first ') };
    },
    *receive(bytes) {
      yield { do: 'know', fingerprints: { http2: fingerprint } };
      yield {
        do: 'saw',
        fact: { kind: 'command', service: 'speaker', input: Buffer.from(bytes).toString('latin1') },
      };
      yield { do: 'reply', bytes: Buffer.from(`${context.alpn ?? 'none'} ${context.tls}`) };
      yield { do: 'close' };
    },
  }),
};

let loopback: LoopbackSensor;

beforeEach(() => {
  loopback = new LoopbackSensor();
});
afterEach(() => loopback.stop());

const machine = (http: Persona['http']): Persona => ({
  ...barePersona,
  tls: selfSigned(loopback.folder, 'x'),
  http,
});

const server: Persona['http'] = { server: '', title: '', products: [] };

/** A port of the decoy's own, and one that is anyone's. */
async function startSensor(persona: Persona): Promise<readonly [own: number, any: number]> {
  const served = [
    { persona, decoy: speaker },
    { persona, decoy: echo },
  ];
  const [own, any] = await loopback.start(served, {
    decoys: [web, speaker],
    any: echo,
    nameProtocol: (bytes) => (bytes[0] === 0x16 ? 'tls' : Buffer.from(bytes).toString('latin1')),
  });
  return [own ?? 0, any ?? 0];
}

/** What is agreed to, and what is said once the client has said something. */
async function talk(
  port: number,
  offered: readonly string[],
  waits = false,
): Promise<readonly [unknown, string]> {
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ALPNProtocols: [...offered] });
  let text = '';
  socket.on('data', (bytes: Buffer) => (text += bytes.toString('latin1')));
  await once(socket, 'secureConnect');
  if (waits) await once(socket, 'data');
  socket.write('hello');
  await once(socket, 'end');
  return [socket.alpnProtocol, text];
}

describe('the application protocol of TLS', () => {
  needTools(['openssl'])('is what the port’s server prefers of what the client offers', async () => {
    const [own] = await startSensor(machine(server));
    expect(await talk(own, ['http/1.1', 'h2'], true)).toEqual(['h2', 'first h2 true']);
    expect(await talk(own, ['http/1.1'])).toEqual(['http/1.1', 'http/1.1 true']);
    // What the server does not know is passed over, and the client goes on without.
    expect(await talk(own, ['spdy/3'])).toEqual([false, 'none true']);
    expect(await talk(own, [])).toEqual([false, 'none true']);
  });

  needTools(['openssl'])('is not answered where the machine’s server has none', async () => {
    const [own] = await startSensor(machine(null));
    expect(await talk(own, ['h2', 'http/1.1'])).toEqual([false, 'none true']);
  });

  needTools(['openssl'])('is recorded with what the client said inside, and how it began', async () => {
    const [own] = await startSensor(machine(server));
    await talk(own, ['h2'], true);
    expect(loopback.seen.map((one) => one.kind)).toEqual(['contact', 'command']);
    expect(loopback.seen[0]).toMatchObject({
      kind: 'contact',
      service: 'speaker',
      protocol: 'hello',
      tls: true,
    });
    expect(loopback.seen[1]?.fingerprints).toMatchObject({
      http2: fingerprint,
      ja4: expect.stringMatching(/^t13i.*h2_/),
    });
    for (const one of loopback.seen) expect(checkObservation(one)).toEqual({ ok: true, observation: one });
  });

  needTools(['openssl'])('survives a client that goes before the server has spoken', async () => {
    const [own] = await startSensor(machine(server));
    const socket = connect({
      port: own,
      host: '127.0.0.1',
      rejectUnauthorized: false,
      ALPNProtocols: ['h2'],
    });
    await once(socket, 'secureConnect');
    socket.destroy();
    const plain = connectPlain({ port: own, host: '127.0.0.1' });
    plain.write('x');
    await once(plain.resume(), 'end');
    for (let turn = 0; turn < 400 && loopback.seen.length < 3; turn += 1)
      await new Promise((resolve) => setTimeout(resolve, 5));
    expect(loopback.seen.map((one) => one.kind).toSorted()).toEqual(['command', 'contact', 'contact']);
  });
});
