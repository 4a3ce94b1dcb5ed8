/**
 * Observations on their way to another thread: numbers in one buffer that changes hands without a copy and comes back to be filled again,
 * names that come again and again as numbers, other texts in a list. Cloned as objects they would cost more than to judge them.
 *
 * An observation is `index, form`, its evidence where it has some (how many, then of each `claim, weight, reason, target, how many CVEs,
 * CVEs`), `at, sequence, source, sourcePort, destination, destinationPort, transport, sensor, session`, then what its
 * form has. It keeps all but its id, and evidence beside it all but a sentence that nobody had asked for (`WordedEvidence`), which is
 * empty here: whoever needs those must not take them from here.
 */

import { type Evidence, noCves, noEvidence, WordedEvidence } from '../core/evidence.ts';
import type { FlowFact, LoginFact, Observation, Transport } from '../core/observation.ts';
import { type NameNumbers, NumberByName } from './name-numbers.ts';

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

/** Of an observation without its evidence; of one piece of evidence without its CVEs. */
const mostNumbers = 20;
const evidenceNumbers = 5;
/** The last claims of a parcel, among which the next one is looked for. */
const claimsLookedAt = 16;
/** A longer text is none that comes again and again. */
const longestName = 256;

/** Ids are not carried: no line of an analysis names one, and making them is dear. */
const anonymousId = '00000000-0000-7000-8000-000000000000';

/** What many pieces of evidence have in common. */
type Claim = Pick<Evidence, 'detector' | 'technique' | 'behavior'>;

export interface Parcel {
  /** Only the first `length` count. */
  readonly numbers: Float64Array<ArrayBuffer>;
  readonly length: number;
  /** True where the names told so far no longer hold. */
  readonly anew: boolean;
  /** Names that follow those told so far. */
  readonly names: readonly string[];
  readonly texts: readonly string[];
  readonly claims: readonly Claim[];
  /** Observations that no form fits. */
  readonly whole: readonly Observation[];
}

export class ParcelWriter {
  readonly #numbersOf: NameNumbers;
  /** By the number that all threads share: the one that this thread was told, from 1. */
  readonly #told: NumberByName;
  #toldCount = 0;
  #generation = 0;
  #anew = false;
  #names: string[] = [];
  #texts: string[] = [];
  #claims: Claim[] = [];
  #whole: Observation[] = [];
  #numbers = new Float64Array(4_096);
  #length = 0;
  #count = 0;
  /** Buffers that came back. */
  readonly #spare: Float64Array<ArrayBuffer>[] = [];
  /** Most logs are of one sensor, one service, one method: these are not looked up again. */
  readonly #sensor = new LastName();
  readonly #service = new LastName();
  readonly #method = new LastName();
  readonly #destination = new LastName();

  constructor(names: NameNumbers) {
    this.#numbersOf = names;
    this.#told = new NumberByName(names);
  }

  /** Observations in the parcel so far. */
  get count(): number {
    return this.#count;
  }

  /** `source` is the number of the observation's source. */
  add(index: number, observation: Observation, source: number, across: readonly Evidence[]): void {
    if (this.#generation !== this.#numbersOf.generation) this.#beginAnew();
    if (this.#length + mostNumbers > this.#numbers.length) this.#makeRoom(mostNumbers);
    this.#count += 1;
    const kind = formOf(observation);
    let bits: number = kind | (observation.spoofable ? isSpoofable : 0);
    if (across.length > 0) bits |= hasEvidence;
    if (observation.kind === 'flow' && observation.reply !== undefined)
      bits |= observation.reply ? isReply : isNoReply;
    this.#numbers[this.#length] = index;
    this.#numbers[this.#length + 1] = bits;
    this.#length += 2;
    if (across.length > 0) this.#addEvidence(across);
    if (kind === form.whole) {
      this.#whole.push(observation);
      return;
    }
    const numbers = this.#numbers;
    let at = this.#length;
    numbers[at++] = observation.at;
    numbers[at++] = observation.sequence;
    numbers[at++] = this.#tell(source, observation.source);
    numbers[at++] = observation.sourcePort;
    numbers[at++] = this.#lastName(this.#destination, observation.destination);
    numbers[at++] = observation.destinationPort;
    numbers[at++] = transports.indexOf(observation.transport);
    numbers[at++] = this.#lastName(this.#sensor, observation.sensor);
    numbers[at++] = observation.session === '' ? 0 : this.#text(observation.session);
    if (observation.kind === 'flow') {
      numbers[at++] = observation.packets;
      numbers[at++] = observation.bytes;
      numbers[at++] = observation.duration;
      numbers[at++] = actions.indexOf(observation.action);
      numbers[at++] = observation.protocol;
      numbers[at++] = observation.tcpFlags;
    } else if (observation.kind === 'login') {
      numbers[at++] = this.#lastName(this.#service, observation.service);
      numbers[at++] = this.#name(observation.user);
      numbers[at++] = outcomes.indexOf(observation.outcome);
      numbers[at++] = this.#lastName(this.#method, observation.method);
    } else if (observation.kind === 'web-access') {
      numbers[at++] = this.#lastName(this.#method, observation.method);
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
      numbers: this.#numbers,
      length: this.#length,
      anew: this.#anew,
      names: this.#names,
      texts: this.#texts,
      claims: this.#claims,
      whole: this.#whole,
    };
    this.#numbers = this.#spare.pop() ?? new Float64Array(this.#numbers.length);
    this.#count = 0;
    this.#length = 0;
    this.#anew = false;
    this.#names = [];
    this.#texts = [];
    this.#claims = [];
    this.#whole = [];
    return parcel;
  }

  /** Takes the numbers of a parcel that was read: memory that is new costs more than to fill it. */
  reuse(numbers: Float64Array<ArrayBuffer>): void {
    this.#spare.push(numbers);
  }

  /** Between parcels alone: those before still say the names by their old numbers. */
  #beginAnew(): void {
    if (this.#count > 0) throw new Error('names are forgotten before they are sent');
    this.#generation = this.#numbersOf.generation;
    this.#toldCount = 0;
    this.#anew = true;
    for (const last of [this.#sensor, this.#service, this.#method, this.#destination]) last.number = -1;
  }

  #makeRoom(needed: number): void {
    const larger = new Float64Array(this.#numbers.length * 2 + needed);
    larger.set(this.#numbers);
    this.#numbers = larger;
  }

  #addEvidence(across: readonly Evidence[]): void {
    const cves = across.reduce((sum, item) => sum + item.cves.length, 0);
    const needed = 1 + across.length * evidenceNumbers + cves + mostNumbers;
    if (this.#length + needed > this.#numbers.length) this.#makeRoom(needed);
    const numbers = this.#numbers;
    let at = this.#length;
    numbers[at++] = across.length;
    for (const item of across) {
      numbers[at++] = this.#claim(item);
      numbers[at++] = item.weight;
      numbers[at++] = item instanceof WordedEvidence ? 0 : this.#text(item.reason);
      numbers[at++] = item.target === undefined ? 0 : this.#text(item.target);
      numbers[at++] = item.cves.length;
      for (const cve of item.cves) numbers[at++] = this.#text(cve);
    }
    this.#length = at;
  }

  /** There are a few in a parcel: the last is most often the one. */
  #claim({ detector, technique, behavior }: Evidence): number {
    const claims = this.#claims;
    for (let number = claims.length - 1; number >= Math.max(0, claims.length - claimsLookedAt); number -= 1) {
      const claim = claims[number];
      if (claim?.detector === detector && claim.technique === technique && claim.behavior === behavior)
        return number;
    }
    return claims.push({ detector, technique, behavior }) - 1;
  }

  #lastName(last: LastName, name: string): number {
    if (last.number >= 0 && last.name === name) return last.number;
    const number = this.#name(name);
    // Texts are the parcel's own.
    last.number = number;
    last.name = name;
    return number;
  }

  #name(name: string): number {
    return name.length > longestName ? -this.#text(name) : this.#tell(this.#numbersOf.of(name), name);
  }

  /** The number by which the thread knows a name, which it is told where it does not. */
  #tell(number: number, name: string): number {
    const told = this.#told.get(number);
    if (told > 0) return told - 1;
    this.#names.push(name);
    this.#toldCount += 1;
    this.#told.set(number, this.#toldCount);
    return this.#toldCount - 1;
  }

  /** Counts from 1. */
  #text(text: string): number {
    return this.#texts.push(text);
  }
}

/** The name that a column had last, and its number; negative where there is none. */
class LastName {
  name = '';
  number = -1;
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
  /** Where the next number stands. */
  #at = 0;

  read(parcel: Parcel, unpacked: Unpacked): void {
    if (parcel.anew) this.#names = [];
    for (const name of parcel.names) this.#names.push(name);
    this.#parcel = parcel;
    const { numbers, length, whole } = parcel;
    this.#at = 0;
    let wholes = 0;
    while (this.#at < length) {
      const index = numbers[this.#at] ?? 0;
      const bits = numbers[this.#at + 1] ?? 0;
      this.#at += 2;
      const across = (bits & hasEvidence) === 0 ? noEvidence : this.#evidence(numbers);
      const kind = bits & formMask;
      if (kind === form.whole) {
        const observation = whole[wholes++];
        if (observation !== undefined) unpacked(index, observation, across);
      } else if (kind === form.flow) unpacked(index, this.#flow(numbers, bits), across);
      else if (kind === form.login) unpacked(index, this.#login(numbers, bits), across);
      else unpacked(index, this.#access(numbers, bits), across);
    }
    this.#parcel = null;
  }

  // Each form is written out: to copy what all have costs a tenth of all that a judging thread does.

  #flow(numbers: Float64Array, bits: number): Observation {
    const at = this.#at;
    this.#at = at + 15;
    const flow = {
      id: anonymousId,
      at: numbers[at] ?? 0,
      sensor: this.#name(numbers[at + 7] ?? 0),
      sequence: numbers[at + 1] ?? 0,
      source: this.#name(numbers[at + 2] ?? 0),
      sourcePort: numbers[at + 3] ?? 0,
      destination: this.#name(numbers[at + 4] ?? 0),
      destinationPort: numbers[at + 5] ?? 0,
      transport: transports[numbers[at + 6] ?? 0] ?? 'other',
      session: this.#session(numbers[at + 8] ?? 0),
      spoofable: (bits & isSpoofable) !== 0,
      kind: 'flow' as const,
      packets: numbers[at + 9] ?? 0,
      bytes: numbers[at + 10] ?? 0,
      duration: numbers[at + 11] ?? 0,
      action: actions[numbers[at + 12] ?? 0] ?? 'unknown',
      protocol: numbers[at + 13] ?? 0,
      tcpFlags: numbers[at + 14] ?? 0,
      reply: (bits & isReply) !== 0,
    };
    if ((bits & (isReply | isNoReply)) !== 0) return flow;
    const { reply: _, ...unknown } = flow;
    return unknown;
  }

  #login(numbers: Float64Array, bits: number): Observation {
    const at = this.#at;
    this.#at = at + 13;
    return {
      id: anonymousId,
      at: numbers[at] ?? 0,
      sensor: this.#name(numbers[at + 7] ?? 0),
      sequence: numbers[at + 1] ?? 0,
      source: this.#name(numbers[at + 2] ?? 0),
      sourcePort: numbers[at + 3] ?? 0,
      destination: this.#name(numbers[at + 4] ?? 0),
      destinationPort: numbers[at + 5] ?? 0,
      transport: transports[numbers[at + 6] ?? 0] ?? 'other',
      session: this.#session(numbers[at + 8] ?? 0),
      spoofable: (bits & isSpoofable) !== 0,
      kind: 'login',
      service: this.#name(numbers[at + 9] ?? 0),
      user: this.#name(numbers[at + 10] ?? 0),
      outcome: outcomes[numbers[at + 11] ?? 0] ?? 'failure',
      method: this.#name(numbers[at + 12] ?? 0),
    };
  }

  #access(numbers: Float64Array, bits: number): Observation {
    const at = this.#at;
    this.#at = at + 14;
    return {
      id: anonymousId,
      at: numbers[at] ?? 0,
      sensor: this.#name(numbers[at + 7] ?? 0),
      sequence: numbers[at + 1] ?? 0,
      source: this.#name(numbers[at + 2] ?? 0),
      sourcePort: numbers[at + 3] ?? 0,
      destination: this.#name(numbers[at + 4] ?? 0),
      destinationPort: numbers[at + 5] ?? 0,
      transport: transports[numbers[at + 6] ?? 0] ?? 'other',
      session: this.#session(numbers[at + 8] ?? 0),
      spoofable: (bits & isSpoofable) !== 0,
      kind: 'web-access',
      method: this.#name(numbers[at + 9] ?? 0),
      path: this.#text(numbers[at + 10] ?? 0),
      status: numbers[at + 11] ?? 0,
      userAgent: this.#name(numbers[at + 12] ?? 0),
      referrer: this.#name(numbers[at + 13] ?? 0),
    };
  }

  #evidence(numbers: Float64Array): readonly Evidence[] {
    const evidence: Evidence[] = [];
    const count = numbers[this.#at] ?? 0;
    let at = this.#at + 1;
    for (let item = 0; item < count; item += 1) {
      const claim = this.#parcel?.claims[numbers[at] ?? 0];
      const reason = numbers[at + 2] ?? 0;
      const target = numbers[at + 3] ?? 0;
      const cveCount = numbers[at + 4] ?? 0;
      const cves =
        cveCount === 0
          ? noCves
          : Array.from({ length: cveCount }, (_, cve) => this.#text(numbers[at + 5 + cve] ?? 0));
      const said = {
        detector: claim?.detector ?? '',
        weight: numbers[at + 1] ?? 0,
        reason: reason === 0 ? '' : this.#text(reason),
        technique: claim?.technique ?? '',
        behavior: claim?.behavior ?? null,
        cves,
      };
      evidence.push(target === 0 ? said : { ...said, target: this.#text(target) });
      at += evidenceNumbers + cveCount;
    }
    this.#at = at;
    return evidence;
  }

  #session(number: number): string {
    return number === 0 ? '' : this.#text(number);
  }

  #name(number: number): string {
    return number < 0 ? this.#text(-number) : (this.#names[number] ?? '');
  }

  #text(number: number): string {
    return this.#parcel?.texts[number - 1] ?? '';
  }
}
