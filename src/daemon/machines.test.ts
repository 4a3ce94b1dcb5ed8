import { expect, it } from 'vitest';
import { decoys } from '../decoys/index.ts';
import { personaNames } from '../personas/index.ts';
import { parseConfiguration } from './configuration.ts';
import { Machines } from './machines.ts';

const machines = (sensor: Record<string, unknown>, seed = 'seed'): Machines =>
  new Machines(parseConfiguration(JSON.stringify({ sensor: { seed, ...sensor } }), 'test').sensor, 0);

const prefix = (addresses: string): Record<string, unknown> => ({
  anyPort: { machines: [{ addresses, personas: personaNames }], persona: 'debian-db' },
});

it('opens all ports of a machine on its address, behind the listeners', () => {
  const planned = machines({
    listeners: [{ decoy: 'ssh', port: 2222 }],
    machines: [{ persona: 'windows-server', address: '192.0.2.7' }],
  }).listeners();
  expect(planned.map(({ address, decoy, port }) => `${address}:${port} ${decoy}`)).toEqual([
    '0.0.0.0:2222 ssh',
    '192.0.2.7:80 http',
    '192.0.2.7:139 smb',
    '192.0.2.7:445 smb',
    '192.0.2.7:3389 rdp',
  ]);
  expect(planned[1]?.persona.address).toBe('192.0.2.7');
  for (const { decoy } of planned) expect(decoys.map(({ name }) => name)).toContain(decoy);
});

it('makes two machines of one persona on two addresses', () => {
  const [one, two] = ['192.0.2.7', '192.0.2.8'].map((address) => {
    const [first] = machines({ listeners: [], machines: [{ persona: 'gpu-host', address }] }).listeners();
    return first?.persona;
  });
  expect(one?.hostname).not.toBe(two?.hostname);
  expect(one?.ssh?.keys['ssh-ed25519']).not.toBe(two?.ssh?.keys['ssh-ed25519']);
});

it('gives each address of a prefix a machine, the same at every start', () => {
  const first = machines(prefix('192.0.2.0/28'));
  const again = machines(prefix('192.0.2.0/28'));
  const other = machines(prefix('192.0.2.0/28'), 'another seed');
  const all = Array.from({ length: 16 }, (_, index) => `192.0.2.${index}`);
  expect(all.map((address) => first.at(address).mac)).toEqual(all.map((address) => again.at(address).mac));
  expect(first.at('192.0.2.3')).toBe(first.at('192.0.2.3'));
  expect(all.map((address) => first.at(address).address)).toEqual(all);
  expect(new Set(all.map((address) => first.at(address).mac)).size).toBe(16);
  expect(new Set(all.map((address) => first.at(address).name)).size).toBeGreaterThan(5);
  expect(all.map((address) => first.at(address).name)).not.toEqual(
    all.map((address) => other.at(address).name),
  );
});

it('answers outside of every prefix as the one persona for any port', () => {
  expect(machines(prefix('192.0.2.0/28')).at('192.0.2.16').name).toBe('debian-db');
  expect(machines(prefix('2001:db8::/64')).at('192.0.2.1').name).toBe('debian-db');
});

it('makes no more than 256 machines for a wide prefix, whoever walks it', () => {
  const wide = machines(prefix('2001:db8::/64'));
  const made = new Set(
    Array.from({ length: 2_000 }, (_, index) => wide.at(`2001:db8::${index.toString(16)}`)),
  );
  expect(made.size).toBeGreaterThan(200);
  expect(made.size).toBeLessThanOrEqual(256);
});
