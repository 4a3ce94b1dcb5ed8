/** What the controllers and the kubelet make of a new object: sets and pods, and what they tell of them. */

import type { DecoyContext } from '../../core/decoy.ts';
import { isObject, type JsonObject, listOf, textAt, valueAt } from '../../wire/json-value.ts';
import { type Cluster, clusterTime, put } from './cluster.ts';
import { uuidFrom } from './release.ts';

/** Of a workload that asks for hundreds, as many as a node of this size has started when somebody looks. */
const podsStarted = 8;
/** Names that the API makes up have no vowels and no digits that look like letters. */
const letters = 'bcdfghjklmnpqrstvwxz2456789';

/** `length` characters of a made-up name. */
export const nameSuffix = (context: DecoyContext, length: number): string =>
  Array.from(context.randomBytes(length), (byte) => letters[byte % letters.length] ?? 'b').join('');

/** What the kubelet tells of a pod that it has started: each container ready. */
function runningStatus(pod: JsonObject, context: DecoyContext, index: number): JsonObject {
  const startedAt = clusterTime(context.now());
  const containers = listOf(valueAt(pod, 'spec', 'containers')).slice(0, 16);
  return {
    phase: 'Running',
    podIP: `10.244.0.${77 + (index % 160)}`,
    hostIP: context.persona.address,
    startTime: startedAt,
    containerStatuses: containers.map((container) => ({
      name: textAt(container, 'name'),
      image: textAt(container, 'image'),
      ready: true,
      restartCount: 0,
      state: { running: { startedAt } },
    })),
  };
}

function startPod(cluster: Cluster, context: DecoyContext, pod: JsonObject): boolean {
  const index = cluster.objects.get('pods')?.size ?? 0;
  return put(cluster, 'pods', { ...pod, status: runningStatus(pod, context, index) });
}

interface Child {
  readonly name: string;
  readonly owner: JsonObject;
  readonly ownerKind: string;
  readonly ownerVersion: string;
}

/** Metadata of what a controller made, with whom it belongs to. */
function childMetadata(
  cluster: Cluster,
  context: DecoyContext,
  child: Child,
  more: JsonObject = {},
): JsonObject {
  const { name, owner, ownerKind, ownerVersion } = child;
  const namespace = textAt(owner, 'metadata', 'namespace');
  return {
    ...more,
    name,
    namespace,
    uid: uuidFrom(context.persona, `${namespace}/${name}/${cluster.revision}`),
    resourceVersion: String(cluster.revision + 1),
    creationTimestamp: clusterTime(context.now()),
    ownerReferences: [
      {
        apiVersion: ownerVersion,
        kind: ownerKind,
        name: textAt(owner, 'metadata', 'name'),
        uid: textAt(owner, 'metadata', 'uid'),
        controller: true,
        blockOwnerDeletion: true,
      },
    ],
  };
}

function startPods(
  cluster: Cluster,
  context: DecoyContext,
  child: Omit<Child, 'name'>,
  names: readonly string[],
): number {
  const { owner } = child;
  const made = valueAt(owner, 'spec', 'template', 'metadata');
  const spec = valueAt(owner, 'spec', 'template', 'spec');
  if (!isObject(spec)) return 0;
  let started = 0;
  for (const name of names) {
    const metadata = childMetadata(cluster, context, { ...child, name }, isObject(made) ? made : {});
    if (startPod(cluster, context, { metadata, spec: { ...spec, nodeName: context.persona.hostname } }))
      started += 1;
  }
  return started;
}

/** Starts what this object asks for, and tells in its status how far that came. A kind that asks for nothing is left as it is. */
export function control(cluster: Cluster, context: DecoyContext, kind: string, made: JsonObject): void {
  const name = textAt(made, 'metadata', 'name');
  const asked = valueAt(made, 'spec', kind === 'Job' ? 'parallelism' : 'replicas');
  const replicas = typeof asked === 'number' && asked >= 0 ? Math.floor(asked) : 1;
  const given = valueAt(made, 'spec');
  const isScaled = ['Deployment', 'ReplicaSet', 'StatefulSet'].includes(kind) && isObject(given);
  const object: JsonObject = isScaled ? { ...made, spec: { ...given, replicas } } : made;
  const names = (count: number, from: string): string[] =>
    Array.from({ length: Math.min(count, podsStarted) }, () => `${from}-${nameSuffix(context, 5)}`);
  switch (kind) {
    case 'Pod':
      startPod(cluster, context, object);
      return;
    case 'Deployment': {
      const set = `${name}-${nameSuffix(context, 10)}`;
      const child = { owner: object, ownerKind: 'Deployment', ownerVersion: 'apps/v1' };
      const metadata = childMetadata(cluster, context, { ...child, name: set });
      const spec = valueAt(object, 'spec');
      const replicaSet: JsonObject = { metadata, spec: isObject(spec) ? spec : {} };
      const started = startPods(
        cluster,
        context,
        { owner: replicaSet, ownerKind: 'ReplicaSet', ownerVersion: 'apps/v1' },
        names(replicas, set),
      );
      const counts = { replicas, readyReplicas: started, availableReplicas: started, observedGeneration: 1 };
      put(cluster, 'replicasets', { ...replicaSet, status: counts });
      put(cluster, 'deployments', { ...object, status: { ...counts, updatedReplicas: replicas } });
      return;
    }
    case 'ReplicaSet':
    case 'StatefulSet': {
      const listed = names(replicas, name).map((each, index) =>
        kind === 'StatefulSet' ? `${name}-${index}` : each,
      );
      const started = startPods(
        cluster,
        context,
        { owner: object, ownerKind: kind, ownerVersion: 'apps/v1' },
        listed,
      );
      const status = { replicas, readyReplicas: started, availableReplicas: started };
      put(cluster, `${kind.toLowerCase()}s`, { ...object, status });
      return;
    }
    case 'DaemonSet': {
      const child = { owner: object, ownerKind: kind, ownerVersion: 'apps/v1' };
      const started = startPods(cluster, context, child, names(1, name));
      const counts = { desiredNumberScheduled: 1, currentNumberScheduled: started, numberReady: started };
      put(cluster, 'daemonsets', {
        ...object,
        status: { ...counts, numberAvailable: started, updatedNumberScheduled: started },
      });
      return;
    }
    case 'Job': {
      const child = { owner: object, ownerKind: kind, ownerVersion: 'batch/v1' };
      const active = startPods(cluster, context, child, names(Math.max(1, replicas), name));
      put(cluster, 'jobs', { ...object, status: { active, startTime: clusterTime(context.now()) } });
      return;
    }
    default:
  }
}
