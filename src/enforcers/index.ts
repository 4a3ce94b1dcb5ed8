/** The back ends that make decisions true. */

import type { Enforcer } from '../core/enforcer.ts';
import { dryRun } from './dry-run/dry-run.ts';
import { nftables } from './nftables/nftables.ts';

export const enforcers: readonly Enforcer[] = [nftables, dryRun];
