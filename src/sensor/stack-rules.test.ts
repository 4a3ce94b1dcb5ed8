import { expect, it } from 'vitest';
import type { NetworkStack } from '../core/persona.ts';
import { stackChain } from './stack-rules.ts';

const windows: NetworkStack = { ttl: 128, window: { plain: 8_192, withTimestamps: 8_192 } };
const unix: NetworkStack = { ttl: 64, window: null };

it('gives a whole machine’s packets their marks, at each of its addresses', () => {
  expect(
    stackChain([{ addresses: ['192.0.2.7', '2001:db8::7'], ports: [], stack: windows }]).map((line) =>
      line.trim(),
    ),
  ).toEqual([
    'chain stack {',
    'type filter hook output priority mangle; policy accept;',
    'ip saddr { 192.0.2.7 } tcp flags & (syn | ack) == (syn | ack) tcp option timestamp exists tcp window set 8192',
    'ip saddr { 192.0.2.7 } tcp flags & (syn | ack) == (syn | ack) tcp option timestamp missing tcp window set 8192',
    'ip saddr { 192.0.2.7 } ip ttl set 128 accept',
    'ip6 saddr { 2001:db8::7 } tcp flags & (syn | ack) == (syn | ack) tcp option timestamp exists tcp window set 8192',
    'ip6 saddr { 2001:db8::7 } tcp flags & (syn | ack) == (syn | ack) tcp option timestamp missing tcp window set 8192',
    'ip6 saddr { 2001:db8::7 } ip6 hoplimit set 128 accept',
    '}',
  ]);
});

it('touches the decoys’ ports alone where the machine serves others as well', () => {
  const ports = [
    { port: 80, transport: 'tcp' },
    { port: 53, transport: 'udp' },
    { port: 22, transport: 'tcp' },
  ] as const;
  const chain = stackChain([{ addresses: ['192.0.2.7'], ports, stack: unix }]);
  expect(chain.map((line) => line.trim()).slice(2, -1)).toEqual([
    'ip saddr { 192.0.2.7 } tcp sport { 22, 80 } ip ttl set 64 accept',
    'ip saddr { 192.0.2.7 } udp sport { 53 } ip ttl set 64 accept',
  ]);
});

it('is no chain where no decoy has a system of its own', () => {
  expect(stackChain([])).toEqual([]);
  expect(stackChain([{ addresses: [], ports: [], stack: windows }])).toEqual([]);
});
