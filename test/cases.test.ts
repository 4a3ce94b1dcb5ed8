/**
 * Runs each folder of test/cases: `input.log` through the reader that its content chooses (which must be the one that
 * `case.yaml` names) and the detectors; `expected.yaml` lists every source that any evidence speaks of.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { maliciousScore, suspiciousScore } from '../src/decide/sequential-test.ts';
import { credentialGuessing } from '../src/detectors/credential-guessing.ts';
import { flowGuessing } from '../src/detectors/flow-guessing.ts';
import { portScan } from '../src/detectors/port-scan.ts';
import { detectReader } from '../src/telemetry/detect-reader.ts';
import { systemLog } from '../src/telemetry/login-log.ts';
import { vpcFlow } from '../src/telemetry/vpc-flow.ts';
import { webAccess } from '../src/telemetry/web-access.ts';
import { judged, readAll } from './support/read-input.ts';

interface Case {
  readonly summary: string;
  readonly format: string;
}

const folder = join(import.meta.dirname, 'cases');
const cases = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());

function classification(score: number): string {
  if (score >= maliciousScore) return 'malicious';
  return score >= suspiciousScore ? 'suspicious' : 'unknown';
}

describe('the case', () => {
  it.each(cases.map((entry) => entry.name))('%s', async (name) => {
    const read = (file: string): Buffer => readFileSync(join(folder, name, file));
    const { summary, format }: Case = parse(read('case.yaml').toString());
    const input = read('input.log');
    const reader = detectReader(input, [vpcFlow, webAccess, systemLog]);
    expect(reader?.name, summary).toBe(format);
    const { observations, damaged } = await readAll(reader ?? systemLog, input);
    expect(damaged).toEqual([]);
    const found = [...judged(observations, [portScan, flowGuessing, credentialGuessing])].map(
      ([source, { score, behaviors }]) => [
        source,
        { classification: classification(score), behaviors: [...behaviors].sort() },
      ],
    );
    expect(Object.fromEntries(found), summary).toEqual(parse(read('expected.yaml').toString()));
  });
});
