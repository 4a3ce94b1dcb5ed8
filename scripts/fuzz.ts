/**
 * `npm run fuzz -- [--seconds N] [--target NAME]… [--seed N] [--seeds FOLDER]`: hostile bytes for every decoy, wire format and reader.
 * `npm run fuzz -- --target NAME --input FILE` runs one input again.
 *
 * Inputs that reach something new are added to test/fuzz/corpus, at most a few for each target; those that break a promise go
 * to test/fuzz/findings. Exit code: 0 where none did, 1 where one did, 2 for a wrong call.
 */

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { corpusFolder, findingsFolder, writeInput } from './fuzz/corpus.ts';
import { runInput } from './fuzz/run-input.ts';
import { Searcher } from './fuzz/searcher.ts';
import type { Target } from './fuzz/target.ts';
import { targets } from './fuzz/targets.ts';

const usage = `Usage: npm run fuzz -- [--seconds N] [--target NAME]... [--seed N] [--seeds FOLDER] [--input FILE] [--list]

  --seconds N     in all, shared among the targets (3600)
  --target NAME   this one, or those whose name begins so; all where it is left out
  --seed N        draws the same changes again
  --seeds FOLDER  more inputs to begin with, in a folder for each target
  --input FILE    run this one input and nothing else
  --list          names the targets

Example: npm run fuzz -- --target decoy-redis --seconds 60
`;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

function filesIn(folder: string): Uint8Array[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).map((name) => new Uint8Array(readFileSync(join(folder, name))));
}

async function runOne(target: Target, path: string): Promise<number> {
  try {
    const labels = await runInput(target, new Uint8Array(readFileSync(path)));
    say(`${target.name}: ${[...labels].join(', ')}`);
    return 0;
  } catch (error) {
    say(`${target.name}: ${error instanceof Error ? error.stack : String(error)}`);
    return 1;
  }
}

async function searchAll(
  chosen: readonly Target[],
  seconds: number,
  seed: string,
  seeds: string | undefined,
): Promise<number> {
  const searcher = new Searcher();
  const end = performance.now() + seconds * 1_000;
  let findings = 0;
  let runs = 0;
  say(`fuzzing ${chosen.length} targets for ${seconds} s, seed ${seed}`);
  for (const [index, target] of chosen.entries()) {
    const milliseconds = Math.max(100, (end - performance.now()) / (chosen.length - index));
    const more = seeds === undefined ? [] : filesIn(join(seeds, target.name));
    await searcher.search({ target: target.name, seed, milliseconds, more }, (message) => {
      if (message.what === 'found') {
        findings += 1;
        const path = writeInput(findingsFolder, target.name, message.input);
        const again = `npm run fuzz -- --target ${target.name} --input ${relative(process.cwd(), path)}`;
        writeFileSync(`${path}.txt`, `${message.text}\n\n${again}\n`);
        say(`FINDING ${target.name}: ${message.text.split('\n', 1)[0]}\n  ${again}`);
      } else if (message.what === 'done') {
        runs += message.runs;
        for (const input of message.keep) writeInput(corpusFolder, target.name, input);
        say(
          `${target.name}: ${message.runs} inputs, ${message.ranges} ranges of code reached, ${message.keep.length} inputs kept`,
        );
      }
    });
  }
  await searcher.stop();
  say(`${runs} inputs, ${findings} findings`);
  return findings === 0 ? 0 : 1;
}

async function main(words: string[]): Promise<number> {
  const { values } = parseArgs({
    args: words,
    options: {
      seconds: { type: 'string', default: '3600' },
      target: { type: 'string', multiple: true, default: [] },
      seed: { type: 'string', default: String(Date.now()) },
      seeds: { type: 'string' },
      input: { type: 'string' },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  const exact = targets.filter(({ name }) => values.target.includes(name));
  const near = targets.filter(
    ({ name }) => values.target.length === 0 || values.target.some((start) => name.startsWith(start)),
  );
  const chosen = exact.length === values.target.length && exact.length > 0 ? exact : near;
  if (values.list) {
    for (const { name } of chosen) say(name);
    return 0;
  }
  const seconds = Number(values.seconds);
  const [first] = chosen;
  if (first === undefined || !(seconds > 0) || (values.input !== undefined && chosen.length > 1)) {
    process.stderr.write(usage);
    return 2;
  }
  if (values.input !== undefined) return await runOne(first, values.input);
  return await searchAll(chosen, seconds, values.seed, values.seeds);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`fuzz: ${error instanceof Error ? error.message : String(error)}\n${usage}`);
  process.exitCode = 2;
}
