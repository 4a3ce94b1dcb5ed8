/** Reads the file of a rule. */

import { Ajv, type ValidateFunction } from 'ajv';
import { parseNetwork } from '../../core/address.ts';
import { type FileProblem, readYaml, type YamlFile } from '../../lures/yaml-file.ts';
import { nearest } from '../../wire/nearest.ts';
import { schemaFault } from '../../wire/schema-fault.ts';
import type { FaultPath, Report } from './condition.ts';
import { dimensionNamed, dimensionNames } from './fields.ts';
import { lacking, readMatch, type Match } from './match.ts';
import type { Dimension, Rule, RuleFile } from './rule.ts';
import {
  checkedRule,
  longestWindowMilliseconds,
  mostConfidenceOfGroup,
  mostDistinct,
  usualConfidence,
} from './rule-schema.ts';

let compiled: ValidateFunction<RuleFile> | null = null;

/** Compiled when the first rule is read: most machines have none. All errors are told, of which a file of 1 MiB has no great many. */
function validator(): ValidateFunction<RuleFile> {
  compiled ??= new Ajv({
    useDefaults: true,
    allErrors: true,
    strict: false,
    verbose: true,
    meta: false,
    validateSchema: false,
  })
    .addFormat('network', (text: string) => parseNetwork(text) !== null)
    .compile<RuleFile>(checkedRule);
  return compiled;
}

const unitMilliseconds: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** `10m` in milliseconds. */
const windowOf = (text: string): number =>
  Number(text.slice(0, -1)) * (unitMilliseconds[text.slice(-1)] ?? 0);

/** The log-odds in nats. In the machine's fractions 0.99 comes a hair short of ln 99, the line of suspicious. */
const weightOf = (confidence: number): number =>
  Math.log(Math.round((confidence / (1 - confidence)) * 1e6) / 1e6);

/** More than anyone mends at once. */
const problemsMost = 50;

interface Fault {
  readonly path: FaultPath;
  readonly what: string;
}

/** The problem of a file: `key what is wrong`, with the line of the key. */
function problemOf(file: YamlFile, { path, what }: Fault): FileProblem {
  return { line: file.lineOf(path), why: `${path.length === 0 ? 'the rule' : path.join('.')} ${what}` };
}

/** All that is wrong with a file, each said once; what stands ahead in the file comes first. */
function problemsOf(file: YamlFile, faults: readonly Fault[]): FileProblem {
  const told = new Map<string, FileProblem>();
  for (const fault of faults) {
    const problem = problemOf(file, fault);
    const key = `${problem.line} ${fault.path.join('.')}`;
    // Of a value that fits none of several forms, each form says so: the first is enough.
    if (!told.has(key) && told.size < problemsMost) told.set(key, problem);
  }
  const [first = { line: 1, why: 'is no rule' }, ...more] = [...told.values()].toSorted(
    (one, other) => one.line - other.line,
  );
  return more.length === 0 ? first : { ...first, more };
}

function readDimension(name: string, path: FaultPath, { kinds }: Match, report: Report): Dimension | null {
  const found = kinds.map((kind) => dimensionNamed(kind, name));
  const lackingKinds = kinds.filter((_, index) => found[index] === null);
  if (lackingKinds.length > 0) {
    const known = dimensionNames(lackingKinds);
    const near = nearest(name, known);
    report(
      path,
      near === null
        ? `is ${JSON.stringify(name)}, which ${lacking(name, lackingKinds, known)}`
        : `is ${JSON.stringify(name)}; did you mean ${near}?`,
    );
    return null;
  }
  if (found.length <= 1) return found[0] ?? null;
  const byKind = new Map(kinds.map((kind, index) => [kind, found[index]]));
  return { name, read: (observation) => byKind.get(observation.kind)?.read(observation) };
}

/** What keys say together. */
function checkWhole(file: RuleFile, isOfSource: boolean, report: Report): void {
  if (file.distinct !== undefined && file.threshold > mostDistinct)
    report(['threshold'], `is ${file.threshold}; with distinct it is ${mostDistinct} at most`);
  if (windowOf(file.window) > longestWindowMilliseconds)
    report(['window'], `is ${file.window}; it is 7d at most`);
  if (!isOfSource && (file.confidence ?? 0) > mostConfidenceOfGroup) {
    report(
      ['confidence'],
      `is ${file.confidence}; it is ${mostConfidenceOfGroup} at most where group leaves out the source, which must not be judged by its neighbours alone`,
    );
  }
  for (const [index, test] of file.tests.entries()) {
    if ((test.input === undefined) === (test.file === undefined))
      report(['tests', index], 'must have input or file, one of them');
  }
}

function ruleOf(file: RuleFile, { lineOf }: Pick<YamlFile, 'lineOf'>, report: Report): Rule {
  const groups = typeof file.group === 'string' ? [file.group] : file.group;
  const distinct = file.distinct === undefined ? [] : [file.distinct];
  const isDerived = (name: string): boolean => name === 'source' || name === 'network';
  const needed = [...groups, ...distinct].filter((name) => !isDerived(name));
  const match = readMatch(file.match, needed, report);
  // A fault of match comes first, and its kinds would be wrong.
  const isOfSource = groups.includes('source');
  checkWhole(file, isOfSource, report);
  const group = groups
    .map((name, index) =>
      readDimension(name, typeof file.group === 'string' ? ['group'] : ['group', index], match, report),
    )
    .filter((dimension) => dimension !== null);
  const confidence = file.confidence ?? (isOfSource ? usualConfidence : mostConfidenceOfGroup);
  return {
    name: file.name,
    summary: file.summary,
    technique: file.technique,
    behavior: file.behavior ?? `rule:${file.name}`,
    cves: file.cves,
    kinds: match.kinds,
    matches: (observation) => match.matches(observation),
    group,
    isOfSource,
    distinct: file.distinct === undefined ? null : readDimension(file.distinct, ['distinct'], match, report),
    threshold: file.threshold,
    windowMilliseconds: windowOf(file.window),
    weight: weightOf(confidence),
    tests: file.tests.map((test, index) => ({ ...test, line: lineOf(['tests', index]) })),
  };
}

/** The rule of a file's text, or the line and what is wrong there. Never throws. */
export function readRule(source: string): Rule | FileProblem {
  const file = readYaml(source, { uniqueKeys: true });
  if (!('value' in file)) return file;
  const { value } = file;
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { line: 1, why: 'a rule is a map of keys such as "name: api-key-guessing"' };
  const validate = validator();
  if (!validate(value)) {
    return problemsOf(
      file,
      (validate.errors ?? []).map((error) => schemaFault(error)),
    );
  }
  const faults: Fault[] = [];
  const rule = ruleOf(value, file, (path, what) => void faults.push({ path, what }));
  if (faults.length > 0) return problemsOf(file, faults);
  if (rule.kinds.length === 0) {
    const what = 'asks for fields that no observation has together with those of group and distinct';
    return problemOf(file, { path: ['match'], what });
  }
  return rule;
}

export const isRule = (read: Rule | FileProblem): read is Rule => 'weight' in read;
