/** The configuration: one YAML file, checked, with a default for every key; no file needed. */

import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { Ajv, type ErrorObject } from 'ajv';
import { LineCounter, parseDocument, type Document } from 'yaml';
import { parseAddress, parseNetwork } from '../core/address.ts';
import { PicketError } from '../core/errors.ts';
import { schemaFault } from '../wire/schema-fault.ts';
import { yamlFault } from '../wire/yaml-fault.ts';
import { lineOf } from '../wire/yaml-line.ts';
import type { ConfigurationFault } from './configuration-fault.ts';
import { configurationFaults } from './configuration-faults.ts';
import { configurationWarnings } from './configuration-warnings.ts';
import { configurationSchema } from './configuration-schema.ts';
import { telemetryContradictions } from './telemetry-faults.ts';
import type { Configuration } from './configuration-type.ts';

const ajv = new Ajv({
  useDefaults: true,
  allErrors: false,
  strict: false,
  verbose: true,
  meta: false,
  validateSchema: false,
});
ajv.addFormat('network', (text: string) => parseNetwork(text) !== null);
ajv.addFormat('address', (text: string) => parseAddress(text) !== null);
const { $schema: _dialect, ...checkedSchema } = configurationSchema;
const validate = ajv.compile<Configuration>(checkedSchema);

/** Where the state lives when the configuration does not say. */
export function defaultStateFolder(): string {
  if (process.getuid?.() === 0) return '/var/lib/picket';
  return join(process.env['XDG_STATE_HOME'] ?? join(homedir(), '.local', 'state'), 'picket');
}

/** A configuration, and where in its file everything stands. */
export interface ConfigurationFile {
  readonly configuration: Configuration;
  /** `file:line: key what is wrong`. */
  readonly say: (fault: ConfigurationFault) => string;
}

/** Reads and checks a configuration file. Throws PicketError PICKET_CONFIG_UNREADABLE or PICKET_CONFIG_INVALID with file, line and key. */
export function loadConfiguration(path: string | null): Configuration {
  return parseConfiguration(...textOf(path));
}

/** The same, and refuses what names something that is not there. */
export async function loadWholeConfiguration(path: string | null): Promise<Configuration> {
  // The defaults name what is there, as a test holds; a start without a file need not load every part to know.
  if (path === null) return loadConfiguration(null);
  const file = readConfiguration(...textOf(path));
  refuse(file, [
    ...contradictions(file.configuration),
    ...(await configurationFaults(file.configuration, loadConfiguration(null))),
  ]);
  return file.configuration;
}

/** A configuration whose keys and types are right, and in sentences what is wrong beyond. */
export interface ExaminedConfiguration {
  readonly configuration: Configuration;
  /** With these nothing starts. */
  readonly faults: readonly string[];
  /** What may be meant so, and mostly is a slip. */
  readonly warnings: readonly string[];
}

/** For the doctor. Throws what `loadConfiguration` throws. */
export async function examineConfiguration(path: string | null): Promise<ExaminedConfiguration> {
  const { configuration, say } = readConfiguration(...textOf(path));
  const faults = [
    ...contradictions(configuration),
    ...(await configurationFaults(configuration, loadConfiguration(null))),
  ];
  return { configuration, faults: faults.map(say), warnings: configurationWarnings(configuration).map(say) };
}

function textOf(path: string | null): [text: string, name: string] {
  if (path === null) return ['', 'the defaults'];
  let text: string;
  try {
    text = readFileSync(path === '-' ? 0 : path, 'utf8');
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new PicketError(
      'PICKET_CONFIG_UNREADABLE',
      `${path}: can't be read (${why}); name a readable file with --config, or leave the option out for the defaults`,
      { cause: error },
    );
  }
  return [text, path === '-' ? 'standard input' : path];
}

export function parseConfiguration(text: string, name: string): Configuration {
  const file = readConfiguration(text, name);
  refuse(file, contradictions(file.configuration));
  return file.configuration;
}

function refuse({ say }: ConfigurationFile, faults: readonly ConfigurationFault[]): void {
  const [first] = faults;
  if (first !== undefined) throw new PicketError('PICKET_CONFIG_INVALID', say(first));
}

function readConfiguration(text: string, name: string): ConfigurationFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const broken = document.errors[0];
  if (broken !== undefined) {
    const line = lines.linePos(broken.pos[0]).line;
    throw new PicketError('PICKET_CONFIG_INVALID', `${name}:${line}: ${yamlFault(broken)}`);
  }
  const value = plainValue(document, name) ?? {};
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw new PicketError(
      'PICKET_CONFIG_INVALID',
      `${name}:1: a configuration is a map of keys such as "mode: observe"`,
    );
  }
  if (!validate(value)) {
    throw new PicketError('PICKET_CONFIG_INVALID', explain(validate.errors?.[0], document, lines, name));
  }
  return {
    configuration: value.state === '' ? { ...value, state: defaultStateFolder() } : value,
    say: ({ path, what }) => `${name}:${lineOf(document, lines, path)}: ${path.join('.')} ${what}`,
  };
}

function plainValue(document: Document, name: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 10 });
  } catch (error) {
    throw new PicketError(
      'PICKET_CONFIG_INVALID',
      `${name}:1: its aliases (*name) lead nowhere or make too much of it; write the values themselves`,
      { cause: error },
    );
  }
}

/** What the schema can't say: keys that must fit each other. */
function contradictions(value: Configuration): ConfigurationFault[] {
  const faults: ConfigurationFault[] = [];
  if (value.store.engine === 'clickhouse' && !/^https?:\/\/./.test(value.store.url)) {
    faults.push({
      path: ['store', 'url'],
      what: 'must be the address of the server with engine clickhouse, such as http://127.0.0.1:8123',
    });
  }
  if (value.policy.leaseSeconds > value.policy.longestLeaseSeconds) {
    faults.push({
      path: ['policy', 'leaseSeconds'],
      what: 'is longer than policy.longestLeaseSeconds; make one fit the other',
    });
  }
  const taken = new Set<string>();
  for (const [index, { port, transport }] of value.sensor.listeners.entries()) {
    const key = `${port}/${transport}`;
    if (taken.has(key)) {
      faults.push({
        path: ['sensor', 'listeners', String(index), 'port'],
        what: `is ${port}, as of another entry; give each its own`,
      });
    }
    taken.add(key);
  }
  const homes = new Set<string>();
  for (const [index, { address }] of value.sensor.machines.entries()) {
    const path = ['sensor', 'machines', String(index), 'address'];
    if (homes.has(address))
      faults.push({ path, what: `is ${address}, as of another machine; give each its own` });
    homes.add(address);
  }
  return [...faults, ...telemetryContradictions(value.telemetry)];
}

function explain(
  error: ErrorObject | undefined,
  document: Document,
  lines: LineCounter,
  name: string,
): string {
  if (error === undefined) return `${name}: not a configuration`;
  const { path, what } = schemaFault(error);
  const key = path.length === 0 ? 'the configuration' : path.join('.');
  return `${name}:${lineOf(document, lines, path)}: ${key} ${what}`;
}
