import { readFileSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { needTools } from '../support/need.ts';
import { interpreterRecord, interpreters, ownInterpreter, realInterpreter } from './interpreter-oracle.ts';
import { interpreterScripts } from './interpreter-scripts.ts';
import { hashOf } from './oracle.ts';

/** Every nth script is asked of the real interpreter again, so that the record cannot drift from it. */
const asked = 240;

/** The shares reached, rounded down: a change that loses scripts fails. */
const floors = { python3: 0.92, perl: 0.99, php: 0.98 } as const;

describe('the evaluators against the real interpreters', () => {
  const it = needTools(['bwrap', 'perl', 'php', 'python3']);
  for (const name of interpreters)
    it(`say what ${name} says, on both streams and with its status`, () => {
      const recorded = new Map(
        readFileSync(interpreterRecord(name), 'utf8')
          .trimEnd()
          .split('\n')
          .map((line) => [line.slice(0, 16), line.slice(17)] as const),
      );
      const scripts = interpreterScripts[name].filter((script) => recorded.has(hashOf([script])));
      expect(scripts.length).toBeGreaterThanOrEqual(1_000);
      const different = scripts.filter(
        (script) => hashOf(ownInterpreter(name, script)) !== recorded.get(hashOf([script])),
      );
      const drifted = scripts.filter(
        (script, index) =>
          index % asked === 0 && hashOf(realInterpreter(name, script)) !== recorded.get(hashOf([script])),
      );
      expect(drifted, `the record is not what ${name} says: node test/shell/record-interpreters.ts`).toEqual(
        [],
      );
      const share = 1 - different.length / scripts.length;
      console.log(`${name}: ${(share * 100).toFixed(2)} % of ${scripts.length} scripts`);
      expect(share, different.slice(0, 20).join('\n----\n')).toBeGreaterThanOrEqual(floors[name]);
    });
});
