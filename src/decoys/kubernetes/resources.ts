/** The resources that the API server knows, for discovery and for the words of its answers. */

export interface Resource {
  readonly name: string;
  readonly singular: string;
  readonly kind: string;
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
}

const resource = (
  group: string,
  version: string,
  namespaced: boolean,
  kind: string,
  shortNames: readonly string[] = [],
  plural?: string,
): Resource => ({
  name: plural ?? `${kind.toLowerCase()}s`,
  singular: kind.toLowerCase(),
  kind,
  group,
  version,
  namespaced,
  shortNames,
});

const rbac = 'rbac.authorization.k8s.io';

export const resources: readonly Resource[] = [
  resource('', 'v1', true, 'ConfigMap', ['cm']),
  resource('', 'v1', true, 'Endpoints', ['ep'], 'endpoints'),
  resource('', 'v1', true, 'Event', ['ev']),
  resource('', 'v1', false, 'Namespace', ['ns']),
  resource('', 'v1', false, 'Node', ['no']),
  resource('', 'v1', false, 'PersistentVolume', ['pv']),
  resource('', 'v1', true, 'PersistentVolumeClaim', ['pvc']),
  resource('', 'v1', true, 'Pod', ['po']),
  resource('', 'v1', true, 'ReplicationController', ['rc']),
  resource('', 'v1', true, 'Secret'),
  resource('', 'v1', true, 'ServiceAccount', ['sa']),
  resource('', 'v1', true, 'Service', ['svc']),
  resource('apps', 'v1', true, 'DaemonSet', ['ds']),
  resource('apps', 'v1', true, 'Deployment', ['deploy']),
  resource('apps', 'v1', true, 'ReplicaSet', ['rs']),
  resource('apps', 'v1', true, 'StatefulSet', ['sts']),
  resource('batch', 'v1', true, 'CronJob', ['cj']),
  resource('batch', 'v1beta1', true, 'CronJob', ['cj']),
  resource('batch', 'v1', true, 'Job'),
  resource('networking.k8s.io', 'v1', true, 'Ingress', ['ing'], 'ingresses'),
  resource(rbac, 'v1', false, 'ClusterRoleBinding'),
  resource(rbac, 'v1', false, 'ClusterRole'),
  resource(rbac, 'v1', true, 'RoleBinding'),
  resource(rbac, 'v1', true, 'Role'),
];

export const groups: readonly string[] = [...new Set(resources.map((each) => each.group))].filter(
  (group) => group !== '',
);

export const versionsOf = (group: string): string[] => [
  ...new Set(resources.filter((each) => each.group === group).map((each) => each.version)),
];

export const apiVersionOf = ({ group, version }: Pick<Resource, 'group' | 'version'>): string =>
  group === '' ? version : `${group}/${version}`;

export interface ResourcePath {
  readonly group: string;
  readonly version: string;
  readonly namespace: string;
  readonly resource: string;
  readonly name: string;
  readonly subresource: string;
}

/** `/api/v1/namespaces/default/pods/x/exec`, `/apis/apps/v1/deployments`; null where it is no such path. */
export function parseResourcePath(path: string): ResourcePath | null {
  const parts = path.split('/').filter((part) => part !== '');
  const core = parts[0] === 'api';
  if (!core && parts[0] !== 'apis') return null;
  const rest = parts.slice(core ? 2 : 3);
  if (rest.length === 0 || rest.length > 6) return null;
  const group = core ? '' : (parts[1] ?? '');
  const version = (core ? parts[1] : parts[2]) ?? '';
  const isInNamespace = rest[0] === 'namespaces' && rest.length > 2;
  const [resource = '', name = '', subresource = ''] = isInNamespace ? rest.slice(2) : rest;
  return { group, version, namespace: isInNamespace ? (rest[1] ?? '') : '', resource, name, subresource };
}
