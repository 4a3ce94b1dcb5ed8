/** The pages of docs/reference, each made from what the parts say of themselves. */

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import type { JsonSchema } from '../../src/core/observation-schema.ts';
import { configurationSchema } from '../../src/daemon/configuration-schema.ts';
import { detectors } from '../../src/detectors/index.ts';
import { ruleSchema } from '../../src/detectors/rules/rule-schema.ts';
import { enforcers } from '../../src/enforcers/index.ts';
import { createPersona, personaNames } from '../../src/personas/index.ts';
import { readers } from '../../src/telemetry/index.ts';
import { decoyPage } from './decoy-page.ts';
import { lurePage } from './lure-page.ts';
import { page, table } from './markdown.ts';

function detectorPage(): string {
  return page(
    'Detectors',
    'src/detectors/index.ts',
    'Techniques are those of [MITRE ATT&CK](https://attack.mitre.org/techniques/enterprise/). [Rules](../rules.md) add to these.',
    table(
      ['detector', 'what it finds', 'technique', 'from observations of kind'],
      detectors.map((detector) => [
        `\`${detector.name}\``,
        detector.summary,
        detector.technique,
        detector.kinds.join(', '),
      ]),
    ),
  );
}

/** What stands in the first comment of a back end's own file. */
function headOf(root: string, name: string): string {
  const text = readFileSync(join(root, 'src/enforcers', name, `${name}.ts`), 'utf8');
  return (/^\/\*\*([\s\S]*?)\*\//.exec(text)?.[1] ?? '').replaceAll(/\s*\n? *\* */g, ' ').trim();
}

function enforcerPage(root: string): string {
  return page(
    'Enforcers',
    'src/enforcers/index.ts',
    'In mode `observe` the fence uses `dry-run`, in mode `enforce` `nftables`.',
    table(
      ['enforcer', 'what it is', 'rules at most'],
      enforcers.map((enforcer) => [
        `\`${enforcer.name}\``,
        headOf(root, enforcer.name),
        enforcer.capacity.toLocaleString('en'),
      ]),
    ),
  );
}

function readerPage(): string {
  return page(
    'Readers',
    'src/telemetry/index.ts',
    'Formats of `picket analyze --format NAME`. Without the option Picket looks at the content. Input may be compressed with gzip or zstd.',
    table(
      ['format', 'what it reads'],
      readers.map((reader) => [`\`${reader.name}\``, reader.summary]),
    ),
  );
}

function personaPage(): string {
  const personas = personaNames.map((name) => createPersona(name, 'reference', { now: 0 }));
  const services = (persona: (typeof personas)[number]): string =>
    [
      persona.ssh === null ? '' : 'ssh',
      persona.http === null ? '' : 'http',
      persona.redis === null ? '' : 'redis',
    ]
      .filter((service) => service !== '')
      .join(', ');
  return page(
    'Personas',
    'src/personas/index.ts',
    'Host name, keys, certificate, users, files and uptime of a machine come from the sensor’s seed: no two sensors share them.',
    table(
      ['persona', 'what it is', 'system', 'identities for'],
      personas.map((persona) => [`\`${persona.name}\``, persona.summary, persona.system, services(persona)]),
    ),
  );
}

interface Key {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly format?: string;
  readonly default?: unknown;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
}

function kindOf(key: Key): string {
  if (key.enum !== undefined) return key.enum.map((value) => `\`${String(value)}\``).join(', ');
  if (key.minimum !== undefined && key.maximum !== undefined) return `${key.minimum} to ${key.maximum}`;
  if (key.type === 'array') return `list of ${kindOf(key.items ?? {}).replace(/^text$/, 'texts')}`;
  if (key.type === 'object') return 'entries';
  if (key.type === 'boolean') return '`true`, `false`';
  if (key.format === 'network') return 'networks';
  return key.format === 'address' ? 'address' : 'text';
}

function* keyRows(prefix: string, key: Key): Iterable<string[]> {
  for (const [name, value] of Object.entries(key.properties ?? {})) {
    const child = value as Key;
    const path = `${prefix}${name}`;
    if (child.properties !== undefined) {
      yield [`\`${path}\``, '', '', child.description ?? ''];
      yield* keyRows(`${path}.`, child);
      continue;
    }
    const byDefault = child.default === undefined ? 'required' : `\`${JSON.stringify(child.default)}\``;
    yield [`\`${path}\``, kindOf(child), byDefault, child.description ?? ''];
    const entry = child.items as Key | undefined;
    if (entry?.properties !== undefined) yield* keyRows(`${path}[].`, entry);
  }
}

function configurationPage(): string {
  return page(
    'Configuration',
    'src/daemon/configuration-schema.ts',
    'One YAML file, named with `--config`. No file is needed: every key has a default. An unknown key or a bad value stops the start, with file, line and key.',
    'For completion in editors, put this at the top of the file:',
    '```yaml\n# yaml-language-server: $schema=docs/reference/configuration.schema.json\n```',
    table(['key', 'value', 'default', 'what it does'], [...keyRows('', configurationSchema)]),
  );
}

/** The help of the program and of each command, as a person sees it at 80 columns. */
function commandLinePage(root: string): string {
  const help = (...words: readonly string[]): string =>
    execFileSync(process.execPath, [join(root, 'src/cli/main.ts'), ...words, '--help'], {
      encoding: 'utf8',
      env: { ...process.env, COLUMNS: '80', NO_COLOR: '1' },
    }).trimEnd();
  const top = help();
  const commands = [...(top.split('\nCommands:\n')[1] ?? '').matchAll(/^ {2}([a-z]+)/gm)]
    .map((match) => match[1] ?? '')
    .filter((name) => name !== 'help');
  return page(
    'Command line',
    'picket --help',
    'Exit codes: 0 done; 1 refused, or found nothing; 2 used wrongly. In a checkout, `bin/picket` is the program.',
    `\`\`\`\n${top}\n\`\`\``,
    ...commands.flatMap((name) => [`## picket ${name}`, `\`\`\`\n${help(name)}\n\`\`\``]),
  );
}

/** File name to text. */
export function reference(root: string): ReadonlyMap<string, string> {
  return new Map([
    ['decoys.md', decoyPage(root)],
    ['lures.md', lurePage()],
    ['detectors.md', detectorPage()],
    ['enforcers.md', enforcerPage(root)],
    ['readers.md', readerPage()],
    ['personas.md', personaPage()],
    ['configuration.md', configurationPage()],
    ['configuration.schema.json', `${JSON.stringify(configurationSchema, null, 2)}\n`],
    ['rule.schema.json', `${JSON.stringify(ruleSchema, null, 2)}\n`],
    ['cli.md', commandLinePage(root)],
  ]);
}
