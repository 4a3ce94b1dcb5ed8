/** How long the object store's gate takes to answer nginx's question over a kept connection, beside a bare node:http server that says 200. */

import { Agent, createServer, get, type Server } from 'node:http';
import { decoyBuckets } from '../src/gate/decoy-buckets.ts';
import { Gate } from '../src/gate/gate.ts';
import { GateEndpoint } from '../src/daemon/gate-endpoint.ts';
import type { Benchmark } from './benchmark.ts';

const questions = 20_000;
const warmUp = 2_000;
const sources = 1_000;
const budgetMilliseconds = 1;
const estate = ['acme-assets', 'acme-backups', 'acme-reports'];

function asked(agent: Agent, port: number, index: number): Promise<number> {
  const began = performance.now();
  return new Promise((resolve, reject) => {
    get(
      {
        agent,
        port,
        host: '127.0.0.1',
        path: '/nginx',
        headers: {
          'X-Real-IP': `203.0.${(index % sources) >> 8}.${(index % sources) & 255}`,
          'X-Original-Method': 'GET',
          'X-Original-URI': `/${index % 3 === 0 ? 'acme-assets' : `acme-${index % 500}`}/a/b.png`,
          'X-Original-Host': 's3.example.org',
          'User-Agent': 'Mozilla/5.0',
        },
      },
      (response) => {
        response.resume();
        response.on('end', () => resolve(performance.now() - began));
      },
    ).on('error', reject);
  });
}

/** Milliseconds below which 99 of 100 answers came. */
async function high(port: number): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const times: number[] = [];
  for (let index = 0; index < warmUp + questions; index += 1) {
    const time = await asked(agent, port, index);
    if (index >= warmUp) times.push(time);
  }
  agent.destroy();
  times.sort((left, right) => left - right);
  return times[Math.ceil(times.length * 0.99) - 1] ?? Number.NaN;
}

async function bareServer(): Promise<{ server: Server; port: number }> {
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(200).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { server, port: address.port };
}

export const gate: Benchmark = {
  name: 'gate',
  summary: `${questions.toLocaleString('en')} questions to the object store's gate; beside a bare node:http server`,
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
    const bare = await bareServer();
    try {
      const value = await high(endpoint.port);
      const referenceValue = await high(bare.port);
      report({
        metric: 'gate_answer_p99',
        unit: 'ms',
        value: Number(value.toFixed(3)),
        reference: 'a bare node:http server',
        referenceValue: Number(referenceValue.toFixed(3)),
        ratio: Number((value / referenceValue).toFixed(2)),
        budget: budgetMilliseconds,
        ok: value <= budgetMilliseconds,
      });
    } finally {
      await endpoint.stop();
      bare.server.closeAllConnections();
      bare.server.close();
    }
  },
};
