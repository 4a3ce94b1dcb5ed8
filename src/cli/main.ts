/**
 * Where every process of Picket begins. What Node makes of the sources is kept from one start to the next beside the packages that
 * the sources need: whoever may write there could change those as well. Where it can't be written, nothing is kept.
 */

import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import process from 'node:process';

enableCompileCache(join(import.meta.dirname, '../../node_modules/.cache/picket'));
const { runProgram } = await import('./program.ts');
process.exitCode = await runProgram(process.argv.slice(2));
