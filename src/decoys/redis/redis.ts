import { Buffer } from 'node:buffer';
import type { Decoy } from '../../core/decoy.ts';
import { RedisSession } from './session.ts';

const inlineNames =
  /^(?:ping|info|auth|config|keys|hello|command|client|quit|select|set|get|flushall|slaveof)\b/i;

/** A Redis server of the persona's version, open or with a guessable password. */
export const redis: Decoy = {
  name: 'redis',
  summary: 'Redis key-value server (RESP2, RESP3 and inline), with the ways by which it is taken over',
  fidelity: 'Redis 7.0: 346 commands, answers and errors equal',
  transport: 'tcp',
  ports: [6379],
  recognise(firstBytes) {
    const text = Buffer.from(firstBytes.subarray(0, 64)).toString('latin1');
    if (/^\*\d{1,7}\r\n\$\d{1,9}\r\n/.test(text)) return 1;
    if (/^\*\d{1,7}\r?\n?$/.test(text)) return 0.6;
    return inlineNames.test(text) && /^[\x20-\x7e]+\r?\n/.test(text) && !/ HTTP\/1\.[01]\r?\n/.test(text)
      ? 0.7
      : 0;
  },
  open: (context) => new RedisSession(context),
};
