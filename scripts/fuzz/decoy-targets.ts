/** Every decoy, over each transport that it speaks, driven as the sensor would. */

import { isDeepStrictEqual } from 'node:util';
import { boundedFact } from '../../src/core/bounded-fact.ts';
import type { Decoy, DecoyContext, DecoyOutput, DecoySession } from '../../src/core/decoy.ts';
import { decoys } from '../../src/decoys/index.ts';
import { checkObservation } from '../../src/wire/observation-check.ts';
import { machineFor } from '../../test/support/machine-for.ts';
import { cutByContent, datagramsOf, Finding, usualMilliseconds, type Target } from './target.ts';

const now = 1_772_366_400_000;
/** Of one input; a client that reads slowly would have been let go of long before. */
const mostOutputs = 20_000;
const mostReplyBytes = 16_777_216;
/** What a decoy with a shell may take: a session's whole budget of work. The sensor lets others have their turn within. */
const shellMilliseconds = 10_000;
const withShell = new Set([
  'ssh',
  'telnet',
  'http',
  'adb',
  'docker',
  'kubernetes',
  'postgres',
  'mysql',
  'redis',
  'mcp',
  'tr069',
]);

interface Conversation {
  readonly context: DecoyContext & { tls: boolean };
  readonly session: DecoySession;
  readonly outputs: DecoyOutput[];
  replyBytes: number;
  isOver: boolean;
}

function open(decoy: Decoy, transport: 'tcp' | 'udp'): Conversation {
  let attempts = 0;
  let drawn = 0;
  const context = {
    persona: machineFor(decoy),
    source: '203.0.113.9',
    sourcePort: 40_000,
    destination: '198.51.100.1',
    destinationPort: decoy.ports[0] ?? 1,
    transport,
    tls: false,
    session: 'fuzz',
    now: () => now,
    randomBytes: (count: number) => Uint8Array.from({ length: count }, () => (drawn += 7) & 0xff),
    countAttempt: () => (attempts += 1),
  };
  return { context, session: decoy.open(context), outputs: [], replyBytes: 0, isOver: false };
}

/** Takes what a call yields, and goes on inside TLS or with a second port as the sensor does. */
function take(conversation: Conversation, outputs: Iterable<DecoyOutput> | undefined): void {
  let next: (() => Iterable<DecoyOutput> | undefined) | null = null;
  for (const output of outputs ?? []) {
    conversation.outputs.push(output);
    if (output.do === 'reply') conversation.replyBytes += output.bytes.length;
    if (
      output.do === 'close' ||
      conversation.outputs.length > mostOutputs ||
      conversation.replyBytes > mostReplyBytes
    ) {
      conversation.isOver = true;
      return;
    }
    if (output.do === 'secure') {
      if (conversation.context.tls) throw new Finding('TLS was asked for inside TLS');
      conversation.context.tls = true;
      const { rest } = output;
      next = () => conversation.session.receive(rest);
    }
    if (output.do === 'expect') next = () => conversation.session.aside?.({ what: 'port', port: 49_152 });
  }
  if (next === null) return;
  const last = conversation.outputs.at(-1);
  take(conversation, next());
  if (last?.do !== 'expect') return;
  for (const event of [
    { what: 'joined' },
    { what: 'bytes', bytes: Buffer.from('data') },
    { what: 'parted' },
  ] as const) {
    if (!conversation.isOver) take(conversation, conversation.session.aside?.(event));
  }
}

function converse(decoy: Decoy, transport: 'tcp' | 'udp', pieces: readonly Uint8Array[]): DecoyOutput[] {
  const conversation = open(decoy, transport);
  take(conversation, conversation.session.start?.());
  for (const piece of pieces) {
    if (conversation.isOver) break;
    const before = conversation.replyBytes;
    take(conversation, conversation.session.receive(piece));
    if (transport === 'udp' && conversation.replyBytes - before > piece.length)
      throw new Finding(`${conversation.replyBytes - before} bytes answer a datagram of ${piece.length}`);
  }
  if (!conversation.isOver) take(conversation, conversation.session.end?.());
  return conversation.outputs;
}

/** Neighbouring replies are one; where the bytes after `secure` went depends on the pieces. */
function joined(outputs: readonly DecoyOutput[]): DecoyOutput[] {
  const result: DecoyOutput[] = [];
  let replies: Uint8Array[] = [];
  const flush = (): void => {
    if (replies.length > 0) result.push({ do: 'reply', bytes: Buffer.concat(replies) });
    replies = [];
  };
  for (const output of outputs) {
    if (output.do === 'reply') replies.push(output.bytes);
    else {
      flush();
      result.push(output.do === 'secure' ? { do: 'secure', rest: new Uint8Array() } : output);
    }
  }
  flush();
  return result;
}

const seen = {
  id: '019c0000-0000-7000-8000-000000000000',
  at: now,
  sensor: 'fuzz',
  sequence: 1,
  source: '203.0.113.9',
  sourcePort: 40_000,
  destination: '198.51.100.1',
  destinationPort: 1,
  session: 'fuzz',
};

function labelOf(output: DecoyOutput, transport: 'tcp' | 'udp'): string {
  switch (output.do) {
    case 'saw': {
      const fact = boundedFact(output.fact);
      const fingerprints = output.fingerprints === undefined ? {} : { fingerprints: output.fingerprints };
      const check = checkObservation({
        ...seen,
        transport,
        spoofable: transport === 'udp',
        ...fingerprints,
        ...fact,
      });
      if (!check.ok) throw new Finding(`a fact that the engine would refuse: ${check.why}`);
      return fact.kind === 'exploit' ? `exploit ${fact.name}` : fact.kind;
    }
    case 'know':
      return `know ${output.protocol ?? ''}`;
    case 'capture':
      return `capture ${output.how}`;
    case 'reply':
    case 'terminal':
    case 'secure':
    case 'expect':
    case 'aside':
    case 'part':
    case 'pause':
    case 'close':
    default:
      return output.do;
  }
}

function nameOf(output: DecoyOutput | undefined): string {
  if (output === undefined) return 'nothing';
  const text = 'bytes' in output ? Buffer.from(output.bytes).toString('latin1') : '';
  return JSON.stringify({ ...output, bytes: text }).slice(0, 400);
}

function targetOf(decoy: Decoy, transport: 'tcp' | 'udp'): Target {
  return {
    name: `decoy-${decoy.name}-${transport}`,
    borrows:
      decoy.name === 'any'
        ? ['decoy-http-tcp', 'decoy-redis-tcp', 'decoy-dns-udp'].filter((name) => name.endsWith(transport))
        : [],
    milliseconds: withShell.has(decoy.name) ? shellMilliseconds : usualMilliseconds,
    run(input) {
      if (transport === 'udp') {
        const outputs = converse(decoy, transport, datagramsOf(input));
        decoy.recognise?.(input);
        return new Set(outputs.map((output) => labelOf(output, transport)));
      }
      const sure = decoy.recognise?.(input) ?? 0;
      if (!(sure >= 0 && sure <= 1)) throw new Finding(`recognises it with ${sure}`);
      const whole = joined(converse(decoy, transport, [input]));
      const labels = new Set(whole.map((output) => labelOf(output, transport)));
      // Past the bounds the rest is not taken, and where that is depends on the pieces.
      // Likewise what is said before the second connection comes, and what after it.
      if (whole.length > mostOutputs || whole.some((output) => output.do === 'expect')) return labels;
      const split = joined(converse(decoy, transport, cutByContent(input)));
      const at = whole.findIndex((output, index) => !isDeepStrictEqual(output, split[index]));
      if (at >= 0 || whole.length !== split.length) {
        const index = at < 0 ? whole.length : at;
        throw new Finding(
          `a split of the bytes changes output ${index}: ${nameOf(whole[index])} became ${nameOf(split[index])}`,
        );
      }
      return labels;
    },
  };
}

export const decoyTargets: readonly Target[] = decoys.flatMap((decoy) =>
  decoy.transport === 'both'
    ? [targetOf(decoy, 'tcp'), targetOf(decoy, 'udp')]
    : [targetOf(decoy, decoy.transport)],
);
