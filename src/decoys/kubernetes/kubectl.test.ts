import { Buffer } from 'node:buffer';
import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { describe, expect, it } from 'vitest';
import { toolsIfPresent } from '../../../test/support/need.ts';
import { serveDecoy, type ServedDecoy } from '../../../test/support/serve-decoy.ts';
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

interface Control {
  readonly folder: string;
  readonly served: ServedDecoy;
  readonly run: (input: string, ...words: readonly string[]) => Promise<string>;
}

/** kubectl before a cluster whose anonymous caller is its administrator, with a folder of its own. */
async function withKubectl(work: (control: Control) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'kubectl-'));
  await writeFile(join(folder, 'config'), 'apiVersion: v1\nkind: Config\n');
  const software = {
    kubernetes: { product: 'Kubernetes', version: 'v1.24.17', details: { anonymous: 'cluster-admin' } },
  };
  await using served = await serveDecoy(kubernetes, personaWith(software));
  const run = (input: string, ...words: readonly string[]): Promise<string> =>
    new Promise((resolve) => {
      const child = execFile(
        'kubectl',
        [`--server=http://127.0.0.1:${served.port}`, ...words],
        {
          timeout: 20_000,
          cwd: folder,
          env: { ...process.env, HOME: folder, KUBECONFIG: join(folder, 'config') },
        },
        (_error, stdout, stderr) => resolve(stdout + stderr),
      );
      child.stdin?.end(input);
    });
  try {
    await work({ folder, served, run });
    expect(served.errors).toEqual([]);
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe('the API server before kubectl', () => {
  // Debian's package of it collides with that of Kubernetes itself, so none is installed for this.
  const withClient = toolsIfPresent(['kubectl']);

  withClient(
    'prints its tables, takes what is applied and runs commands by SPDY',
    () =>
      withKubectl(async ({ folder, served, run: kubectl }) => {
        await writeFile(join(folder, 'pod.json'), JSON.stringify(pod));
        expect(await kubectl('', 'get', 'nodes', '-o', 'wide')).toMatch(
          /^NAME +STATUS +ROLES +AGE +VERSION +INTERNAL-IP +EXTERNAL-IP +OS-IMAGE +KERNEL-VERSION +CONTAINER-RUNTIME\n\S+ +Ready +control-plane +\S+ +v1\.24\.17/,
        );
        expect(await kubectl('', 'apply', '-f', join(folder, 'pod.json'))).toBe('pod/miner created\n');
        expect(await kubectl('', 'get', 'pods')).toMatch(/\nminer +1\/1 +Running +0 +\d+s\n/);
        expect(await kubectl('', 'exec', 'miner', '--', 'id')).toContain('uid=0(root) gid=0(root)');
        expect(await kubectl('echo $((6*7))\n', 'exec', '-i', 'miner', '--', 'sh')).toBe('42\n');
        expect(await kubectl('one\ntwo\n', 'exec', '-i', 'miner', '--', 'sort', '-r')).toBe('two\none\n');
        expect(await kubectl('', 'exec', 'miner', '--', 'false')).toContain('exit code 1');
        const commands = served.facts.flatMap((fact) => (fact.kind === 'command' ? [fact.input] : []));
        expect(commands).toEqual(expect.arrayContaining(['id', 'echo $((6*7))', 'false']));
        expect(served.facts).toContainEqual(
          expect.objectContaining({ kind: 'exploit', name: 'kubernetes-node-takeover' }),
        );
      }),
    60_000,
  );

  withClient(
    'takes what kubectl makes by itself, which is Protocol Buffers, and starts its pods',
    () =>
      withKubectl(async ({ served, run: kubectl }) => {
        const create = (...words: readonly string[]): Promise<string> => kubectl('', 'create', ...words);
        expect(
          await create(
            'deployment',
            'miner',
            '--image=alpine',
            '--replicas=2',
            '--',
            'wget',
            'http://192.0.2.1/a',
          ),
        ).toBe('deployment.apps/miner created\n');
        expect(await kubectl('', 'get', 'deployments', 'miner')).toMatch(/\nminer +2\/2 +2 +2 +\d+s\n/);
        const pods = await kubectl('', 'get', 'pods', '--no-headers');
        const names = [...pods.matchAll(/^(miner-[a-z0-9]{10}-[a-z0-9]{5}) +1\/1 +Running/gm)].map(
          (found) => found[1] ?? '',
        );
        expect(names).toHaveLength(2);
        expect(await kubectl('', 'exec', names[0] ?? '', '--', 'id')).toContain('uid=0(root)');
        expect(await create('namespace', 'attic')).toBe('namespace/attic created\n');
        expect(await create('serviceaccount', 'robot')).toBe('serviceaccount/robot created\n');
        expect(await create('secret', 'generic', 'key', '--from-literal=word=geheim')).toBe(
          'secret/key created\n',
        );
        expect(await kubectl('', 'get', 'secret', 'key', '-o', 'jsonpath={.data.word}')).toBe('Z2VoZWlt');
        expect(await create('configmap', 'settings', '--from-literal=a=b')).toBe(
          'configmap/settings created\n',
        );
        expect(await kubectl('', 'get', 'configmap', 'settings', '-o', 'jsonpath={.data.a}')).toBe('b');
        expect(await create('job', 'once', '--image=alpine', '--', 'id')).toBe('job.batch/once created\n');
        expect(
          await create(
            'clusterrolebinding',
            'all',
            '--clusterrole=cluster-admin',
            '--serviceaccount=default:robot',
          ),
        ).toBe('clusterrolebinding.rbac.authorization.k8s.io/all created\n');
        expect(
          await kubectl('', 'get', 'clusterrolebinding', 'all', '-o', 'jsonpath={.subjects[0].name}'),
        ).toBe('robot');
        expect(await create('deployment', 'miner', '--image=alpine')).toContain('already exists');
        expect(served.facts).toContainEqual(
          expect.objectContaining({ kind: 'command', urls: ['http://192.0.2.1/a'] }),
        );
      }),
    60_000,
  );

  withClient(
    'lets files be copied into a pod and out of it',
    () =>
      withKubectl(async ({ folder, served, run: kubectl }) => {
        const bytes = randomBytes(70_000);
        await writeFile(join(folder, 'payload'), bytes);
        await writeFile(join(folder, 'pod.json'), JSON.stringify(pod));
        await kubectl('', 'apply', '-f', 'pod.json');
        expect(await kubectl('', 'cp', 'payload', 'miner:/tmp/payload')).toBe('');
        const sha256 = createHash('sha256').update(bytes).digest('hex');
        expect(await kubectl('', 'exec', 'miner', '--', 'sha256sum', '/tmp/payload')).toContain(sha256);
        await kubectl('', 'cp', 'miner:/tmp/payload', 'back');
        expect(Buffer.compare(await readFile(join(folder, 'back')), bytes)).toBe(0);
        await kubectl('', 'cp', 'miner:/etc/passwd', 'passwd');
        expect(await readFile(join(folder, 'passwd'), 'utf8')).toContain('root:x:0:0');
        const captured = served.captures.map(({ bytes: each }) =>
          createHash('sha256').update(each).digest('hex'),
        );
        expect(captured).toContain(sha256);
      }),
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
