/** The API server: who asks, whether they may, discovery, and the objects. */

import { Buffer } from 'node:buffer';
import type { DecoyContext, DecoyOutput } from '../../core/decoy.ts';
import { isObject, type JsonObject, type JsonValue, textAt, valueAt } from '../../wire/json-value.ts';
import { recognisePlanted } from '../../wire/planted-credential.ts';
import { valuesOf } from '../../wire/query-text.ts';
import type { ServiceRequest } from '../http-service/request.ts';
import type { Answer } from '../http-service/service.ts';
import { shellLine } from '../http-service/shell-run.ts';
import { type Cluster, clusterFor, clusterTime, put } from './cluster.ts';
import { control, nameSuffix } from './controllers.ts';
import { discover } from './discovery.ts';
import { execAnswer } from './exec-stream.ts';
import { protobufType, readProtobufObject } from './protobuf-object.ts';
import { opennessOf, uuidFrom } from './release.ts';
import { apiVersionOf, parseResourcePath, type Resource, type ResourcePath, resources } from './resources.ts';
import { failure, json } from './status.ts';
import { tableOf, wantsTable } from './tables.ts';
import { runWorkload } from './workload.ts';

type Handling = Generator<DecoyOutput, Answer, undefined>;

interface Call {
  readonly request: ServiceRequest;
  readonly context: DecoyContext;
  readonly cluster: Cluster;
  readonly user: string;
  readonly isAdmin: boolean;
}

/** What a fresh cluster tells everybody (the binding `system:public-info-viewer`). */
const publicPaths = /^\/(?:healthz|livez|readyz|version)(?:\/|$)/;

export function* answerApiServer(request: ServiceRequest, context: DecoyContext): Handling {
  const { persona, source } = context;
  const token = /^Bearer (\S{1,8192})$/i.exec(request.header('authorization'))?.[1];
  const planted = token !== undefined && recognisePlanted(persona, token).length > 0;
  if (token !== undefined) {
    yield {
      do: 'saw',
      fact: {
        kind: 'auth',
        service: 'kubernetes',
        user: planted ? 'system:serviceaccount:kube-system:deployer' : '',
        password: token.slice(0, 1_024),
        method: 'other',
        accepted: planted,
      },
    };
    if (!planted) return failure(request, 401, 'Unauthorized', 'Unauthorized');
  } else if (request.header('authorization') !== '')
    return failure(request, 401, 'Unauthorized', 'Unauthorized');
  const upgrades = request.header('upgrade') !== '';
  if (upgrades && /^\/apis\/[\w.-]{1,128}\//.test(request.path) && !request.path.includes('/exec')) {
    yield {
      do: 'saw',
      fact: {
        kind: 'exploit',
        service: 'kubernetes',
        class: 'auth-bypass',
        name: 'kubernetes-upgrade-through-aggregation',
        cves: ['CVE-2018-1002105'],
        technique: 'T1068',
        detail: request.target.slice(0, 512),
      },
    };
  }
  const call: Call = {
    request,
    context,
    cluster: clusterFor(persona, source),
    user: planted ? 'system:serviceaccount:kube-system:deployer' : 'system:anonymous',
    isAdmin: planted || opennessOf(persona).anonymousIsAdmin,
  };
  const path = request.path.length > 1 ? request.path.replace(/\/+$/, '') : '/';
  const named = parseResourcePath(path);
  if (named !== null) return yield* object(call, named);
  if (!call.isAdmin && !publicPaths.test(path)) {
    const verb =
      { GET: 'get', HEAD: 'get', POST: 'post', PUT: 'put', PATCH: 'patch', DELETE: 'delete' }[
        request.method
      ] ?? 'get';
    return failure(
      request,
      403,
      'Forbidden',
      `forbidden: User "${call.user}" cannot ${verb} path ${JSON.stringify(path)}`,
      {},
      [['X-Content-Type-Options', 'nosniff']],
    );
  }
  return discover(request, context, path);
}

/** The object that a request brings, as JSON has it; null for one in Protocol Buffers of a kind that is not known. */
const objectOf = (request: ServiceRequest): JsonValue | undefined =>
  request.header('content-type').startsWith(protobufType)
    ? readProtobufObject(Buffer.from(request.body, 'latin1'))
    : request.json;

function verbOf(method: string, name: string): string {
  if (method === 'GET' || method === 'HEAD') return name === '' ? 'list' : 'get';
  if (method === 'DELETE') return name === '' ? 'deletecollection' : 'delete';
  return { POST: 'create', PUT: 'update', PATCH: 'patch' }[method] ?? method.toLowerCase();
}

function* object(call: Call, named: ResourcePath): Handling {
  const { request, context, cluster } = call;
  const full = named.subresource === '' ? named.resource : `${named.resource}/${named.subresource}`;
  const resource = resources.find(
    (each) => each.name === named.resource && each.group === named.group && each.version === named.version,
  );
  if (!call.isAdmin) {
    const place =
      named.namespace === '' ? 'at the cluster scope' : `in the namespace ${JSON.stringify(named.namespace)}`;
    const subject = named.name === '' ? named.resource : `${named.resource} ${JSON.stringify(named.name)}`;
    return failure(
      request,
      403,
      'Forbidden',
      `${subject} is forbidden: User "${call.user}" cannot ${verbOf(request.method, named.name)} resource ${JSON.stringify(full)} in API group ${JSON.stringify(named.group)} ${place}`,
      {
        ...(named.name === '' ? {} : { name: named.name }),
        ...(named.group === '' ? {} : { group: named.group }),
        kind: named.resource,
      },
      [['X-Content-Type-Options', 'nosniff']],
    );
  }
  if (named.resource.startsWith('selfsubject')) return review(call, named);
  if (resource === undefined)
    return failure(request, 404, 'NotFound', 'the server could not find the requested resource', {});
  const key = `${named.namespace}/${named.name}`;
  const found = cluster.objects.get(named.resource)?.get(key);
  if (named.name !== '' && found === undefined) {
    return failure(
      request,
      404,
      'NotFound',
      `${named.resource}${named.group === '' ? '' : `.${named.group}`} ${JSON.stringify(named.name)} not found`,
      {
        name: named.name,
        ...(named.group === '' ? {} : { group: named.group }),
        kind: named.resource,
      },
    );
  }
  if (found !== undefined && named.resource === 'pods') {
    if (named.subresource === 'exec' || named.subresource === 'attach') return yield* exec(call, named);
    if (named.subresource === 'log')
      return { status: 200, headers: [['Content-Type', 'text/plain']], body: '' };
  }
  switch (request.method) {
    case 'GET':
    case 'HEAD':
      return found === undefined
        ? list(call, resource, named.namespace)
        : wantsTable(request.header('accept'))
          ? json(request, 200, tableOf(resource, [found], context.now(), request.parameter('includeObject')))
          : json(request, 200, wholeObject(resource, found));
    case 'POST':
      return yield* create(call, resource, named.namespace);
    case 'PUT':
    case 'PATCH':
      return yield* update(call, resource, named, found);
    case 'DELETE':
      cluster.objects.get(named.resource)?.delete(key);
      return json(request, 200, {
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Success',
        details: { name: named.name, kind: named.resource, uid: uuidFrom(context.persona, key) },
      });
    default:
      return failure(
        request,
        405,
        'MethodNotAllowed',
        'the server does not allow this method on the requested resource',
        {},
      );
  }
}

const wholeObject = (resource: Resource, found: JsonObject): object => ({
  kind: resource.kind,
  apiVersion: apiVersionOf(resource),
  ...found,
});

function list({ request, context, cluster }: Call, resource: Resource, namespace: string): Answer {
  const items = [...(cluster.objects.get(resource.name) ?? [])]
    .filter(([key]) => namespace === '' || key.startsWith(`${namespace}/`))
    .map(([, each]) => each);
  if (wantsTable(request.header('accept')))
    return json(
      request,
      200,
      tableOf(resource, items, context.now(), request.parameter('includeObject'), cluster.revision),
    );
  return json(request, 200, {
    kind: `${resource.kind}List`,
    apiVersion: apiVersionOf(resource),
    metadata: { resourceVersion: String(cluster.revision) },
    items,
  });
}

function* create(call: Call, resource: Resource, namespace: string): Handling {
  const { request, context, cluster } = call;
  const body = objectOf(request);
  yield* manifest(call, resource.kind);
  if (body === null) {
    return failure(
      request,
      415,
      'UnsupportedMediaType',
      'the body of the request was in an unknown format - accepted media types include: application/json, application/yaml',
      {},
    );
  }
  if (!isObject(body)) {
    return failure(
      request,
      400,
      'BadRequest',
      `the object provided is unrecognized (must be of type ${resource.kind}): couldn't get version/kind; json parse error: unexpected end of JSON input`,
    );
  }
  const given = isObject(body['metadata']) ? body['metadata'] : {};
  const prefix = textAt(given, 'generateName').slice(0, 200);
  const name =
    textAt(given, 'name').slice(0, 253) || (prefix === '' ? '' : `${prefix}${nameSuffix(context, 5)}`);
  if (name === '') {
    return failure(
      request,
      422,
      'Invalid',
      `${resource.kind} "" is invalid: metadata.name: Required value: name or generateName is required`,
      {
        kind: resource.kind,
        causes: [
          {
            reason: 'FieldValueRequired',
            message: 'Required value: name or generateName is required',
            field: 'metadata.name',
          },
        ],
      },
    );
  }
  const place = resource.namespaced ? namespace || 'default' : '';
  if (cluster.objects.get(resource.name)?.has(`${place}/${name}`) === true) {
    return failure(
      request,
      409,
      'AlreadyExists',
      `${resource.name}${resource.group === '' ? '' : `.${resource.group}`} ${JSON.stringify(name)} already exists`,
      { name, kind: resource.name },
    );
  }
  yield* runWorkload(context, resource.kind, body);
  const metadata: JsonObject = {
    ...given,
    name,
    ...(place === '' ? {} : { namespace: place }),
    uid: uuidFrom(context.persona, `${place}/${name}/${cluster.revision}`),
    resourceVersion: String(cluster.revision + 1),
    creationTimestamp: clusterTime(context.now()),
  };
  const { kind: _kind, apiVersion: _version, ...rest } = body;
  const made: JsonObject = {
    ...rest,
    metadata,
    ...(resource.kind === 'Pod' ? { status: { phase: 'Pending', qosClass: 'BestEffort' } } : {}),
  };
  if (!put(cluster, resource.name, made))
    return failure(
      request,
      403,
      'Forbidden',
      `${resource.name} ${JSON.stringify(name)} is forbidden: exceeded quota`,
      { name, kind: resource.name },
    );
  control(cluster, context, resource.kind, made);
  return json(request, 201, wholeObject(resource, made));
}

function* update(
  call: Call,
  resource: Resource,
  named: ResourcePath,
  found: JsonObject | undefined,
): Handling {
  const { request, context, cluster } = call;
  const body = objectOf(request) ?? undefined;
  yield* manifest(call, resource.kind);
  if (!isObject(body) || found === undefined)
    return failure(request, 400, 'BadRequest', 'the body of the request was in an unknown format');
  yield* runWorkload(context, resource.kind, body);
  const { kind: _kind, apiVersion: _version, metadata: _metadata, ...rest } = body;
  const made: JsonObject = { ...found, ...rest };
  put(cluster, named.resource, made);
  return json(request, 200, wholeObject(resource, made));
}

function* manifest({ request }: Call, kind: string): Iterable<DecoyOutput> {
  if (request.body !== '')
    yield {
      do: 'capture',
      bytes: new Uint8Array(Buffer.from(request.body, 'latin1')),
      how: 'kubernetes-manifest',
      name: kind,
    };
}

function* exec({ request, context }: Call, named: ResourcePath): Handling {
  const words = valuesOf(request.rawQuery, 'command').slice(0, 256);
  const answer = execAnswer(request, context, words);
  yield {
    do: 'saw',
    fact: {
      kind: 'exploit',
      service: 'kubernetes',
      class: 'rce',
      name: 'kubernetes-exec',
      cves: [],
      technique: 'T1609',
      detail: `${named.namespace}/${named.name}: ${words.join(' ')}`.slice(0, 512),
    },
  };
  if (answer !== null) return answer;
  // kubectl since 1.31 asks for a newer WebSocket first and comes again with SPDY: its command is told then.
  const isNewer = request.header('sec-websocket-protocol') !== '';
  if (isNewer) return failure(request, 400, 'BadRequest', 'Upgrade request required');
  yield {
    do: 'saw',
    fact: { kind: 'command', service: 'kubernetes', input: shellLine(words).slice(0, 16_384) },
  };
  return failure(request, 400, 'BadRequest', 'Upgrade request required');
}

/** `kubectl auth can-i`. */
function review(call: Call, named: ResourcePath): Answer {
  const spec = valueAt(objectOf(call.request) ?? undefined, 'spec');
  const rules = named.resource.includes('rules');
  return json(call.request, 201, {
    kind: rules ? 'SelfSubjectRulesReview' : 'SelfSubjectAccessReview',
    apiVersion: `authorization.k8s.io/${named.version}`,
    metadata: { creationTimestamp: null },
    spec: spec ?? {},
    status: rules
      ? {
          resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }],
          nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
          incomplete: false,
        }
      : {
          allowed: true,
          reason: 'RBAC: allowed by ClusterRoleBinding "deployer-admin" of ClusterRole "cluster-admin"',
        },
  });
}
