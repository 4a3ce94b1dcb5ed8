/** Values that the names of a lure might have, for trying it out: as one scanner would send them. */

import { seededRandom } from '../core/random.ts';
import { evaluateText, type Environment } from './language/evaluate.ts';
import type { Value } from './language/expression.ts';
import { callFunction } from './language/functions.ts';
import { matchingText } from './language/matching-text.ts';
import { parseText } from './language/text.ts';
import { sampleOutput } from './synthesis/machine-output.ts';

const fixed: Readonly<Record<string, string>> = {
  BaseURL: 'http://198.51.100.7',
  RootURL: 'http://198.51.100.7',
  Hostname: '198.51.100.7',
  Host: '198.51.100.7',
  Port: '80',
  Scheme: 'http',
  Path: '',
  File: '',
  username: 'operator',
  password: 'S3cret.pw',
};

const calls = 4_096;

/** `seed` makes the values of one scanner; names that nobody defines get a random word. */
export function sampleEnvironment(
  seed: string,
  definitions: ReadonlyMap<string, string>,
  choices: ReadonlyMap<string, readonly string[]>,
): Environment {
  const random = seededRandom(`sample ${seed}`);
  const values = new Map<string, Value>();
  let depth = 0;
  let called = 0;
  const environment: Environment = {
    random,
    now: Date.UTC(2024, 5, 1),
    lookup(name) {
      const known = values.get(name);
      if (known !== undefined) return known;
      let value: Value | null =
        (Object.hasOwn(fixed, name) ? fixed[name] : undefined) ?? choices.get(name)?.[0] ?? null;
      const definition = definitions.get(name);
      if (value === null && definition !== undefined && depth < 8) {
        depth += 1;
        value = evaluateText(parseText(definition), environment);
        depth -= 1;
      }
      if (value === null && name.startsWith('interactsh')) value = 'c0ffee.oast.example';
      if (value === null && name.startsWith('randstr')) value = callFunction('rand_base', [27], environment);
      if (value === null && /^rand_?int$/.test(name)) value = callFunction('rand_int', [], environment);
      if (value === null) return undefined;
      values.set(name, value);
      return value;
    },
    call(name, list) {
      called += 1;
      if (called > calls) return null;
      return machineCall(name, list, seed);
    },
  };
  return environment;
}

function machineCall(name: string, list: readonly Value[], seed: string): Value | null {
  const [first, second] = list.map(String);
  if (name === 'file' || name === 'run') return sampleOutput(name, first ?? '') ?? '';
  if (name === 'having') return second?.includes(first ?? '') === true ? second : (first ?? '');
  if (name !== 'like') return null;
  // The machine's own output first, where the lure names one and it fits.
  if (second !== undefined && matchesPattern(first ?? '', second)) return second;
  return matchingText(first ?? '', seededRandom(`${seed} ${first}`));
}

const matchesPattern = (pattern: string, text: string): boolean =>
  callFunction('regex', [pattern, text], { random: seededRandom(''), now: 0 }) === true;
