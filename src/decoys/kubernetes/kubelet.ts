/** The kubelet of a node: its pods, and commands in their containers. */

import { Buffer } from 'node:buffer';
import type { DecoyContext, DecoyOutput } from '../../core/decoy.ts';
import { listOf, textAt, valueAt } from '../../wire/json-value.ts';
import { queryOf, valuesOf } from '../../wire/query-text.ts';
import { goError, goNotFound } from '../http-service/go-manner.ts';
import type { ServiceRequest } from '../http-service/request.ts';
import type { Answer } from '../http-service/service.ts';
import { printedBy, runInShell, shellLine } from '../http-service/shell-run.ts';
import { clusterFor } from './cluster.ts';
import { execAnswer } from './exec-stream.ts';
import { opennessOf } from './release.ts';

type Handling = Generator<DecoyOutput, Answer, undefined>;

const readOnlyPort = 10_255;

const took = (name: string, detail: string): DecoyOutput => ({
  do: 'saw',
  fact: {
    kind: 'exploit',
    service: 'kubernetes',
    class: 'rce',
    name,
    cves: [],
    technique: 'T1609',
    detail: detail.slice(0, 512),
  },
});

function metrics(context: DecoyContext): string {
  const started = context.persona.bootedAt / 1_000;
  return `# HELP kubelet_node_name [ALPHA] The node's name. The count is always 1.\n# TYPE kubelet_node_name gauge\nkubelet_node_name{node="${context.persona.hostname}"} 1\n# HELP kubelet_running_pods [ALPHA] Number of pods that have a running pod sandbox\n# TYPE kubelet_running_pods gauge\nkubelet_running_pods 5\n# HELP process_start_time_seconds Start time of the process since unix epoch in seconds.\n# TYPE process_start_time_seconds gauge\nprocess_start_time_seconds ${started.toExponential(9).replace('e+', 'e+0')}\n`;
}

export function* answerKubelet(request: ServiceRequest, context: DecoyContext): Handling {
  const { persona, source, destinationPort } = context;
  const path = request.path;
  const readOnly = destinationPort === readOnlyPort;
  if (path === '/healthz')
    return {
      status: 200,
      headers: [
        ['Content-Type', 'text/plain; charset=utf-8'],
        ['X-Content-Type-Options', 'nosniff'],
      ],
      body: 'ok',
    };
  if (!readOnly && !opennessOf(persona).kubeletIsOpen) {
    return { status: 401, headers: [['Content-Type', 'text/plain; charset=utf-8']], body: 'Unauthorized' };
  }
  const pods = [...(clusterFor(persona, source).objects.get('pods')?.values() ?? [])];
  if (path === '/pods' || path === '/pods/') {
    return {
      status: 200,
      headers: [['Content-Type', 'application/json']],
      body: JSON.stringify({ kind: 'PodList', apiVersion: 'v1', metadata: {}, items: pods }),
    };
  }
  if (path === '/metrics' || path.startsWith('/metrics/'))
    return {
      status: 200,
      headers: [['Content-Type', 'text/plain; version=0.0.4; charset=utf-8']],
      body: metrics(context),
    };
  if (path === '/stats/summary') {
    const node = {
      nodeName: persona.hostname,
      startTime: new Date(persona.bootedAt).toISOString(),
      memory: { availableBytes: persona.memoryKilobytes * 400 },
    };
    return {
      status: 200,
      headers: [['Content-Type', 'application/json']],
      body: JSON.stringify({ node, pods: [] }, null, 1),
    };
  }
  if (path === '/spec' || path === '/spec/') {
    return {
      status: 200,
      headers: [['Content-Type', 'application/json']],
      body: JSON.stringify(
        { num_cores: persona.cpu.count, memory_capacity: persona.memoryKilobytes * 1_024, machine_id: '' },
        null,
        1,
      ),
    };
  }
  if (readOnly) return goNotFound;
  if (path === '/runningpods/' || path === '/runningpods') {
    const running = pods.map((pod) => ({
      metadata: {
        name: textAt(pod, 'metadata', 'name'),
        namespace: textAt(pod, 'metadata', 'namespace'),
        uid: textAt(pod, 'metadata', 'uid'),
        creationTimestamp: null,
      },
      spec: {
        containers: listOf(valueAt(pod, 'spec', 'containers')).map((container) => ({
          name: textAt(container, 'name'),
          image: textAt(container, 'image'),
          resources: {},
        })),
      },
      status: {},
    }));
    return {
      status: 200,
      headers: [['Content-Type', 'application/json']],
      body: JSON.stringify({ kind: 'PodList', apiVersion: 'v1', metadata: {}, items: running }),
    };
  }
  const [, action = '', namespace = '', pod = '', ...rest] = path.split('/');
  const container = rest.at(-1) ?? '';
  if (!['run', 'exec', 'attach', 'containerLogs', 'portForward'].includes(action) || pod === '')
    return goNotFound;
  const found = pods.find(
    (each) => textAt(each, 'metadata', 'name') === pod && textAt(each, 'metadata', 'namespace') === namespace,
  );
  if (found === undefined) return goError(404, `pod does not exist`);
  const names = listOf(valueAt(found, 'spec', 'containers')).map((each) => textAt(each, 'name'));
  if (action === 'run')
    return yield* run(request, context, `${namespace}/${pod}/${container}`, names.includes(container));
  if (action === 'containerLogs') return { status: 200, headers: [['Content-Type', 'text/plain']], body: '' };
  if (action === 'portForward') return goError(400, 'unable to upgrade: missing upgrade headers in request');
  const words = valuesOf(request.rawQuery, 'command').slice(0, 256);
  yield took('kubelet-exec', `${namespace}/${pod}: ${words.join(' ')}`);
  const answer = execAnswer(request, context, words);
  if (answer !== null) return answer;
  yield {
    do: 'saw',
    fact: { kind: 'command', service: 'kubernetes', input: shellLine(words).slice(0, 16_384) },
  };
  return goError(400, 'you must specify at least 1 of stdin, stdout, stderr');
}

/** `POST /run/namespace/pod/container` with `cmd=` in the form or the query: split at spaces, not by a shell. */
function* run(request: ServiceRequest, context: DecoyContext, place: string, exists: boolean): Handling {
  if (request.method !== 'POST')
    return { status: 405, headers: [['Content-Type', 'text/plain']], body: '405: Method Not Allowed' };
  const command = queryOf(request.body).get('cmd') ?? request.parameter('cmd');
  yield took('kubelet-run', `${place}: ${command}`);
  if (!exists) return goError(404, 'container not found');
  const line = shellLine(command.split(' ').filter((word) => word !== ''));
  const isScript = /^(?:\/bin\/)?(?:ba|da|a)?sh -c /.test(command);
  const result = runInShell(context, 'kubernetes', isScript ? command : line);
  yield* result.outputs;
  const printed = printedBy(result);
  const body = Buffer.from(
    result.status === 0 ? printed : `${printed}command '${command}' exited with ${result.status}: `,
    'latin1',
  );
  return {
    status: 200,
    headers: result.status === 0 ? [] : [['Content-Type', 'text/plain']],
    body: new Uint8Array(body),
  };
}
