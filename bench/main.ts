/**
 * `npm run bench -- NAME… [--json] [--seconds N]` runs benchmarks one after another; `all` runs every one.
 *
 * Exit code: 0 where every figure keeps its budget, 1 where one does not or a benchmark fails, 2 for a wrong call.
 */

import process from 'node:process';
import type { Benchmark, Figure } from './benchmark.ts';

/** The list of benchmarks. Each is loaded only when it is asked for, so that one that lacks its tools leaves the others alone. */
const benchmarks: Readonly<Record<string, () => Promise<Benchmark>>> = {
  blockers: async () => (await import('./blockers.ts')).blockers,
  contact: async () => (await import('./contact.ts')).contact,
  flows: async () => (await import('./flows.ts')).flows,
  loop: async () => (await import('./loop.ts')).loop,
  growth: async () => (await import('./growth.ts')).growth,
  gate: async () => (await import('./gate.ts')).gate,
  idle: async () => (await import('./idle.ts')).idle,
  lines: async () => (await import('./lines.ts')).lines,
  logins: async () => (await import('./logins.ts')).logins,
  nft: async () => (await import('./nft.ts')).nftBenchmark,
  signatures: async () => (await import('./signatures.ts')).signatures,
  sources: async () => (await import('./sources.ts')).sourcesBench,
  start: async () => (await import('./start.ts')).start,
  store: async () => (await import('./store.ts')).storeBenchmark,
  tail: async () => (await import('./tail.ts')).tail,
  threads: async () => (await import('./threads.ts')).threads,
};

const usage = `Usage: npm run bench -- NAME… [--json] [--seconds N]

  NAME    ${Object.keys(benchmarks).join(', ')} or all
  --json  one JSON line a figure and nothing else
  --seconds N  each round of contact lasts so long (2), such as 60

Example: npm run bench -- contact --json
`;

const number = (value: number): string =>
  value.toLocaleString('en', { maximumFractionDigits: Math.abs(value) < 100 ? 3 : 0 });

function inWords(bench: string, figure: Figure): string {
  const reference =
    figure.reference === undefined
      ? ''
      : `; ${figure.reference} ${figure.referenceValue === undefined ? '' : number(figure.referenceValue)}`;
  const ratio = figure.ratio === undefined ? '' : `, ratio ${number(figure.ratio)}`;
  const budget = figure.budget === undefined ? '' : ` (budget ${number(figure.budget)})`;
  return `${figure.ok ? 'ok  ' : 'MISS'} ${bench} ${figure.metric} ${number(figure.value)} ${figure.unit}${budget}${reference}${ratio}`;
}

async function main(given: readonly string[]): Promise<number> {
  const at = given.indexOf('--seconds');
  const seconds = at < 0 ? null : Number(given[at + 1]);
  const words = given.filter((_, index) => at < 0 || (index !== at && index !== at + 1));
  if (seconds !== null && !(seconds > 0)) {
    process.stderr.write(`bench: --seconds needs a number\n${usage}`);
    return 2;
  }
  const json = words.includes('--json');
  const flags = words.filter((word) => word.startsWith('-') && word !== '--json');
  let names = words.filter((word) => !word.startsWith('-'));
  if (flags.includes('--help') || flags.includes('-h')) {
    process.stdout.write(usage);
    return 0;
  }
  const unknown = [...flags, ...names.filter((name) => name !== 'all' && !Object.hasOwn(benchmarks, name))];
  if (names.length === 0 || unknown.length > 0) {
    process.stderr.write(unknown.length > 0 ? `bench: unknown: ${unknown.join(' ')}\n${usage}` : usage);
    return 2;
  }
  if (names.includes('all')) names = Object.keys(benchmarks);
  let kept = true;
  for (const name of names) {
    try {
      const benchmark = await benchmarks[name]?.();
      if (!json) process.stderr.write(`${name}: ${benchmark?.summary}\n`);
      await benchmark?.run(
        (figure) => {
          kept &&= figure.ok;
          process.stdout.write(
            `${json ? JSON.stringify({ bench: name, ...figure }) : inWords(name, figure)}\n`,
          );
        },
        { seconds },
      );
    } catch (error) {
      kept = false;
      process.stderr.write(`bench: ${name}: ${error instanceof Error ? error.stack : String(error)}\n`);
    }
  }
  return kept ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
