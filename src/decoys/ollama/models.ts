/** Which models the persona's server has. `persona.software.ollama`: version; detail `models` (names with commas between). */

import { createHash } from 'node:crypto';
import type { Persona } from '../../core/persona.ts';
import { below, hexDigits, pick } from '../../core/random.ts';

export interface Model {
  readonly name: string;
  readonly family: string;
  readonly parameters: string;
  readonly quantization: string;
  readonly bytes: number;
  readonly digest: string;
  readonly modified: number;
}

const catalogue: readonly (readonly [
  name: string,
  family: string,
  parameters: string,
  quantization: string,
  bytes: number,
])[] = [
  ['llama3.1:8b', 'llama', '8.0B', 'Q4_K_M', 4_920_753_328],
  ['llama3.2:3b', 'llama', '3.2B', 'Q4_K_M', 2_019_393_189],
  ['mistral:7b', 'llama', '7.2B', 'Q4_0', 4_113_301_824],
  ['qwen2.5:7b', 'qwen2', '7.6B', 'Q4_K_M', 4_683_087_332],
  ['gemma2:9b', 'gemma2', '9.2B', 'Q4_0', 5_443_152_417],
  ['deepseek-r1:7b', 'qwen2', '7.6B', 'Q4_K_M', 4_683_075_271],
  ['phi3:mini', 'phi3', '3.8B', 'Q4_0', 2_176_178_913],
  ['nomic-embed-text:latest', 'nomic-bert', '137M', 'F16', 274_302_450],
];

export function versionOf(persona: Persona): string {
  const claimed = persona.software['ollama']?.version;
  const drawn = pick(persona.random('ollama version'), [
    '0.1.32',
    '0.1.48',
    '0.3.12',
    '0.4.7',
    '0.5.7',
    '0.6.2',
  ] as const);
  return claimed === undefined || claimed === '' ? drawn : claimed;
}

/** `llama3` is `llama3:latest`. */
export const fullName = (name: string): string => (/:[^/]+$/.test(name) ? name : `${name}:latest`);

export function modelsOf(persona: Persona): Map<string, Model> {
  const random = persona.random('ollama models');
  const given = persona.software['ollama']?.details?.['models']?.split(',').map((name) => name.trim());
  const names = given ?? catalogue.filter(() => below(random, 2) === 0).map(([name]) => name);
  const models = new Map<string, Model>();
  for (const name of names.length === 0 ? ['llama3.1:8b'] : names)
    models.set(fullName(name), modelOf(persona, name));
  return models;
}

function modelOf(persona: Persona, name: string): Model {
  const full = fullName(name);
  const [, family, parameters, quantization, bytes] = catalogue.find(([each]) => each === full) ?? [
    '',
    'llama',
    '7B',
    'Q4_0',
    3_825_819_519,
  ];
  const random = persona.random(`ollama model ${full}`);
  return {
    name: full,
    family,
    parameters,
    quantization,
    bytes,
    // The registry's digest is the same everywhere; ours at least is the same for everybody who asks of this model.
    digest: createHash('sha256')
      .update(`ollama ${full} ${hexDigits(persona.random('ollama'), 8)}`)
      .digest('hex'),
    modified: persona.bootedAt - below(random, 60 * 86_400_000),
  };
}

/** As Go writes a moment with its zone. */
export const modelTime = (at: number): string =>
  `${new Date(at).toISOString().slice(0, 19)}.${String(at % 1_000).padStart(3, '0')}417905Z`;
