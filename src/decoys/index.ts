/** The decoys, in the order in which they are asked whether a stranger's first bytes are theirs. */

import type { Decoy } from '../core/decoy.ts';
import { adb } from './adb/adb.ts';
import { any } from './any/any.ts';
import { http } from './http/http.ts';
import { proxy } from './proxy/proxy.ts';
import { rdp } from './rdp/rdp.ts';
import { redis } from './redis/redis.ts';
import { ssh } from './ssh/ssh.ts';
import { telnet } from './telnet/telnet.ts';
import { vnc } from './vnc/vnc.ts';

export const decoys: readonly Decoy[] = [ssh, telnet, http, redis, proxy, rdp, adb, vnc, any];
