/** Large objects, in which attackers carry libraries over to a file. */

import { Buffer } from 'node:buffer';
import { numberOf, textOf } from '../../sql/value.ts';
import { octetsOf } from '../bytea.ts';
import { failureOf } from '../errors.ts';
import type { PostgresInstance } from '../instance.ts';
import type { FunctionFamily } from './family.ts';

const objectLimit = 64;

export const largeObjectFunction: FunctionFamily = ({ view, machine }, name, items) => {
  const { instance } = view;
  const [first = null, second = null] = items;
  switch (name) {
    case 'lo_creat':
    case 'lo_create':
      return newObject(instance, numberOf(first), '');
    case 'lo_from_bytea':
      return newObject(instance, numberOf(first), octetsOf(textOf(second)).toString('latin1'));
    case 'lo_import':
      return newObject(instance, numberOf(second), machine.read(textOf(first)));
    case 'lo_put': {
      const oid = numberOf(first);
      const held = instance.largeObjects.get(oid);
      if (held === undefined) throw failureOf('42704', `large object ${oid} does not exist`);
      const offset = Math.min(held.length, Math.max(0, numberOf(second)));
      const more = octetsOf(textOf(items[2] ?? '')).toString('latin1');
      if (!instance.space.reserve(more.length))
        throw failureOf('53100', 'could not extend file: No space left on device');
      instance.largeObjects.set(oid, held.slice(0, offset) + more + held.slice(offset + more.length));
      return '';
    }
    case 'lo_get': {
      const text = instance.largeObjects.get(numberOf(first));
      if (text === undefined) throw failureOf('42704', `large object ${numberOf(first)} does not exist`);
      return `\\x${Buffer.from(text, 'latin1').toString('hex')}`;
    }
    case 'lo_unlink':
      return instance.largeObjects.delete(numberOf(first)) ? 1 : -1;
    case 'lo_export': {
      const text = instance.largeObjects.get(numberOf(first));
      if (text === undefined) throw failureOf('42704', `large object ${numberOf(first)} does not exist`);
      machine.write(textOf(second), text, 'postgres-lo-export');
      return 1;
    }
    default:
      return undefined;
  }
};

function newObject(instance: PostgresInstance, wanted: number, text: string): number {
  let oid = Math.trunc(wanted);
  if (oid <= 0) {
    instance.nextOid += 1;
    oid = instance.nextOid;
  }
  if (instance.largeObjects.has(oid))
    throw failureOf(
      '23505',
      'duplicate key value violates unique constraint "pg_largeobject_metadata_oid_index"',
    );
  if (instance.largeObjects.size >= objectLimit || !instance.space.reserve(text.length + 64))
    throw failureOf('53100', 'could not extend file: No space left on device');
  instance.largeObjects.set(oid, text);
  return oid;
}
