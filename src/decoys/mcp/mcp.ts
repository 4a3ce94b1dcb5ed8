/** A Model Context Protocol server without authentication: streamable HTTP at `/mcp`, and the older HTTP with SSE at `/sse`. */

import { Buffer } from 'node:buffer';
import type { Decoy, DecoyContext, DecoyOutput } from '../../core/decoy.ts';
import type { Persona } from '../../core/persona.ts';
import { textAt } from '../../wire/json-value.ts';
import { plainManner } from '../http-service/plain-manner.ts';
import { certaintyOf } from '../http-service/recognise.ts';
import type { ServiceRequest } from '../http-service/request.ts';
import type { Answer, HttpService, Manner } from '../http-service/service.ts';
import { openHttpService } from '../http-service/session.ts';
import { answerMessage, failure } from './rpc.ts';

type Handling = Generator<DecoyOutput, Answer, undefined>;

const uvicorn: Manner = plainManner({
  order: ['date', ['server', 'uvicorn'], 'answer', 'length', 'connection'],
  lowerCase: true,
  saysKeepAlive: false,
  refusal: () =>
    'HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain; charset=utf-8\r\nconnection: close\r\n\r\nInvalid HTTP request received.',
});

const sessionLimit = 256;
/** Characters of answers that wait for one session's stream. */
const queuedLimit = 524_288;
/** A stream of events is held open for four minutes at most. */
const streamSteps = 480;
const stepMilliseconds = 500;

interface Session {
  /** Answers that wait for the stream of events, as text. */
  readonly queue: string[];
}

const sessions = new WeakMap<Persona, Map<string, Session>>();

function sessionsOf(persona: Persona): Map<string, Session> {
  const known = sessions.get(persona) ?? new Map<string, Session>();
  sessions.set(persona, known);
  return known;
}

function openSession(context: DecoyContext): string {
  const known = sessionsOf(context.persona);
  const id = Buffer.from(context.randomBytes(16)).toString('hex');
  known.set(id, { queue: [] });
  if (known.size > sessionLimit) {
    const oldest = known.keys().next().value;
    if (oldest !== undefined) known.delete(oldest);
  }
  return id;
}

const plain = (status: number, body: string): Answer => ({
  status,
  headers: [['content-type', 'text/plain; charset=utf-8']],
  body,
});
const json = (status: number, value: unknown, id = ''): Answer => ({
  status,
  headers: [['content-type', 'application/json'], ...(id === '' ? [] : [['mcp-session-id', id] as const])],
  body: JSON.stringify(value),
});

const eventHeaders = [
  ['cache-control', 'no-store'],
  ['x-accel-buffering', 'no'],
  ['content-type', 'text/event-stream; charset=utf-8'],
] as const;

const service: HttpService = {
  name: 'mcp',
  bodyLimit: 1_048_576,
  manner: () => uvicorn,
  *answer(request: ServiceRequest, context: DecoyContext): Handling {
    const path = request.path.replace(/(.)\/$/, '$1');
    if (path === '/mcp') return yield* streamable(request, context);
    if (path === '/sse')
      return request.method === 'GET' ? eventStream(context) : plain(405, 'Method Not Allowed');
    if (path === '/messages') return yield* posted(request, context);
    return plain(404, 'Not Found');
  },
};

/** `POST /mcp`: the answer is an event of its own stream, or plain JSON for who takes nothing else. */
function* streamable(request: ServiceRequest, context: DecoyContext): Handling {
  const known = sessionsOf(context.persona);
  const given = request.header('mcp-session-id');
  const accept = request.header('accept');
  const events = /text\/event-stream|\*\/\*/i.test(accept);
  if (request.method === 'DELETE')
    return known.delete(given)
      ? { status: 200 }
      : json(404, failure('server-error', -32_600, 'Session not found'));
  if (request.method === 'GET') {
    if (!/text\/event-stream/i.test(accept))
      return json(
        406,
        failure('server-error', -32_600, 'Not Acceptable: Client must accept text/event-stream'),
      );
    return known.has(given)
      ? { status: 200, headers: eventHeaders, stream: waiting(known, given), close: true }
      : json(400, failure('server-error', -32_600, 'Bad Request: Missing session ID'));
  }
  if (request.method !== 'POST') return json(405, failure('server-error', -32_600, 'Method Not Allowed'));
  if (!events || !/application\/json|\*\/\*/i.test(accept)) {
    return json(
      406,
      failure(
        'server-error',
        -32_600,
        'Not Acceptable: Client must accept both application/json and text/event-stream',
      ),
    );
  }
  if (!/^application\/json\b/i.test(request.header('content-type')))
    return json(
      400,
      failure('server-error', -32_600, 'Unsupported Media Type: Content-Type must be application/json'),
    );
  const message = request.json;
  if (message === undefined)
    return json(
      400,
      failure('server-error', -32_700, 'Parse error: Expecting value: line 1 column 1 (char 0)'),
    );
  const begins = textAt(message, 'method') === 'initialize';
  if (!begins && given === '')
    return json(400, failure('server-error', -32_600, 'Bad Request: Missing session ID'));
  if (!begins && !known.has(given)) return json(404, failure('server-error', -32_600, 'Session not found'));
  const answer = yield* answerMessage(context, message);
  const id = begins ? openSession(context) : given;
  if (answer === null)
    return {
      status: 202,
      headers: [
        ['content-type', 'application/json'],
        ['mcp-session-id', id],
      ],
    };
  return {
    status: 200,
    headers: [...eventHeaders, ['mcp-session-id', id]],
    stream: [`event: message\r\ndata: ${JSON.stringify(answer)}\r\n\r\n`],
  };
}

/** What comes in for this session by other connections. */
function* waiting(known: Map<string, Session>, id: string): Iterable<string | DecoyOutput> {
  for (let step = 0; step < streamSteps; step += 1) {
    const session = known.get(id);
    if (session === undefined) return;
    for (let text = session.queue.shift(); text !== undefined; text = session.queue.shift()) yield text;
    // As sse-starlette does every fifteen seconds.
    if (step % 30 === 29) yield `: ping - ${step}\r\n\r\n`;
    yield { do: 'pause', milliseconds: stepMilliseconds };
  }
}

/** `GET /sse`: first where to post, then the answers. */
function eventStream(context: DecoyContext): Answer {
  const known = sessionsOf(context.persona);
  const id = openSession(context);
  return {
    status: 200,
    headers: eventHeaders,
    close: true,
    stream: (function* (): Iterable<string | DecoyOutput> {
      yield `event: endpoint\r\ndata: /messages/?session_id=${id}\r\n\r\n`;
      yield* waiting(known, id);
    })(),
  };
}

/** `POST /messages/?session_id=` */
function* posted(request: ServiceRequest, context: DecoyContext): Handling {
  if (request.method !== 'POST') return plain(405, 'Method Not Allowed');
  const id = request.parameter('session_id');
  if (id === '') return plain(400, 'session_id is required');
  if (!/^[0-9a-f]{32}$/.test(id)) return plain(400, 'Invalid session ID');
  const session = sessionsOf(context.persona).get(id);
  if (session === undefined) return plain(404, 'Could not find session');
  const message = request.json;
  if (message === undefined) return plain(400, 'Could not parse message');
  const answer = yield* answerMessage(context, message);
  const queued = session.queue.reduce((sum, text) => sum + text.length, 0);
  if (answer !== null && queued < queuedLimit) {
    session.queue.push(`event: message\r\ndata: ${JSON.stringify(answer)}\r\n\r\n`);
  }
  return { status: 202, body: 'Accepted' };
}

const ownPath = /^\w+ \/(?:mcp\/? HTTP|sse\/? HTTP|messages\/?\?session_id=)/;

export const mcp: Decoy = {
  name: 'mcp',
  summary:
    'Model Context Protocol server (streamable HTTP and SSE) with tools that run commands and read files',
  transport: 'tcp',
  ports: [3001],
  recognise: (firstBytes) => certaintyOf(firstBytes, ownPath),
  open: (context) => openHttpService(service, context),
};
