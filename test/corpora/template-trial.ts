/** Imports templates into a set of lures, runs a sensor that has them, and lets a scanner run the same templates against it. */

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Observation } from '../../src/core/observation.ts';
import { any } from '../../src/decoys/any/any.ts';
import { http } from '../../src/decoys/http/http.ts';
import { installLures } from '../../src/lures/installed.ts';
import { LureSet, noLures } from '../../src/lures/lure-set.ts';
import { isLure, readLure } from '../../src/lures/read-lure.ts';
import { createPersona } from '../../src/personas/index.ts';
import { Sensor } from '../../src/sensor/sensor.ts';
import { Spool } from '../../src/spool/spool.ts';
import { readRunnable, type RunnableTemplate } from './runnable-template.ts';
import { runTemplate, type RunResult } from './template-runner.ts';

export interface TemplateFile {
  readonly path: string;
  readonly source: string;
}

export function templateFiles(corpora: string): TemplateFile[] {
  const root = join(corpora, 'nuclei-templates');
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.yaml'))
    .sort()
    .map((path) => ({ path, source: readFileSync(join(root, path), 'utf8') }));
}

export interface TrialRow extends RunResult {
  readonly template: RunnableTemplate;
  /** An exploit that names one of its CVEs, and none that stands in no lure for the same request, was seen while it ran. */
  readonly recognised: boolean;
  readonly named: readonly string[];
}

export interface TrialReport {
  readonly rows: readonly TrialRow[];
  readonly refused: readonly string[];
  readonly seconds: number;
}

const atOnce = 48;

/** Every template from an address of its own, so that what the sensor saw can be laid to it. */
const sourceOf = (index: number): string => `127.${1 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}`;

export async function tryTemplates(files: readonly TemplateFile[]): Promise<TrialReport> {
  const refused: string[] = [];
  const documents = files.flatMap(({ path, source }) => {
    const read = readLure(source);
    if (isLure(read)) return [read];
    refused.push(`${path}:${read.line}: ${read.why}`);
    return [];
  });
  const runnable = files.flatMap(({ source }) => {
    const template = readRunnable(source);
    return template === null ? [] : [template];
  });
  const folder = mkdtempSync(join(tmpdir(), 'picket-templates-'));
  const spool = new Spool({ folder: join(folder, 'spool') });
  await spool.start();
  const base = createPersona('ubuntu-web', 'template trial', { now: Date.now() });
  const persona = { ...base, http: { server: 'Apache/2.4.41 (Ubuntu)', title: 'A site', products: ['*'] } };
  const named = new Map<string, Set<string>>();
  const sensor = new Sensor({
    spool,
    folder,
    listeners: [{ transport: 'tcp', address: '127.0.0.1', port: 0, decoy: http, persona }],
    decoys: [http],
    any,
    personaAt: () => persona,
    nameProtocol: () => 'http',
    onObservation: (observation: Observation) => {
      if (observation.kind !== 'exploit') return;
      const cves = named.get(observation.source) ?? new Set();
      for (const cve of observation.cves) cves.add(cve);
      named.set(observation.source, cves);
    },
  });
  await sensor.start();
  installLures(new LureSet(documents));
  const port = sensor.addresses()[0]?.port ?? 0;
  const started = performance.now();
  const rows: TrialRow[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < runnable.length) {
      const index = next;
      next += 1;
      const template = runnable[index];
      if (template === undefined) return;
      const source = sourceOf(index + 1);
      const result = await runTemplate(template, { port, source, seed: String(index) });
      const cves = [...(named.get(source) ?? [])];
      const recognised = template.cves.some((cve) => cves.includes(cve));
      rows.push({ ...result, template, recognised, named: cves });
    }
  };
  try {
    await Promise.all(Array.from({ length: atOnce }, () => work()));
  } finally {
    installLures(noLures);
    await sensor.stop();
    await spool.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  return { rows, refused, seconds: (performance.now() - started) / 1_000 };
}
