/** What somebody wants to run on the cluster: commands of its containers, and ways out of them onto the node. */

import type { DecoyContext, DecoyOutput } from '../../core/decoy.ts';
import { type JsonValue, listOf, textAt, textsOf, valueAt } from '../../wire/json-value.ts';
import { runInShell, shellLine } from '../http-service/shell-run.ts';

const containerLimit = 8;

/** The pod's part of a Pod, or of what makes pods. */
export function podSpecOf(body: JsonValue | undefined): JsonValue | undefined {
  return (
    valueAt(body, 'spec', 'jobTemplate', 'spec', 'template', 'spec') ??
    valueAt(body, 'spec', 'template', 'spec') ??
    valueAt(body, 'spec')
  );
}

/** What makes a container as good as the node that it runs on; empty for nothing. */
function escapeOf(spec: JsonValue | undefined): string {
  const folders = listOf(valueAt(spec, 'volumes'))
    .map((volume) => textAt(volume, 'hostPath', 'path'))
    .filter((path) => /^\/(?:$|etc|root|home|var|run|proc|sys|dev|boot|usr|opt)/.test(path));
  const privileged = listOf(valueAt(spec, 'containers')).some(
    (container) => valueAt(container, 'securityContext', 'privileged') === true,
  );
  const shared = ['hostPID', 'hostNetwork', 'hostIPC'].filter((name) => valueAt(spec, name) === true);
  return [
    ...(privileged ? ['privileged'] : []),
    ...folders.slice(0, 4).map((folder) => `hostPath ${folder}`),
    ...shared,
  ].join(', ');
}

/** Records a workload and runs its commands in the shell, so that what they would fetch is known. */
export function* runWorkload(
  context: DecoyContext,
  kind: string,
  body: JsonValue | undefined,
): Generator<DecoyOutput, void, undefined> {
  const spec = podSpecOf(body);
  const escape = escapeOf(spec);
  const containers = [
    ...listOf(valueAt(spec, 'initContainers')),
    ...listOf(valueAt(spec, 'containers')),
  ].slice(0, containerLimit);
  const images = containers.map((container) => textAt(container, 'image')).join(' ');
  if (escape !== '') {
    yield {
      do: 'saw',
      fact: {
        kind: 'exploit',
        service: 'kubernetes',
        class: 'rce',
        name: 'kubernetes-node-takeover',
        cves: [],
        technique: 'T1611',
        detail: `${kind} of ${images}: ${escape}`.slice(0, 512),
      },
    };
  }
  for (const container of containers) {
    const words = [...textsOf(valueAt(container, 'command')), ...textsOf(valueAt(container, 'args'))];
    if (words.length > 0) yield* runInShell(context, 'kubernetes', shellLine(words)).outputs;
  }
}
