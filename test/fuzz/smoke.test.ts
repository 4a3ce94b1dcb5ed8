/** The committed corpus again, and a few hundred changes of it for each target; `npm run fuzz` goes on for longer. */

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { below, seededRandom } from '../../src/core/random.ts';
import { decoys } from '../../src/decoys/index.ts';
import { readers } from '../../src/telemetry/index.ts';
import { readCorpus } from '../../scripts/fuzz/corpus.ts';
import { mutate } from '../../scripts/fuzz/mutate.ts';
import { runInput } from '../../scripts/fuzz/run-input.ts';
import { targets } from '../../scripts/fuzz/targets.ts';

const root = resolve(import.meta.dirname, '../..');
const changes = 300;
/** For each target; one whose inputs are dear makes fewer changes. */
const milliseconds = 80;
/** A changed input is shorter here than in a long run. */
const longest = 8_192;

/** What reads no hostile bytes: it makes them, or reads what the operator of the sensor has written. */
const withoutInput = new Set(['aws-signing', 'nearest', 'schema-fault', 'yaml-fault', 'yaml-line']);

describe('the fuzz targets', () => {
  it('are all decoys over all their transports, and all readers', () => {
    const names = targets.map(({ name }) => name);
    for (const { name, transport } of decoys) {
      for (const each of transport === 'both' ? ['tcp', 'udp'] : [transport]) {
        expect(names).toContain(`decoy-${name}-${each}`);
      }
    }
    for (const { name } of readers) expect(names).toContain(`reader-${name}`);
    expect(new Set(names).size).toBe(names.length);
  });

  it('reach every file of src/wire that reads', () => {
    const reached = new Set<string>();
    const add = (path: string): void => {
      if (reached.has(path)) return;
      reached.add(path);
      for (const [, name = ''] of readFileSync(path, 'utf8').matchAll(/ from '(\.[^']+\.ts)'/g)) {
        add(resolve(dirname(path), name));
      }
    };
    add(join(root, 'scripts/fuzz/targets.ts'));
    const wire = readdirSync(join(root, 'src/wire')).filter((name) => !name.endsWith('.test.ts'));
    const missing = wire.filter((name) => !reached.has(join(root, 'src/wire', name)));
    expect(missing.filter((name) => !withoutInput.has(name.replace(/\.ts$/, '')))).toEqual([]);
  });
});

describe('hostile bytes', () => {
  for (const target of targets) {
    it(`find ${target.name} as good as its word`, async () => {
      const { own, borrowed } = readCorpus(target);
      expect([...own, ...borrowed]).not.toEqual([]);
      for (const input of own) await runInput(target, input);
      const pool = [...own, ...borrowed];
      const random = seededRandom(`smoke ${target.name}`);
      const end = performance.now() + milliseconds;
      for (let count = 0; count < changes && performance.now() < end; count += 1) {
        const input = mutate(random, pool[below(random, pool.length)] ?? new Uint8Array(), pool);
        await runInput(target, input.subarray(0, longest));
      }
    });
  }
});
