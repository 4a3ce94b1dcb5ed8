/** `picket lures`: scanner templates and hand-written files as lures. */

import { join } from 'node:path';
import process from 'node:process';
import type { Command } from 'commander';
import type { ImportLine } from '../daemon/lure-import.ts';
import { notBeside } from './partner.ts';
import { Output } from './output.ts';
import { terminalJson } from '../daemon/json-times.ts';
import { printable } from './printable.ts';

interface Options {
  readonly json?: true;
  readonly into?: string;
  readonly config?: string;
}

/** Refusals that are shown one by one. */
const refusedShown = 20;
/** Reasons of the others, by how many have them. */
const reasonsShown = 10;

export function lures(picket: Command): Command {
  const group = picket.command('lures').description('turn scanner templates into lures, and check lures');
  group
    .command('import')
    .description(
      'read scanner templates (nuclei format) and write a lure for each; running sensors take them up by themselves',
    )
    .argument('<folder>', 'folder of templates, or one file')
    .option('--into <folder>', 'where the lures go (default: lures in the state folder)')
    .option('--config <file>', 'configuration file that names the state folder')
    .option('--json', 'print JSON lines, one a template')
    .addHelpText(
      'after',
      `
Examples:
  picket lures import nuclei-templates/http/cves
  picket lures import --into /etc/picket/lures CVE-2025-0001.yaml

Templates that are no lures are named with their reasons; the others are imported all the same.

Exit code: 0 at least one was imported, 1 none could be, 2 wrong usage or unreadable.`,
    )
    .action(runImport);
  group
    .command('check')
    .description('read lures and say what is wrong with them, by file and line')
    .argument('<folder>', 'folder of lures or templates, or one file')
    .option('--json', 'print JSON lines, one a file')
    .addHelpText(
      'after',
      '\nExample:\n  picket lures check /etc/picket/lures\n\nExit code: 0 all are good, 1 one is not, 2 wrong usage or unreadable.',
    )
    .action(runCheck);
  return group;
}

async function runImport(folder: string, options: Options, command: Command): Promise<void> {
  if (options.into !== undefined) notBeside(command, ['--config'], '--into');
  const { importLures } = await import('../daemon/lure-import.ts');
  let into = options.into;
  if (into === undefined) {
    const { loadConfiguration } = await import('../daemon/configuration.ts');
    into = join(loadConfiguration(options.config ?? null).state, 'lures');
  }
  const counts = await tell(importLures(folder, into), options.json === true);
  if (options.json !== true) {
    const kept = `${count(counts.written)} new or changed in ${printable(into)}`;
    process.stdout.write(`${summary(counts)}; ${kept}\n`);
  }
  process.exitCode = counts.lures === 0 ? 1 : 0;
}

async function runCheck(folder: string, options: Options): Promise<void> {
  const { checkLures } = await import('../daemon/lure-import.ts');
  const counts = await tell(checkLures(folder), options.json === true);
  if (options.json !== true) process.stdout.write(`${summary(counts)}\n`);
  process.exitCode = counts.refused > 0 || counts.lures === 0 ? 1 : 0;
}

interface Counts {
  lures: number;
  written: number;
  refused: number;
  outOfBand: number;
  unproven: number;
}

async function tell(lines: Iterable<ImportLine>, isJson: boolean): Promise<Counts> {
  const output = new Output();
  const counts: Counts = { lures: 0, written: 0, refused: 0, outOfBand: 0, unproven: 0 };
  const reasons = new Map<string, number>();
  for (const line of lines) {
    if (isJson) output.line(terminalJson(JSON.stringify(line)));
    if (line.kind === 'refused') {
      counts.refused += 1;
      if (counts.refused > refusedShown) {
        const reason = reasonOf(line.why);
        reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
      }
      if (!isJson && counts.refused <= refusedShown)
        process.stderr.write(`${printable(line.file)}:${line.line}: ${printable(line.why)}\n`);
    } else {
      counts.lures += 1;
      if (line.state === 'written') counts.written += 1;
      if (line.answer === 'out-of-band') counts.outOfBand += 1;
      if (line.answer === 'unproven') counts.unproven += 1;
    }
    if (output.isFull) await output.flush();
  }
  await output.flush();
  if (!isJson && counts.refused > refusedShown) {
    process.stderr.write(`${count(counts.refused - refusedShown)} more were refused; --json lists them:\n`);
    const most = [...reasons].toSorted(([, one], [, other]) => other - one);
    for (const [reason, number] of most.slice(0, reasonsShown))
      process.stderr.write(`${count(number).padStart(7)}  ${printable(reason)}\n`);
    const rest = most.slice(reasonsShown).reduce((sum, [, number]) => sum + number, 0);
    if (rest > 0) process.stderr.write(`${count(rest).padStart(7)}  for other reasons\n`);
  }
  return counts;
}

/** What many have in common: without the place, and without what is quoted of the file. */
const reasonOf = (why: string): string =>
  why.replaceAll(/"[^"]{0,200}"/g, '"…"').replaceAll(/\.\d+(?=[. ])/g, '.…');

const count = (number: number): string => number.toLocaleString('en');

function summary({ lures: all, refused, outOfBand, unproven }: Counts): string {
  const parts = [`${count(all)} lure${all === 1 ? '' : 's'}`, `${count(refused)} refused`];
  if (outOfBand > 0)
    parts.push(`${count(outOfBand)} only recognise: their scanner waits for a call to its own server`);
  if (unproven > 0) parts.push(`${count(unproven)} without an answer that their scanner accepts`);
  return parts.join('; ');
}
