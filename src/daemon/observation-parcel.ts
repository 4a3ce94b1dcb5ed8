/**
 * Observations on their way to another thread: numbers in one buffer that changes hands without a copy, names that come again and
 * again as numbers, other texts in a list. Cloned as objects they would cost more than to judge them.
 *
 * An observation is `index, form, at, sequence, source, sourcePort, destination, destinationPort, transport, sensor`, then what its
 * form has. It keeps all but its id, and evidence beside it all but a sentence that nobody had asked for (`WordedEvidence`): whoever
 * needs those must not take them from here.
 */

import type { Evidence } from '../core/evidence.ts';
import { noEvidence } from '../core/evidence.ts';
import type { FlowFact, LoginFact, Observation, Transport } from '../core/observation.ts';

const transports: readonly Transport[] = ['tcp', 'udp', 'icmp', 'other'];
const actions: readonly FlowFact['action'][] = ['accept', 'reject', 'unknown'];
const outcomes: readonly LoginFact['outcome'][] = ['success', 'failure', 'unknown-user', 'disconnect'];

/** Kinds that have a form of their own; any other goes whole. */
const form = { whole: 0, flow: 1, login: 2, access: 3 } as const;
/** Beside the form: bits of the second number. */
const isSpoofable = 16;
const hasEvidence = 32;
const isReply = 64;
const isNoReply = 128;
const formMask = 15;

const mostNumbers = 20;
/** Names known by number at most; then all are forgotten and told anew. */
const namesKept = 262_144;
/** A longer text is none that comes again and again. */
const longestName = 256;

/** Ids are not carried: no line of an analysis names one, and making them is dear. */
const anonymousId = '00000000-0000-7000-8000-000000000000';

export interface Parcel {
  /** Observations in it. */
  readonly count: number;
  readonly numbers: Float64Array<ArrayBuffer>;
  /** True where the names told so far no longer hold. */
  readonly anew: boolean;
  /** Names that follow those told so far. */
  readonly names: readonly string[];
  readonly texts: readonly string[];
  /** Observations that no form fits. */
  readonly whole: readonly Observation[];
  /** Evidence of the detectors across sources, for the observations that have some, in order. */
  readonly evidence: readonly (readonly Evidence[])[];
}

export class ParcelWriter {
  readonly #known = new Map<string, number>();
  #anew = false;
  #names: string[] = [];
  #texts: string[] = [];
  #whole: Observation[] = [];
  #evidence: (readonly Evidence[])[] = [];
  #numbers = new Float64Array(4_096);
  #length = 0;
  #count = 0;

  get count(): number {
    return this.#count;
  }

  add(index: number, observation: Observation, across: readonly Evidence[]): void {
    if (this.#known.size > namesKept) this.#forget();
    if (this.#length + mostNumbers > this.#numbers.length) {
      const larger = new Float64Array(this.#numbers.length * 2);
      larger.set(this.#numbers);
      this.#numbers = larger;
    }
    this.#count += 1;
    const numbers = this.#numbers;
    let at = this.#length;
    const kind = formOf(observation);
    let bits: number = kind | (observation.spoofable ? isSpoofable : 0);
    if (across.length > 0) {
      bits |= hasEvidence;
      this.#evidence.push(across);
    }
    if (observation.kind === 'flow' && observation.reply !== undefined)
      bits |= observation.reply ? isReply : isNoReply;
    numbers[at++] = index;
    numbers[at++] = bits;
    if (kind === form.whole) {
      this.#whole.push(observation);
      this.#length = at;
      return;
    }
    numbers[at++] = observation.at;
    numbers[at++] = observation.sequence;
    numbers[at++] = this.#name(observation.source);
    numbers[at++] = observation.sourcePort;
    numbers[at++] = this.#name(observation.destination);
    numbers[at++] = observation.destinationPort;
    numbers[at++] = transports.indexOf(observation.transport);
    numbers[at++] = this.#name(observation.sensor);
    numbers[at++] = observation.session === '' ? 0 : this.#text(observation.session);
    if (observation.kind === 'flow') {
      numbers[at++] = observation.packets;
      numbers[at++] = observation.bytes;
      numbers[at++] = observation.duration;
      numbers[at++] = actions.indexOf(observation.action);
      numbers[at++] = observation.protocol;
      numbers[at++] = observation.tcpFlags;
    } else if (observation.kind === 'login') {
      numbers[at++] = this.#name(observation.service);
      numbers[at++] = this.#name(observation.user);
      numbers[at++] = outcomes.indexOf(observation.outcome);
      numbers[at++] = this.#name(observation.method);
    } else if (observation.kind === 'web-access') {
      numbers[at++] = this.#name(observation.method);
      numbers[at++] = this.#text(observation.path);
      numbers[at++] = observation.status;
      numbers[at++] = this.#name(observation.userAgent);
      numbers[at++] = this.#name(observation.referrer);
    }
    this.#length = at;
  }

  /** What was added since the last call. */
  take(): Parcel {
    const parcel: Parcel = {
      count: this.#count,
      numbers: this.#numbers.slice(0, this.#length),
      anew: this.#anew,
      names: this.#names,
      texts: this.#texts,
      whole: this.#whole,
      evidence: this.#evidence,
    };
    this.#count = 0;
    this.#length = 0;
    this.#anew = false;
    this.#names = [];
    this.#texts = [];
    this.#whole = [];
    this.#evidence = [];
    return parcel;
  }

  /** Between parcels alone: those before still say the names by their old numbers. */
  #forget(): void {
    if (this.#count > 0) return;
    this.#known.clear();
    this.#anew = true;
  }

  #name(name: string): number {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    if (name.length > longestName) return -this.#text(name);
    const number = this.#known.size;
    this.#known.set(name, number);
    this.#names.push(name);
    return number;
  }

  /** Counts from 1. */
  #text(text: string): number {
    return this.#texts.push(text);
  }
}

function formOf(observation: Observation): number {
  if (observation.fingerprints !== undefined) return form.whole;
  if (observation.kind === 'flow') return form.flow;
  if (observation.kind === 'login') return form.login;
  return observation.kind === 'web-access' &&
    observation.headers === undefined &&
    observation.body === undefined
    ? form.access
    : form.whole;
}

export type Unpacked = (index: number, observation: Observation, across: readonly Evidence[]) => void;

export class ParcelReader {
  #names: string[] = [];
  #parcel: Parcel | null = null;

  read(parcel: Parcel, unpacked: Unpacked): void {
    if (parcel.anew) this.#names = [];
    for (const name of parcel.names) this.#names.push(name);
    this.#parcel = parcel;
    const { numbers, whole, evidence } = parcel;
    const number = (place: number): number => numbers[place] ?? 0;
    let at = 0;
    let wholes = 0;
    let evidences = 0;
    while (at < numbers.length) {
      const index = number(at);
      const bits = number(at + 1);
      const across = (bits & hasEvidence) === 0 ? noEvidence : (evidence[evidences++] ?? noEvidence);
      const kind = bits & formMask;
      if (kind === form.whole) {
        const observation = whole[wholes++];
        if (observation !== undefined) unpacked(index, observation, across);
        at += 2;
        continue;
      }
      if (kind === form.flow) {
        // Written out, since nearly all observations of a large input are flows.
        const session = number(at + 10);
        const flow: Observation = {
          id: anonymousId,
          at: number(at + 2),
          sensor: this.#name(number(at + 9)),
          sequence: number(at + 3),
          source: this.#name(number(at + 4)),
          sourcePort: number(at + 5),
          destination: this.#name(number(at + 6)),
          destinationPort: number(at + 7),
          transport: transports[number(at + 8)] ?? 'other',
          session: session === 0 ? '' : this.#text(session),
          spoofable: (bits & isSpoofable) !== 0,
          kind: 'flow',
          packets: number(at + 11),
          bytes: number(at + 12),
          duration: number(at + 13),
          action: actions[number(at + 14)] ?? 'unknown',
          protocol: number(at + 15),
          tcpFlags: number(at + 16),
        };
        at += 17;
        const reply = bits & (isReply | isNoReply);
        unpacked(index, reply === 0 ? flow : { ...flow, reply: reply === isReply }, across);
        continue;
      }
      const session = number(at + 10);
      const seen = {
        id: anonymousId,
        at: number(at + 2),
        sensor: this.#name(number(at + 9)),
        sequence: number(at + 3),
        source: this.#name(number(at + 4)),
        sourcePort: number(at + 5),
        destination: this.#name(number(at + 6)),
        destinationPort: number(at + 7),
        transport: transports[number(at + 8)] ?? 'other',
        session: session === 0 ? '' : this.#text(session),
        spoofable: (bits & isSpoofable) !== 0,
      };
      at += 11;
      if (kind === form.login) {
        const login: Observation = {
          ...seen,
          kind: 'login',
          service: this.#name(number(at)),
          user: this.#name(number(at + 1)),
          outcome: outcomes[number(at + 2)] ?? 'failure',
          method: this.#name(number(at + 3)),
        };
        at += 4;
        unpacked(index, login, across);
      } else {
        const access: Observation = {
          ...seen,
          kind: 'web-access',
          method: this.#name(number(at)),
          path: this.#text(number(at + 1)),
          status: number(at + 2),
          userAgent: this.#name(number(at + 3)),
          referrer: this.#name(number(at + 4)),
        };
        at += 5;
        unpacked(index, access, across);
      }
    }
    this.#parcel = null;
  }

  #name(number: number): string {
    return number < 0 ? this.#text(-number) : (this.#names[number] ?? '');
  }

  #text(number: number): string {
    return this.#parcel?.texts[number - 1] ?? '';
  }
}
