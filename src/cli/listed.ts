/** Sources, decisions and the allowlist as tables for people. */

import pc from 'picocolors';
import type { Decision, Verdict } from '../core/decision.ts';
import { printable } from './printable.ts';
import { coloured, time, type LoggedDecision } from './shown.ts';
import { table } from './table.ts';

export type SourceRow = Verdict & { readonly decision: Decision | null };

export interface AttackRow {
  readonly target: string;
  readonly behaviors: readonly string[];
  readonly firstSeen: number;
  readonly lastSeen: number;
  readonly reason: string;
}

export interface AllowRow {
  readonly network: string;
  readonly note: string;
  readonly by: string;
  readonly until: number | null;
}

const head = (cell: string): string => pc.bold(cell);

export function sourceTable(rows: readonly SourceRow[]): string[] {
  const columns = [
    { title: 'SOURCE' },
    { title: 'VERDICT' },
    { title: 'SCORE', isNumber: true },
    { title: 'SEEN', isNumber: true },
    { title: 'LAST (UTC)' },
    { title: 'DECISION' },
    { title: 'WHAT IT DID' },
  ];
  const cells = rows.map((row) => [
    row.source,
    row.classification,
    row.score.toFixed(1),
    String(row.observations),
    time(row.lastSeen),
    row.decision === null ? '-' : `${row.decision.action} until ${time(row.decision.until)}`,
    printable([...row.behaviors, ...row.cves].join(' ')) || '-',
  ]);
  return table(columns, cells, (cell, column, row) => {
    if (row < 0) return head(cell);
    return column < 2 ? coloured(rows[row]?.classification ?? '', cell) : cell;
  });
}

/** What has become of each decision; the rows are the newest first. */
function states(rows: readonly LoggedDecision[], now: number): string[] {
  const newer = new Set<string>();
  return rows.map((row) => {
    if (row.simulated) return 'not placed';
    if (row.action !== 'block' && row.action !== 'rate-limit') return 'recorded';
    const isReplaced = newer.has(row.target);
    newer.add(row.target);
    if (row.lifted !== null) return 'lifted';
    if (row.until <= now) return 'expired';
    return isReplaced ? 'replaced' : 'standing';
  });
}

export function decisionTable(rows: readonly LoggedDecision[], now: number): string[] {
  const columns = [
    { title: 'STATE' },
    { title: 'ACTION' },
    { title: 'TARGET' },
    { title: 'FROM (UTC)' },
    { title: 'UNTIL (UTC)' },
    { title: 'BY' },
    { title: 'WHY' },
  ];
  const state = states(rows, now);
  const cells = rows.map((row, index) => [
    state[index] ?? '',
    row.action,
    row.target,
    time(row.from),
    row.simulated ? '-' : time(row.lifted?.at ?? row.until),
    printable(row.by),
    printable(
      row.lifted === null ? row.reason : `${row.reason} (lifted by ${row.lifted.by}: ${row.lifted.reason})`,
    ),
  ]);
  return table(columns, cells, (cell, column, row) => {
    if (row < 0) return head(cell);
    if (state[row] !== 'standing') return pc.dim(cell);
    return column < 2 ? pc.red(cell) : cell;
  });
}

export function attackTable(rows: readonly AttackRow[]): string[] {
  const columns = [
    { title: 'ADDRESS' },
    { title: 'FIRST (UTC)' },
    { title: 'LAST (UTC)' },
    { title: 'ATTACK' },
    { title: 'LAST TOLD' },
  ];
  const cells = rows.map(({ behaviors, firstSeen, lastSeen, reason, target }) => [
    printable(target),
    time(firstSeen),
    time(lastSeen),
    printable(behaviors.join(' ')),
    printable(reason),
  ]);
  return table(columns, cells, (cell, _column, row) => (row < 0 ? head(cell) : cell));
}

export function allowTable(rows: readonly AllowRow[]): string[] {
  const columns = [{ title: 'NETWORK' }, { title: 'UNTIL (UTC)' }, { title: 'BY' }, { title: 'NOTE' }];
  const cells = rows.map(({ by, network, note, until }) => [
    network,
    until === null ? 'for good' : time(until),
    printable(by),
    printable(note),
  ]);
  return table(columns, cells, (cell, _column, row) => (row < 0 ? head(cell) : cell));
}
