/** Rules in files: read once, or watched while a process runs. */

import { PicketError } from '../core/errors.ts';
import { detectors } from '../detectors/index.ts';
import { isRule, readRule } from '../detectors/rules/read-rule.ts';
import type { Rule } from '../detectors/rules/rule.ts';
import { allotted, type Allotted, rulesMost } from '../detectors/rules/rule-set.ts';
import { namedFiles, readNamed } from './named-files.ts';
import { type Changes, type NamedProblem, type WatchedFile, WatchedFiles } from './watched-files.ts';

export interface NamedRule {
  readonly file: string;
  readonly rule: Rule;
}

/** Rules that fit beside each other, and what is wrong with the others. */
function together(found: readonly NamedRule[]): {
  readonly rules: readonly NamedRule[];
  readonly problems: readonly NamedProblem[];
} {
  const owner = new Map(detectors.map(({ name }) => [name, 'Picket itself']));
  const rules: NamedRule[] = [];
  const problems: NamedProblem[] = [];
  for (const { file, rule } of found) {
    const other = owner.get(rule.name);
    const why =
      other !== undefined
        ? `name is ${rule.name}, as of ${other === 'Picket itself' ? "one of Picket's own detectors" : other}; give it another`
        : rules.length >= rulesMost
          ? `is the rule after the ${rulesMost}th; there is room for no more`
          : null;
    if (why !== null) problems.push({ file, line: 1, why });
    else {
      owner.set(rule.name, file);
      rules.push({ file, rule });
    }
  }
  return { rules, problems };
}

/** All rules under these paths and all problems, in the order of the files. Throws PICKET_INPUT_UNREADABLE where one is not there. */
export function examineRules(paths: readonly string[]): {
  readonly rules: readonly NamedRule[];
  readonly problems: readonly NamedProblem[];
} {
  const found: NamedRule[] = [];
  const problems: NamedProblem[] = [];
  const seen = new Set<string>();
  for (const path of paths) {
    for (const file of namedFiles(path)) {
      if (seen.has(file)) continue;
      seen.add(file);
      const read = readNamed(file, readRule);
      if (isRule(read)) found.push({ file, rule: read });
      else {
        for (const { line, why } of [read, ...(read.more ?? [])]) problems.push({ file, line, why });
      }
    }
  }
  const fitting = together(found);
  return { rules: fitting.rules, problems: [...problems, ...fitting.problems] };
}

/** All rules under these paths. Throws PICKET_INPUT_UNREADABLE, or PICKET_RULE_INVALID with the first problem. */
export function readRules(paths: readonly string[]): readonly NamedRule[] {
  const { rules, problems } = examineRules(paths);
  const [first] = problems;
  if (first !== undefined)
    throw new PicketError('PICKET_RULE_INVALID', `${first.file}:${first.line}: ${first.why}`);
  return rules;
}

export interface RuleFolderOptions {
  readonly folders: readonly string[];
  readonly log: (line: string) => void;
  /** Called with the rules that hold from now on. */
  readonly use: (rules: readonly Allotted[]) => void;
  readonly everyMilliseconds?: number;
}

const problemsLogged = 5;

/** The folders of rules, watched while the engine runs. */
export class RuleFolder extends WatchedFiles<Rule> {
  constructor(options: RuleFolderOptions) {
    super({
      ...options,
      what: 'rules',
      read: readRule,
      isContent: isRule,
      changed: (files, changes) => useRules(options, files, changes),
    });
  }
}

function useRules(
  { use, log }: RuleFolderOptions,
  files: readonly WatchedFile<Rule>[],
  { changed, removed }: Changes,
): void {
  const { rules, problems } = together(
    files.flatMap(({ path, content }) => (content === null ? [] : [{ file: path, rule: content }])),
  );
  const all = [...files.flatMap(({ problem }) => (problem === null ? [] : [problem])), ...problems];
  use(allotted(rules.map(({ rule }) => rule)));
  log(`rules: ${rules.length} in force (${changed} files new or changed, ${removed} gone)`);
  for (const { file, line, why } of all.slice(0, problemsLogged)) {
    const held = rules.some((rule) => rule.file === file) ? '; the rule holds as it was before' : '';
    log(`rules: ${file}:${line}: ${why}${held}`);
  }
  if (all.length > problemsLogged) log(`rules: ${all.length - problemsLogged} more files are refused`);
}
