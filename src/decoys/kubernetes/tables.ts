/** Objects as `kubectl get` wants them printed: `as=Table` in Accept (Kubernetes API concepts, "Receiving resources as Tables"). */

import { isObject, type JsonObject, type JsonValue, listOf, textAt, valueAt } from '../../wire/json-value.ts';
import { apiVersionOf, type Resource } from './resources.ts';

type Cell = string | number;
/** A column with an asterisk behind its name is shown for `-o wide` alone. */
type Column = readonly [name: string, cell: (object: JsonObject, now: number) => Cell];

const second = 1_000;

/** An age as the server writes it: the shorter the more exact. */
export function ageText(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / second);
  const [minutes, hours] = [Math.floor(seconds / 60), Math.floor(seconds / 3600)];
  const with2 = (whole: number, unit: string, part: number, of: string): string =>
    part === 0 ? `${whole}${unit}` : `${whole}${unit}${part}${of}`;
  if (seconds < 0) return '0s';
  if (seconds < 120) return `${seconds}s`;
  if (minutes < 10) return with2(minutes, 'm', seconds % 60, 's');
  if (minutes < 180) return `${minutes}m`;
  if (hours < 8) return with2(hours, 'h', minutes % 60, 'm');
  if (hours < 48) return `${hours}h`;
  if (hours < 192) return with2(Math.floor(hours / 24), 'd', hours % 24, 'h');
  const days = Math.floor(hours / 24);
  if (days < 730) return `${days}d`;
  return days < 2_920 ? with2(Math.floor(days / 365), 'y', days % 365, 'd') : `${Math.floor(days / 365)}y`;
}

const none = '<none>';
const at =
  (...path: readonly (string | number)[]) =>
  (object: JsonObject): Cell => {
    const value = valueAt(object, ...path);
    return typeof value === 'string' || typeof value === 'number' ? value : none;
  };
const count =
  (...path: readonly string[]) =>
  (object: JsonObject): Cell => {
    const value = valueAt(object, ...path);
    return typeof value === 'number' ? value : 0;
  };
const sizeOf = (value: JsonValue | undefined): number => (isObject(value) ? Object.keys(value).length : 0);
const pairs = (value: JsonValue | undefined): string =>
  isObject(value) && sizeOf(value) > 0
    ? Object.entries(value)
        .map(([name, held]) => `${name}=${typeof held === 'string' ? held : ''}`)
        .join(',')
    : none;

const created = (object: JsonObject): number => Date.parse(textAt(object, 'metadata', 'creationTimestamp'));
const name: Column = ['Name', at('metadata', 'name')];
const age: Column = [
  'Age',
  (object, now) => (Number.isNaN(created(object)) ? '<unknown>' : ageText(now - created(object))),
];

const containersOf = (object: JsonObject): readonly JsonValue[] =>
  listOf(valueAt(object, 'spec', 'containers'));
const statusesOf = (object: JsonObject): readonly JsonValue[] =>
  listOf(valueAt(object, 'status', 'containerStatuses'));
const templated = (object: JsonObject, field: string): string =>
  listOf(valueAt(object, 'spec', 'template', 'spec', 'containers'))
    .map((container) => textAt(container, field))
    .join(',');

const ofTemplate: readonly Column[] = [
  ['Containers*', (object) => templated(object, 'name')],
  ['Images*', (object) => templated(object, 'image')],
  ['Selector*', (object) => pairs(valueAt(object, 'spec', 'selector', 'matchLabels'))],
];

const columns: Readonly<Record<string, readonly Column[]>> = {
  pods: [
    name,
    [
      'Ready',
      (pod) =>
        `${statusesOf(pod).filter((status) => valueAt(status, 'ready') === true).length}/${containersOf(pod).length}`,
    ],
    ['Status', at('status', 'phase')],
    [
      'Restarts',
      (pod) =>
        String(
          statusesOf(pod).reduce<number>((sum, status) => {
            const restarts = valueAt(status, 'restartCount');
            return sum + (typeof restarts === 'number' ? restarts : 0);
          }, 0),
        ),
    ],
    age,
    ['IP*', at('status', 'podIP')],
    ['Node*', at('spec', 'nodeName')],
    ['Nominated Node*', () => none],
    ['Readiness Gates*', () => none],
  ],
  nodes: [
    name,
    ['Status', () => 'Ready'],
    ['Roles', () => 'control-plane'],
    age,
    ['Version', at('status', 'nodeInfo', 'kubeletVersion')],
    ['Internal-IP*', at('status', 'addresses', 0, 'address')],
    ['External-IP*', () => none],
    ['OS-Image*', at('status', 'nodeInfo', 'osImage')],
    ['Kernel-Version*', at('status', 'nodeInfo', 'kernelVersion')],
    ['Container-Runtime*', at('status', 'nodeInfo', 'containerRuntimeVersion')],
  ],
  namespaces: [name, ['Status', at('status', 'phase')], age],
  secrets: [name, ['Type', at('type')], ['Data', (secret) => sizeOf(secret['data'])], age],
  configmaps: [name, ['Data', (map) => sizeOf(map['data'])], age],
  serviceaccounts: [name, ['Secrets', (account) => listOf(account['secrets']).length], age],
  services: [
    name,
    ['Type', at('spec', 'type')],
    ['Cluster-IP', at('spec', 'clusterIP')],
    ['External-IP', () => none],
    [
      'Port(s)',
      (service) =>
        listOf(valueAt(service, 'spec', 'ports'))
          .map((port) => `${at('port')(isObject(port) ? port : {})}/${textAt(port, 'protocol') || 'TCP'}`)
          .join(','),
    ],
    age,
    ['Selector*', (service) => pairs(valueAt(service, 'spec', 'selector'))],
  ],
  deployments: [
    name,
    [
      'Ready',
      (deployment) =>
        `${count('status', 'readyReplicas')(deployment)}/${count('spec', 'replicas')(deployment)}`,
    ],
    ['Up-to-date', count('status', 'replicas')],
    ['Available', count('status', 'availableReplicas')],
    age,
    ...ofTemplate,
  ],
  replicasets: [
    name,
    ['Desired', count('spec', 'replicas')],
    ['Current', count('status', 'replicas')],
    ['Ready', count('status', 'readyReplicas')],
    age,
    ...ofTemplate,
  ],
  daemonsets: [
    name,
    ['Desired', count('status', 'desiredNumberScheduled')],
    ['Current', count('status', 'currentNumberScheduled')],
    ['Ready', count('status', 'numberReady')],
    ['Up-to-date', count('status', 'updatedNumberScheduled')],
    ['Available', count('status', 'numberAvailable')],
    ['Node Selector', (set) => pairs(valueAt(set, 'spec', 'template', 'spec', 'nodeSelector'))],
    age,
    ...ofTemplate,
  ],
  statefulsets: [
    name,
    ['Ready', (set) => `${count('status', 'readyReplicas')(set)}/${count('spec', 'replicas')(set)}`],
    age,
    ...ofTemplate.slice(0, 2),
  ],
  jobs: [
    name,
    ['Completions', () => '0/1'],
    ['Duration', (job, now) => age[1](job, now)],
    age,
    ...ofTemplate,
  ],
  cronjobs: [
    name,
    ['Schedule', at('spec', 'schedule')],
    ['Suspend', () => 'False'],
    ['Active', () => 0],
    ['Last Schedule', () => none],
    age,
  ],
  clusterrolebindings: [
    name,
    ['Role', (binding) => `${textAt(binding, 'roleRef', 'kind')}/${textAt(binding, 'roleRef', 'name')}`],
    age,
  ],
  rolebindings: [
    name,
    ['Role', (binding) => `${textAt(binding, 'roleRef', 'kind')}/${textAt(binding, 'roleRef', 'name')}`],
    age,
  ],
};

const plain: readonly Column[] = [
  name,
  ['Created At', (object) => textAt(object, 'metadata', 'creationTimestamp')],
];

export const wantsTable = (accept: string): boolean =>
  /(?:^|[;,])\s{0,4}as=Table/.test(accept.slice(0, 1_024));

export function tableOf(
  resource: Resource,
  objects: readonly JsonObject[],
  now: number,
  include: string,
  revision?: number,
): object {
  const shown = columns[resource.name] ?? plain;
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: revision === undefined ? {} : { resourceVersion: String(revision) },
    columnDefinitions: shown.map(([title]) => ({
      name: title.replace(/\*$/, ''),
      type: ['Data', 'Secrets', 'Desired', 'Current', 'Up-to-date', 'Available', 'Active'].includes(title)
        ? 'integer'
        : 'string',
      format: title === 'Name' ? 'name' : '',
      description: '',
      priority: title.endsWith('*') ? 1 : 0,
    })),
    rows: objects.map((object) => ({
      cells: shown.map(([, cell]) => cell(object, now)),
      ...(include === 'None'
        ? {}
        : {
            object:
              include === 'Object'
                ? { kind: resource.kind, apiVersion: apiVersionOf(resource), ...object }
                : {
                    kind: 'PartialObjectMetadata',
                    apiVersion: 'meta.k8s.io/v1',
                    metadata: object['metadata'] ?? {},
                  },
          }),
    })),
  };
}
