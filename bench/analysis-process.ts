/** `node bench/analysis-process.ts THREADS FILE…`: one analysis in a process of its own, as the command is run; prints its `Run` as JSON. */

import process from 'node:process';
import { wholeAnalysis } from './whole-analysis.ts';

const [threads = '1', ...paths] = process.argv.slice(2);
process.stdout.write(`${JSON.stringify(await wholeAnalysis(paths, Number(threads)))}\n`);
