import { Buffer } from 'node:buffer';
import type { Decoy } from '../../core/decoy.ts';
import { PostgresSession } from './session.ts';

/** A PostgreSQL server of the persona's version. */
export const postgres: Decoy = {
  name: 'postgres',
  summary:
    'PostgreSQL server: md5, SCRAM and clear logins, both query protocols, COPY … PROGRAM and libraries as attackers use them',
  fidelity: 'PostgreSQL 15: what psql prints of 80 statements, and 3 refused logins, equal',
  transport: 'tcp',
  ports: [5432],
  recognise(firstBytes) {
    const bytes = Buffer.from(firstBytes.subarray(0, 16));
    if (bytes.length < 8) return 0;
    const [length, code] = [bytes.readInt32BE(0), bytes.readInt32BE(4)];
    if (code === 196_608) return length >= 8 && length <= 10_000 ? 1 : 0;
    return (code === 80_877_103 || code === 80_877_104) && length === 8
      ? 1
      : code === 80_877_102 && length === 16
        ? 1
        : 0;
  },
  open: (context) => new PostgresSession(context),
};
