/** `picket rules`: rules that people write, checked and tested. */

import process from 'node:process';
import type { Command } from 'commander';
import picocolors from 'picocolors';
import { Output } from './output.ts';
import { printable } from './printable.ts';

interface Options {
  readonly json?: true;
}

export function rules(picket: Command): Command {
  const group = picket.command('rules').description('check and test detectors that you write as YAML');
  group
    .command('check')
    .description('read rules and say what is wrong with them, by file and line')
    .argument('<path...>', 'folders of rules, or files')
    .option('--json', 'print JSON lines, one a rule, and one for each fault of those that are refused')
    .addHelpText(
      'after',
      '\nExample:\n  picket rules check /etc/picket/rules\n\nExit code: 0 all are good, 1 one is not, 2 wrong usage or unreadable.',
    )
    .action(runCheck);
  group
    .command('test')
    .description('run the tests that rules carry, each over its own recording')
    .argument('<path...>', 'folders of rules, or files')
    .option('--json', 'print JSON lines, one a test')
    .addHelpText(
      'after',
      '\nExample:\n  picket rules test /etc/picket/rules\n\nExit code: 0 all passed, 1 one failed or there was none, 2 a rule or a recording is unreadable.',
    )
    .action(runTest);
  return group;
}

async function runCheck(paths: readonly string[], options: Options): Promise<void> {
  const { examineRules } = await import('../daemon/rule-files.ts');
  const { rules: found, problems } = examineRules(paths);
  const output = new Output();
  if (options.json === true) {
    for (const { file, rule } of found) {
      const { name, behavior, technique, kinds, tests } = rule;
      output.line(
        JSON.stringify({ kind: 'rule', file, name, behavior, technique, kinds, tests: tests.length }),
      );
    }
    for (const problem of problems) output.line(JSON.stringify({ kind: 'refused', ...problem }));
  } else {
    for (const { file, line, why } of problems)
      process.stderr.write(`${printable(file)}:${line}: ${printable(why)}\n`);
    const refused = new Set(problems.map(({ file }) => file)).size;
    output.line(`${several(found.length + refused, 'rule')}; ${refused} refused`);
  }
  await output.flush();
  process.exitCode = problems.length > 0 || found.length === 0 ? 1 : 0;
}

async function runTest(paths: readonly string[], options: Options): Promise<void> {
  const { testRules } = await import('../daemon/rule-tests.ts');
  const colors = picocolors.createColors(process.stdout.isTTY && process.env['NO_COLOR'] === undefined);
  const output = new Output();
  let passed = 0;
  let failed = 0;
  let untested = 0;
  for await (const line of testRules(paths)) {
    if (line.kind === 'untested') untested += 1;
    else if (line.passed) passed += 1;
    else failed += 1;
    if (options.json === true) output.line(JSON.stringify(line));
    else if (line.kind === 'untested') output.line(`none  ${line.rule}: has no tests`);
    else if (line.passed) output.line(`${colors.green('pass')}  ${line.rule}: ${printable(line.summary)}`);
    else {
      const where = `${printable(line.file)}:${line.line}`;
      output.line(
        `${colors.red('FAIL')}  ${line.rule}: ${printable(line.summary)}: ${printable(line.why)} (${where})`,
      );
    }
    await output.flush();
  }
  if (options.json !== true) {
    const without = untested === 0 ? '' : `; ${several(untested, 'rule')} without tests`;
    output.line(`${several(passed + failed, 'test')}: ${passed} passed, ${failed} failed${without}`);
  }
  await output.flush();
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
}

const several = (number: number, noun: string): string =>
  `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`;
