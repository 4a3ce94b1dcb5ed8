import { expect, it } from 'vitest';
import { findings } from '../conformance.ts';
import { createDryRun } from './dry-run.ts';

it('dry-run does what every back end must', () => {
  expect(findings(createDryRun({ capacity: 12 }), 12, 1_800_000_000_000)).toEqual([]);
});
