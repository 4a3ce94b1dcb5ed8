/**
 * How long the object store's gate takes to answer over a kept connection, as nginx, HAProxy (SPOE) and Envoy (gRPC) ask it; each beside a bare
 * server of the same transport that answers the same client with a fixed answer.
 */

import { once } from 'node:events';
import { Agent, createServer as createHttpServer, get } from 'node:http';
import { connect as connectHttp2, createServer as createHttp2Server } from 'node:http2';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { GateEndpoint } from '../src/daemon/gate-endpoint.ts';
import { decoyBuckets } from '../src/gate/decoy-buckets.ts';
import { Gate } from '../src/gate/gate.ts';
import { octets, uint32 } from '../src/wire/big-endian.ts';
import { protobufField } from '../src/wire/protobuf.ts';
import { SpopFrames, spopType, writeFrame, writeValues } from '../src/wire/spop-frame.ts';
import { text, writeValue } from '../src/wire/spop-value.ts';
import type { Benchmark } from './benchmark.ts';

const questions = 20_000;
const warmUp = 2_000;
const sources = 1_000;
const budgetMilliseconds = 1;
const estate = ['acme-assets', 'acme-backups', 'acme-reports'];

/** A client on one connection; `ask` resolves when the whole answer is there. */
interface Client {
  ask(index: number): Promise<void>;
  close(): void;
}

const pathOf = (index: number): string =>
  `/${index % 3 === 0 ? 'acme-assets' : `acme-${index % 500}`}/a/b.png`;
const lastOctets = (index: number): readonly [number, number] => [
  (index % sources) >> 8,
  (index % sources) & 255,
];
const sourceOf = (index: number): string => `203.0.${lastOctets(index).join('.')}`;

function asNginx(port: number): Promise<Client> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ask = (index: number): Promise<void> =>
    new Promise((resolve, reject) => {
      const headers = {
        'X-Real-IP': sourceOf(index),
        'X-Original-Method': 'GET',
        'X-Original-URI': pathOf(index),
        'X-Original-Host': 's3.example.org',
        'User-Agent': 'Mozilla/5.0',
      };
      get({ agent, port, host: '127.0.0.1', path: '/nginx', headers }, (response) => {
        response.resume();
        response.on('end', resolve);
      }).on('error', reject);
    });
  return Promise.resolve({ ask, close: () => agent.destroy() });
}

const hello = writeFrame({
  type: spopType.haproxyHello,
  flags: 1,
  stream: 0n,
  frame: 0n,
  payload: writeValues([
    ['supported-versions', { type: 'string', value: '2.0' }],
    ['max-frame-size', { type: 'uint32', value: 16_380n }],
    ['capabilities', { type: 'string', value: 'pipelining' }],
  ]),
});

function question(index: number): Uint8Array {
  const named = (name: string, value: string): Uint8Array =>
    octets(text(name), writeValue({ type: 'string', value }));
  return writeFrame({
    type: spopType.notify,
    flags: 1,
    stream: BigInt(index),
    frame: 1n,
    payload: octets(
      text('ask'),
      5,
      octets(text('source'), 6, 203, 0, ...lastOctets(index)),
      named('method', 'GET'),
      named('uri', pathOf(index)),
      named('host', 's3.example.org'),
      named('user-agent', 'Mozilla/5.0'),
    ),
  });
}

async function asHaproxy(port: number): Promise<Client> {
  const socket = connect(port, '127.0.0.1').setNoDelay(true);
  const frames = new SpopFrames(65_536);
  let heard: () => void = () => {};
  socket.on('data', (bytes) => {
    for (const _ of frames.push(bytes)) heard();
  });
  const send = (bytes: Uint8Array): Promise<void> =>
    new Promise((resolve) => {
      heard = resolve;
      socket.write(bytes);
    });
  await send(hello);
  return { ask: (index) => send(question(index)), close: () => socket.destroy() };
}

async function asEnvoy(port: number): Promise<Client> {
  const session = connectHttp2(`http://127.0.0.1:${port}`);
  await once(session, 'connect');
  const ask = (index: number): Promise<void> =>
    new Promise((resolve, reject) => {
      const address = protobufField(1, protobufField(1, protobufField(2, sourceOf(index))));
      const http = octets(
        protobufField(2, 'GET'),
        protobufField(4, pathOf(index)),
        protobufField(5, 's3.example.org'),
      );
      const attributes = octets(protobufField(1, address), protobufField(4, protobufField(2, http)));
      const message = protobufField(1, attributes);
      const stream = session.request({
        ':method': 'POST',
        ':path': '/envoy.service.auth.v3.Authorization/Check',
        'content-type': 'application/grpc',
        te: 'trailers',
      });
      stream.on('error', reject).on('end', resolve).resume();
      stream.end(octets(0, uint32(message.length), message));
    });
  return { ask, close: () => session.destroy() };
}

/** Milliseconds below which 99 of 100 answers came. */
function high(times: number[]): number {
  times.sort((left, right) => left - right);
  return times[Math.ceil(times.length * 0.99) - 1] ?? Number.NaN;
}

/** Asks gate and bare server by turns, so that what else the machine does meets both alike. */
async function compared(
  ports: readonly [gate: number, bare: number],
  open: (port: number) => Promise<Client>,
): Promise<readonly [gate: number, bare: number]> {
  const [gateClient, bareClient] = [await open(ports[0]), await open(ports[1])];
  const [gateTimes, bareTimes]: [number[], number[]] = [[], []];
  for (let index = 0; index < warmUp + questions; index += 1) {
    const began = performance.now();
    await gateClient.ask(index);
    const between = performance.now();
    await bareClient.ask(index);
    if (index < warmUp) continue;
    gateTimes.push(between - began);
    bareTimes.push(performance.now() - between);
  }
  gateClient.close();
  bareClient.close();
  return [high(gateTimes), high(bareTimes)];
}

const bareHttp = (): Server =>
  createHttpServer((request, response) => {
    request.resume();
    response.writeHead(200).end();
  });

/** Says the same for each frame, without a look into it. */
const bareFrames = (): Server => {
  const answer = writeFrame({
    type: spopType.acknowledge,
    flags: 1,
    stream: 1n,
    frame: 1n,
    payload: new Uint8Array(0),
  });
  return createServer((socket) => {
    const frames = new SpopFrames(65_536);
    socket.setNoDelay(true).on('data', (bytes) => {
      for (const _ of frames.push(bytes)) socket.write(answer);
    });
  });
};

const bareHttp2 = (): Server => {
  const server = createHttp2Server();
  server.on('stream', (stream) => {
    stream.resume();
    stream.on('end', () => {
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
      stream.end(octets(0, uint32(0)));
    });
  });
  return server;
};

const ways = [
  { metric: 'gate_answer_p99', open: asNginx, bare: bareHttp, reference: 'a bare node:http server' },
  { metric: 'gate_spoe_answer_p99', open: asHaproxy, bare: bareFrames, reference: 'a bare node:net server' },
  { metric: 'gate_grpc_answer_p99', open: asEnvoy, bare: bareHttp2, reference: 'a bare node:http2 server' },
] as const;

/** Listens on a free port; `stop` ends its connections too. */
async function listening(server: Server): Promise<{ port: number; stop: () => void }> {
  const connections = new Set<Socket>();
  server.on('connection', (socket: Socket) => connections.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const stop = (): void => {
    for (const socket of connections) socket.destroy();
    server.close();
  };
  return { port: address.port, stop };
}

export const gate: Benchmark = {
  name: 'gate',
  summary: `${questions.toLocaleString('en')} questions to the object store's gate in each of three protocols; beside bare servers`,
  async run(report) {
    const endpoint = new GateEndpoint({
      address: '127.0.0.1',
      port: 0,
      gate: new Gate({
        publicBuckets: [{ name: 'acme-assets', write: false }],
        estate,
        decoys: decoyBuckets(estate, 'bench'),
      }),
      domains: ['s3.example.org'],
      now: () => Date.now(),
      record: () => {},
    });
    await endpoint.start();
    try {
      for (const { metric, open, bare, reference } of ways) {
        const { port, stop } = await listening(bare());
        const [value, referenceValue] = await compared([endpoint.port, port], open);
        stop();
        report({
          metric,
          unit: 'ms',
          value: Number(value.toFixed(3)),
          reference,
          referenceValue: Number(referenceValue.toFixed(3)),
          ratio: Number((value / referenceValue).toFixed(2)),
          budget: budgetMilliseconds,
          ok: value <= budgetMilliseconds,
        });
      }
    } finally {
      await endpoint.stop();
    }
  },
};
