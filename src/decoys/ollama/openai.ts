/** The part of OpenAI's API that the server speaks too. */

import type { DecoyContext, DecoyOutput } from '../../core/decoy.ts';
import { type JsonValue, listOf, textAt, valueAt } from '../../wire/json-value.ts';
import type { ServiceRequest } from '../http-service/request.ts';
import type { Answer } from '../http-service/service.ts';
import { fullName, type Model } from './models.ts';
import { answerTo, tokensOf } from './sentences.ts';
import { paceOf, promptOf } from './generate.ts';

const json = (status: number, value: unknown): Answer => ({
  status,
  headers: [['Content-Type', 'application/json']],
  body: `${JSON.stringify(value)}\n`,
});

const failure = (status: number, message: string, type: string): Answer =>
  json(status, { error: { message, type, param: null, code: null } });

export const listOpenAi = (models: ReadonlyMap<string, Model>): Answer =>
  json(200, {
    object: 'list',
    data: [...models.values()].map((model) => ({
      id: model.name,
      object: 'model',
      created: Math.floor(model.modified / 1_000),
      owned_by: 'library',
    })),
  });

/** `POST /v1/chat/completions` and `/v1/completions`. */
export function completion(
  request: ServiceRequest,
  context: DecoyContext,
  models: ReadonlyMap<string, Model>,
  chat: boolean,
): Answer {
  const body = request.json;
  if (body === undefined)
    return failure(
      400,
      request.body === '' ? 'EOF' : 'invalid character in request',
      'invalid_request_error',
    );
  const name = textAt(body, 'model');
  if (!models.has(fullName(name)))
    return failure(
      404,
      `model ${JSON.stringify(name.slice(0, 256))} not found, try pulling it first`,
      'api_error',
    );
  if (chat && listOf(valueAt(body, 'messages')).length === 0)
    return failure(400, "[] is too short - 'messages'", 'invalid_request_error');
  const prompt = promptOf(body);
  const text = answerTo(context.persona, name, prompt);
  const tokens = tokensOf(text);
  const created = Math.floor(context.now() / 1_000);
  const id = `${chat ? 'chatcmpl' : 'cmpl'}-${100 + ((tokensOf(prompt).length * 7 + tokens.length) % 900)}`;
  const common = { id, created, model: name, system_fingerprint: 'fp_ollama' };
  const usage = {
    prompt_tokens: tokensOf(prompt).length + 11,
    completion_tokens: tokens.length,
    total_tokens: tokensOf(prompt).length + 11 + tokens.length,
  };
  if (valueAt(body, 'stream') !== true) {
    const choice = chat
      ? { index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }
      : { text, index: 0, logprobs: null, finish_reason: 'stop' };
    return json(200, {
      ...common,
      object: chat ? 'chat.completion' : 'text_completion',
      choices: [choice],
      usage,
    });
  }
  const event = (value: JsonValue | object): string => `data: ${JSON.stringify(value)}\n\n`;
  return {
    status: 200,
    headers: [['Content-Type', 'text/event-stream']],
    stream: (function* (): Iterable<string | DecoyOutput> {
      for (const [index, token] of tokens.entries()) {
        yield* paceOf(index);
        const choice = chat
          ? { index: 0, delta: { role: 'assistant', content: token }, finish_reason: null }
          : { text: token, index: 0, finish_reason: null };
        yield event({
          ...common,
          object: chat ? 'chat.completion.chunk' : 'text_completion',
          choices: [choice],
        });
      }
      const last = chat
        ? { index: 0, delta: { role: 'assistant', content: '' }, finish_reason: 'stop' }
        : { text: '', index: 0, finish_reason: 'stop' };
      yield event({ ...common, object: chat ? 'chat.completion.chunk' : 'text_completion', choices: [last] });
      yield 'data: [DONE]\n\n';
    })(),
  };
}
