/** What the API server tells of itself: its version, its health, its groups and resources. */

import type { DecoyContext } from '../../core/decoy.ts';
import type { ServiceRequest } from '../http-service/request.ts';
import type { Answer } from '../http-service/service.ts';
import { openApiDocument } from './open-api.ts';
import { releaseOf } from './release.ts';
import { apiVersionOf, groups, resources, versionsOf } from './resources.ts';
import { json } from './status.ts';

export function discover(request: ServiceRequest, context: DecoyContext, path: string): Answer {
  const { persona } = context;
  const release = releaseOf(persona);
  const [, major = '1', minor = '24'] = /^v(\d+)\.(\d+)/.exec(release.version) ?? [];
  switch (path) {
    case '/version':
      return {
        status: 200,
        headers: [['Content-Type', 'application/json']],
        body: JSON.stringify(
          {
            major,
            minor,
            gitVersion: release.version,
            gitCommit: release.commit,
            gitTreeState: 'clean',
            buildDate: release.built,
            goVersion: release.go,
            compiler: 'gc',
            platform: 'linux/amd64',
          },
          null,
          2,
        ),
      };
    case '/healthz':
    case '/livez':
    case '/readyz':
      return {
        status: 200,
        headers: [
          ['Content-Type', 'text/plain; charset=utf-8'],
          ['X-Content-Type-Options', 'nosniff'],
        ],
        body: 'ok',
      };
    case '/':
      return json(request, 200, {
        paths: [
          '/.well-known/openid-configuration',
          '/api',
          '/api/v1',
          '/apis',
          ...groups.flatMap((group) => [
            `/apis/${group}`,
            ...versionsOf(group).map((version) => `/apis/${group}/${version}`),
          ]),
          '/healthz',
          '/livez',
          '/metrics',
          '/openapi/v2',
          '/readyz',
          '/version',
        ],
      });
    case '/openapi/v2':
      // The document for people has thirty thousand lines; only that for programs is here.
      if (!request.header('accept').includes('proto-openapi.spec.v2')) break;
      return {
        status: 200,
        headers: [
          ['Content-Type', 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf'],
          ['Vary', 'Accept-Encoding'],
        ],
        body: openApiDocument(release.version, Number(minor)),
      };
    case '/api':
      return json(request, 200, {
        kind: 'APIVersions',
        versions: ['v1'],
        serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: `${persona.address}:6443` }],
      });
    case '/apis':
      return json(request, 200, {
        kind: 'APIGroupList',
        apiVersion: 'v1',
        groups: groups.map((group) => groupView(group)),
      });
    default:
  }
  const [, kind = '', first = '', second = '', ...more] = path.split('/');
  if (more.length === 0 && kind === 'apis' && groups.includes(first)) {
    if (second === '') return json(request, 200, { kind: 'APIGroup', apiVersion: 'v1', ...groupView(first) });
    if (versionsOf(first).includes(second)) return resourceList(request, first, second);
  }
  if (kind === 'api' && first === 'v1' && second === '') return resourceList(request, '', 'v1');
  return {
    status: 404,
    headers: [
      ['Content-Type', 'text/plain; charset=utf-8'],
      ['X-Content-Type-Options', 'nosniff'],
    ],
    body: '404 page not found\n',
  };
}

const groupView = (group: string): object => {
  const versions = versionsOf(group).map((version) => ({ groupVersion: `${group}/${version}`, version }));
  return { name: group, versions, preferredVersion: versions[0] };
};

const verbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

/** What `kubectl get all` gets. */
const inAll = new Set(
  'pods replicationcontrollers services daemonsets deployments replicasets statefulsets cronjobs jobs'.split(
    ' ',
  ),
);

function resourceList(request: ServiceRequest, group: string, version: string): Answer {
  const listed = resources.filter((each) => each.group === group && each.version === version);
  return json(request, 200, {
    kind: 'APIResourceList',
    ...(group === '' ? {} : { apiVersion: 'v1' }),
    groupVersion: apiVersionOf({ group, version }),
    resources: listed.map(({ name, namespaced, kind, shortNames }) => ({
      name,
      singularName: '',
      namespaced,
      kind,
      verbs,
      shortNames: shortNames.length > 0 ? shortNames : undefined,
      categories: inAll.has(name) ? ['all'] : undefined,
    })),
  });
}
