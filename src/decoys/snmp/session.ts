import { Buffer } from 'node:buffer';
import type { DecoyContext, DecoyOutput, DecoySession } from '../../core/decoy.ts';
import { berArcs, berInteger, BerReader, berValue, readArcs, type BerValue } from '../../wire/ber.ts';
import { latin1, octets } from '../../wire/big-endian.ts';
import { urlsIn } from '../../wire/url-text.ts';
import { agentOf, compareArcs, objectsOf, type Agent, type SnmpObject } from './objects.ts';

const requestsPerConnection = 5_000;
const bindingLimit = 256;
const messageLimit = 65_535;

const pduNames: Readonly<Record<number, string>> = {
  0xa0: 'get',
  0xa1: 'getnext',
  0xa2: 'response',
  0xa3: 'set',
  0xa4: 'trap',
  0xa5: 'getbulk',
  0xa6: 'inform',
  0xa7: 'trap2',
  0xa8: 'report',
};

const error = { tooBig: 1, noSuchName: 2, genErr: 5, noAccess: 6 } as const;
const exception = { noSuchObject: 0x80, noSuchInstance: 0x81, endOfView: 0x82 } as const;

interface Binding {
  readonly arcs: readonly number[];
  readonly value: BerValue;
}

interface Pdu {
  readonly tag: number;
  readonly id: number;
  /** Error status and index; in GetBulk non-repeaters and repetitions. */
  readonly first: number;
  readonly second: number;
  readonly bindings: readonly Binding[];
}

/** RFC 3416 §3: SEQUENCE-like { INTEGER id, INTEGER status, INTEGER index, SEQUENCE OF SEQUENCE { OBJECT IDENTIFIER, value } }. */
function readPdu(value: BerValue | null): Pdu | null {
  if (value === null || value.tag < 0xa0 || value.tag > 0xa8 || value.tag === 0xa4) return null;
  const reader = new BerReader(value.contents);
  const [id, first, second, list] = [reader.integer(), reader.integer(), reader.integer(), reader.take(0x30)];
  if (id === null || first === null || second === null || list === null) return null;
  const bindings: Binding[] = [];
  const items = new BerReader(list);
  while (items.left > 0) {
    const item = items.take(0x30);
    if (item === null || bindings.length >= bindingLimit) return null;
    const inside = new BerReader(item);
    const name = inside.take(6);
    const arcs = name === null ? null : readArcs(name);
    const content = inside.next();
    if (arcs === null || content === null) return null;
    bindings.push({ arcs, value: content });
  }
  return { tag: value.tag, id, first, second, bindings };
}

const encodeBinding = (arcs: readonly number[], value: Uint8Array): Uint8Array =>
  berValue(0x30, berArcs(arcs), value);

export class SnmpSession implements DecoySession {
  readonly #context: DecoyContext;
  readonly #agent: Agent;
  #held: Buffer = Buffer.alloc(0);
  #requests = 0;
  #over = false;
  readonly #said = new Set<string>();
  #unknownEngines: number;
  #unknownUsers: number;

  constructor(context: DecoyContext) {
    this.#context = context;
    this.#agent = agentOf(context.persona);
    const random = context.persona.random('snmp-counters');
    this.#unknownEngines = 1 + (random.next() % 300);
    this.#unknownUsers = random.next() % 200;
  }

  *receive(bytes: Uint8Array): Iterable<DecoyOutput> {
    if (this.#over) return;
    if (this.#context.transport === 'udp') {
      yield* this.#message(bytes, bytes.length);
      return;
    }
    // RFC 3430 §2.1: over TCP a message is its own SEQUENCE.
    this.#held = Buffer.concat([this.#held, bytes]);
    while (this.#held.length >= 2) {
      const size = sizeOf(this.#held);
      if (size === 'more') return;
      this.#requests += 1;
      if (size === 'bad' || this.#requests > requestsPerConnection) {
        this.#over = true;
        this.#held = Buffer.alloc(0);
        yield { do: 'close' };
        return;
      }
      if (this.#held.length < size) return;
      const message = Uint8Array.from(this.#held.subarray(0, size));
      this.#held = this.#held.subarray(size);
      yield* this.#message(message, messageLimit);
    }
  }

  /** RFC 1157 §4, RFC 3416: SEQUENCE { INTEGER version 0 or 1, OCTET STRING community, PDU }. Version 3 has its own form (RFC 3412 §6). */
  *#message(bytes: Uint8Array, limit: number): Iterable<DecoyOutput> {
    const whole = new BerReader(bytes).take(0x30);
    if (whole === null) return;
    const reader = new BerReader(whole);
    const version = reader.integer();
    if (version === 3) {
      yield* this.#third(reader, limit);
      return;
    }
    const secret = version === 0 || version === 1 ? reader.take(4) : null;
    if (secret === null || version === null) return;
    const community = latin1(secret).slice(0, 256);
    const known = this.#agent.communities.includes(community);
    const pdu = readPdu(reader.next());
    if (!this.#said.has(community) && this.#said.size < 1_024) {
      this.#said.add(community);
      this.#context.countAttempt();
      yield {
        do: 'saw',
        fact: {
          kind: 'auth',
          service: 'snmp',
          user: '',
          method: 'password',
          password: community,
          accepted: known,
        },
      };
    }
    if (pdu === null) return;
    yield* this.#record(pdu, version === 0 ? 'v1' : 'v2c');
    // A stranger's community is met with silence, and so is what is no request.
    if (!known || (pdu.tag === 0xa5 && version === 0)) return;
    const wrap = (answer: Uint8Array): Uint8Array =>
      berValue(0x30, berInteger(version), berValue(4, secret), answer);
    const answer = this.#answer(pdu, version === 0, (candidate) => wrap(candidate).length <= limit);
    if (answer !== null) yield { do: 'reply', bytes: wrap(answer) };
  }

  #response(
    tag: number,
    id: number,
    status: number,
    index: number,
    bindings: readonly Uint8Array[],
  ): Uint8Array {
    return berValue(tag, berInteger(id), berInteger(status), berInteger(index), berValue(0x30, ...bindings));
  }

  #answer(pdu: Pdu, isFirst: boolean, fits: (candidate: Uint8Array) => boolean): Uint8Array | null {
    const echoed = pdu.bindings.map(({ arcs, value }) =>
      encodeBinding(arcs, berValue(value.tag, value.contents)),
    );
    const fail = (status: number, index: number): Uint8Array =>
      this.#response(0xa2, pdu.id, status, index, echoed);
    let answer: Uint8Array;
    if (pdu.tag === 0xa0 || pdu.tag === 0xa1) {
      const objects = objectsOf(this.#context);
      const found = pdu.bindings.map(({ arcs }) =>
        pdu.tag === 0xa0 ? get(objects, arcs) : next(objects, arcs),
      );
      const missing = found.findIndex((each) => typeof each === 'number');
      answer =
        isFirst && missing >= 0
          ? fail(error.noSuchName, missing + 1)
          : this.#response(
              0xa2,
              pdu.id,
              0,
              0,
              found.map((each, index) =>
                typeof each === 'number'
                  ? encodeBinding(pdu.bindings[index]?.arcs ?? [], berValue(each))
                  : encodeBinding(each.arcs, each.value),
              ),
            );
    } else if (pdu.tag === 0xa5) {
      const bindings = this.#bulk(pdu, fits);
      // RFC 3416 §4.2.3: as many as there is room for; and where not even one fits, that.
      answer = this.#response(0xa2, pdu.id, 0, 0, bindings);
      if (bindings.length === 0 && pdu.bindings.length > 0)
        answer = this.#response(0xa2, pdu.id, error.tooBig, 0, []);
    } else if (pdu.tag === 0xa3) {
      answer = fail(isFirst ? error.noSuchName : error.noAccess, Math.min(1, pdu.bindings.length));
    } else return null;
    if (fits(answer)) return answer;
    // §4.2.1: an answer that is larger than may be is one without bindings; version 1 repeats the question.
    const tooBig = isFirst ? fail(error.tooBig, 0) : this.#response(0xa2, pdu.id, error.tooBig, 0, []);
    return fits(tooBig) ? tooBig : null;
  }

  #bulk(pdu: Pdu, fits: (candidate: Uint8Array) => boolean): Uint8Array[] {
    const objects = objectsOf(this.#context);
    const bindings: Uint8Array[] = [];
    const put = (binding: Uint8Array): boolean => {
      bindings.push(binding);
      if (bindings.length <= 1_000 && fits(this.#response(0xa2, pdu.id, 0, 0, bindings))) return true;
      bindings.pop();
      return false;
    };
    const single = Math.max(0, Math.min(pdu.first, pdu.bindings.length));
    const step = (arcs: readonly number[]): readonly [readonly number[], Uint8Array] => {
      const found = next(objects, arcs);
      return typeof found === 'number' ? [arcs, berValue(found)] : [found.arcs, found.value];
    };
    for (const { arcs } of pdu.bindings.slice(0, single))
      if (!put(encodeBinding(...step(arcs)))) return bindings;
    let row = pdu.bindings.slice(single).map(({ arcs }) => arcs);
    const repetitions = Math.max(0, Math.min(pdu.second, 200));
    for (let turn = 0; turn < repetitions && row.length > 0; turn += 1) {
      const steps = row.map(step);
      for (const [arcs, value] of steps) if (!put(encodeBinding(arcs, value))) return bindings;
      // Where all columns are at their end, nothing more is said.
      if (steps.every(([, value]) => value[0] === exception.endOfView)) break;
      row = steps.map(([arcs]) => arcs);
    }
    return bindings;
  }

  /**
   * RFC 3412 §6, RFC 3414 §2.4.
   *
   *     SEQUENCE { INTEGER 3, SEQUENCE { INTEGER id, INTEGER size, OCTET STRING flags, INTEGER model },
   *       OCTET STRING { SEQUENCE { engine, INTEGER boots, INTEGER time, user, authentication, privacy } },
   *       SEQUENCE { context engine, context name, PDU } }
   */
  *#third(reader: BerReader, limit: number): Iterable<DecoyOutput> {
    const header = reader.take(0x30);
    const security = reader.take(4);
    if (header === null || security === null) return;
    const fields = new BerReader(header);
    const [id, , flags, model] = [fields.integer(), fields.integer(), fields.take(4), fields.integer()];
    const sequence = new BerReader(security).take(0x30);
    if (id === null || flags === null || model !== 3 || sequence === null) return;
    const parameters = new BerReader(sequence);
    const [engine, , , user] = [
      parameters.take(4),
      parameters.integer(),
      parameters.integer(),
      parameters.take(4),
    ];
    if (engine === null || user === null) return;
    const scoped = reader.next();
    let pdu: Pdu | null = null;
    if (scoped?.tag === 0x30) {
      const inside = new BerReader(scoped.contents);
      inside.next();
      inside.next();
      pdu = readPdu(inside.next());
    }
    const isOurs = Buffer.compare(engine, this.#agent.engineId) === 0;
    const name = latin1(user).slice(0, 64);
    if (isOurs) {
      this.#context.countAttempt();
      yield {
        do: 'saw',
        fact: {
          kind: 'auth',
          service: 'snmp',
          user: name,
          method: ((flags[0] ?? 0) & 1) === 1 ? 'other' : 'none',
          accepted: false,
        },
      };
    } else yield { do: 'saw', fact: { kind: 'command', service: 'snmp', input: 'v3 discovery' } };
    if (pdu !== null && isOurs) yield* this.#record(pdu, 'v3');
    // Without the reportable flag nothing is said (RFC 3412 §6.4).
    if (((flags[0] ?? 0) & 4) === 0) return;
    const counter = isOurs ? (this.#unknownUsers += 1) : (this.#unknownEngines += 1);
    const arcs = [1, 3, 6, 1, 6, 3, 15, 1, 1, isOurs ? 3 : 4, 0];
    const report = this.#response(0xa8, pdu?.id ?? 0, 0, 0, [encodeBinding(arcs, berInteger(counter, 0x41))]);
    const uptime = Math.floor((this.#context.now() - this.#agent.startedAt) / 1_000);
    const own = berValue(4, this.#agent.engineId);
    const answer = berValue(
      0x30,
      berInteger(3),
      berValue(0x30, berInteger(id), berInteger(65_507), berValue(4, Uint8Array.of(0)), berInteger(3)),
      berValue(
        4,
        berValue(
          0x30,
          own,
          berInteger(this.#agent.boots),
          berInteger(Math.max(0, uptime)),
          berValue(4, isOurs ? user : new Uint8Array(0)),
          berValue(4),
          berValue(4),
        ),
      ),
      berValue(0x30, own, berValue(4), report),
    );
    if (answer.length <= limit) yield { do: 'reply', bytes: answer };
  }

  *#record(pdu: Pdu, version: string): Iterable<DecoyOutput> {
    const shown = pdu.bindings.slice(0, 8).map(({ arcs, value }) => {
      const content =
        pdu.tag === 0xa3
          ? `=${value.tag === 4 ? latin1(value.contents) : Buffer.from(value.contents).toString('hex')}`
          : '';
      return `${arcs.join('.')}${content}`;
    });
    const input = `${version} ${pduNames[pdu.tag] ?? ''} ${shown.join(' ')}`
      .replaceAll(/[^\x20-\x7e]/g, '.')
      .slice(0, 1_024);
    const urls = pdu.tag === 0xa3 ? urlsIn(input) : [];
    if (this.#said.size < 2_048 && !this.#said.has(input)) {
      this.#said.add(input);
      yield {
        do: 'saw',
        fact: { kind: 'command', service: 'snmp', input, ...(urls.length > 0 ? { urls } : {}) },
      };
    }
    const begins = (prefix: readonly number[]): boolean =>
      pdu.bindings.some(({ arcs }) => prefix.every((arc, index) => arcs[index] === arc));
    const exploit = (name: string, cves: readonly string[], technique: string): DecoyOutput => ({
      do: 'saw',
      fact: {
        kind: 'exploit',
        service: 'snmp',
        class: 'rce',
        name,
        cves,
        technique,
        detail: input.slice(0, 300),
      },
    });
    // NET-SNMP-EXTEND-MIB: a command written into nsExtendCommand and its arguments is run by the agent.
    if (pdu.tag === 0xa3 && begins([1, 3, 6, 1, 4, 1, 8072, 1, 3, 2, 2, 1]))
      yield exploit('net-snmp-extend', [], 'T1059.004');
    // “EXTRABACON”: CISCO-FIREWALL objects with code for their index.
    if (pdu.bindings.some(({ arcs }) => arcs.length > 60) && begins([1, 3, 6, 1, 4, 1, 9, 9, 491]))
      yield exploit('cisco-asa-snmp-overflow', ['CVE-2016-6366'], 'T1190');
    // CISCO-CONFIG-COPY-MIB: the configuration copied to a stranger.
    if (pdu.tag === 0xa3 && begins([1, 3, 6, 1, 4, 1, 9, 9, 96, 1, 1, 1, 1]))
      yield exploit('cisco-config-copy', [], 'T1602.002');
  }
}

function get(objects: readonly SnmpObject[], arcs: readonly number[]): SnmpObject | number {
  const found = objects.find((object) => compareArcs(object.arcs, arcs) === 0);
  if (found !== undefined) return found;
  // An object that is there, at another instance: its name without what stands behind.
  const near = objects.some((object) => {
    const depth = object.arcs[6] === 1 && object.arcs[7] === 9 ? 10 : object.arcs[6] === 1 ? 8 : 9;
    return arcs.length > depth && object.arcs.slice(0, depth).every((arc, index) => arcs[index] === arc);
  });
  return near ? exception.noSuchInstance : exception.noSuchObject;
}

function next(objects: readonly SnmpObject[], arcs: readonly number[]): SnmpObject | number {
  return objects.find((object) => compareArcs(object.arcs, arcs) > 0) ?? exception.endOfView;
}

/** Octets of the message that begins here. */
function sizeOf(bytes: Uint8Array): number | 'more' | 'bad' {
  const first = bytes[1] ?? 0;
  if (bytes[0] !== 0x30) return 'bad';
  if (first < 0x80) return 2 + first;
  const count = first & 0x7f;
  if (count === 0 || count > 3) return 'bad';
  if (bytes.length < 2 + count) return 'more';
  const length = octets(bytes.subarray(2, 2 + count)).reduce((sum, octet) => sum * 256 + octet, 0);
  return length > messageLimit ? 'bad' : 2 + count + length;
}
