/** The lures of Picket's own, by product: which weaknesses, how it answers, what it remembers, which machines have it. */

import { lures } from '../../src/decoys/http/lures/index.ts';
import { createPersona, personaNames } from '../../src/personas/index.ts';
import { cveSignatures } from '../../src/signatures/cve/index.ts';
import { page, table } from './markdown.ts';

/** So many machines of each kind are looked at for what they may have. */
const machinesSeen = 40;

function machinesByProduct(): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, Set<string>>();
  for (const name of personaNames) {
    for (let index = 0; index < machinesSeen; index += 1) {
      for (const product of createPersona(name, `reference ${index}`, { now: 0 }).http?.products ?? []) {
        const names = found.get(product) ?? new Set();
        found.set(product, names.add(name));
      }
    }
  }
  return new Map(Array.from(found, ([product, names]) => [product, [...names]]));
}

export function lurePage(): string {
  const cvesOf = new Map(cveSignatures.map(({ name, cves }) => [name, cves]));
  const machines = machinesByProduct();
  const rows = lures.map((lure) => {
    const cves = new Set(lure.signatures.flatMap((name) => cvesOf.get(name) ?? []));
    return [
      `\`${lure.product}\``,
      [...cves].toSorted().join(', '),
      lure.summary,
      lure.remembers ?? '',
      (machines.get(lure.product) ?? []).map((name) => `\`${name}\``).join(', '),
    ];
  });
  const all = new Set(lures.flatMap((lure) => lure.signatures.flatMap((name) => cvesOf.get(name) ?? [])));
  const late = [...all].filter((cve) => /^CVE-202[3-9]-/.test(cve)).length;
  const stateful = lures.filter((lure) => lure.remembers !== undefined).length;
  return page(
    'Lures',
    'src/decoys/http/lures/index.ts',
    `Weaknesses of the web that the \`http\` decoy answers by itself: ${all.size} CVEs, ${late} of them since 2023; ${stateful} lures remember a visitor’s steps. A machine answers for its own products, and for those that [\`sensor.products\`](configuration.md) adds; [more lures](../lures.md) come from templates.`,
    table(
      [
        'product',
        'weaknesses',
        'how it answers',
        'what it remembers of a visitor',
        'machines that may have it',
      ],
      rows.toSorted(([one = ''], [other = '']) => one.localeCompare(other)),
    ),
  );
}
