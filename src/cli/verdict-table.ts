/** Verdicts for people: aligned columns, worst first, quiet sources in one line. */

import type picocolors from 'picocolors';
import type { VerdictLine } from '../daemon/analyze.ts';
import { printable } from './printable.ts';

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

/** The lines of the table, its head first. Nothing for no verdicts. */
export function verdictTable(verdicts: readonly VerdictLine[], colors: Colors): string[] {
  if (verdicts.length === 0) return [];
  const head = ['SOURCE', 'VERDICT', 'SCORE', 'SEEN', 'FIRST (UTC)', 'LAST (UTC)', 'DECISION', 'WHAT IT DID'];
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
  const widths = head.map((title, column) =>
    Math.max(title.length, ...chunkMaximum(rows.map((row) => row[column]?.length ?? 0))),
  );
  const isNumber = (column: number): boolean => column === 2 || column === 3;
  const text = (row: readonly string[], paint: (cell: string, column: number) => string): string =>
    row
      .map((cell, column) => {
        const width = column === row.length - 1 ? 0 : (widths[column] ?? 0);
        return paint(isNumber(column) ? cell.padStart(width) : cell.padEnd(width), column);
      })
      .join('  ')
      .trimEnd();
  return [
    text(head, (cell) => colors.bold(cell)),
    ...rows.map((row) => {
      const paint = row[1] === 'malicious' ? colors.red : row[1] === 'suspicious' ? colors.yellow : String;
      return text(row, (cell, column) => (column < 2 ? paint(cell) : cell));
    }),
  ];
}

/** The largest, as a list of one: a spread of a million arguments would overflow the stack. */
function chunkMaximum(lengths: readonly number[]): number[] {
  let largest = 0;
  for (const length of lengths) if (length > largest) largest = length;
  return [largest];
}
