/** `/api/generate` and `/api/chat`: the answer word by word, as lines of JSON. */

import type { DecoyContext, DecoyOutput } from '../../core/decoy.ts';
import { type JsonValue, listOf, textAt, textsOf, valueAt } from '../../wire/json-value.ts';
import type { ServiceRequest } from '../http-service/request.ts';
import type { Answer } from '../http-service/service.ts';
import { fullName, type Model, modelTime } from './models.ts';
import { answerTo, tokensOf } from './sentences.ts';

/** The last thing that was asked. */
export function promptOf(body: JsonValue | undefined): string {
  const prompt = textsOf(valueAt(body, 'prompt')).join('\n');
  if (prompt !== '') return prompt;
  const last = listOf(valueAt(body, 'messages')).at(-1);
  const content = valueAt(last, 'content');
  if (typeof content === 'string') return content;
  return listOf(content)
    .map((part) => textAt(part, 'text'))
    .join('\n');
}

/** A graphics card's speed; the first token takes as long as the prompt. */
export function* paceOf(index: number): Iterable<DecoyOutput> {
  if (index % 4 === 0) yield { do: 'pause', milliseconds: index === 0 ? 350 : 60 };
}

const failure = (status: number, error: string): Answer => ({
  status,
  headers: [['Content-Type', 'application/json; charset=utf-8']],
  body: JSON.stringify({ error }),
});

export function generate(
  request: ServiceRequest,
  context: DecoyContext,
  models: ReadonlyMap<string, Model>,
  chat: boolean,
): Answer {
  const body = request.json;
  if (body === undefined)
    return failure(400, request.body === '' ? 'missing request body' : 'invalid character in request body');
  const name = textAt(body, 'model');
  if (name === '') return failure(400, 'model is required');
  if (!models.has(fullName(name)))
    return failure(404, `model ${JSON.stringify(name.slice(0, 256))} not found, try pulling it first`);
  const prompt = promptOf(body);
  const started = context.now();
  const end = { done: true, done_reason: prompt === '' ? 'load' : 'stop' };
  const line = (more: object): object => ({ model: name, created_at: modelTime(started), ...more });
  const said = (content: string): object =>
    chat ? { message: { role: 'assistant', content } } : { response: content };
  if (prompt === '')
    return {
      status: 200,
      headers: [['Content-Type', 'application/json; charset=utf-8']],
      body: JSON.stringify(line({ ...said(''), ...end })),
    };
  const text = answerTo(context.persona, name, prompt);
  const tokens = tokensOf(text);
  const asked = tokensOf(prompt).length;
  const counts = {
    total_duration: 350_417_905 + tokens.length * 15_302_117,
    load_duration: 21_903_114,
    prompt_eval_count: asked + 11,
    prompt_eval_duration: 301_000_000,
    eval_count: tokens.length + 1,
    eval_duration: tokens.length * 15_000_000,
  };
  if (valueAt(body, 'stream') === false) {
    const whole = line({ ...said(text), ...end, ...counts });
    return {
      status: 200,
      headers: [['Content-Type', 'application/json; charset=utf-8']],
      body: JSON.stringify(whole),
    };
  }
  return {
    status: 200,
    headers: [['Content-Type', 'application/x-ndjson']],
    stream: (function* (): Iterable<string | DecoyOutput> {
      for (const [index, token] of tokens.entries()) {
        yield* paceOf(index);
        yield `${JSON.stringify(line({ ...said(token), done: false }))}\n`;
      }
      yield `${JSON.stringify(line({ ...said(''), ...end, ...counts }))}\n`;
    })(),
  };
}
