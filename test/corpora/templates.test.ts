import { describe, expect, it } from 'vitest';
import { LureSet } from '../../src/lures/lure-set.ts';
import { isLure, readLure } from '../../src/lures/read-lure.ts';
import type { WebRequest } from '../../src/signatures/request.ts';
import { corporaFolder, corpusLines, share } from '../support/corpora.ts';
import { templateFiles, tryTemplates, type TrialRow } from './template-trial.ts';

const corpora = corporaFolder();

/** The half that was looked at while the inversion was written; the other was only counted. */
const isOfFirstHalf = (index: number): boolean => (index * 7919) % 1000 < 500;

interface Figures {
  readonly recognised: number;
  readonly named: number;
  readonly accepted: number;
  readonly all: number;
  readonly waiting: number;
}

function figuresOf(rows: readonly TrialRow[]): Figures {
  const named = rows.filter(({ template }) => template.cves.length > 0);
  return {
    recognised: named.filter((row) => row.recognised).length,
    named: named.length,
    accepted: rows.filter((row) => row.accepted).length,
    all: rows.length,
    waiting: rows.filter(({ template }) => template.waitsForCall).length,
  };
}

const shown = ({ recognised, named, accepted, all, waiting }: Figures): string =>
  `recognised with the right CVE ${share(recognised, named)}; accepted ${share(accepted, all)}, of those that an answer can convince ${share(accepted, all - waiting)} (${waiting} wait for a call to the scanner)`;

describe.skipIf(corpora === null)(
  'scanner templates turned into lures (skipped where the corpora are absent)',
  () => {
    it('make a running sensor vulnerable to the scanner that they are for', async () => {
      const files = templateFiles(corpora ?? '');
      const { rows, refused, seconds } = await tryTemplates(files);
      const half = new Map(
        files.map(({ path }, index) => [
          path.replace(/^.*\//, '').replace(/\.yaml$/, ''),
          isOfFirstHalf(index),
        ]),
      );
      const first = rows.filter(({ id }) => half.get(id) === true);
      const second = rows.filter(({ id }) => half.get(id) !== true);
      const all = figuresOf(rows);
      const exploited = figuresOf(rows.filter(({ template }) => template.isExploited));
      console.log(`all: ${shown(all)}; ${seconds.toFixed(0)} s`);
      console.log(`exploited (KEV): ${shown(exploited)}`);
      console.log(`the half that was looked at: ${shown(figuresOf(first))}`);
      console.log(`the half that was not: ${shown(figuresOf(second))}`);
      expect(refused).toEqual([]);
      expect(all.recognised / all.named).toBeGreaterThanOrEqual(0.95);
      expect(exploited.recognised / exploited.named).toBeGreaterThanOrEqual(0.95);
      expect(all.accepted / all.all).toBeGreaterThanOrEqual(0.86);
      expect(all.accepted / (all.all - all.waiting)).toBeGreaterThanOrEqual(0.96);
      expect(exploited.accepted / (exploited.all - exploited.waiting)).toBeGreaterThanOrEqual(0.92);
    });

    it('name the CVE of recorded requests, and no other, and see nothing in what visitors ask for', () => {
      const documents = templateFiles(corpora ?? '').flatMap(({ source }) => {
        const read = readLure(source);
        return isLure(read) ? [read] : [];
      });
      const set = new LureSet(documents);
      const known = new Set(documents.flatMap(({ cves }) => cves));
      const records = corpusLines<WebRequest & { id: string; cve: string | null; wire_path: string }>(
        'nuclei-http.jsonl',
      )
        .filter(({ cve }) => cve !== null && known.has(cve))
        .map((record): typeof record => Object.assign(record, { path: record.wire_path }));
      // The same bytes may be the request of several templates.
      const keyOf = ({ method, path, headers, body }: WebRequest): string =>
        JSON.stringify([method, path, headers, body]);
      const fitting = new Map<string, Set<string>>();
      for (const record of records) {
        const cves = fitting.get(keyOf(record)) ?? new Set();
        fitting.set(keyOf(record), cves.add(record.cve ?? ''));
      }
      const byTemplate = new Map<string, boolean>();
      const wrong: string[] = [];
      for (const record of records) {
        const named = set.match(record).flatMap(({ cves }) => cves);
        const right = named.some((cve) => fitting.get(keyOf(record))?.has(cve));
        if (named.length > 0 && !right) wrong.push(`${record.id} ${record.path}`);
        byTemplate.set(record.id, named.includes(record.cve ?? '') || byTemplate.get(record.id) === true);
      }
      const found = [...byTemplate.values()].filter(Boolean).length;
      const ordinary = corpusLines<WebRequest & { label: string }>('benign-http.jsonl');
      const alarms = ordinary.filter(
        (record) =>
          set.match({ ...record, headers: record.headers ?? [], body: record.body ?? '' }).length > 0,
      );
      console.log(
        `recorded requests: templates named ${share(found, byTemplate.size)}; other CVEs only: ${wrong.length}; ordinary requests: ${share(alarms.length, ordinary.length)}`,
      );
      expect(found / byTemplate.size).toBeGreaterThanOrEqual(0.96);
      expect(wrong).toEqual([]);
      expect(alarms.map(({ path }) => path)).toEqual([]);
    });
  },
);
