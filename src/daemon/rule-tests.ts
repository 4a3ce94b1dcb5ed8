/** The tests that rules carry: a recording, and the sources that the rule must find in it. */

import { dirname, join } from 'node:path';
import { formatNetwork, parseNetwork, sourceKey } from '../core/address.ts';
import { PicketError } from '../core/errors.ts';
import type { PlacedTest, Rule } from '../detectors/rules/rule.ts';
import { allotted } from '../detectors/rules/rule-set.ts';
import { DetectorRunner } from '../detectors/runner.ts';
import { openInput, type RecordedInput, recordedInput } from './recorded-input.ts';
import { readRules } from './rule-files.ts';

export interface RuleTestLine {
  readonly kind: 'test';
  readonly file: string;
  readonly line: number;
  readonly rule: string;
  readonly summary: string;
  readonly passed: boolean;
  /** What differs, empty where it passed. */
  readonly why: string;
}

export interface UntestedRuleLine {
  readonly kind: 'untested';
  readonly file: string;
  readonly rule: string;
}

/** Sources named in a sentence; the rest are counted. */
const named = 8;

interface Outcome {
  readonly sources: ReadonlySet<string>;
  readonly observations: number;
  /** The first record that could not be read. */
  readonly damage: string | null;
}

async function run(rule: Rule, input: RecordedInput, format: string): Promise<Outcome> {
  const { reader, bytes } = await openInput(input, format, () => {});
  const runner = new DetectorRunner([]);
  runner.useRules(allotted([rule]));
  const sources = new Set<string>();
  let observations = 0;
  let damage: string | null = null;
  if (reader === null) return { sources, observations, damage };
  const context = {
    sensor: 'test',
    near: input.near,
    damaged: (line: number, _sample: string, why: string): void => {
      damage ??= `line ${line} of the recording can't be read: ${why}`;
    },
  };
  for await (const batch of reader.read(bytes, context)) {
    for (const observation of batch.observations) {
      observations += 1;
      if (runner.run(observation).length > 0) sources.add(sourceKey(observation.source));
    }
  }
  return { sources, observations, damage };
}

/** As sources are keyed: an IPv6 address by its /64. */
function keyOf(text: string): string {
  const network = parseNetwork(text);
  return network === null || !text.includes('/') ? sourceKey(text) : formatNetwork(network);
}

function list(sources: readonly string[]): string {
  if (sources.length === 0) return 'nothing';
  const shown = sources.slice(0, named).join(', ');
  return sources.length > named ? `${shown} and ${sources.length - named} more` : shown;
}

function difference({ sources, observations, damage }: Outcome, expected: readonly string[]): string {
  if (damage !== null) return damage;
  // A recording in which nothing is would pass for one in which nothing is wrong.
  if (observations === 0) return 'no observation could be made of the recording';
  const wanted = new Set(expected.map(keyOf));
  const missed = [...wanted].filter((source) => !sources.has(source));
  const surplus = [...sources].filter((source) => !wanted.has(source));
  if (missed.length > 0) return `expected ${list(missed)}, found ${list([...sources])}`;
  return surplus.length > 0 ? `found ${list(surplus)}, expected ${list([...wanted])}` : '';
}

function inputOf(file: string, test: PlacedTest): RecordedInput {
  const { input, line } = test;
  if (input !== undefined)
    return { name: `${file}:${line}`, size: input.length, near: Date.now(), text: input };
  return recordedInput(join(dirname(file), test.file ?? ''), null);
}

/**
 * Runs the tests of all rules under these paths, each rule by itself. Throws PICKET_RULE_INVALID, PICKET_INPUT_UNREADABLE and
 * PICKET_INPUT_FORMAT.
 */
export async function* testRules(paths: readonly string[]): AsyncIterable<RuleTestLine | UntestedRuleLine> {
  for (const { file, rule } of readRules(paths)) {
    if (rule.tests.length === 0) yield { kind: 'untested', file, rule: rule.name };
    for (const [index, test] of rule.tests.entries()) {
      const why = await outcomeOf(file, rule, test);
      const summary = test.summary === '' ? `test ${index + 1}` : test.summary;
      yield { kind: 'test', file, line: test.line, rule: rule.name, summary, passed: why === '', why };
    }
  }
}

async function outcomeOf(file: string, rule: Rule, test: PlacedTest): Promise<string> {
  try {
    return difference(await run(rule, inputOf(file, test), test.format), test.expect);
  } catch (error) {
    if (!(error instanceof PicketError)) throw error;
    const message = error.message.replace(/^--format /, 'format ');
    const place = `${file}:${test.line}: `;
    throw new PicketError(error.code, message.startsWith(place) ? message : `${place}${message}`, {
      cause: error,
    });
  }
}
