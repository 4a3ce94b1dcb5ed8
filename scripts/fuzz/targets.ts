/** The list of what is fuzzed. */

import { decoyTargets } from './decoy-targets.ts';
import { readerTargets } from './reader-targets.ts';
import type { Target } from './target.ts';
import { wireCarriers } from './wire-carriers.ts';
import { wireMessages } from './wire-messages.ts';
import { wireSsh } from './wire-ssh.ts';
import { wireStreams } from './wire-streams.ts';

export const targets: readonly Target[] = [
  ...decoyTargets,
  ...wireStreams,
  ...wireMessages,
  ...wireCarriers,
  ...wireSsh,
  ...readerTargets,
];
