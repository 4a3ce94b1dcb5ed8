/** Verdicts for people: aligned columns, worst first, quiet sources in one line. */

import type picocolors from 'picocolors';
import type { VerdictLine } from '../daemon/analyze.ts';
import { printable } from './printable.ts';
import { table, type Column } from './table.ts';

type Colors = ReturnType<typeof picocolors.createColors>;

/** Nothing speaks against it and nothing was seen of note. */
export function isQuiet(verdict: VerdictLine): boolean {
  return (
    verdict.behaviors.length === 0 &&
    (verdict.classification === 'unknown' || verdict.classification === 'benign')
  );
}

const seconds = (count: number): string =>
  count % 86_400 === 0
    ? `${count / 86_400} d`
    : count % 3600 === 0
      ? `${count / 3600} h`
      : count % 60 === 0
        ? `${count / 60} min`
        : `${count} s`;

function decisionText(verdict: VerdictLine): string {
  const { decision, decisions, guards } = verdict;
  if (decision !== null) {
    const further = decisions.length > 1 ? ` (${decisions.length} in all)` : '';
    return `${decision.action} ${seconds(decision.seconds)}${further}`;
  }
  const stop = guards.find((guard) => guard.outcome === 'refuse' || guard.outcome === 'hold');
  return stop === undefined ? '-' : `none: ${stop.guard}`;
}

const minutes = (iso: string): string => iso.slice(0, 16).replace('T', ' ');

const columns: readonly Column[] = [
  { title: 'SOURCE' },
  { title: 'VERDICT' },
  { title: 'SCORE', isNumber: true },
  { title: 'SEEN', isNumber: true },
  { title: 'FIRST (UTC)' },
  { title: 'LAST (UTC)' },
  { title: 'DECISION' },
  { title: 'WHAT IT DID' },
];

/** The lines of the table, its head first. Nothing for no verdicts. */
export function verdictTable(verdicts: readonly VerdictLine[], colors: Colors): string[] {
  const rows = verdicts.map((verdict) => [
    verdict.source,
    verdict.classification,
    verdict.score.toFixed(1),
    String(verdict.observations),
    minutes(verdict.firstSeen),
    minutes(verdict.lastSeen),
    decisionText(verdict),
    printable([...verdict.behaviors, ...verdict.cves].join(' ')) || '-',
  ]);
  return table(columns, rows, (cell, column, row) => {
    if (row < 0) return colors.bold(cell);
    const verdict = verdicts[row]?.classification;
    if (column > 1) return cell;
    return verdict === 'malicious' ? colors.red(cell) : verdict === 'suspicious' ? colors.yellow(cell) : cell;
  });
}
