/** Elasticsearch without a password (1.x to 7.x): data to steal, to delete and to hold for ransom, and scripts that run commands. */

import { Buffer } from 'node:buffer';
import type { Decoy, DecoyContext, DecoyOutput } from '../../core/decoy.ts';
import type { Persona } from '../../core/persona.ts';
import { parseJson } from '../../wire/json-value.ts';
import { plainManner } from '../http-service/plain-manner.ts';
import { certaintyOf } from '../http-service/recognise.ts';
import type { ServiceRequest } from '../http-service/request.ts';
import type { Answer, HttpService, Manner } from '../http-service/service.ts';
import { openHttpService } from '../http-service/session.ts';
import { cat, greeting, health, mappingOf, nodes, settingsOf, stats } from './cluster-views.ts';
import {
  bulk,
  type Call,
  createIndex,
  deleteIndices,
  type Handling,
  notes,
  readDocument,
  removeDocument,
  writeDocument,
} from './document-routes.ts';
import { nodeOf } from './release.ts';
import { failure, json, noIndex, text } from './reply.ts';
import { runScript, scriptsIn } from './script.ts';
import { search, searchView } from './search.ts';
import { indicesOf, storeFor } from './store.ts';

const mannerOf = (lowerCase: boolean, hasProduct: boolean): Manner =>
  plainManner({
    order: [...(hasProduct ? ([['X-elastic-product', 'Elasticsearch']] as const) : []), 'answer', 'length'],
    lowerCase,
    saysKeepAlive: false,
    mirrorsVersion: true,
    // Netty hands what is no request on as one, and the handler closes.
    refusal: () => '',
  });

function manner(persona: Persona): Manner {
  const { major, number } = nodeOf(persona).release;
  return mannerOf(major >= 5, major === 7 && Number(number.split('.')[1]) >= 14);
}

const service: HttpService = {
  name: 'elasticsearch',
  bodyLimit: 1_048_576,
  manner,
  *answer(request: ServiceRequest, context: DecoyContext): Generator<DecoyOutput, Answer, undefined> {
    const node = nodeOf(context.persona);
    const call: Call = { request, context, node, store: storeFor(context.persona, context.source) };
    const parts = Buffer.from(request.path, 'latin1')
      .toString('utf8')
      .split('/')
      .filter((part) => part !== '')
      .slice(0, 6);
    return yield* route(call, parts);
  },
};

function noHandler({ request, node }: Call): Answer {
  const says = `${node.release.major >= 7 ? 'no' : 'No'} handler found for uri [${request.target.slice(0, 1_024)}] and method [${request.method}]`;
  if (node.release.major < 6) return { ...text(node.release, says), status: 400 };
  return json(request, node.release, 400, { error: says });
}

function* route(call: Call, parts: readonly string[]): Handling {
  const { request, node } = call;
  const [first = '', second = '', third = '', fourth = ''] = parts;
  const { method } = request;
  if (parts.length === 0)
    return method === 'GET' || method === 'HEAD'
      ? json(request, node.release, 200, greeting(node), true)
      : noHandler(call);
  if (first.startsWith('_') && first !== '_all') return yield* clusterRoute(call, first, second);
  if (second === '') {
    if (method === 'PUT' || (method === 'POST' && node.release.major < 5))
      return yield* createIndex(call, first);
    if (method === 'DELETE') return yield* deleteIndices(call, first);
    return indexView(call, first, '');
  }
  if (second === '_bulk') return yield* bulk(call, first);
  if (
    second.startsWith('_') &&
    second !== '_doc' &&
    second !== '_create' &&
    second !== '_update' &&
    second !== '_source'
  ) {
    return yield* indexRoute(call, first, second);
  }
  if (third === '_search' || third === '_count') return yield* indexRoute(call, first, third);
  if (third === '_mapping' || third === '_bulk')
    return third === '_bulk' ? yield* bulk(call, first) : indexView(call, first, 'mapping');
  if (third === '' && method === 'GET') return noHandler(call);
  switch (method) {
    case 'PUT':
    case 'POST':
      return yield* writeDocument(call, first, node.release.major >= 7 ? '_doc' : second, third);
    case 'DELETE':
      return third === '' ? yield* deleteIndices(call, first) : removeDocument(call, first, third);
    case 'GET':
    case 'HEAD':
      return readDocument(call, first, third, second === '_source' || fourth === '_source');
    default:
      return noHandler(call);
  }
}

/** `GET /index`, and its mapping, settings, aliases alone. */
function indexView(call: Call, expression: string, part: '' | 'mapping' | 'settings' | 'aliases'): Answer {
  const { request, node, store, context } = call;
  const found = indicesOf(store, expression);
  if (typeof found === 'string') return noIndex(request, node.release, found);
  const views = found.map((index) => {
    const aliases = { aliases: {} };
    const whole = { aliases: {}, ...mappingOf(node, index), ...settingsOf(node, context.persona, index) };
    const view =
      part === 'mapping'
        ? mappingOf(node, index)
        : part === 'settings'
          ? settingsOf(node, context.persona, index)
          : part === 'aliases'
            ? aliases
            : whole;
    return [index.name, view] as const;
  });
  return json(request, node.release, 200, Object.fromEntries(views));
}

function* indexRoute(call: Call, expression: string, action: string): Handling {
  const { request, node, store } = call;
  switch (action) {
    case '_search':
    case '_count':
      return yield* searching(call, expression, action === '_count');
    case '_mapping':
    case '_mappings':
      if (request.method === 'PUT' || request.method === 'POST') {
        yield* notes(expression, request.text.slice(0, 65_536));
        return json(request, node.release, 200, { acknowledged: true });
      }
      return indexView(call, expression, 'mapping');
    case '_settings':
      return request.method === 'GET'
        ? indexView(call, expression, 'settings')
        : json(request, node.release, 200, { acknowledged: true });
    case '_aliases':
    case '_alias':
      return indexView(call, expression, 'aliases');
    case '_stats': {
      const found = indicesOf(store, expression);
      return typeof found === 'string'
        ? noIndex(request, node.release, found)
        : json(request, node.release, 200, stats(node, found));
    }
    case '_delete_by_query': {
      const found = indicesOf(store, expression);
      if (typeof found === 'string') return noIndex(request, node.release, found);
      let deleted = 0;
      for (const { index, id } of search(found, request.json, new Map([['size', '10000']])).hits)
        deleted += index.documents.delete(id) ? 1 : 0;
      return json(request, node.release, 200, {
        took: 12,
        timed_out: false,
        total: deleted,
        deleted,
        batches: 1,
        version_conflicts: 0,
        noops: 0,
        failures: [],
      });
    }
    case '_refresh':
    case '_flush':
    case '_forcemerge':
      return json(request, node.release, 200, { _shards: { total: 2, successful: 1, failed: 0 } });
    case '_close':
    case '_open':
      return json(request, node.release, 200, { acknowledged: true });
    default:
      return noHandler(call);
  }
}

function* searching(call: Call, expression: string, countOnly: boolean): Handling {
  const { request, context, node, store } = call;
  const source = request.parameter('source');
  const body = request.body === '' ? parseJson(source) : request.json;
  const fields: Record<string, string> = {};
  for (const script of scriptsIn(body)) {
    const { value } = yield* runScript(context, script);
    if (value !== null) fields[script.name] = value;
  }
  const found = indicesOf(store, expression);
  if (typeof found === 'string') return noIndex(request, node.release, found);
  if (body === undefined && request.body.trim() !== '') {
    return failure(
      request,
      node.release,
      400,
      'SearchPhaseExecutionException[Failed to execute phase [query], all shards failed]',
      'json_parse_exception',
      'Unexpected character',
    );
  }
  const result = search(found, body, request.query);
  const shards = found.length * (node.release.major >= 7 ? 1 : 5);
  if (countOnly)
    return json(request, node.release, 200, {
      count: result.total,
      _shards: {
        total: shards,
        successful: shards,
        ...(node.release.major >= 6 ? { skipped: 0 } : {}),
        failed: 0,
      },
    });
  return json(
    request,
    node.release,
    200,
    searchView(node.release, result, shards, 1 + (result.total % 7), fields),
  );
}

function* clusterRoute(call: Call, first: string, second: string): Handling {
  const { request, context, node, store } = call;
  const { release } = node;
  switch (first) {
    case '_cat': {
      const table = cat(node, context.persona, store, second, request.query.has('v'), context.now());
      return table === null ? noHandler(call) : text(release, table);
    }
    case '_cluster':
      if (second === 'health') return json(request, release, 200, health(node, store));
      if (second === 'settings')
        return json(
          request,
          release,
          200,
          request.method === 'PUT'
            ? { acknowledged: true, persistent: {}, transient: {} }
            : { persistent: {}, transient: {} },
        );
      if (second === 'state') {
        const indices = Object.fromEntries(
          [...store.indices.values()].map((index) => [
            index.name,
            { state: 'open', ...settingsOf(node, context.persona, index), ...mappingOf(node, index) },
          ]),
        );
        return json(request, release, 200, {
          cluster_name: node.cluster,
          version: 14,
          master_node: node.id,
          blocks: {},
          nodes: { [node.id]: { name: node.name } },
          metadata: { templates: {}, indices },
        });
      }
      if (second === 'stats')
        return json(request, release, 200, {
          cluster_name: node.cluster,
          status: 'yellow',
          indices: { count: store.indices.size },
          nodes: { count: { total: 1 }, versions: [release.number] },
        });
      return noHandler(call);
    case '_nodes':
      return json(request, release, 200, nodes(node, context.persona));
    case '_stats':
      return yield* indexRoute(call, '_all', '_stats');
    case '_search':
    case '_count':
    case '_mapping':
    case '_mappings':
    case '_settings':
    case '_delete_by_query':
    case '_refresh':
    case '_flush':
      return yield* indexRoute(call, '_all', first);
    case '_aliases':
    case '_alias':
      return request.method === 'POST'
        ? json(request, release, 200, { acknowledged: true })
        : indexView(call, '_all', 'aliases');
    case '_bulk':
      return yield* bulk(call, '');
    case '_snapshot':
    case '_template':
      return json(request, release, 200, {});
    default:
      return noHandler(call);
  }
}

const ownPath =
  /^\w+ \/(?:[\w.*,-]{0,64}\/)?_(?:cat\/|cluster\/(?:health|state|stats|settings)|nodes(?:[/? ])|search(?:[/? ])|bulk|mapping|aliases|stats(?:[/? ])|msearch)/;

export const elasticsearch: Decoy = {
  name: 'elasticsearch',
  summary: 'Elasticsearch without a password: documents, deletion and ransom notes, script execution',
  transport: 'tcp',
  ports: [9200],
  recognise: (firstBytes) => certaintyOf(firstBytes, ownPath),
  open: (context) => openHttpService(service, context),
};
