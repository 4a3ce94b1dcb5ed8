import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Observation } from '../core/observation.ts';
import { DetectorRunner } from '../detectors/runner.ts';
import { loadWholeConfiguration, parseConfiguration } from './configuration.ts';
import { detectorsOf, estateOf, readSystems } from './detectors-of.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'picket-estate-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const file = (text: string): string => {
  const path = join(folder, 'list.txt');
  writeFileSync(path, text);
  return path;
};

describe('a table of autonomous systems', () => {
  it('is read with spaces, commas or tabs, and the longest prefix counts', () => {
    const path = file(
      '# comment\n192.0.2.0/24 64500\n192.0.2.128/25,AS64501,NAME\n2001:db8::/32\t4200000000\n\n192.0.2.9 7\n',
    );
    const estate = estateOf(parseConfiguration(`detectors: { asnTable: ${path} }`, 'f'));
    const found = ['192.0.2.1', '192.0.2.129', '192.0.2.9', '2001:db8::1', '198.51.100.1'].map((address) =>
      estate.systemOf(address),
    );
    expect(found).toEqual([64_500, 64_501, 7, 4_200_000_000, null]);
  });

  it.each([
    ['192.0.2.0/24\n', ':1: 192.0.2.0/24 is no network with a number'],
    ['192.0.2.0/24 1\nten 1\n', ':2: ten 1 is no network with a number'],
    ['192.0.2.0/24 99999999999\n', ':1: '],
    ['192.0.2.0/24 4294967296\n', ':1: '],
  ])('is refused with the line that is none: %j', (text, message) => {
    expect(() => readSystems(file(text))).toThrow(message);
  });
});

it('the thresholds of floods are those of the configuration', () => {
  const told = (yaml: string): number => {
    const runner = new DetectorRunner(detectorsOf(parseConfiguration(yaml, 'f')));
    const row: Observation = {
      id: '01900000-0000-7000-8000-000000000001',
      at: 1_750_000_000_000,
      sensor: 'test',
      sequence: 1,
      source: '203.0.113.9',
      sourcePort: 50_000,
      destination: '198.51.100.80',
      destinationPort: 443,
      transport: 'tcp',
      session: '',
      spoofable: true,
      kind: 'flow',
      packets: 600,
      bytes: 24_000,
      duration: 0,
      action: 'unknown',
      protocol: 6,
      tcpFlags: 2,
    };
    return runner.run(row).filter(({ target }) => target !== undefined).length;
  };
  expect(told('')).toBe(0);
  expect(told('detectors: { flood: { synsPerSecond: 10 } }')).toBe(1);
  expect(() => told('detectors: { flood: { synsPerSecond: 0 } }')).toThrow(
    'f:1: detectors.flood.synsPerSecond',
  );
});

describe('what the configuration tells of the world', () => {
  it('is who is inside: private addresses and the own networks', () => {
    const estate = estateOf(parseConfiguration('guards: { own: [203.0.113.0/24, "2001:db8::/32"] }', 'f'));
    const addresses = ['10.0.0.1', 'fd00::1', '203.0.113.9', '2001:db8::1', '198.51.100.1', '127.0.0.1'];
    expect(addresses.map((address) => estate.isInside(address))).toEqual([
      true,
      true,
      true,
      true,
      false,
      false,
    ]);
    expect(addresses.map((address) => estate.isOutside(address))).toEqual([
      false,
      false,
      false,
      false,
      true,
      false,
    ]);
  });

  it('is where malware is led from', () => {
    const path = file('203.0.113.66\n198.51.100.0/24\n');
    const estate = estateOf(parseConfiguration(`detectors: { commandHosts: [${path}] }`, 'f'));
    expect(estate.commandListOf('198.51.100.7')).toBe(path);
    expect([estate.commandListOf('203.0.113.67'), estate.commandListOf('nonsense')]).toEqual([null, null]);
  });

  it.each([
    ['commandHosts: [LIST]', 'ten\n', 'detectors.commandHosts.0 names LIST:1: ten is no network'],
    ['commandHosts: [LIST.gone]', '', 'detectors.commandHosts.0 names LIST.gone, which is not there'],
    ['asnTable: LIST', 'ten\n', 'detectors.asnTable names LIST:1: ten is no network with a number'],
    ['asnTable: LIST.gone', '', 'detectors.asnTable names LIST.gone, which is not there'],
  ])('is refused at the start where a file is none: %s', async (key, text, message) => {
    const path = file(text);
    const configuration = join(folder, 'p.yaml');
    writeFileSync(configuration, `detectors:\n  ${key.replace('LIST', path)}\n`);
    await expect(loadWholeConfiguration(configuration)).rejects.toThrow(
      `p.yaml:2: ${message.replace('LIST', path)}`,
    );
  });
});
