/**
 * Drives an nftables enforcer from another process, for tests in network namespaces: a process is in one namespace, so the enforcer
 * is started by `ip netns exec NAME node exercise.ts OPTIONS`. One JSON line in (`{call, arguments}`), one out (`{result}` or `{error}`).
 */

import process from 'node:process';
import { createInterface } from 'node:readline';
import type { Change, Enforcer, Rule, StandingRule } from '../../core/enforcer.ts';
import { PicketError } from '../../core/errors.ts';
import { findings } from '../conformance.ts';
import { createNftables, type NftablesOptions } from './nftables.ts';

const options: NftablesOptions = JSON.parse(process.argv[2] ?? '{}');
const enforcer: Enforcer = createNftables(options);
const calls: Record<string, (argument: never) => unknown> = {
  start: () => enforcer.start(),
  stop: () => enforcer.stop(),
  clear: () => enforcer.clear?.(),
  observe: () => enforcer.observe(),
  intact: () => enforcer.intact?.(),
  drops: () => enforcer.drops?.(),
  apply: (changes: readonly Change[]) => enforcer.apply(changes, Date.now()),
  plan: (argument: { desired: readonly Rule[]; observed: readonly StandingRule[] }) =>
    enforcer.plan(argument.desired, argument.observed, Date.now()),
  conformance: (room: number) => findings(enforcer, room, Date.now()),
};

for await (const line of createInterface({ input: process.stdin })) {
  const { call, argument }: { call: string; argument: never } = JSON.parse(line);
  try {
    process.stdout.write(`${JSON.stringify({ result: calls[call]?.(argument) ?? null })}\n`);
  } catch (error) {
    const code = error instanceof PicketError ? error.code : '';
    const message = error instanceof Error ? error.message : String(error);
    process.stdout.write(`${JSON.stringify({ error: { code, message } })}\n`);
  }
}
