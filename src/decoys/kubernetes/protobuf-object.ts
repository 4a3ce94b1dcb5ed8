/**
 * Objects in Protocol Buffers, as kubectl sends what it makes by itself:
 *
 *     0x6b 0x38 0x73 0x00 <Unknown>     Unknown = {typeMeta 1 {apiVersion 1, kind 2}, raw 2, contentEncoding 3, contentType 4}
 *
 * `raw` is the message of the kind. What comes out is the object as JSON has it.
 */

import { Buffer } from 'node:buffer';
import { isObject, type JsonObject, type JsonValue } from '../../wire/json-value.ts';
import { octetsOf, type ProtobufField, readProtobuf, textOf } from '../../wire/protobuf.ts';
import { messages } from './protobuf-schema.ts';

const magic = Buffer.from('k8s\0', 'latin1');
/** Values of one object: each costs an octet or two to send, and more to hold. */
const mostValues = 20_000;

export const protobufType = 'application/vnd.kubernetes.protobuf';

/** What has been read of a message. Keys of maps come from the sender: they become properties at the end, all at once. */
interface Draft {
  readonly plain: Map<string, JsonValue>;
  readonly lists: Map<string, JsonValue[]>;
  readonly maps: Map<string, Map<string, JsonValue>>;
}

class ObjectReader {
  #left = mostValues;

  message(name: string, bytes: Uint8Array): JsonObject | null {
    const schema = messages[name];
    const fields = readProtobuf(bytes);
    if (schema === undefined || fields === null) return null;
    const draft: Draft = { plain: new Map(), lists: new Map(), maps: new Map() };
    for (const field of fields) {
      const [key, type] = schema[field.number] ?? [];
      if (key === undefined || type === undefined) continue;
      if (!this.#put(draft, key, type, field)) return null;
    }
    // `fromEntries` makes a property of any name, `__proto__` too.
    return Object.fromEntries<JsonValue>([
      ...draft.plain,
      ...draft.lists,
      ...Array.from(draft.maps, ([key, map]) => [key, Object.fromEntries(map)] as const),
    ]);
  }

  #put(draft: Draft, key: string, type: string, { value }: ProtobufField): boolean {
    this.#left -= 1;
    if (this.#left < 0) return false;
    if (type.startsWith('map of ')) {
      const entry = value instanceof Uint8Array ? readProtobuf(value) : null;
      if (entry === null) return false;
      const held = entry.findLast(({ number }) => number === 2)?.value ?? new Uint8Array();
      const made = this.#value(type.slice('map of '.length), held);
      if (made === null) return false;
      const map = draft.maps.get(key) ?? new Map<string, JsonValue>();
      draft.maps.set(key, map.set(textOf(entry, 1), made));
      return true;
    }
    const isList = type.endsWith(' *');
    const made = this.#value(isList ? type.slice(0, -2) : type, value);
    if (made === null) return false;
    if (isList) {
      const list = draft.lists.get(key);
      if (list === undefined) draft.lists.set(key, [made]);
      else list.push(made);
    } else if (key === '.' && isObject(made)) {
      for (const [name, each] of Object.entries(made)) if (each !== undefined) draft.plain.set(name, each);
    }
    // What was not set is empty or false: JSON leaves it out.
    else if (made !== '' && made !== false) draft.plain.set(key, made);
    return true;
  }

  /** Null where the octets are none of this type. */
  #value(type: string, value: Uint8Array | bigint): JsonValue {
    if (typeof value === 'bigint') {
      if (type === 'flag') return value !== 0n;
      return type === 'whole' ? Number(BigInt.asIntN(64, value)) : null;
    }
    switch (type) {
      case 'text':
        return Buffer.from(value).toString('utf8');
      case 'octets':
        return Buffer.from(value).toString('base64');
      case 'whole':
      case 'flag':
        return null;
      case 'quantity': {
        const fields = readProtobuf(value);
        return fields === null ? null : textOf(fields, 1);
      }
      case 'time': {
        const seconds = readProtobuf(value)?.find(({ number }) => number === 1)?.value ?? 0n;
        const at = typeof seconds === 'bigint' ? Number(BigInt.asIntN(64, seconds)) * 1_000 : 0;
        return at > 0 && at < 8e15 ? `${new Date(at).toISOString().slice(0, 19)}Z` : '';
      }
      case 'either': {
        const fields = readProtobuf(value);
        if (fields === null) return null;
        const whole = fields.find(({ number }) => number === 2)?.value;
        const isText = fields.some((field) => field.number === 1 && field.value === 1n);
        return isText ? textOf(fields, 3) : typeof whole === 'bigint' ? Number(BigInt.asIntN(32, whole)) : 0;
      }
      default:
        return this.message(type, value);
    }
  }
}

/** The object that these bytes are; null where they are none, or of a kind that is not known here. */
export function readProtobufObject(bytes: Uint8Array): JsonObject | null {
  if (!magic.equals(bytes.subarray(0, magic.length))) return null;
  const unknown = readProtobuf(bytes.subarray(magic.length));
  const type = unknown === null ? null : readProtobuf(octetsOf(unknown, 1) ?? new Uint8Array());
  if (unknown === null || type === null) return null;
  const kind = textOf(type, 2);
  if (!Object.hasOwn(messages, kind)) return null;
  const object = new ObjectReader().message(kind, octetsOf(unknown, 2) ?? new Uint8Array());
  return object === null ? null : { kind, apiVersion: textOf(type, 1), ...object };
}
