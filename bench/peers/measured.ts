/** What a program takes, as the kernel counts it. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LoopNetwork } from '../../test/loop/namespaces.ts';

export interface Taken {
  readonly seconds: number;
  /** Of all its processors together. */
  readonly processorSeconds: number;
  /** The most that its largest process held. */
  readonly mebibytes: number;
}

/** Runs the words after the first, which names the file for all that they print; prints what they took. */
const script = [
  'import json,resource,subprocess,sys,time',
  'began=time.monotonic()',
  'with open(sys.argv[1],"wb") as said: subprocess.run(sys.argv[2:],stdout=said,stderr=said,check=True)',
  'seconds=time.monotonic()-began',
  'used=resource.getrusage(resource.RUSAGE_CHILDREN)',
  'print(json.dumps({"seconds":seconds,"processorSeconds":used.ru_utime+used.ru_stime,"mebibytes":used.ru_maxrss/1024}))',
].join('\n');

/** Runs a program to its end in the host's namespace, at most ten minutes; `said` gets all that it prints. */
export async function taken(network: LoopNetwork, said: string, words: readonly string[]): Promise<Taken> {
  const { code, output } = await network.run('host', 'python3', ['-c', script, said, ...words], 600);
  if (code !== 0) throw new Error(`${words.join(' ')}: ${output}${readFileSync(said, 'utf8').slice(-2000)}`);
  const figures: Taken = JSON.parse(output);
  return figures;
}

/** The process and all that it started and what these started. */
function family(pid: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(join('/proc', name, 'stat'), 'utf8');
      // After the name in parentheses: state, parent.
      const parent = Number(stat.slice(stat.lastIndexOf(')')).split(' ')[2]);
      children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
    } catch {
      // It ended while it was looked at.
    }
  }
  const found = [pid];
  for (const member of found) found.push(...(children.get(member) ?? []));
  return found;
}

/** Memory of a process and of all that it started, MiB; what they share is counted once. */
export function familyMebibytes(pid: number): number {
  const kibibytes = family(pid).map((member) =>
    Number(/^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${member}/smaps_rollup`, 'utf8'))?.[1] ?? 0),
  );
  return kibibytes.reduce((sum, each) => sum + each, 0) / 1024;
}
