/** A server of language models that anybody may use: Ollama, with OpenAI's API beside its own. */

import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { Decoy, DecoyContext, DecoyOutput } from '../../core/decoy.ts';
import { type JsonValue, listOf, textAt, valueAt } from '../../wire/json-value.ts';
import { goManner } from '../http-service/go-manner.ts';
import { certaintyOf } from '../http-service/recognise.ts';
import type { ServiceRequest } from '../http-service/request.ts';
import type { Answer, HttpService } from '../http-service/service.ts';
import { openHttpService } from '../http-service/session.ts';
import { generate, promptOf } from './generate.ts';
import { fullName, type Model, modelsOf, modelTime, versionOf } from './models.ts';
import { completion, listOpenAi } from './openai.ts';

const json = (status: number, value: unknown): Answer => ({
  status,
  headers: [['Content-Type', 'application/json; charset=utf-8']],
  body: JSON.stringify(value),
});

const exploit = (
  name: string,
  cves: readonly string[],
  technique: string,
  detail: string,
  isFile: boolean,
): DecoyOutput => ({
  do: 'saw',
  fact: {
    kind: 'exploit',
    service: 'ollama',
    class: isFile ? 'lfi' : 'other',
    name,
    cves,
    technique,
    detail: detail.slice(0, 512),
  },
});

const command = (input: string, urls: readonly string[] = []): DecoyOutput => ({
  do: 'saw',
  fact: {
    kind: 'command',
    service: 'ollama',
    input: input.slice(0, 16_384),
    ...(urls.length > 0 ? { urls } : {}),
  },
});

const details = (model: Model): object => ({
  parent_model: '',
  format: 'gguf',
  family: model.family,
  families: [model.family],
  parameter_size: model.parameters,
  quantization_level: model.quantization,
});

const listed = (model: Model): object => ({
  name: model.name,
  model: model.name,
  modified_at: modelTime(model.modified),
  size: model.bytes,
  digest: model.digest,
  details: details(model),
});

const nameIn = (body: JsonValue | undefined): string =>
  (textAt(body, 'model') || textAt(body, 'name')).slice(0, 1_024);

/** A name with a registry of one's own in front: `evil.example/library/x`. */
const registryOf = (name: string): string | null =>
  /^(?:https?:\/\/)?([\w-]{1,63}(?:\.[\w-]{1,63}){1,8}(?::\d{1,5})?|\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?)\//.exec(
    name,
  )?.[1] ?? null;

/** `POST /api/pull`: recorded; nothing is fetched, and the pull ends as one without a way out does. */
function* pull(
  request: ServiceRequest,
  context: DecoyContext,
  models: ReadonlyMap<string, Model>,
): Generator<DecoyOutput, Answer, undefined> {
  const name = nameIn(request.json);
  const registry = registryOf(name);
  const isDefault = registry === null || registry === 'registry.ollama.ai';
  yield command(
    `ollama pull ${name}`,
    isDefault
      ? []
      : [
          `http${valueAt(request.json, 'insecure') === true ? '' : 's'}://${name.replace(/^https?:\/\//, '')}`,
        ],
  );
  if (!isDefault && valueAt(request.json, 'insecure') === true) {
    // The manifest of such a registry names the digest that leaves the folder (Probllama).
    yield exploit(
      'ollama-pull-from-own-registry',
      ['CVE-2024-37032'],
      'T1190',
      `pull of ${name} without TLS`,
      true,
    );
  }
  if (name === '') return json(400, { error: 'invalid model name' });
  const known = models.get(fullName(name));
  const lines =
    known === undefined
      ? [
          { status: 'pulling manifest' },
          {
            error: `pull model manifest: Get "https://${registry ?? 'registry.ollama.ai'}/v2/": dial tcp: i/o timeout`,
          },
        ]
      : [
          { status: 'pulling manifest' },
          {
            status: `pulling ${known.digest.slice(0, 12)}`,
            digest: `sha256:${known.digest}`,
            total: known.bytes,
            completed: known.bytes,
          },
          { status: 'verifying sha256 digest' },
          { status: 'writing manifest' },
          { status: 'success' },
        ];
  if (valueAt(request.json, 'stream') === false) return json(known === undefined ? 500 : 200, lines.at(-1));
  return {
    status: 200,
    headers: [['Content-Type', 'application/x-ndjson']],
    stream: (function* (): Iterable<string | DecoyOutput> {
      for (const line of lines) {
        yield `${JSON.stringify(line)}\n`;
        yield { do: 'pause', milliseconds: 500 };
      }
    })(),
  };
}

/** Digests and names that leave the folder of the models. */
function* traversals(request: ServiceRequest): Iterable<DecoyOutput> {
  const text = `${request.path} ${request.body.slice(0, 16_384)}`;
  if (!/\.\.[/\\]|%2e%2e/i.test(text)) return;
  const isDigest = /digest|\/blobs\//i.test(text);
  yield exploit(
    isDigest ? 'ollama-digest-traversal' : 'ollama-path-traversal',
    isDigest ? ['CVE-2024-37032'] : ['CVE-2024-39722'],
    'T1190',
    text.slice(Math.max(0, text.search(/\.\.|%2e/i) - 64)),
    true,
  );
}

const service: HttpService = {
  name: 'ollama',
  bodyLimit: 1_048_576,
  manner: () => goManner(),
  *answer(request: ServiceRequest, context: DecoyContext): Generator<DecoyOutput, Answer, undefined> {
    yield* traversals(request);
    return yield* route(request, context);
  },
};

function* route(request: ServiceRequest, context: DecoyContext): Generator<DecoyOutput, Answer, undefined> {
  const { persona } = context;
  const models = modelsOf(persona);
  const { path, json: body } = request;
  switch (`${request.method} ${path}`) {
    case 'GET /':
    case 'HEAD /':
      return {
        status: 200,
        headers: [['Content-Type', 'text/plain; charset=utf-8']],
        body: 'Ollama is running',
      };
    case 'GET /api/version':
    case 'HEAD /api/version':
      return json(200, { version: versionOf(persona) });
    case 'GET /api/tags':
    case 'HEAD /api/tags':
      return json(200, {
        models: [...models.values()].sort((a, b) => b.modified - a.modified).map((model) => listed(model)),
      });
    case 'GET /api/ps': {
      const first = models.values().next().value;
      return json(200, {
        models:
          first === undefined
            ? []
            : [
                {
                  name: first.name,
                  model: first.name,
                  size: first.bytes + 900_000_000,
                  digest: first.digest,
                  details: details(first),
                  expires_at: modelTime(context.now() + 240_000),
                  size_vram: first.bytes + 900_000_000,
                },
              ],
      });
    }
    case 'POST /api/show': {
      const model = models.get(fullName(nameIn(body)));
      if (model === undefined) return json(404, { error: `model '${nameIn(body)}' not found` });
      return json(200, {
        license: '',
        modelfile: `# Modelfile generated by "ollama show"\n# To build a new Modelfile based on this, replace FROM with:\n# FROM ${model.name}\n\nFROM /usr/share/ollama/.ollama/models/blobs/sha256-${model.digest}\nTEMPLATE """{{ .Prompt }}"""\n`,
        parameters: 'stop                           "<|eot_id|>"',
        template: '{{ .Prompt }}',
        details: details(model),
        model_info: {
          'general.architecture': model.family,
          'general.file_type': 15,
          'general.parameter_count': Math.round(Number.parseFloat(model.parameters) * 1e9),
        },
      });
    }
    case 'POST /api/generate':
    case 'POST /api/chat':
      yield used(path, body);
      return generate(request, context, models, path === '/api/chat');
    case 'POST /v1/chat/completions':
    case 'POST /v1/completions':
      yield used(path, body);
      return completion(request, context, models, path === '/v1/chat/completions');
    case 'GET /v1/models':
      return listOpenAi(models);
    case 'POST /api/embeddings':
    case 'POST /api/embed':
    case 'POST /v1/embeddings':
      return embedding(body, path, models);
    case 'POST /api/pull':
      return yield* pull(request, context, models);
    case 'POST /api/push':
      yield command(
        `ollama push ${nameIn(body)}`,
        registryOf(nameIn(body)) === null ? [] : [`https://${nameIn(body)}`],
      );
      return json(200, { status: 'retrieving manifest' });
    case 'POST /api/create': {
      yield command(`ollama create ${nameIn(body)}`);
      const file = textAt(body, 'modelfile') || textAt(body, 'path');
      if (file !== '')
        yield {
          do: 'capture',
          bytes: new Uint8Array(Buffer.from(file, 'utf8')),
          how: 'ollama-modelfile',
          name: nameIn(body),
        };
      return {
        status: 200,
        headers: [['Content-Type', 'application/x-ndjson']],
        stream: [
          '{"status":"reading model metadata"}\n',
          '{"error":"no FROM line for the model was specified"}\n',
        ],
      };
    }
    case 'POST /api/copy':
    case 'DELETE /api/delete': {
      const name = textAt(body, 'source') || nameIn(body);
      yield command(`ollama ${request.method === 'DELETE' ? 'rm' : 'cp'} ${name}`);
      return models.has(fullName(name))
        ? { status: 200 }
        : json(404, { error: `model '${name.slice(0, 256)}' not found` });
    }
    default:
  }
  if (/^\/api\/blobs\/sha256[:-][0-9a-f]{64}$/.test(path)) {
    if (request.method !== 'POST') return { status: 404 };
    const bytes = Buffer.from(request.body, 'latin1');
    yield { do: 'capture', bytes: new Uint8Array(bytes), how: 'ollama-blob', name: path.slice(11) };
    const same = createHash('sha256').update(bytes).digest('hex') === path.slice(-64);
    return same
      ? { status: 201 }
      : json(400, { error: `digest mismatch, expected ${JSON.stringify(path.slice(11))}` });
  }
  return { status: 404, headers: [['Content-Type', 'text/plain']], body: '404 page not found' };
}

/** Somebody computes at another's expense: LLMjacking. */
const used = (path: string, body: JsonValue | undefined): DecoyOutput =>
  exploit('model-hijacking', [], 'T1496', `${path} ${nameIn(body)}: ${promptOf(body)}`, false);

function embedding(body: JsonValue | undefined, path: string, models: ReadonlyMap<string, Model>): Answer {
  const name = nameIn(body);
  if (!models.has(fullName(name)))
    return json(404, { error: `model ${JSON.stringify(name)} not found, try pulling it first` });
  const input = valueAt(body, 'input') ?? valueAt(body, 'prompt');
  const texts =
    typeof input === 'string'
      ? [input]
      : listOf(input)
          .filter((item) => typeof item === 'string')
          .slice(0, 16);
  const vectors = texts.map((text) => {
    const bytes = createHash('shake256', { outputLength: 768 * 2 })
      .update(text)
      .digest();
    return Array.from({ length: 768 }, (_, index) =>
      Number((bytes.readInt16BE(index * 2) / 32_768).toFixed(6)),
    );
  });
  if (path === '/api/embeddings') return json(200, { embedding: vectors[0] ?? [] });
  if (path === '/v1/embeddings')
    return json(200, {
      object: 'list',
      data: vectors.map((vector, index) => ({ object: 'embedding', embedding: vector, index })),
      model: name,
      usage: { prompt_tokens: 8, total_tokens: 8 },
    });
  return json(200, {
    model: name,
    embeddings: vectors,
    total_duration: 41_038_291,
    load_duration: 1_019_500,
    prompt_eval_count: 8,
  });
}

const ownPath =
  /^\w+ \/(?:api\/(?:tags|generate|chat|pull|push|show|ps|embed(?:dings)?|create|blobs\/)|v1\/(?:models|chat\/completions|completions|embeddings))[/? ]/;

export const ollama: Decoy = {
  name: 'ollama',
  summary:
    'Language model server (Ollama, and OpenAI’s API): computing at another’s expense, pulls, path traversal',
  transport: 'tcp',
  ports: [11434],
  recognise: (firstBytes) => certaintyOf(firstBytes, ownPath),
  open: (context) => openHttpService(service, context),
};
