/** `node scripts/tally.ts REPORT`: one line, `N passed, N failed`, from vitest's JSON report; exit code 1 where anything failed. */

import { readFileSync } from 'node:fs';
import process from 'node:process';

interface Report {
  readonly success: boolean;
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numFailedTestSuites: number;
  readonly testResults: readonly { readonly status: string; readonly assertionResults: readonly unknown[] }[];
}

function tally(path: string): number {
  const report: Report = JSON.parse(readFileSync(path, 'utf8'));
  // A file that can't even be loaded holds no test that could fail: it counts as one.
  const broken = report.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  );
  const failed = report.numFailedTests + broken.length;
  process.stdout.write(`${report.numPassedTests} passed, ${failed} failed\n`);
  return failed === 0 && report.success && report.numPassedTests > 0 ? 0 : 1;
}

const path = process.argv[2];
if (path === undefined) {
  process.stderr.write('Usage: node scripts/tally.ts REPORT\n');
  process.exitCode = 2;
} else {
  process.exitCode = tally(path);
}
