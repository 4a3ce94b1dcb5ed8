import { describe, expect, it } from 'vitest';
import { judged, readAll } from '../../test/support/read-input.ts';
import { openssh } from '../telemetry/openssh.ts';
import { credentialGuessing } from './credential-guessing.ts';

const suspicious = Math.log(99);
const malicious = Math.log(9900);
const source = '203.0.113.9';

/** sshd's lines, ten seconds apart, each [process, message]. */
async function score(
  lines: readonly (readonly [number, string])[],
): Promise<{ score: number; behaviors: string[] }> {
  const text = lines.map(
    ([pid, message], index) =>
      `2025-06-01T10:${String(Math.floor(index / 6)).padStart(2, '0')}:${index % 6}0Z host sshd[${pid}]: ${message}`,
  );
  const { observations, damaged } = await readAll(openssh, text.join('\n'));
  expect(damaged).toEqual([]);
  const held = judged(observations, [credentialGuessing]).get(source);
  return { score: held?.score ?? 0, behaviors: [...(held?.behaviors ?? [])] };
}

const failed = (user: string, port = 4000): string =>
  `Failed password for ${user} from ${source} port ${port} ssh2`;

describe('credential guessing', () => {
  it('leaves a person who mistypes three times and gets in far below suspicious', async () => {
    const three = [1, 1, 1].map((pid) => [pid, failed('alice')] as const);
    expect((await score(three)).score).toBeLessThan(suspicious);
    const { score: after } = await score([
      ...three,
      [1, `Accepted password for alice from ${source} port 4000 ssh2`],
    ]);
    expect(after).toBeCloseTo(0);
  });

  it('leaves an agent that offers ten keys unblamed', async () => {
    const offers = Array.from(
      { length: 10 },
      () => [1, `Failed publickey for git from ${source} port 9 ssh2: RSA SHA256:abc`] as const,
    );
    expect((await score(offers)).score).toBe(0);
  });

  it('leaves a port monitor unblamed', async () => {
    const probes = Array.from(
      { length: 50 },
      (_, pid) => [pid, `Connection closed by ${source} port ${pid + 1}`] as const,
    );
    expect((await score(probes)).score).toBe(0);
  });

  it('says in its reason what there was until then, also when it is asked later', async () => {
    const line = (pid: number, user: string): string =>
      `2025-06-01T10:00:0${pid}Z host sshd[${pid}]: Invalid user ${user} from ${source} port 9`;
    const { observations } = await readAll(openssh, [line(1, 'a'), line(2, 'b')].join('\n'));
    let state = credentialGuessing.initial();
    const evidence = observations.flatMap((each) => {
      const step = credentialGuessing.step(state, each);
      ({ state } = step);
      return step.evidence;
    });
    expect(evidence.map(({ reason }) => reason)).toEqual([
      'login of a user that does not exist at ssh as "a": 1 failure, 1 user',
      'login of a user that does not exist at ssh as "b": 2 failures, 2 users',
    ]);
  });

  it('finds six failures of one user malicious', async () => {
    const { score: held, behaviors } = await score([1, 2, 3, 4, 5, 6].map((pid) => [pid, failed('root')]));
    expect(held).toBeGreaterThan(malicious);
    expect(behaviors).toEqual(['bruteforce:ssh']);
  });

  it('finds a spray over many users, and a guess that succeeds does not excuse it', async () => {
    const spray = ['ann', 'bob', 'cid', 'dot', 'eve', 'fay'].map((user, pid) => [pid, failed(user)] as const);
    const { score: held, behaviors } = await score([
      ...spray,
      [9, `Accepted password for gus from ${source} port 4000 ssh2`],
    ]);
    expect(held).toBeGreaterThan(malicious);
    expect(behaviors).toContain('spray:ssh');
  });

  it('counts the lines that sshd writes about one attempt once', async () => {
    const one = await score([[1, `Invalid user zed from ${source} port 5`]]);
    const same = await score([
      [1, `Invalid user zed from ${source} port 5`],
      [1, `Failed password for invalid user zed from ${source} port 5 ssh2`],
      [1, `Received disconnect from ${source} port 5:11: Bye Bye [preauth]`],
      [1, `Disconnected from invalid user zed ${source} port 5 [preauth]`],
    ]);
    expect(same.score).toBeCloseTo(one.score);
  });
});
