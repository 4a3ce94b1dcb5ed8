/**
 * Credentials that decoys leave lying about, a different one for each source, and their recognition wherever they come back.
 *
 * No table is kept: a credential carries the place where it was planted and the address that it was planted for, enciphered
 * and tagged with keys that come from the sensor's seed.
 *
 *     block (10 octets)  = cipher[5] tag[5]
 *     cipher             = four Feistel rounds over place[1] address[4]
 *     tag                = the first 40 bits of HMAC-SHA256(key, "tag" cipher)
 *
 * The address is that of an IPv4 source. Of an IPv6 one it is 32 bits of a keyed hash of the text, so that `isFor` still tells
 * whether a given source had it; the top bit of the place says which. A stranger's credential passes for ours once in 2^40.
 */

import { Buffer } from 'node:buffer';
import { createHmac } from 'node:crypto';
import type { ExploitFact } from '../core/observation.ts';
import type { Persona } from '../core/persona.ts';

export const plantedPlaces = [
  'instance metadata',
  'a Kubernetes secret',
  'a service account',
  'a container environment',
  'a bucket object',
  'an MCP resource',
  'a search index',
  'a web file',
  'a database',
] as const;
export type PlantedPlace = (typeof plantedPlaces)[number];

export type PlantedForm = 'AWS access key' | 'token' | 'password' | 'SSH key';

export interface Planted {
  readonly form: PlantedForm;
  readonly place: PlantedPlace;
  /** For whom; null where the address was an IPv6 one. */
  readonly source: string | null;
  /** True where it was planted for this source. */
  isFor(source: string): boolean;
}

const blockBytes = 10;
const textLimit = 65_536;
const candidateLimit = 64;
const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The personas of one sensor share its seed, with the name behind it and, of a drawn machine, its place (as the sensor makes them). */
function keyOf(persona: Persona): string {
  const { name, seed } = persona;
  const alone = ` ${name}`;
  if (seed.endsWith(alone)) return seed.slice(0, -alone.length);
  const at = seed.indexOf(`${alone} `);
  return at < 0 ? seed : seed.slice(0, at);
}

const mac = (key: string, label: string, data: string | Uint8Array): Buffer =>
  createHmac('sha256', `planted credential\0${key}`).update(`${label}\0`).update(data).digest();

/** Bytes without end that belong to this label, for what a credential holds beside its block. */
function streamOf(key: string, label: string, count: number): Buffer {
  const pieces: Buffer[] = [];
  for (let index = 0; index * 32 < count; index += 1) pieces.push(mac(key, `stream ${index}`, label));
  return Buffer.concat(pieces).subarray(0, count);
}

const roundOf = (key: string, round: number, half: number): number =>
  mac(key, `round ${round}`, String(half)).readUInt32BE(0) % 0x10_0000;

/** Feistel over two halves of 20 bits. */
function encipher(key: string, high: number, low: number): [number, number] {
  let [left, right] = [high, low];
  for (let round = 0; round < 4; round += 1) [left, right] = [right, left ^ roundOf(key, round, right)];
  return [left, right];
}

function decipher(key: string, high: number, low: number): [number, number] {
  let [left, right] = [high, low];
  for (let round = 3; round >= 0; round -= 1) [left, right] = [right ^ roundOf(key, round, left), left];
  return [left, right];
}

function fourOf(source: string): number | null {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(source);
  if (parts === null) return null;
  return parts.slice(1).reduce((value, part) => value * 256 + (Number(part) & 255), 0);
}

const hashedAddress = (key: string, source: string): number => mac(key, 'address', source).readUInt32BE(0);

function blockOf(key: string, place: PlantedPlace, source: string): Buffer {
  const four = fourOf(source);
  const first = plantedPlaces.indexOf(place) | (four === null ? 0x80 : 0);
  const address = four ?? hashedAddress(key, source);
  // place[8] address[32] as two halves of 20 bits.
  const whole = first * 0x1_0000_0000 + address;
  const [left, right] = encipher(key, Math.floor(whole / 0x10_0000), whole % 0x10_0000);
  const cipher = Buffer.alloc(5);
  cipher.writeUIntBE(left * 0x10_0000 + right, 0, 5);
  return Buffer.concat([cipher, mac(key, 'tag', cipher).subarray(0, 5)]);
}

function openBlock(key: string, block: Uint8Array, form: PlantedForm): Planted | null {
  if (block.length !== blockBytes) return null;
  const cipher = Buffer.from(block.subarray(0, 5));
  if (!mac(key, 'tag', cipher).subarray(0, 5).equals(block.subarray(5))) return null;
  const value = cipher.readUIntBE(0, 5);
  const [high, low] = decipher(key, Math.floor(value / 0x10_0000), value % 0x10_0000);
  const whole = high * 0x10_0000 + low;
  const first = Math.floor(whole / 0x1_0000_0000);
  const address = whole % 0x1_0000_0000;
  const place = plantedPlaces[first & 0x7f];
  if (place === undefined) return null;
  const four = [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
  const source = (first & 0x80) === 0 ? four : null;
  return {
    form,
    place,
    source,
    isFor: (other) => (source === null ? hashedAddress(key, other) === address : other === source),
  };
}

function toBase32(bytes: Uint8Array): string {
  let text = '';
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += base32[(held >>> bits) & 31] ?? '';
      held &= (1 << bits) - 1;
    }
  }
  return text;
}

function fromBase32(text: string): Uint8Array {
  const bytes: number[] = [];
  let bits = 0;
  let held = 0;
  for (const character of text) {
    held = (held << 5) | base32.indexOf(character);
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((held >>> bits) & 255);
    held &= (1 << bits) - 1;
  }
  return Uint8Array.from(bytes);
}

export interface PlantedAwsKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** An access key of a user (`AKIA`) or of a role for a while (`ASIA`, which needs a session token beside it). */
export function plantedAwsKey(
  persona: Persona,
  place: PlantedPlace,
  source: string,
  prefix: 'AKIA' | 'ASIA' = 'AKIA',
): PlantedAwsKey {
  const key = keyOf(persona);
  const accessKeyId = prefix + toBase32(blockOf(key, place, source));
  return { accessKeyId, secretAccessKey: secretOf(key, accessKeyId) };
}

const secretOf = (key: string, accessKeyId: string): string =>
  streamOf(key, `secret ${accessKeyId}`, 30).toString('base64');

/** The secret of an access key id that this sensor planted; null for a stranger's. */
export function plantedSecret(persona: Persona, accessKeyId: string): string | null {
  if (!/^A[KS]IA[A-Z2-7]{16}$/.test(accessKeyId)) return null;
  const key = keyOf(persona);
  return openBlock(key, fromBase32(accessKeyId.slice(4)), 'AWS access key') === null
    ? null
    : secretOf(key, accessKeyId);
}

/** Random-looking bytes that begin with a block: what tokens and signatures are made of. */
export function plantedBytes(
  persona: Persona,
  place: PlantedPlace,
  source: string,
  count: number,
): Uint8Array {
  const key = keyOf(persona);
  const block = blockOf(key, place, source);
  return Uint8Array.from(
    Buffer.concat([
      block,
      streamOf(key, `bytes ${block.toString('hex')}`, Math.max(0, count - blockBytes)),
    ]).subarray(0, count),
  );
}

/** What `plantedBytes` has begun with; null where these are none of them. */
export function recognisePlantedBytes(
  persona: Persona,
  bytes: Uint8Array,
  form: PlantedForm,
): Planted | null {
  return openBlock(keyOf(persona), bytes.subarray(0, blockBytes), form);
}

const passwordOf = (key: string, place: PlantedPlace, source: string): string =>
  toBase32(blockOf(key, place, source)).toLowerCase();

/** Passwords that were shown last, of each sensor: who proves one without showing it may have it from another visitor. */
const shown = new Map<string, Set<string>>();
const shownKept = 64;
const sensorsKept = 16;

function noteShown(key: string, password: string): void {
  const held = shown.get(key) ?? new Set<string>();
  held.delete(password);
  held.add(password);
  for (const oldest of held) {
    if (held.size <= shownKept) break;
    held.delete(oldest);
  }
  shown.set(key, held);
  for (const oldest of shown.keys()) {
    if (shown.size <= sensorsKept) break;
    shown.delete(oldest);
  }
}

/** Sixteen small letters and digits, as a generator of passwords gives them. */
export function plantedPassword(persona: Persona, place: PlantedPlace, source: string): string {
  const key = keyOf(persona);
  const password = passwordOf(key, place, source);
  noteShown(key, password);
  return password;
}

/**
 * The planted passwords that somebody from here may prove that they have, by a hash over a challenge: those for this source, of every place,
 * then those that were shown to anybody last. `most` of them: a hash that is slow by design affords few.
 */
export function plantedPasswords(persona: Persona, source: string, most = 73): readonly string[] {
  const key = keyOf(persona);
  const own = plantedPlaces.map((place) => passwordOf(key, place, source));
  return [...new Set([...own, ...Array.from(shown.get(key) ?? []).reverse()])].slice(0, most);
}

/** A JSON Web Token whose signature is no signature. */
export function plantedJwt(
  persona: Persona,
  place: PlantedPlace,
  source: string,
  header: object,
  claims: object,
): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value), 'utf8').toString('base64url');
  const signature = Buffer.from(plantedBytes(persona, place, source, 256)).toString('base64url');
  return `${part(header)}.${part(claims)}.${signature}`;
}

/** Forty hexadecimal digits, as many services' tokens are. */
export function plantedHexToken(persona: Persona, place: PlantedPlace, source: string): string {
  return Buffer.from(plantedBytes(persona, place, source, 20)).toString('hex');
}

/** What of this text some decoy of this sensor has planted; looks at the first 64 KiB and at most 64 candidates of each form. */
export const recognisePlanted = (persona: Persona, text: string): readonly Planted[] =>
  recognisePlantedBy(keyOf(persona), text);

/** The same by the seed that all personas of a sensor share, for who has no persona at hand. */
export function recognisePlantedBy(key: string, text: string): readonly Planted[] {
  const searched = text.slice(0, textLimit);
  const found = new Map<string, Planted>();
  const look = (
    candidates: Iterable<string>,
    form: PlantedForm,
    bytesOf: (candidate: string) => Uint8Array,
  ): void => {
    let looked = 0;
    for (const candidate of candidates) {
      if (looked >= candidateLimit) return;
      if (found.has(candidate)) continue;
      looked += 1;
      const planted = openBlock(key, bytesOf(candidate), form);
      if (planted !== null) found.set(candidate, planted);
    }
  };
  look(searched.match(/A[KS]IA[A-Z2-7]{16}/g) ?? [], 'AWS access key', (id) => fromBase32(id.slice(4)));
  const words = searched.split(/[^A-Za-z0-9_-]+/);
  look(
    words.filter((word) => /^[a-z2-7]{16}$/.test(word)),
    'password',
    (word) => fromBase32(word.toUpperCase()),
  );
  look(
    words.filter((word) => /^[0-9a-f]{40}$/.test(word)),
    'token',
    (word) => Buffer.from(word.slice(0, 20), 'hex'),
  );
  look(
    words.filter((word) => word.length >= 100),
    'token',
    (word) => Buffer.from(word.slice(0, 16), 'base64url').subarray(0, blockBytes),
  );
  return [...found.values()];
}

/** The passwords in Basic credentials (RFC 7617) stand in Base64: this gives the text to look at. */
export function credentialText(authorization: string): string {
  const basic = /^basic\s{1,4}([A-Za-z0-9+/=_-]{1,1024})$/i.exec(authorization)?.[1];
  return basic === undefined ? authorization : Buffer.from(basic, 'base64').toString('latin1');
}

const likely = /A[KS]IA[A-Z2-7]{16}|(?<![\w-])(?:[a-z2-7]{16}|[0-9a-f]{40}|[\w-]{100,})(?![\w-])/;

/** Whether there is anything in a text that could be one: cheap, for those who see many texts. */
export const mayHoldPlanted = (text: string): boolean => text.length >= 16 && likely.test(text);

/** `AWS access key planted in a web file for 203.0.113.9` */
export const describePlanted = ({ form, place, source }: Omit<Planted, 'isFor'>): string =>
  `${form} planted in ${place}${source === null ? '' : ` for ${source}`}`;

/** The fact of its use. Its class is `auth-bypass`: it gets past a login without a guess, and the technique says how, by a valid account. */
export function plantedUsed(service: string, planted: Planted): ExploitFact {
  return {
    kind: 'exploit',
    service,
    class: 'auth-bypass',
    name: 'planted-credential',
    cves: [],
    technique: 'T1078',
    detail: describePlanted(planted),
  };
}
