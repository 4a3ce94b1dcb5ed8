import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { describe, expect, it } from 'vitest';
import { toolsIfPresent } from '../../../test/support/need.ts';
import { serveDecoy } from '../../../test/support/serve-decoy.ts';
import { personaWith } from '../../../test/support/talk.ts';
import { kubernetes } from './kubernetes.ts';
import { ageText } from './tables.ts';

const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'miner' },
  spec: {
    hostPID: true,
    containers: [{ name: 'a', image: 'alpine', securityContext: { privileged: true } }],
  },
};

describe('the API server before kubectl', () => {
  // Debian's package of it collides with that of Kubernetes itself, so none is installed for this.
  toolsIfPresent(['kubectl'])(
    'prints its tables, takes what is applied and runs commands by SPDY',
    async () => {
      const folder = await mkdtemp(join(tmpdir(), 'kubectl-'));
      const software = {
        kubernetes: {
          product: 'Kubernetes',
          version: 'v1.24.17',
          details: { anonymous: 'cluster-admin' },
        },
      };
      await using served = await serveDecoy(kubernetes, personaWith(software));
      const kubectl = (input: string, ...words: readonly string[]): Promise<string> =>
        new Promise((resolve) => {
          const child = execFile(
            'kubectl',
            [`--server=http://127.0.0.1:${served.port}`, ...words],
            { timeout: 20_000, env: { ...process.env, HOME: folder, KUBECONFIG: join(folder, 'none') } },
            (_error, stdout, stderr) => resolve(stdout + stderr),
          );
          child.stdin?.end(input);
        });
      try {
        await writeFile(join(folder, 'pod.json'), JSON.stringify(pod));
        expect(await kubectl('', 'get', 'nodes', '-o', 'wide')).toMatch(
          /^NAME +STATUS +ROLES +AGE +VERSION +INTERNAL-IP +EXTERNAL-IP +OS-IMAGE +KERNEL-VERSION +CONTAINER-RUNTIME\n\S+ +Ready +control-plane +\S+ +v1\.24\.17/,
        );
        expect(await kubectl('', 'apply', '-f', join(folder, 'pod.json'))).toBe('pod/miner created\n');
        expect(await kubectl('', 'get', 'pods')).toMatch(/\nminer +1\/1 +Running +0 +\d+s\n/);
        expect(await kubectl('', 'exec', 'miner', '--', 'id')).toContain('uid=0(root) gid=0(root)');
        expect(await kubectl('echo $((6*7))\n', 'exec', '-i', 'miner', '--', 'sh')).toBe('42\n');
        expect(await kubectl('', 'exec', 'miner', '--', 'false')).toContain('exit code 1');
        const commands = served.facts.flatMap((fact) => (fact.kind === 'command' ? [fact.input] : []));
        expect(commands).toEqual(expect.arrayContaining(['id', 'echo $((6*7))', 'false']));
        expect(served.facts).toContainEqual(
          expect.objectContaining({ kind: 'exploit', name: 'kubernetes-node-takeover' }),
        );
        expect(served.errors).toEqual([]);
      } finally {
        await rm(folder, { recursive: true });
      }
    },
    60_000,
  );

  it('writes ages as the server does', () => {
    const minute = 60_000;
    expect(
      [
        90_000,
        3 * minute,
        5.5 * minute,
        100 * minute,
        250 * minute,
        30 * 60 * minute,
        75 * 60 * minute,
        30 * 1440 * minute,
        800 * 1440 * minute,
      ].map((each) => ageText(each)),
    ).toEqual(['90s', '3m', '5m30s', '100m', '4h10m', '30h', '3d3h', '30d', '2y70d']);
  });
});
