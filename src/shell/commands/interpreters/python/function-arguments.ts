import { fail, type Machinery } from './machinery.ts';
import {
  Dictionary,
  type FunctionValue,
  type Keywords,
  keyOf,
  type Scope,
  Tuple,
  type Value,
} from './value.ts';

const quoted = (names: readonly string[]): string => {
  const shown = names.map((name) => `'${name}'`);
  if (shown.length < 2) return shown.join('');
  return shown.length === 2
    ? shown.join(' and ')
    : `${shown.slice(0, -1).join(', ')}, and ${shown.at(-1) ?? ''}`;
};

/** Gives the parameters of a function their values. */
export function bindArguments(
  machinery: Machinery,
  callee: FunctionValue,
  scope: Scope,
  values: readonly Value[],
  keywords: Keywords,
): void {
  const { parameters, name } = callee.definition;
  const { names } = scope;
  const shown = machinery.minor >= 10 && callee.owner !== null ? `${callee.owner.name}.${name}` : name;
  let used = 0;
  const missing: string[] = [];
  const unused = new Map(keywords);
  let plain = 0;
  let optional = 0;
  let rest = false;
  for (const parameter of parameters) {
    if (parameter.kind === 'star') {
      names.set(parameter.name, new Tuple(values.slice(used)));
      used = values.length;
      rest = true;
      continue;
    }
    if (parameter.kind === 'doubleStar') continue;
    if (parameter.kind === 'plain') {
      plain += 1;
      if (parameter.otherwise !== null) optional += 1;
    }
    const positional = parameter.kind === 'plain' && used < values.length;
    const given = positional ? values[used] : unused.get(parameter.name);
    if (positional) used += 1;
    if (positional && unused.has(parameter.name))
      fail(machinery, 'TypeError', `${shown}() got multiple values for argument '${parameter.name}'`);
    unused.delete(parameter.name);
    const value = given ?? (given === null ? null : callee.defaults.get(parameter.name));
    if (value === undefined) missing.push(parameter.name);
    else names.set(parameter.name, value);
  }
  const [first] = unused.keys();
  const all = parameters.find((parameter) => parameter.kind === 'doubleStar');
  if (all !== undefined) {
    const dictionary = new Dictionary();
    for (const [key, value] of unused) dictionary.entries.set(keyOf(key) ?? '', { key, value });
    names.set(all.name, dictionary);
  } else if (first !== undefined)
    fail(machinery, 'TypeError', `${shown}() got an unexpected keyword argument '${first}'`);
  if (!rest && used < values.length) {
    const many = optional > 0 ? `from ${plain - optional} to ${plain}` : `${plain}`;
    fail(
      machinery,
      'TypeError',
      `${shown}() takes ${many} positional argument${plain === 1 && optional === 0 ? '' : 's'} but ${values.length} ${values.length === 1 ? 'was' : 'were'} given`,
    );
  }
  if (missing.length > 0)
    fail(
      machinery,
      'TypeError',
      `${shown}() missing ${missing.length} required positional argument${missing.length === 1 ? '' : 's'}: ${quoted(missing)}`,
    );
}
