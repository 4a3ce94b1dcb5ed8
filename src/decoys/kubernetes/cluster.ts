/** The objects of the cluster as one source finds them, with what it has made itself. Bounded. */

import { Buffer } from 'node:buffer';
import type { Persona } from '../../core/persona.ts';
import { below } from '../../core/random.ts';
import { type JsonObject, type JsonValue, textAt } from '../../wire/json-value.ts';
import { plantedAwsKey, plantedJwt, plantedPassword } from '../../wire/planted-credential.ts';
import { releaseOf, uuidFrom } from './release.ts';
import { Visitors } from '../visitors.ts';

const sourceLimit = 128;
const objectLimit = 200;
/** Characters of JSON that one source's cluster may hold. */
const sizeLimit = 1_048_576;

export interface Cluster {
  /** By resource (`pods`), then `namespace/name`. */
  readonly objects: Map<string, Map<string, JsonObject>>;
  revision: number;
  size: number;
}

const clusters = new Visitors<Cluster>(sourceLimit);

export function clusterFor(persona: Persona, source: string): Cluster {
  return clusters.of(persona, source, () => installed(persona, source));
}

const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');
export const clusterTime = (at: number): string => `${new Date(at).toISOString().slice(0, 19)}Z`;

/** A service account's token, for this source alone. */
export function serviceAccountToken(persona: Persona, source: string): string {
  return plantedJwt(
    persona,
    'a service account',
    source,
    { alg: 'RS256', kid: uuidFrom(persona, 'signer').replaceAll('-', '') },
    {
      iss: 'kubernetes/serviceaccount',
      'kubernetes.io/serviceaccount/namespace': 'kube-system',
      'kubernetes.io/serviceaccount/secret.name': 'deployer-token-x7k2p',
      'kubernetes.io/serviceaccount/service-account.name': 'deployer',
      'kubernetes.io/serviceaccount/service-account.uid': uuidFrom(persona, 'deployer'),
      sub: 'system:serviceaccount:kube-system:deployer',
    },
  );
}

export function put(cluster: Cluster, resource: string, object: JsonObject): boolean {
  const key = `${textAt(object, 'metadata', 'namespace')}/${textAt(object, 'metadata', 'name')}`;
  const all = cluster.objects.get(resource) ?? new Map<string, JsonObject>();
  if (!all.has(key) && all.size >= objectLimit) return false;
  const size = JSON.stringify(object).length;
  if (cluster.size + size > sizeLimit) return false;
  cluster.size += size;
  cluster.revision += 1;
  all.set(key, object);
  cluster.objects.set(resource, all);
  return true;
}

interface App {
  readonly name: string;
  readonly namespace: string;
  readonly image: string;
}

function installed(persona: Persona, source: string): Cluster {
  const random = persona.random('kubernetes cluster');
  const created = persona.bootedAt - 86_400_000 * (30 + below(random, 300));
  const cluster: Cluster = { objects: new Map(), revision: 1_000_000 + below(random, 8_000_000), size: 0 };
  const meta = (
    name: string,
    namespace: string | null,
    more: Record<string, JsonValue> = {},
  ): JsonObject => ({
    name,
    ...(namespace === null ? {} : { namespace }),
    uid: uuidFrom(persona, `${namespace ?? ''}/${name}`),
    resourceVersion: String(cluster.revision - below(random, 90_000)),
    creationTimestamp: clusterTime(created),
    ...more,
  });
  for (const name of ['default', 'kube-node-lease', 'kube-public', 'kube-system', 'production']) {
    put(cluster, 'namespaces', {
      metadata: meta(name, null, { labels: { 'kubernetes.io/metadata.name': name } }),
      spec: { finalizers: ['kubernetes'] },
      status: { phase: 'Active' },
    });
  }
  const { version } = releaseOf(persona);
  put(cluster, 'nodes', {
    metadata: meta(persona.hostname, null, {
      labels: { 'kubernetes.io/hostname': persona.hostname, 'kubernetes.io/os': 'linux' },
    }),
    spec: { podCIDR: '10.244.0.0/24' },
    status: {
      capacity: { cpu: String(persona.cpu.count), memory: `${persona.memoryKilobytes}Ki`, pods: '110' },
      addresses: [
        { type: 'InternalIP', address: persona.address },
        { type: 'Hostname', address: persona.hostname },
      ],
      conditions: [
        { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' },
      ],
      nodeInfo: {
        kernelVersion: persona.kernel.release,
        osImage: /^PRETTY_NAME="?([^"\n]{1,100})/m.exec(persona.osRelease)?.[1] ?? 'Linux',
        containerRuntimeVersion: 'containerd://1.6.20',
        kubeletVersion: version,
        kubeProxyVersion: version,
        operatingSystem: 'linux',
        architecture: 'amd64',
      },
    },
  });
  const apps: readonly App[] = [
    { name: 'api', namespace: 'production', image: 'registry.local/api:2.4.1' },
    { name: 'postgres', namespace: 'production', image: 'postgres:13' },
    { name: 'web', namespace: 'default', image: 'nginx:1.21-alpine' },
    {
      name: 'coredns',
      namespace: 'kube-system',
      image: `registry.k8s.io/coredns/coredns:v1.${8 + below(random, 3)}.0`,
    },
    { name: 'kube-proxy', namespace: 'kube-system', image: `registry.k8s.io/kube-proxy:${version}` },
  ];
  const letters = 'bcdfghjklmnpqrstvwxz2456789';
  const suffix = (length: number): string =>
    Array.from({ length }, () => letters[below(random, letters.length)]).join('');
  for (const [index, app] of apps.entries()) {
    const labels = { app: app.name };
    put(cluster, 'pods', {
      metadata: meta(
        `${app.name}-${app.name === 'kube-proxy' ? '' : `${suffix(9)}-`}${suffix(5)}`,
        app.namespace,
        { labels },
      ),
      spec: {
        containers: [{ name: app.name, image: app.image, resources: {}, imagePullPolicy: 'IfNotPresent' }],
        nodeName: persona.hostname,
        restartPolicy: 'Always',
        serviceAccountName: 'default',
      },
      status: {
        phase: 'Running',
        hostIP: persona.address,
        podIP: `10.244.0.${4 + index}`,
        startTime: clusterTime(persona.bootedAt + 60_000),
        containerStatuses: [
          {
            name: app.name,
            ready: true,
            restartCount: below(random, 6),
            image: app.image,
            state: { running: { startedAt: clusterTime(persona.bootedAt + 70_000) } },
          },
        ],
      },
    });
    if (app.name !== 'kube-proxy') {
      put(cluster, 'deployments', {
        metadata: meta(app.name, app.namespace, { labels }),
        spec: {
          replicas: 1,
          selector: { matchLabels: labels },
          template: { metadata: { labels }, spec: { containers: [{ name: app.name, image: app.image }] } },
        },
        status: { replicas: 1, readyReplicas: 1, availableReplicas: 1 },
      });
    }
  }
  put(cluster, 'services', {
    metadata: meta('kubernetes', 'default'),
    spec: {
      clusterIP: '10.96.0.1',
      ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: 6443 }],
      type: 'ClusterIP',
    },
    status: { loadBalancer: {} },
  });
  const key = plantedAwsKey(persona, 'a Kubernetes secret', source);
  const password = plantedPassword(persona, 'a Kubernetes secret', source);
  const secret = (name: string, namespace: string, type: string, data: Record<string, string>): boolean =>
    put(cluster, 'secrets', {
      metadata: meta(name, namespace),
      data: Object.fromEntries(Object.entries(data).map(([field, value]) => [field, base64(value)])),
      type,
    });
  secret('postgres-credentials', 'production', 'Opaque', {
    username: 'app',
    password,
    url: `postgres://app:${password}@postgres.production:5432/app`,
  });
  secret('aws-backup', 'production', 'Opaque', {
    AWS_ACCESS_KEY_ID: key.accessKeyId,
    AWS_SECRET_ACCESS_KEY: key.secretAccessKey,
  });
  secret('deployer-token-x7k2p', 'kube-system', 'kubernetes.io/service-account-token', {
    namespace: 'kube-system',
    token: serviceAccountToken(persona, source),
    'ca.crt': persona.tls?.certificate ?? '',
  });
  for (const [name, namespace] of [
    ['default', 'default'],
    ['default', 'production'],
    ['default', 'kube-system'],
    ['deployer', 'kube-system'],
  ] as const) {
    put(cluster, 'serviceaccounts', { metadata: meta(name, namespace) });
  }
  put(cluster, 'configmaps', {
    metadata: meta('kubeadm-config', 'kube-system'),
    data: {
      ClusterConfiguration: `apiVersion: kubeadm.k8s.io/v1beta3\nkind: ClusterConfiguration\nkubernetesVersion: ${version}\n`,
    },
  });
  put(cluster, 'clusterrolebindings', {
    metadata: meta('deployer-admin', null),
    subjects: [{ kind: 'ServiceAccount', name: 'deployer', namespace: 'kube-system' }],
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
  });
  return cluster;
}
