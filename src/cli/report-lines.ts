/** A report as a person reads it: a heading of numbers, then a table for each kind of thing that was seen. */

import pc from 'picocolors';
import type { ReportView } from '../daemon/report.ts';
import type { Counted } from '../daemon/tally.ts';
import { printable } from './printable.ts';
import { time } from './shown.ts';
import { table, type Column } from './table.ts';

const longestCell = 120;
const counting: readonly Column[] = [
  { title: 'TIMES', isNumber: true },
  { title: 'SOURCES', isNumber: true },
];

const count = (number: number): string => number.toLocaleString('en');

/** Hostile text on one line and no longer than a terminal is wide. */
function cell(text: string): string {
  const shown = printable(text);
  return shown.length <= longestCell ? shown : `${shown.slice(0, longestCell - 1)}…`;
}

function section<Thing>(
  title: string,
  rows: readonly Counted<Thing>[],
  columns: readonly string[],
  cells: (thing: Thing) => readonly string[],
): string[] {
  if (rows.length === 0) return [];
  const lines = table(
    [...counting, ...columns.map((name) => ({ title: name }))],
    rows.map((row) => [count(row.count), count(row.sources), ...cells(row.thing).map(cell)]),
    (text, _column, row) => (row < 0 ? pc.dim(text) : text),
  );
  return ['', pc.bold(title), ...lines.map((line) => `  ${line}`)];
}

export function reported(view: ReportView): string[] {
  const { first, last } = view;
  const span = first === null || last === null ? '' : `, ${time(first)} to ${time(last)} UTC`;
  const sources = view.sources === 1 ? '1 source' : `${count(view.sources)} sources`;
  const seen = view.observations === 1 ? '1 observation' : `${count(view.observations)} observations`;
  return [
    `${seen} of ${sources}${span}`,
    ...section('Contacts', view.services, ['SERVICE'], (service) => [service]),
    ...section('Credentials', view.credentials, ['SERVICE', 'RESULT', 'USER', 'PASSWORD'], (each) => [
      each.service,
      each.accepted ? 'accepted' : 'refused',
      each.user,
      each.password ?? (each.key === null ? '(not told)' : `key ${each.key}`),
    ]),
    ...section('Commands', view.commands, ['SERVICE', 'COMMAND'], (each) => [each.service, each.input]),
    ...section('Files', view.files, ['BYTES', 'HOW', 'SHA-256', 'NAME'], (file) => [
      count(file.bytes),
      file.how,
      file.sha256,
      file.name ?? '',
    ]),
    ...section('Second-stage addresses', view.addresses, ['ADDRESS'], ({ url }) => [url]),
    ...section('Weaknesses tried', view.weaknesses, ['NAME', 'TECHNIQUE'], (weakness) => [
      weakness.name,
      weakness.technique,
    ]),
    ...section('Clients', view.fingerprints, ['KIND', 'FINGERPRINT'], ({ kind, value }) => [kind, value]),
    ...(view.leftOut === 0
      ? []
      : ['', `${count(view.leftOut)} sightings found no room; narrow the report with --from or --source`]),
  ];
}
