/** Why a decision is made, in words. */

import type { ExpectedContact } from './contact-forecast.ts';
import type { RolledUp } from './network-roll-up.ts';
import type { SourceRecord } from './source-record.ts';

/** What the source was seen doing, and its score. */
export function describe(record: SourceRecord): string {
  const seen = record.behaviors.length === 0 ? 'evidence' : record.behaviors.slice(0, 4).join(', ');
  const cves = record.cves.length === 0 ? '' : ` (${record.cves.slice(0, 4).join(', ')})`;
  return `${seen}${cves}, score ${record.score.toFixed(1)}`;
}

/** When it is expected, and from what that follows. */
export function describeExpected(
  { until, recalledSeconds }: ExpectedContact,
  record: SourceRecord,
  at: number,
): string {
  const within = `expected within ${Math.round((until - at) / 1000)} s`;
  const why =
    recalledSeconds === null
      ? 'as others who came like it'
      : `the last time that it paused as now it came back after ${recalledSeconds} s`;
  return `${within}, last seen ${new Date(record.lastSeen).toISOString()}, ${why}: ${describe(record)}`;
}

/** How many members of a network have earned it. */
export function describeNetwork({ text, offenders, share, of }: RolledUp, member: SourceRecord): string {
  return `${offenders} of the 256 ${of} of ${text} (${(share * 100).toFixed(1)} %) have earned a block, ${member.source} as the last: ${describe(member)}`;
}
