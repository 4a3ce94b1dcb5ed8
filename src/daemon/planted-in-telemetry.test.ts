/** From what a lure shows to evidence: a credential taken from a decoy and used where only telemetry sees it. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { analyzeText } from '../../test/support/analyze.ts';
import { HttpVisitor } from '../../test/support/http-visitor.ts';
import { readAll } from '../../test/support/read-input.ts';
import type { Evidence } from '../core/evidence.ts';
import type { Reader } from '../core/reader.ts';
import { DetectorRunner } from '../detectors/runner.ts';
import { createPersona } from '../personas/index.ts';
import { eventRecords } from '../telemetry/event-records.ts';
import { httpJsonl } from '../telemetry/http-jsonl.ts';
import { openssh } from '../telemetry/openssh.ts';
import { s3Access } from '../telemetry/s3-access.ts';
import { webAccess } from '../telemetry/web-access.ts';
import { parseConfiguration } from './configuration.ts';
import { detectorsOf } from './detectors-of.ts';

const seed = 'the seed of a sensor';
const shownTo = '45.33.7.9';
const user = '203.0.113.9';
const now = Date.UTC(2026, 0, 2);

/** What the decoy shows to a thief, as the sensor plays it: settings that a site has left open. */
const settings = ((): string => {
  const persona = createPersona('ubuntu-web', `${seed} ubuntu-web`, { now });
  const http = { server: 'nginx/1.18.0', title: 'A site', products: ['laravel'] };
  return new HttpVisitor({ ...persona, tls: null, http }, shownTo, () => now).get('/.env').body;
})();
const value = (name: string): string => new RegExp(`^${name}=(.*)$`, 'm').exec(settings)?.[1] ?? '';
const keyId = value('AWS_ACCESS_KEY_ID');
const password = value('DB_PASSWORD');

async function evidenceOf(
  reader: Reader,
  line: string,
  configuration = `sensor: { seed: "${seed}" }`,
): Promise<Evidence[]> {
  const { observations, damaged } = await readAll(reader, `${line}\n`);
  expect(damaged).toEqual([]);
  expect(observations).toHaveLength(1);
  const runner = new DetectorRunner(detectorsOf(parseConfiguration(configuration, 'f')));
  return observations
    .flatMap((observation) => runner.run(observation))
    .filter(({ detector }) => detector === 'planted-credential');
}

const trail = (accessKeyId: string, method = 'AuthHeader'): string =>
  JSON.stringify({
    eventVersion: '1.08',
    eventTime: '2026-01-03T10:00:00Z',
    eventSource: 's3.amazonaws.com',
    eventName: 'ListBuckets',
    sourceIPAddress: user,
    userAgent: '[aws-cli/2.15]',
    userIdentity: {
      type: 'IAMUser',
      principalId: 'AIDA',
      arn: 'arn:aws:iam::111111111111:user/a',
      accountId: '111111111111',
      accessKeyId,
    },
    requestParameters: {},
    additionalEventData: { AuthenticationMethod: method },
    recipientAccountId: '111111111111',
  });

const audit = (header: Record<string, string>, query: Record<string, string> = {}): string =>
  JSON.stringify({
    version: '1',
    time: '2026-01-03T10:00:00Z',
    api: { name: 'ListBuckets', status: 'Forbidden', statusCode: 403 },
    remotehost: `${user}:40112`,
    requestID: '1',
    userAgent: 'MinIO (linux; amd64)',
    requestHeader: header,
    requestQuery: query,
  });

const s3Line = (target: string): string =>
  `79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be a-bucket [03/Jan/2026:10:00:00 +0000] ${user} - 3E57427F3EXAMPLE REST.GET.OBJECT a.txt "GET ${target} HTTP/1.1" 403 InvalidAccessKeyId 243 - 9 - "-" "curl/8" -`;

const certain = Math.log(9_900);
const suspicious = Math.log(99);

describe('a credential that a lure shows', () => {
  it('is there', () => {
    expect(keyId).toMatch(/^AKIA[A-Z2-7]{16}$/);
    expect(password).toMatch(/^[a-z2-7]{16}$/);
  });

  const credential = `${keyId}/20260103/eu-central-1/s3/aws4_request`;
  it.each<readonly [string, Reader, string, number]>([
    ['CloudTrail', eventRecords, trail(keyId), certain],
    ['a link in CloudTrail', eventRecords, trail(keyId, 'QueryString'), suspicious],
    [
      'the audit log of MinIO, by the header',
      eventRecords,
      audit({ Authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=0` }),
      certain,
    ],
    [
      'the audit log of MinIO, by a link',
      eventRecords,
      audit({}, { 'X-Amz-Credential': credential }),
      suspicious,
    ],
    [
      'the access log of S3',
      s3Access,
      s3Line(
        `/a.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${credential.replaceAll('/', '%2F')}&X-Amz-Signature=0`,
      ),
      suspicious,
    ],
    [
      'the access log of S3, version 2',
      s3Access,
      s3Line(`/a.txt?AWSAccessKeyId=${keyId}&Expires=1&Signature=0`),
      suspicious,
    ],
    [
      'an access log',
      webAccess,
      `${user} - - [03/Jan/2026:10:00:00 +0000] "GET /login?password=${password} HTTP/1.1" 200 12 "-" "curl/8"`,
      suspicious,
    ],
    [
      'a recorded request',
      httpJsonl,
      JSON.stringify({
        source: user,
        method: 'GET',
        path: '/',
        headers: [['Authorization', `Basic ${Buffer.from(`shop:${password}`).toString('base64')}`]],
        body: '',
      }),
      certain,
    ],
    [
      'a login whose name it is',
      openssh,
      `Jan  3 10:00:00 host sshd[7]: Failed password for invalid user ${password} from ${user} port 40112 ssh2`,
      certain,
    ],
  ])('is known in %s, with who was shown it', async (_name, reader, line, weight) => {
    const evidence = await evidenceOf(reader, line);
    expect(evidence).toHaveLength(1);
    expect(evidence[0]?.weight).toBeCloseTo(weight);
    expect(evidence[0]?.reason).toMatch(
      /(?:AWS access key|password) planted in a web file for 45\.33\.7\.9$/,
    );
    expect(evidence[0]?.technique).toBe('T1078');
    // Another sensor planted nothing of it, and without a seed nothing is known.
    expect(await evidenceOf(reader, line, 'sensor: { seed: another }')).toEqual([]);
    expect(await evidenceOf(reader, line, 'state: /nonexistent')).toEqual([]);
  });

  it('leaves keys alone that nobody planted', async () => {
    expect(await evidenceOf(eventRecords, trail('AKIAIOSFODNN7EXAMPLE'))).toEqual([]);
    expect(await evidenceOf(eventRecords, trail('AKIA234567ABCDEFGHIJ'))).toEqual([]);
    const changed = `${keyId.slice(0, -1)}${keyId.endsWith('A') ? 'B' : 'A'}`;
    expect(await evidenceOf(eventRecords, trail(changed))).toEqual([]);
  });

  it('makes a source suspicious once by links, however many it follows', async () => {
    const lines = Array.from({ length: 5 }, () => trail(keyId, 'QueryString')).join('\n');
    const { observations } = await readAll(eventRecords, `${lines}\n`);
    const runner = new DetectorRunner(detectorsOf(parseConfiguration(`sensor: { seed: "${seed}" }`, 'f')));
    const weights = observations
      .flatMap((observation) => runner.run(observation))
      .filter(({ detector }) => detector === 'planted-credential')
      .map(({ weight }) => weight);
    expect(weights).toEqual([suspicious]);
  });

  it('blocks its user in recorded input, by the seed that is configured or kept in the state folder', async () => {
    const text = `${trail(keyId)}\n`;
    const state = mkdtempSync(join(tmpdir(), 'picket-seed-'));
    try {
      const judged = async (configuration: string): Promise<unknown> =>
        (await analyzeText(text, { configuration })).verdicts.find(({ source }) => source === user) ?? null;
      const blocked = { classification: 'malicious', decision: { action: 'block' } };
      expect(await judged(`sensor: { seed: "${seed}" }`)).toMatchObject(blocked);
      expect(await judged(`state: ${state}`)).not.toMatchObject(blocked);
      writeFileSync(join(state, 'seed'), `${seed}\n`);
      expect(await judged(`state: ${state}`)).toMatchObject(blocked);
    } finally {
      rmSync(state, { recursive: true });
    }
  });
});
