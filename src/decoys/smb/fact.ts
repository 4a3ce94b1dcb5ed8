/** What the file server tells of its visitors. */

import type { DecoyOutput } from '../../core/decoy.ts';

export function commandFact(input: string): DecoyOutput {
  return { do: 'saw', fact: { kind: 'command', service: 'smb', input } };
}

/** All of them run code on the machine; `technique` is the way, through a flaw of the service itself where nothing else is said. */
export function exploitFact(
  name: string,
  cves: readonly string[],
  detail: string,
  technique = 'T1210',
): DecoyOutput {
  return {
    do: 'saw',
    fact: { kind: 'exploit', service: 'smb', class: 'rce', name, cves, technique, detail },
  };
}
