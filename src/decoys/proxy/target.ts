/** Where a client wants to be taken. Nobody is: the machine answers as a proxy whose way out is closed. */

import type { DecoyOutput } from '../../core/decoy.ts';

export function hostText(host: string, port: number): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

export function* sawTarget(verb: string, host: string, port: number): Iterable<DecoyOutput> {
  const target = hostText(host, port);
  yield {
    do: 'saw',
    fact: { kind: 'command', service: 'proxy', input: `${verb} ${target}`, urls: [`tcp://${target}`] },
  };
}
