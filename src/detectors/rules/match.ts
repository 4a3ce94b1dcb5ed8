/** The `match` of a rule: alternatives, each with its kinds of observation and its tests. */

import type { Observation, ObservationKind } from '../../core/observation.ts';
import { nearest } from '../../wire/nearest.ts';
import { readCondition, type FaultPath, type Report, type Test } from './condition.ts';
import { fieldNamed, fieldNames, kinds, type Field } from './fields.ts';

interface Tested {
  readonly field: Field;
  readonly test: Test;
}

interface Alternative {
  readonly kinds: readonly ObservationKind[];
  /** By kind, since a field may be read otherwise there. */
  readonly tests: ReadonlyMap<ObservationKind, readonly Tested[]>;
}

export interface Match {
  readonly kinds: readonly ObservationKind[];
  matches(observation: Observation): boolean;
}

const mostAlternatives = 16;

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const article = (kind: ObservationKind): string => `${/^[aeo]/.test(kind) ? 'an' : 'a'} ${kind}`;

/** What is said of a field that kinds do not have. */
export function lacking(name: string, among: readonly ObservationKind[], known: readonly string[]): string {
  const near = nearest(name, known);
  if (near !== null) return `is no field; did you mean ${near}?`;
  const [only, further] = among;
  if (only !== undefined && further === undefined)
    return `is no field of ${article(only)}; it has ${known.join(', ')}`;
  return `is no field that these observations have; there are ${known.join(', ')}`;
}

function readKinds(value: unknown, path: FaultPath, report: Report): readonly ObservationKind[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  const found = list.flatMap((name) => kinds.filter((kind) => kind === name));
  if (found.length === list.length && list.length > 0) return found;
  const wrong = String(list.find((name) => !kinds.some((kind) => kind === name)));
  const near = nearest(wrong, kinds);
  report(
    path,
    `is ${JSON.stringify(wrong)}; ${near === null ? `one of ${kinds.join(', ')}` : `did you mean ${near}?`}`,
  );
  return [];
}

function readAlternative(
  value: unknown,
  path: FaultPath,
  needed: readonly string[],
  report: Report,
): Alternative | null {
  if (!isMap(value) || Object.keys(value).length === 0) {
    report(path, 'must be a map of fields and conditions, such as { kind: login, outcome: failure }');
    return null;
  }
  const names = Object.keys(value).filter((name) => name !== 'kind');
  const given = 'kind' in value ? readKinds(value['kind'], [...path, 'kind'], report) : kinds;
  if (given.length === 0) return null;
  let left = given;
  for (const name of names) {
    const having = left.filter((kind) => fieldNamed(kind, name) !== null);
    // Where the kinds are named each must have it; where they are not, those that have it are meant.
    if (having.length === 0 || ('kind' in value && having.length < left.length)) {
      const lackingKinds = left.filter((kind) => !having.includes(kind));
      const known = fieldNames(having.length === 0 ? left : lackingKinds);
      report([...path, name], lacking(name, lackingKinds, known));
      return null;
    }
    left = having;
  }
  if (!('kind' in value))
    left = left.filter((kind) => needed.every((name) => fieldNamed(kind, name) !== null));
  const tests = new Map<ObservationKind, Tested[]>(left.map((kind) => [kind, []]));
  for (const name of names) addTests(tests, name, value[name], [...path, name], report);
  return { kinds: left, tests };
}

function addTests(
  tests: ReadonlyMap<ObservationKind, Tested[]>,
  name: string,
  condition: unknown,
  path: FaultPath,
  report: Report,
): void {
  const fields = [...tests.keys()].flatMap((kind) => {
    const field = fieldNamed(kind, name);
    return field === null ? [] : [{ kind, field }];
  });
  const [first] = fields;
  const other = fields.find(({ field }) => field.type !== first?.field.type);
  if (first !== undefined && other !== undefined) {
    const [one, two] = [first, other].map(({ kind, field }) => `a ${field.type} in ${kind}`);
    report(path, `is ${one} and ${two}; say by kind which is meant`);
    return;
  }
  const made = new Map<Field['values'], Test>();
  for (const { kind, field } of fields) {
    const test = made.get(field.values) ?? readCondition(field, condition, path, report);
    made.set(field.values, test);
    tests.get(kind)?.push({ field, test });
  }
}

/** Reads `match`. `needed` are the fields that the rule asks for elsewhere: kinds without them are not meant. */
export function readMatch(value: unknown, needed: readonly string[], report: Report): Match {
  const isList = Array.isArray(value);
  const list: readonly unknown[] = isList ? value : [value];
  if (list.length === 0 || list.length > mostAlternatives)
    report(['match'], `must have 1 to ${mostAlternatives} alternatives, and has ${list.length}`);
  const alternatives = list
    .slice(0, mostAlternatives)
    .map((each, index) => readAlternative(each, isList ? ['match', index] : ['match'], needed, report))
    .filter((alternative) => alternative !== null);
  const byKind = new Map<ObservationKind, (readonly Tested[])[]>();
  for (const { tests } of alternatives) {
    for (const [kind, all] of tests) byKind.set(kind, [...(byKind.get(kind) ?? []), all]);
  }
  return {
    kinds: [...byKind.keys()],
    matches: (observation) =>
      byKind
        .get(observation.kind)
        ?.some((all) => all.every(({ field, test }) => test(field.read(observation)))) ?? false,
  };
}
