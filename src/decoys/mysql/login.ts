/** The client's answer to the greeting. */

import { Buffer } from 'node:buffer';
import { MysqlFields } from '../../wire/mysql-packet.ts';
import { capability } from './result.ts';

export interface LoginRequest {
  readonly capabilities: number;
  readonly extended: number;
  readonly user: string;
  readonly proof: Buffer;
  readonly database: string;
  readonly method: string;
  /** `_client_name` and its like. */
  readonly attributes: ReadonlyMap<string, string>;
}

const attributeLimit = 32;

/**
 *     int<4>  client capabilities      int<4>  max packet       int<1>  collation
 *     byte[19] zeros                   int<4>  MariaDB's extended capabilities
 *     string<NUL> user                 string<lenenc or int<1>> proof
 *     string<NUL> database             string<NUL> method       attributes
 *
 * Null for what is shorter, and for the protocol before 4.1, which the servers of today refuse.
 */
export function parseLogin(payload: Buffer): LoginRequest | null {
  const fields = new MysqlFields(payload);
  const low = payload.length >= 2 ? payload.readUInt16LE(0) : 0;
  if ((low & capability.protocol41) === 0) return null;
  const capabilities = fields.integer(4);
  fields.octets(5 + 19);
  const extended = fields.integer(4);
  if (fields.failed) return null;
  const user = fields.zeroText();
  let proof: Buffer;
  if ((capabilities & capability.lengthAuthentication) !== 0) proof = fields.octets(fields.lengthInteger());
  else if ((capabilities & capability.secureConnection) !== 0) proof = fields.octets(fields.integer(1));
  else proof = Buffer.from(fields.zeroText(), 'latin1');
  const database = (capabilities & capability.connectWithDatabase) === 0 ? '' : fields.zeroText();
  const method =
    (capabilities & capability.pluginAuthentication) === 0 ? 'mysql_native_password' : fields.zeroText();
  const attributes = new Map<string, string>();
  if ((capabilities & capability.attributes) !== 0 && fields.left > 0 && !fields.failed) {
    const inner = new MysqlFields(fields.octets(Math.min(fields.lengthInteger(), fields.left)));
    while (inner.left > 0 && !inner.failed && attributes.size < attributeLimit) {
      const name = inner.octets(inner.lengthInteger()).toString('latin1');
      attributes.set(name.slice(0, 64), inner.octets(inner.lengthInteger()).toString('latin1').slice(0, 128));
    }
  }
  return {
    capabilities,
    extended: (capabilities & capability.longPassword) === 0 ? extended : 0,
    user: user.slice(0, 256),
    proof: proof.subarray(0, 512),
    database: database.slice(0, 256),
    method: method.slice(0, 64),
    attributes,
  };
}
