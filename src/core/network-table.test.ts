import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { formatNetwork, networkContains, networkOf, parseAddress, parseNetwork } from './address.ts';
import { NetworkTable } from './network-table.ts';

it('answers with the longest prefix, as a search through all entries would', () => {
  const network = fc
    .tuple(fc.bigInt({ min: 0n, max: 0xffffn }), fc.integer({ min: 14, max: 32 }))
    .map(([value, prefix]) => networkOf({ family: 4, value: value << 8n }, prefix));
  fc.assert(
    fc.property(
      fc.array(network, { maxLength: 30 }),
      fc.bigInt({ min: 0n, max: 0xffffffn }),
      (networks, value) => {
        const table = new NetworkTable<string>();
        for (const item of networks) table.set(item, formatNetwork(item));
        const address = { family: 4 as const, value };
        const longest = networks
          .filter((item) => networkContains(item, address))
          .sort((left, right) => right.prefix - left.prefix)[0];
        expect(table.lookup(address)?.value ?? null).toBe(
          longest === undefined ? null : formatNetwork(longest),
        );
      },
    ),
  );
});

it('forgets what is deleted', () => {
  const table = new NetworkTable<string>();
  const network = parseNetwork('2001:db8::/32');
  const address = parseAddress('2001:db8::1');
  if (network === null || address === null) throw new Error('not parsed');
  table.set(network, 'documentation');
  expect(table.lookup(address)?.value).toBe('documentation');
  expect(table.delete(network)).toBe(true);
  expect(table.lookup(address)).toBeNull();
  expect(table.size).toBe(0);
});
