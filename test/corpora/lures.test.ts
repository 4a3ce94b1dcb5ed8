/** How the web decoy's own lures take what visitors, crawlers and automation ask for. */

import { describe, expect, it } from 'vitest';
import { lureAnswer, lures } from '../../src/decoys/http/lures/index.ts';
import { createPersona } from '../../src/personas/index.ts';
import { matchCveSignatures } from '../../src/signatures/cve/index.ts';
import { NormalRequest } from '../../src/signatures/normal-request.ts';
import type { WebRequest } from '../../src/signatures/request.ts';
import { corporaFolder, corpusLines, share } from '../support/corpora.ts';

const made = createPersona('ubuntu-web', 'a seed', { now: 0 });
const products = ['iis', ...new Set(lures.map((lure) => lure.product))];
const persona = { ...made, http: { server: 'nginx/1.18.0', title: 'A site', products } };

describe.skipIf(corporaFolder() === null)(
  'the lures on ordinary requests (skipped where the corpora are absent)',
  () => {
    it('answer hardly any of them, even on a machine that has every product', () => {
      const visits = corpusLines<WebRequest & { label: string }>('benign-http.jsonl').filter(
        ({ label }) => label !== 'scanner',
      );
      const ran: string[] = [];
      const answered = visits.filter((visit) => {
        const answer = lureAnswer({
          request: new NormalRequest({ ...visit, body: visit.body ?? '' }),
          persona,
          source: '203.0.113.9',
          matched: new Set(matchCveSignatures({ ...visit, body: visit.body ?? '' }).map(({ name }) => name)),
          command: '',
          memory: new Map(),
          now: () => 0,
          run: (command) => {
            ran.push(command);
            return '';
          },
          file: () => null,
          token: (_purpose, digits) => '0'.repeat(digits),
        });
        return answer !== null;
      });
      console.info(`ordinary requests that a lure answers: ${share(answered.length, visits.length)}`);
      for (const { method, path } of answered.slice(0, 10)) console.info(`  ${method} ${path}`);
      expect(ran).toEqual([]);
      expect(answered.length / visits.length).toBeLessThanOrEqual(0.0003);
    });
  },
);
