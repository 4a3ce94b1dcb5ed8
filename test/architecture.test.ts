import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

/**
 * Which folder of src/ may import which, each with its reason. The same rule as in docs/architecture.md, which prints
 * this table for people.
 */
const allowed: Record<string, { imports: string[]; why: string }> = {
  core: {
    imports: [],
    why: 'the words and contracts stand on nothing, so that every part can stand on them',
  },
  wire: { imports: ['core'], why: 'codecs know bytes and errors, and do no input or output' },
  shell: {
    imports: ['core', 'wire'],
    why: 'the shell that visitors get is shared by every decoy with a login',
  },
  signatures: {
    imports: ['core', 'wire'],
    why: 'what an exploit looks like serves the decoys and the detectors alike',
  },
  lures: {
    imports: ['core', 'wire', 'signatures'],
    why: 'a lure in a file is data for the decoys that answer and the detectors that judge',
  },
  personas: { imports: ['core', 'wire'], why: 'a machine identity is data that the decoys are given' },
  decoys: {
    imports: ['core', 'wire', 'shell', 'signatures', 'lures'],
    why: 'a decoy owns no socket, clock, logger or persona',
  },
  spool: { imports: ['core'], why: 'the durable queue takes what the sensor hands it' },
  sensor: {
    imports: ['core', 'wire', 'spool'],
    why: 'the process that meets attackers can neither decide nor block',
  },
  gate: {
    imports: ['core', 'wire'],
    why: 'who may pass to the object store is decided without input or output',
  },
  telemetry: { imports: ['core', 'wire'], why: 'a reader makes observations and judges nothing' },
  collector: {
    imports: ['core', 'wire', 'telemetry'],
    why: 'what hears live telemetry hands it to the readers and judges nothing',
  },
  detectors: {
    imports: ['core', 'wire', 'signatures', 'lures'],
    why: 'evidence comes from observations alone',
  },
  decide: { imports: ['core'], why: 'decisions are pure: no I/O, no clock of their own' },
  enforcers: { imports: ['core'], why: 'a back end knows rules, not why they were made' },
  fence: { imports: ['core'], why: 'the reconciler is given its enforcers' },
  store: { imports: ['core', 'wire'], why: 'events are kept, not judged' },
  bus: { imports: ['core', 'wire'], why: 'records between processes are checked where they arrive' },
  api: { imports: ['core'], why: 'the API is given the engine through its contract' },
  daemon: {
    imports: [
      'core',
      'wire',
      'lures',
      'personas',
      'gate',
      'sensor',
      'telemetry',
      'collector',
      'detectors',
      'decide',
      'fence',
      'spool',
      'store',
      'bus',
      'api',
      'decoys',
      'enforcers',
    ],
    why: 'the one place where the parts are wired, and the only one that imports the lists of parts',
  },
  cli: {
    imports: ['core', 'daemon'],
    why: 'a subcommand says what a person wants and leaves the doing to the daemon',
  },
};

const root = resolve(import.meta.dirname, '..');
const source = join(root, 'src');

function* files(folder: string): Iterable<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* files(path);
    else if (entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts')) yield path;
  }
}

const importPattern =
  /(?:import|export)\s[^'"]*?from\s*['"](\.[^'"]+)['"]|import\(\s*['"](\.[^'"]+)['"]\s*\)|import\s*['"](\.[^'"]+)['"]/g;
const withoutComments = (text: string): string => text.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');

const arrows = [...files(source)].flatMap((file) =>
  [...withoutComments(readFileSync(file, 'utf8')).matchAll(importPattern)].map((match) => {
    const target = resolve(dirname(file), match[1] ?? match[2] ?? match[3] ?? '');
    return {
      file: relative(root, file),
      from: relative(source, file).split('/')[0] ?? '',
      target: relative(root, target),
      to: relative(source, target).split('/')[0] ?? '',
    };
  }),
);

describe('the folders of src/', () => {
  it('each stand in the table', () => {
    const folders = readdirSync(source, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(folders.map((entry) => entry.name).sort()).toEqual(Object.keys(allowed).sort());
  });

  it.each(Object.entries(allowed))('%s imports only what its row allows', (folder, row) => {
    const wrong = arrows.filter(
      (arrow) => arrow.from === folder && arrow.to !== folder && !row.imports.includes(arrow.to),
    );
    expect(
      wrong.map((arrow) => `${arrow.file} → ${arrow.target}`),
      row.why,
    ).toEqual([]);
  });

  it('only the daemon imports the lists of parts', () => {
    const lists = new Set([
      'src/decoys/index.ts',
      'src/detectors/index.ts',
      'src/enforcers/index.ts',
      'src/telemetry/index.ts',
    ]);
    const wrong = arrows.filter((arrow) => lists.has(arrow.target) && arrow.from !== 'daemon');
    expect(wrong.map((arrow) => `${arrow.file} → ${arrow.target}`)).toEqual([]);
  });

  it('have no files that import each other in a circle, not even for types', () => {
    const imports = Map.groupBy(arrows, (arrow) => arrow.file);
    const importers = Map.groupBy(arrows, (arrow) => arrow.target);
    // Whoever imports none of those left, or is imported by none of them, stands in no circle of theirs.
    const left = new Set(imports.keys());
    for (let before = 0; before !== left.size;) {
      before = left.size;
      for (const file of left) {
        const leads = imports.get(file)?.some((arrow) => left.has(arrow.target)) ?? false;
        const isLedTo = importers.get(file)?.some((arrow) => left.has(arrow.file)) ?? false;
        if (!leads || !isLedTo) left.delete(file);
      }
    }
    expect([...left]).toEqual([]);
  });

  it('is told by docs/architecture.md as it is held here', () => {
    const page = readFileSync(join(root, 'docs/architecture.md'), 'utf8');
    for (const [folder, row] of Object.entries(allowed)) {
      const imports =
        row.imports.length === 0 ? 'nothing' : row.imports.map((name) => `\`${name}\``).join(', ');
      expect(page).toContain(`| \`${folder}\` | ${imports} | ${row.why} |`);
    }
  });
});
