import { encodeText } from './byte-text.ts';
import type { Machine } from './machine.ts';

export interface Account {
  readonly uid: number;
  readonly home: string;
  readonly shell: string;
}

/** The account for which a visitor is let in; a guessed name without one (any name that the policy lets in) has root's rights on a device. */
export function accountOf(machine: Machine, user: string): Account {
  const account = machine.users.find((candidate) => candidate.name === user);
  const uid = account?.uid ?? (user === 'root' || machine.busybox ? 0 : 1000);
  return {
    uid,
    home: account?.home ?? (uid === 0 ? '/root' : `/home/${encodeText(user)}`),
    shell: account?.shell ?? (machine.busybox ? '/bin/sh' : '/bin/bash'),
  };
}
