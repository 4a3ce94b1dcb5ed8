/**
 * Sources of which one flow or probe has been seen and no more: most of those that ever come. That observation is kept in columns,
 * 82 bytes instead of some 1,300 for a record and the states of detectors, and given back when the source comes again, so
 * that nothing is judged otherwise for it. When the table is full the oldest make room, and a filter knows
 * that they were here.
 */

import { formatAddress, ipv4Value, parseAddress } from '../core/address.ts';
import type { FlowFact, Observation, Transport } from '../core/observation.ts';
import { ForgottenSources } from './forgotten-sources.ts';

const transports: readonly Transport[] = ['tcp', 'udp', 'icmp', 'other'];
const actions: readonly FlowFact['action'][] = ['accept', 'reject', 'unknown'];
const largest = 0xffff_ffff;
const namesKept = 262_144;
const firstCapacity = 4_096;
/** Sources that are known to be forgotten, for each that is kept. */
const generationsOfTable = 4;
const idPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

const flagScan = 1;
const flagSpoofable = 2;
const flagReply = 4;
const flagNoReply = 8;
const flagFingerprints = 16;

/** Texts of which there are few, by number. */
class Names {
  readonly #numbers = new Map<string, number>();
  readonly #texts: string[] = [];

  /** -1 where there are too many. */
  numberOf(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    if (this.#texts.length >= namesKept) return -1;
    this.#numbers.set(text, this.#texts.length);
    this.#texts.push(text);
    return this.#texts.length - 1;
  }

  text(number: number): string {
    return this.#texts[number] ?? '';
  }
}

class Columns {
  /** Four words an address, an IPv4 one in the last; then the family (0: nothing here). */
  readonly address: Uint32Array;
  readonly family: Uint8Array;
  readonly sourcePort: Uint16Array;
  readonly destination: Int32Array;
  readonly destinationPort: Uint16Array;
  readonly sensor: Int32Array;
  readonly id: Uint8Array;
  readonly at: Float64Array;
  readonly sequence: Uint32Array;
  readonly flags: Uint8Array;
  readonly transport: Uint8Array;
  readonly protocol: Uint8Array;
  readonly action: Uint8Array;
  readonly tcpFlags: Int16Array;
  readonly packets: Uint32Array;
  readonly bytes: Uint32Array;
  readonly duration: Uint32Array;
  /** A probe's name; its TTL and window. */
  readonly probe: Int32Array;
  readonly ttl: Int16Array;
  readonly window: Int32Array;
  readonly capacity: number;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.address = new Uint32Array(capacity * 4);
    this.family = new Uint8Array(capacity);
    this.sourcePort = new Uint16Array(capacity);
    this.destination = new Int32Array(capacity);
    this.destinationPort = new Uint16Array(capacity);
    this.sensor = new Int32Array(capacity);
    this.id = new Uint8Array(capacity * 16);
    this.at = new Float64Array(capacity);
    this.sequence = new Uint32Array(capacity);
    this.flags = new Uint8Array(capacity);
    this.transport = new Uint8Array(capacity);
    this.protocol = new Uint8Array(capacity);
    this.action = new Uint8Array(capacity);
    this.tcpFlags = new Int16Array(capacity);
    this.packets = new Uint32Array(capacity);
    this.bytes = new Uint32Array(capacity);
    this.duration = new Uint32Array(capacity);
    this.probe = new Int32Array(capacity);
    this.ttl = new Int16Array(capacity);
    this.window = new Int32Array(capacity);
  }

  takeOver(older: Columns): void {
    this.address.set(older.address);
    this.family.set(older.family);
    this.sourcePort.set(older.sourcePort);
    this.destination.set(older.destination);
    this.destinationPort.set(older.destinationPort);
    this.sensor.set(older.sensor);
    this.id.set(older.id);
    this.at.set(older.at);
    this.sequence.set(older.sequence);
    this.flags.set(older.flags);
    this.transport.set(older.transport);
    this.protocol.set(older.protocol);
    this.action.set(older.action);
    this.tcpFlags.set(older.tcpFlags);
    this.packets.set(older.packets);
    this.bytes.set(older.bytes);
    this.duration.set(older.duration);
    this.probe.set(older.probe);
    this.ttl.set(older.ttl);
    this.window.set(older.window);
  }
}

const fits = (value: number, maximum: number): boolean =>
  Number.isInteger(value) && value >= 0 && value <= maximum;

/** A source's address as words; the key of an IPv6 source is its first two. */
interface Words {
  readonly family: 4 | 6;
  readonly high: number;
  readonly low: number;
  readonly third: number;
  readonly fourth: number;
}

function wordsOf(text: string): Words | null {
  const four = ipv4Value(text);
  if (four >= 0) return { family: 4, high: 0, low: four, third: 0, fourth: four };
  const slash = text.indexOf('/');
  const address = parseAddress(slash < 0 ? text : text.slice(0, slash));
  if (address === null || address.family !== 6) return null;
  const word = (shift: bigint): number => Number((address.value >> shift) & 0xffff_ffffn);
  return { family: 6, high: word(96n), low: word(64n), third: word(32n), fourth: word(0n) };
}

export class FirstObservations {
  readonly #maximum: number;
  readonly #names = new Names();
  #columns: Columns;
  /** Places in the columns plus one, by hash; open addressing with linear probing. */
  #slots: Int32Array;
  /** Where the next one goes: behind the youngest, and once the table is full in the oldest's place. */
  #next = 0;
  #size = 0;
  #evicted = 0;
  /** Only once somebody is forgotten: most installations never are so full. */
  #forgotten: ForgottenSources | null = null;

  constructor(maximum: number) {
    this.#maximum = Math.max(1, maximum);
    this.#columns = new Columns(Math.min(firstCapacity, this.#maximum));
    this.#slots = new Int32Array(this.#columns.capacity * 2);
  }

  get size(): number {
    return this.#size;
  }

  get evicted(): number {
    return this.#evicted;
  }

  /** Keeps a source's first observation. False where it is of a kind, or has something, that the columns can't hold. */
  keep(observation: Observation): boolean {
    if (observation.kind !== 'flow' && observation.kind !== 'scan') return false;
    const { fingerprints } = observation;
    if (observation.session !== '' || !idPattern.test(observation.id)) return false;
    if (!fits(observation.sequence, largest)) return false;
    if (observation.kind === 'flow') {
      if (fingerprints !== undefined) return false;
      if (!fits(observation.packets, largest) || !fits(observation.bytes, largest)) return false;
      if (!fits(observation.duration, largest) || !fits(observation.protocol, 255)) return false;
    } else if (fingerprints !== undefined) {
      const { ttl, window, ...others } = fingerprints;
      if (!fits(ttl ?? 0, 255) || !fits(window ?? 0, 65_535) || Object.keys(others).length > 0) return false;
    }
    const words = wordsOf(observation.source);
    const destination = this.#names.numberOf(observation.destination);
    const sensor = this.#names.numberOf(observation.sensor);
    const probe = observation.kind === 'scan' ? this.#names.numberOf(observation.probe) : 0;
    if (words === null || destination < 0 || sensor < 0 || probe < 0) return false;
    const place = this.#place();
    const columns = this.#columns;
    columns.address.set([words.high, words.low, words.third, words.fourth], place * 4);
    columns.family[place] = words.family;
    columns.sourcePort[place] = observation.sourcePort;
    columns.destination[place] = destination;
    columns.destinationPort[place] = observation.destinationPort;
    columns.sensor[place] = sensor;
    for (let at = 0, text = 0; at < 16; at += 1, text += 2) {
      if (observation.id.charCodeAt(text) === 45) text += 1;
      columns.id[place * 16 + at] = Number.parseInt(observation.id.slice(text, text + 2), 16);
    }
    columns.at[place] = observation.at;
    columns.sequence[place] = observation.sequence;
    columns.transport[place] = transports.indexOf(observation.transport);
    let flags = observation.spoofable ? flagSpoofable : 0;
    if (observation.kind === 'flow') {
      if (observation.reply !== undefined) flags |= observation.reply ? flagReply : flagNoReply;
      columns.protocol[place] = observation.protocol;
      columns.action[place] = actions.indexOf(observation.action);
      columns.tcpFlags[place] = observation.tcpFlags;
      columns.packets[place] = observation.packets;
      columns.bytes[place] = observation.bytes;
      columns.duration[place] = observation.duration;
    } else {
      flags |= flagScan;
      columns.probe[place] = probe;
      if (fingerprints !== undefined) flags |= flagFingerprints;
      columns.ttl[place] = fingerprints?.ttl ?? -1;
      columns.window[place] = fingerprints?.window ?? -1;
    }
    columns.flags[place] = flags;
    this.#link(place);
    this.#size += 1;
    return true;
  }

  /** The kept observation of this source (its key), which is then no longer kept. */
  take(source: string): Observation | null {
    if (this.#size === 0) return null;
    const place = this.#find(source);
    if (place < 0) return null;
    const observation = this.#read(place);
    this.#remove(place);
    return observation;
  }

  find(source: string): Observation | null {
    const place = this.#size === 0 ? -1 : this.#find(source);
    return place < 0 ? null : this.#read(place);
  }

  /** Whether this source (its key) was here of late and is forgotten. Of others it is said of 0.28 % at most. */
  wasForgotten(source: string): boolean {
    if (this.#forgotten === null) return false;
    const words = wordsOf(source);
    return words !== null && this.#forgotten.has(words.family, words.high, words.low);
  }

  /** A source is forgotten that was remembered whole. */
  forget(source: string): void {
    const words = wordsOf(source);
    if (words === null) return;
    this.#forgotten ??= new ForgottenSources(this.#maximum * generationsOfTable);
    this.#forgotten.add(words.family, words.high, words.low);
  }

  *values(): Iterable<Observation> {
    const columns = this.#columns;
    for (let place = 0; place < columns.capacity; place += 1) {
      if (columns.family[place] !== 0) yield this.#read(place);
    }
  }

  #read(place: number): Observation {
    const columns = this.#columns;
    const number = (column: ArrayLike<number>): number => column[place] ?? 0;
    const [high = 0, low = 0, third = 0, fourth = 0] = columns.address.subarray(place * 4, place * 4 + 4);
    const value =
      number(columns.family) === 4
        ? BigInt(fourth)
        : (BigInt(high) << 96n) | (BigInt(low) << 64n) | (BigInt(third) << 32n) | BigInt(fourth);
    const hex = Buffer.from(columns.id.subarray(place * 16, place * 16 + 16)).toString('hex');
    const flags = number(columns.flags);
    const seen = {
      id: `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`,
      at: number(columns.at),
      sensor: this.#names.text(number(columns.sensor)),
      sequence: number(columns.sequence),
      source: formatAddress({ family: number(columns.family) === 4 ? 4 : 6, value }),
      sourcePort: number(columns.sourcePort),
      destination: this.#names.text(number(columns.destination)),
      destinationPort: number(columns.destinationPort),
      transport: transports[number(columns.transport)] ?? 'other',
      session: '',
      spoofable: (flags & flagSpoofable) !== 0,
    };
    if ((flags & flagScan) !== 0) {
      const probe = this.#names.text(number(columns.probe));
      if ((flags & flagFingerprints) === 0) return { ...seen, kind: 'scan', probe };
      const ttl = number(columns.ttl);
      const window = number(columns.window);
      const fingerprints = { ...(ttl < 0 ? {} : { ttl }), ...(window < 0 ? {} : { window }) };
      return { ...seen, fingerprints, kind: 'scan', probe };
    }
    return {
      ...seen,
      kind: 'flow',
      packets: number(columns.packets),
      bytes: number(columns.bytes),
      duration: number(columns.duration),
      action: actions[number(columns.action)] ?? 'unknown',
      protocol: number(columns.protocol),
      tcpFlags: number(columns.tcpFlags),
      ...((flags & (flagReply | flagNoReply)) === 0 ? {} : { reply: (flags & flagReply) !== 0 }),
    };
  }

  /** A free place: a new one, or the oldest's. */
  #place(): number {
    if (this.#next === this.#columns.capacity) {
      if (this.#columns.capacity < this.#maximum) this.#grow();
      else this.#next = 0;
    }
    const place = this.#next;
    this.#next += 1;
    const { family, address } = this.#columns;
    const held = family[place] ?? 0;
    if (held !== 0) {
      this.#forgotten ??= new ForgottenSources(this.#maximum * generationsOfTable);
      if (held === 4) this.#forgotten.add(4, 0, address[place * 4 + 3] ?? 0);
      else this.#forgotten.add(6, address[place * 4] ?? 0, address[place * 4 + 1] ?? 0);
      this.#remove(place);
      this.#evicted += 1;
    }
    return place;
  }

  #grow(): void {
    const older = this.#columns;
    this.#columns = new Columns(Math.min(this.#maximum, older.capacity * 2));
    this.#columns.takeOver(older);
    this.#slots = new Int32Array(this.#columns.capacity * 2);
    for (let place = 0; place < older.capacity; place += 1) {
      if (this.#columns.family[place] !== 0) this.#link(place);
    }
  }

  #home(family: number, high: number, low: number): number {
    let hash = Math.imul(high ^ family, 0x9e3779b1) ^ low;
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    return ((hash ^ (hash >>> 16)) >>> 0) % this.#slots.length;
  }

  /** The key of an IPv4 source is its address, which stands in the last word and is hashed as the low one. */
  #homeOf(place: number): number {
    const { address, family } = this.#columns;
    return family[place] === 4
      ? this.#home(4, 0, address[place * 4 + 3] ?? 0)
      : this.#home(6, address[place * 4] ?? 0, address[place * 4 + 1] ?? 0);
  }

  #find(source: string): number {
    const words = wordsOf(source);
    if (words === null) return -1;
    const { family, high, low } = words;
    const { address, family: families } = this.#columns;
    const offset = family === 4 ? 3 : 1;
    for (let slot = this.#home(family, high, low); ; slot = (slot + 1) % this.#slots.length) {
      const place = (this.#slots[slot] ?? 0) - 1;
      if (place < 0) return -1;
      if (families[place] !== family || address[place * 4 + offset] !== low) continue;
      if (family === 4 || address[place * 4] === high) return place;
    }
  }

  #link(place: number): void {
    let slot = this.#homeOf(place);
    while (this.#slots[slot] !== 0) slot = (slot + 1) % this.#slots.length;
    this.#slots[slot] = place + 1;
  }

  /** Takes the slot out and moves those behind it up, so that no search ends too early. */
  #remove(place: number): void {
    const { length } = this.#slots;
    let slot = this.#homeOf(place);
    while (this.#slots[slot] !== place + 1) slot = (slot + 1) % length;
    for (let behind = (slot + 1) % length; this.#slots[behind] !== 0; behind = (behind + 1) % length) {
      const home = this.#homeOf((this.#slots[behind] ?? 0) - 1);
      const isBetween = slot < behind ? slot < home && home <= behind : slot < home || home <= behind;
      if (isBetween) continue;
      this.#slots[slot] = this.#slots[behind] ?? 0;
      slot = behind;
    }
    this.#slots[slot] = 0;
    this.#columns.family[place] = 0;
    this.#size -= 1;
  }
}
