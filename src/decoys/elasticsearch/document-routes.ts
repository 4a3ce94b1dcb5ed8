/** Indices and documents: made, filled, emptied; what a blackmailer leaves behind is kept. */

import { Buffer } from 'node:buffer';
import type { DecoyContext, DecoyOutput } from '../../core/decoy.ts';
import { isObject, type JsonObject, type JsonValue, parseJson, textAt } from '../../wire/json-value.ts';
import type { ServiceRequest } from '../http-service/request.ts';
import type { Answer } from '../http-service/service.ts';
import type { Node } from './release.ts';
import { failure, json, noIndex } from './reply.ts';
import { addIndex, type Index, indicesOf, putDocument, type Store } from './store.ts';

export interface Call {
  readonly request: ServiceRequest;
  readonly context: DecoyContext;
  readonly node: Node;
  readonly store: Store;
}

export type Handling = Generator<DecoyOutput, Answer, undefined>;

const notePattern = /read_?me|warning|recover|ransom|how_to|your_data|please_read|meow/i;
const demandPattern = /\b(?:bc1[a-z0-9]{20,60}|[13][a-km-zA-HJ-NP-Z1-9]{25,34})\b|bitcoin|\bBTC\b|monero/i;

/** A note that asks for money: kept as it came. */
export function* notes(name: string, document: string): Iterable<DecoyOutput> {
  if (!notePattern.test(name) && !demandPattern.test(document.slice(0, 65_536))) return;
  yield {
    do: 'saw',
    fact: {
      kind: 'exploit',
      service: 'elasticsearch',
      class: 'other',
      name: 'ransom-note',
      cves: [],
      technique: 'T1486',
      detail: `index ${name}: ${document}`.slice(0, 512),
    },
  };
  if (document !== '')
    yield {
      do: 'capture',
      bytes: new Uint8Array(Buffer.from(document, 'utf8')),
      how: 'ransom-note',
      name: name.slice(0, 255),
    };
}

const namePattern = /^[^\s"*\\<>|,/?#A-Z_+-][^\s"*\\<>|,/?#A-Z]{0,254}$/;

const badName = ({ request, node }: Call, name: string): Answer => {
  const why = name !== name.toLowerCase() ? 'must be lowercase' : "must not start with '_', '-', or '+'";
  return failure(
    request,
    node.release,
    400,
    `InvalidIndexNameException[[${name}] Invalid index name [${name}], ${why}]`,
    'invalid_index_name_exception',
    `Invalid index name [${name}], ${why}`,
    { index_uuid: '_na_', index: name },
  );
};

const defaultType = ({ node }: Call, type: string): string => (node.release.major >= 7 ? '_doc' : type);

export function* createIndex(call: Call, name: string): Handling {
  const { request, context, node, store } = call;
  yield* notes(name, request.text.slice(0, 65_536));
  if (!namePattern.test(name)) return badName(call, name);
  if (store.indices.has(name)) {
    return node.release.major >= 5
      ? failure(
          request,
          node.release,
          400,
          '',
          node.release.major >= 6 ? 'resource_already_exists_exception' : 'index_already_exists_exception',
          `index [${name}] already exists`,
          { index: name },
        )
      : failure(
          request,
          node.release,
          400,
          `IndexAlreadyExistsException[[${name}] already exists]`,
          'index_already_exists_exception',
          'already exists',
          { index: name },
        );
  }
  if (addIndex(store, name, defaultType(call, 'doc'), context.now()) === null) {
    return failure(
      request,
      node.release,
      400,
      'ElasticsearchException[this cluster currently has maximum shards open]',
      'validation_exception',
      'Validation Failed: 1: this action would add [2] total shards, but this cluster currently has [1000]/[1000] maximum shards open;',
    );
  }
  return json(request, node.release, 200, {
    acknowledged: true,
    ...(node.release.major >= 5 ? { shards_acknowledged: true } : {}),
    ...(node.release.major >= 6 ? { index: name } : {}),
  });
}

export function* deleteIndices(call: Call, expression: string): Handling {
  const { request, node, store } = call;
  const found = indicesOf(store, expression);
  if (typeof found === 'string') return noIndex(request, node.release, found);
  yield {
    do: 'saw',
    fact: {
      kind: 'exploit',
      service: 'elasticsearch',
      class: 'other',
      name: 'index-deletion',
      cves: [],
      technique: 'T1485',
      detail: `deleted ${found.map((index) => index.name).join(', ')}`.slice(0, 512),
    },
  };
  for (const index of found) store.indices.delete(index.name);
  return json(request, node.release, 200, { acknowledged: true });
}

function written(call: Call, index: Index, id: string, result: string): JsonObject {
  const { major } = call.node.release;
  return {
    _index: index.name,
    _type: defaultType(call, index.type),
    _id: id,
    _version: result === 'created' ? 1 : 2,
    ...(major >= 5 ? { result } : {}),
    ...(major >= 2 ? { _shards: { total: 2, successful: 1, failed: 0 } } : {}),
    ...(major >= 6 ? { _seq_no: call.store.counter, _primary_term: 1 } : { created: result === 'created' }),
  };
}

function freshId(call: Call): string {
  call.store.counter += 1;
  return Buffer.from(call.context.randomBytes(15)).toString('base64url');
}

/** `PUT|POST /index/type/id`; an index that is not there is made. */
export function* writeDocument(call: Call, name: string, type: string, id: string): Handling {
  const { request, context, node, store } = call;
  const document = request.json;
  yield* notes(name, request.text.slice(0, 65_536));
  if (!namePattern.test(name)) return badName(call, name);
  if (!isObject(document)) {
    return failure(
      request,
      node.release,
      400,
      'MapperParsingException[failed to parse]; nested: ElasticsearchParseException[Failed to derive xcontent]',
      'mapper_parsing_exception',
      'failed to parse',
    );
  }
  const index = store.indices.get(name) ?? addIndex(store, name, type, context.now());
  const key = id === '' ? freshId(call) : id.slice(0, 512);
  const result = index === null ? null : putDocument(store, index, key, document);
  if (index === null || result === null) return tooMuch(call);
  return json(request, node.release, result === 'created' ? 201 : 200, written(call, index, key, result));
}

const tooMuch = ({ request, node }: Call): Answer =>
  failure(
    request,
    node.release,
    429,
    'EsRejectedExecutionException[rejected execution (queue capacity 50)]',
    node.release.major >= 7 ? 'circuit_breaking_exception' : 'es_rejected_execution_exception',
    'rejected execution (queue capacity 200)',
  );

export function readDocument(call: Call, name: string, id: string, sourceOnly: boolean): Answer {
  const { request, node, store } = call;
  const index = store.indices.get(name);
  if (index === undefined) return noIndex(request, node.release, name);
  const document = index.documents.get(id);
  const head = { _index: name, _type: defaultType(call, index.type), _id: id };
  if (document === undefined) return json(request, node.release, 404, { ...head, found: false });
  if (sourceOnly) return json(request, node.release, 200, document);
  return json(request, node.release, 200, {
    ...head,
    _version: 1,
    ...(node.release.major >= 6 ? { _seq_no: 0, _primary_term: 1 } : {}),
    found: true,
    _source: document,
  });
}

export function removeDocument(call: Call, name: string, id: string): Answer {
  const { request, node, store } = call;
  const index = store.indices.get(name);
  if (index === undefined) return noIndex(request, node.release, name);
  const found = index.documents.delete(id);
  return json(request, node.release, found ? 200 : 404, {
    ...(node.release.major < 6 ? { found } : {}),
    ...written(call, index, id, found ? 'deleted' : 'not_found'),
  });
}

/** `POST /_bulk`: a line that says what to do, and for most a line with the document. At most 1,000 of them. */
export function* bulk(call: Call, defaultIndex: string): Handling {
  const { request, context, node, store } = call;
  const lines = request.text.split('\n', 2_001);
  const items: JsonValue[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    if (line.trim() === '') continue;
    const action = parseJson(line);
    const verb = isObject(action) ? (Object.keys(action)[0] ?? '') : '';
    if (!/^(?:index|create|update|delete)$/.test(verb)) {
      return failure(
        request,
        node.release,
        400,
        'ActionRequestValidationException[Validation Failed: 1: no requests added;]',
        'illegal_argument_exception',
        `Malformed action/metadata line [${at + 1}], expected START_OBJECT or END_OBJECT but found [VALUE_STRING]`,
      );
    }
    const name = textAt(action, verb, '_index') || defaultIndex;
    const id = textAt(action, verb, '_id').slice(0, 512) || freshId(call);
    const text = verb === 'delete' ? '' : (lines[(at += 1)] ?? '');
    yield* notes(name, text);
    if (!namePattern.test(name)) continue;
    const index =
      store.indices.get(name) ??
      addIndex(store, name, defaultType(call, textAt(action, verb, '_type') || 'doc'), context.now());
    if (index === null) return tooMuch(call);
    const removed = verb === 'delete' && index.documents.delete(id);
    const result =
      verb === 'delete'
        ? removed
          ? 'deleted'
          : 'not_found'
        : putDocument(store, index, id, parseJson(text));
    if (result === null) return tooMuch(call);
    items.push({
      [verb]: {
        ...written(call, index, id, result),
        status: result === 'created' ? 201 : result === 'not_found' ? 404 : 200,
      },
    });
  }
  return json(request, node.release, 200, { took: 3 + items.length, errors: false, items });
}
