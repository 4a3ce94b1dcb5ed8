/** The decoys, in the order in which they are asked whether a stranger's first bytes are theirs. */

import type { Decoy } from '../core/decoy.ts';
import { any } from './any/any.ts';
import { http } from './http/http.ts';
import { redis } from './redis/redis.ts';
import { ssh } from './ssh/ssh.ts';
import { telnet } from './telnet/telnet.ts';

export const decoys: readonly Decoy[] = [ssh, telnet, http, redis, any];
