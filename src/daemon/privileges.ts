/** Gives up root: after this the process has its own user id, and no capability but the one named. Linux. */

import { readFileSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import process from 'node:process';
import koffi from 'koffi';
import { PicketError } from '../core/errors.ts';

/** Linux uapi: prctl.h, capability.h. */
const PR_SET_KEEPCAPS = 8;
const PR_CAPBSET_DROP = 24;
const PR_SET_NO_NEW_PRIVS = 38;
const CAP_NET_ADMIN = 12;
const highestCapability = 63;
const capabilityVersion3 = 0x20080522;

export interface PrivilegesToKeep {
  readonly uid: number;
  readonly gid: number;
  /** Keep CAP_NET_ADMIN: the fence's only one. */
  readonly networkAdmin: boolean;
  /** Supplementary groups that it keeps, by number. None where left out. */
  readonly groups?: readonly number[];
}

/**
 * Everything that the process needs from files that only root can read must be loaded before. The user id changes for
 * every thread (glibc's setuid), which takes all capabilities from them; the calling thread alone keeps CAP_NET_ADMIN
 * where asked, and no program started from here can gain any.
 */
export function dropPrivileges(keep: PrivilegesToKeep): void {
  // At the process's end, when Node would write what it has compiled, it may no longer.
  flushCompileCache();
  const library = koffi.load('libc.so.6');
  const prctl = library.func(
    'int prctl(int, unsigned long, unsigned long, unsigned long, unsigned long)',
  ) as (...words: number[]) => number;
  const capset = library.func('int capset(void *, void *)') as (
    head: Uint32Array,
    data: Uint32Array,
  ) => number;

  for (let capability = 0; capability <= highestCapability; capability += 1) {
    // Unknown numbers are refused by the kernel; those need no dropping.
    if (!(keep.networkAdmin && capability === CAP_NET_ADMIN)) prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
  }
  if (keep.networkAdmin) prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0);
  process.setgroups?.([...(keep.groups ?? [])]);
  process.setgid?.(keep.gid);
  process.setuid?.(keep.uid);
  const mask = keep.networkAdmin ? 1 << CAP_NET_ADMIN : 0;
  const head = new Uint32Array([capabilityVersion3, 0]);
  // Two words each of effective, permitted, inheritable.
  const data = new Uint32Array([mask, mask, 0, 0, 0, 0]);
  if (capset(head, data) !== 0) {
    throw new PicketError(
      'PICKET_NOT_PRIVILEGED',
      'the kernel refused to set the capabilities of this process; start it as root',
    );
  }
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  if (process.getuid?.() !== keep.uid) {
    throw new PicketError(
      'PICKET_NOT_PRIVILEGED',
      `the process could not become user ${keep.uid}; start it as root`,
    );
  }
}

/** Whether this process may change the network's rules. */
export function hasNetworkAdmin(): boolean {
  const status = readFileSync('/proc/self/status', 'utf8');
  const effective = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'}`);
  return ((effective >> BigInt(CAP_NET_ADMIN)) & 1n) === 1n;
}

/** Throws PICKET_NOT_PRIVILEGED where decisions could not be put in force. */
export function requireNetworkAdmin(): void {
  if (hasNetworkAdmin()) return;
  throw new PicketError(
    'PICKET_NOT_PRIVILEGED',
    'mode enforce needs CAP_NET_ADMIN, and this process has it not; start picket up as root, or set mode to observe',
  );
}
