/**
 * HAProxy's side of the gate: an agent of its Stream Processing Offload Engine, one session a connection. HAProxy sends the message
 * `ask` for each request and hears, before it goes on, the variables `answer` (`pass`, `denied`, `slow-down` or `misconfigured`) and, with a
 * refusal, `body`, `request` and `host` as S3 words them.
 *
 * A NOTIFY is answered at once and in its turn, so pipelining costs nothing to offer. Fragments are not offered: a request that HAProxy can hold
 * fits into its frame.
 */

import type { Header } from '../core/observation.ts';
import { octets } from '../wire/big-endian.ts';
import {
  lastFragment,
  readMessages,
  readValues,
  setTransactionText,
  spopType,
  SpopFrames,
  writeFrame,
  writeValues,
  type SpopFrame,
  type SpopMessage,
} from '../wire/spop-frame.ts';
import type { SpopValue } from '../wire/spop-value.ts';
import type { Ask, GateQuestion, GateReply } from './question.ts';
import type { S3Error } from './s3-error.ts';

export type SpoeOutput =
  | { readonly do: 'reply'; readonly bytes: Uint8Array }
  /** What there was to reply is out by now: the connection ends. */
  | { readonly do: 'close' };

/** HAProxy's own is `tune.bufsize` less 4, 16,380 unless changed. */
const largestFrame = 65_536;
const smallestFrame = 256;

/** Codes of DISCONNECT (section 4 of doc/SPOE.txt). */
const fault = {
  none: [0, 'normal'],
  tooLarge: [3, 'frame is too big'],
  invalid: [4, 'invalid frame received'],
  noVersion: [5, 'version value not found'],
  noSize: [6, 'max-frame-size value not found'],
  noCapabilities: [7, 'capabilities value not found'],
  version: [8, 'unsupported version'],
  size: [9, 'max-frame-size too big or too small'],
  fragments: [10, 'payload fragmentation is not supported'],
} as const;

const textOf = (value: SpopValue | undefined): string =>
  value?.type === 'string' || value?.type === 'address' ? value.value : '';

export class SpoeSession {
  readonly #ask: Ask;
  readonly #frames = new SpopFrames(largestFrame);
  #isGreeted = false;
  #isOver = false;

  constructor(ask: Ask) {
    this.#ask = ask;
  }

  *receive(bytes: Uint8Array): Iterable<SpoeOutput> {
    if (this.#isOver) return;
    for (const frame of this.#frames.push(bytes)) {
      yield* this.#take(frame);
      if (this.#isOver) return;
    }
    if (this.#frames.fault !== null)
      yield* this.#disconnect(this.#frames.fault === 'invalid' ? fault.invalid : fault.tooLarge);
  }

  *#take(frame: SpopFrame): Iterable<SpoeOutput> {
    if (frame.type === spopType.haproxyDisconnect) yield* this.#disconnect(fault.none);
    else if ((frame.flags & lastFragment) === 0) yield* this.#disconnect(fault.fragments);
    else if (frame.type === spopType.haproxyHello && !this.#isGreeted) yield* this.#greet(frame);
    else if (frame.type === spopType.notify && this.#isGreeted) yield* this.#answer(frame);
    // A frame of a type that is not known may be passed over; one of these at the wrong time may not.
    else if (frame.type <= spopType.notify) yield* this.#disconnect(fault.invalid);
  }

  /**
   *     HAPROXY-HELLO  supported-versions: string, max-frame-size: uint32, capabilities: string, [healthcheck: boolean], [engine-id: string]
   *     AGENT-HELLO    version: string, max-frame-size: uint32, capabilities: string
   */
  *#greet(frame: SpopFrame): Iterable<SpoeOutput> {
    const hello = readHello(frame.payload);
    if ('fault' in hello) {
      yield* this.#disconnect(hello.fault);
      return;
    }
    this.#isGreeted = true;
    yield this.#frame(
      spopType.agentHello,
      writeValues([
        ['version', { type: 'string', value: '2.0' }],
        ['max-frame-size', { type: 'uint32', value: hello.size }],
        ['capabilities', { type: 'string', value: hello.isPipelining ? 'pipelining' : '' }],
      ]),
    );
    if (hello.isCheck) yield* this.#close();
  }

  *#answer(frame: SpopFrame): Iterable<SpoeOutput> {
    const messages = readMessages(frame.payload);
    if (messages === null) {
      yield* this.#disconnect(fault.invalid);
      return;
    }
    const asked = messages.find(({ name }) => name === 'ask');
    let answer: Parameters<GateReply>[0] = 'misconfigured';
    if (asked !== undefined) this.#ask(questionOf(asked), (given) => (answer = given));
    const { stream, frame: number } = frame;
    const payload = octets(...actionsOf(answer));
    const acknowledge = { type: spopType.acknowledge, flags: lastFragment, stream, frame: number, payload };
    yield { do: 'reply', bytes: writeFrame(acknowledge) };
  }

  *#disconnect([code, message]: readonly [number, string]): Iterable<SpoeOutput> {
    yield this.#frame(
      spopType.agentDisconnect,
      writeValues([
        ['status-code', { type: 'uint32', value: BigInt(code) }],
        ['message', { type: 'string', value: message }],
      ]),
    );
    yield* this.#close();
  }

  *#close(): Iterable<SpoeOutput> {
    this.#isOver = true;
    yield { do: 'close' };
  }

  #frame(type: number, payload: Uint8Array): SpoeOutput {
    return { do: 'reply', bytes: writeFrame({ type, flags: lastFragment, stream: 0n, frame: 0n, payload }) };
  }
}

interface Hello {
  readonly size: bigint;
  readonly isPipelining: boolean;
  readonly isCheck: boolean;
}

const listed = (text: string): string[] => text.split(',', 16).map((each) => each.trim());

function readHello(payload: Uint8Array): Hello | { readonly fault: readonly [number, string] } {
  const values = readValues(payload);
  if (values === null) return { fault: fault.invalid };
  const versions = values.get('supported-versions');
  const size = values.get('max-frame-size');
  const capabilities = values.get('capabilities');
  const check = values.get('healthcheck');
  if (versions?.type !== 'string') return { fault: fault.noVersion };
  if (size?.type !== 'uint32') return { fault: fault.noSize };
  if (capabilities?.type !== 'string') return { fault: fault.noCapabilities };
  if (!listed(versions.value).some((each) => each.startsWith('2.'))) return { fault: fault.version };
  if (size.value < BigInt(smallestFrame)) return { fault: fault.size };
  return {
    size: size.value < BigInt(largestFrame) ? size.value : BigInt(largestFrame),
    isPipelining: listed(capabilities.value).includes('pipelining'),
    isCheck: check?.type === 'boolean' && check.value,
  };
}

function questionOf({ values }: SpopMessage): GateQuestion {
  const headers: Header[] = [];
  for (const name of ['authorization', 'x-amz-date']) {
    const value = values.get(name);
    if (value?.type === 'string') headers.push([name, value.value]);
  }
  return {
    source: textOf(values.get('source')),
    method: textOf(values.get('method')),
    uri: textOf(values.get('uri')),
    host: textOf(values.get('host')),
    userAgent: textOf(values.get('user-agent')),
    headers,
  };
}

function actionsOf(answer: 'pass' | 'misconfigured' | S3Error): Uint8Array[] {
  if (typeof answer === 'string') return [setTransactionText('answer', answer)];
  const identifier = (name: string): string => answer.headers.find(([each]) => each === name)?.[1] ?? '';
  return [
    setTransactionText('answer', answer.status === 503 ? 'slow-down' : 'denied'),
    // HAProxy would escape the line feed.
    setTransactionText('body', answer.body.replace('\n', '')),
    setTransactionText('request', identifier('x-amz-request-id')),
    setTransactionText('host', identifier('x-amz-id-2')),
  ];
}
