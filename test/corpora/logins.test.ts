import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { canonicalAddress, sourceKey } from '../../src/core/address.ts';
import { credentialGuessing } from '../../src/detectors/credential-guessing.ts';
import { systemLog } from '../../src/telemetry/login-log.ts';
import { corporaFolder } from '../support/corpora.ts';
import { judged, readAll } from '../support/read-input.ts';

const folder = corporaFolder();
const malicious = Math.log(9900);

interface Line {
  readonly service: string;
  readonly line: string;
  readonly match: boolean;
  readonly host: string | null;
}

interface HubTest {
  readonly test: string;
  readonly kind: string;
  readonly log: string;
  readonly expected: readonly {
    readonly scenario: string;
    readonly sources: readonly string[];
    readonly behaviors: string;
  }[];
}

const linesOf = <Item>(name: string): Item[] =>
  folder === null
    ? []
    : readFileSync(join(folder, name), 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));

/** The sources blamed by one line. */
async function blamed(line: string): Promise<string[]> {
  const { observations } = await readAll(systemLog, `${line}\n`);
  return [...judged(observations, [credentialGuessing])]
    .filter(([, held]) => held.behaviors.size > 0)
    .map(([source]) => source);
}

describe.skipIf(folder === null)('recorded login logs (skipped where the corpora are absent)', () => {
  const lines = linesOf<Line>('fail2ban-lines.jsonl');
  const ofSshd = lines.filter(({ service }) => service.startsWith('sshd'));

  it('blame nobody for the lines of sshd that tell of no attack, injected ones among them', async () => {
    for (const { line } of ofSshd.filter(({ match }) => !match)) expect(await blamed(line), line).toEqual([]);
  });

  it('name the attacker of three quarters of the lines of sshd that name an address', async () => {
    const named = ofSshd.filter(({ match, host, line }) => {
      const address = canonicalAddress(host ?? '');
      return match && address !== null && line.includes(host ?? ' ');
    });
    const missed: string[] = [];
    for (const { line, host } of named) {
      const [source] = await blamed(line);
      if (source !== sourceKey(host ?? '')) missed.push(`${host} ≠ ${source}: ${line}`);
    }
    // Lines that only their neighbours make an attack are among them, and one that can be read two ways.
    expect(missed.length, missed.join('\n')).toBeLessThanOrEqual(named.length * 0.25);
  });

  it('blame nobody wrongly in the lines of all other services', async () => {
    const wrong: string[] = [];
    for (const { line, match, host, service } of lines) {
      const sources = await blamed(line);
      const right =
        match && host !== null && canonicalAddress(host) !== null
          ? [sourceKey(canonicalAddress(host) ?? '')]
          : [];
      if (sources.some((source) => !right.includes(source)) && !service.startsWith('sshd'))
        wrong.push(`${service}: ${sources.join()} ≠ ${host}: ${line}`);
    }
    expect(wrong).toEqual([]);
  });

  it('find the guessing sources of most hub scenarios', async () => {
    const tests = linesOf<HubTest>('crowdsec-hub.jsonl').filter(
      ({ kind, expected }) =>
        kind === 'scenario' && expected.some(({ behaviors }) => /brute|user-enum/.test(behaviors)),
    );
    let wanted = 0;
    const missed: string[] = [];
    for (const { test, log, expected } of tests) {
      const { observations } = await readAll(systemLog, readFileSync(join(folder ?? '', log)));
      const held = judged(observations, [credentialGuessing]);
      const sources = new Set(
        expected.filter(({ behaviors }) => /brute|user-enum/.test(behaviors)).flatMap((item) => item.sources),
      );
      for (const source of sources) {
        const key = canonicalAddress(source);
        if (key === null) continue;
        wanted += 1;
        if ((held.get(sourceKey(key))?.score ?? 0) < malicious)
          missed.push(`${test} ${source} ${held.get(sourceKey(key))?.score ?? 0}`);
      }
    }
    expect(missed.length / wanted, `${missed.length} of ${wanted}\n${missed.join('\n')}`).toBeLessThanOrEqual(
      0.35,
    );
  });
});
