import { Buffer } from 'node:buffer';
import type { Decoy } from '../../core/decoy.ts';
import { MongoSession } from './session.ts';

/** A MongoDB server, open or with SCRAM logins. */
export const mongodb: Decoy = {
  name: 'mongodb',
  summary: 'MongoDB server (OP_MSG, OP_QUERY, SCRAM), with the data that is taken for ransom',
  transport: 'tcp',
  ports: [27_017],
  recognise(firstBytes) {
    const bytes = Buffer.from(firstBytes.subarray(0, 16));
    if (bytes.length < 16) return 0;
    const length = bytes.readInt32LE(0);
    const isKnown = [2004, 2013].includes(bytes.readInt32LE(12));
    return isKnown && bytes.readInt32LE(8) === 0 && length >= 21 && length <= 48_000_000 ? 1 : 0;
  },
  open: (context) => new MongoSession(context),
};
