import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Ajv } from 'ajv';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Observation } from '../core/observation.ts';
import { ruleSchema } from '../detectors/rules/rule-schema.ts';
import { DetectorRunner } from '../detectors/runner.ts';
import { loadWholeConfiguration } from './configuration.ts';
import { examineRules, readRules, RuleFolder } from './rule-files.ts';
import { testRules } from './rule-tests.ts';

let folder = '';
let watched: RuleFolder;
let runner: DetectorRunner;
const lines: string[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'picket-rules-'));
  lines.length = 0;
  runner = new DetectorRunner([]);
  watched = new RuleFolder({
    folders: [folder],
    log: (line) => lines.push(line.replaceAll(folder, 'F')),
    use: (rules) => runner.useRules(rules),
  });
});

afterEach(() => {
  watched.stop();
  rmSync(folder, { recursive: true, force: true });
});

const ruleText = (name: string, rest: string): string =>
  `rule: 1\nname: ${name}\nsummary: Something done\ntechnique: T1110\n${rest}\n`;
let writes = 0;
const put = (name: string, text: string): void => {
  writes += 1;
  const path = join(folder, name);
  writeFileSync(path, text);
  // Another time than that of the last write, whatever the clock of the file system.
  utimesSync(path, writes, writes);
};
const login = (user: string): Observation => ({
  id: '018f0000-0000-7000-8000-000000000000',
  at: 0,
  sensor: 'test',
  sequence: 1,
  source: '203.0.113.9',
  sourcePort: 0,
  destination: '',
  destinationPort: 22,
  transport: 'tcp',
  session: '',
  spoofable: false,
  kind: 'login',
  service: 'ssh',
  user,
  outcome: 'failure',
  method: 'password',
});
const found = (user: string): string[] => runner.run(login(user)).map(({ detector }) => detector);

describe('a watched folder of rules', () => {
  it('takes up what is new, changed and gone, without a restart', async () => {
    await watched.look();
    expect(found('root')).toEqual([]);
    put('a.yaml', ruleText('one', 'match: { user: root }'));
    await watched.look();
    expect(found('root')).toEqual(['one']);
    put('a.yaml', ruleText('one', 'match: { user: ann }'));
    await watched.look();
    expect([found('root'), found('ann')]).toEqual([[], ['one']]);
    rmSync(join(folder, 'a.yaml'));
    await watched.look();
    expect(found('ann')).toEqual([]);
    expect(lines.at(-1)).toBe('rules: 0 in force (0 files new or changed, 1 gone)');
  });

  it('keeps a rule whose file is damaged as it was, and says so in one line', async () => {
    put('a.yaml', ruleText('one', 'match: { user: root }\nthreshold: 2'));
    await watched.look();
    expect(found('root')).toEqual([]);
    put('a.yaml', ruleText('one', 'match: { usre: root }'));
    await watched.look();
    expect(lines.at(-1)).toBe(
      'rules: F/a.yaml:5: match.usre is no field; did you mean user?; the rule holds as it was before',
    );
    // With what it had counted.
    expect(found('root')).toEqual(['one']);
  });

  it('takes the first of two rules of one name, and none that is called as a detector of its own', async () => {
    put('a.yaml', ruleText('one', 'match: { user: root }'));
    put('b.yaml', ruleText('one', 'match: { user: ann }'));
    put('c.yaml', ruleText('port-scan', 'match: { user: ann }'));
    await watched.look();
    expect([found('root'), found('ann')]).toEqual([['one'], []]);
    expect(lines.slice(1)).toEqual(
      [
        'rules: F/b.yaml:1: name is one, as of ' + folder + '/a.yaml; give it another',
        "rules: F/c.yaml:1: name is port-scan, as of one of Picket's own detectors; give it another",
      ].map((line) => line.replaceAll(folder, 'F')),
    );
  });
});

describe('rules at the start', () => {
  it('are refused with the configuration that names them, by file, line and key', async () => {
    put('a.yaml', ruleText('one', 'match: { usre: root }'));
    mkdirSync(join(folder, 'c'));
    const configuration = join(folder, 'c', 'picket.conf');
    writeFileSync(configuration, `mode: observe\ndetectors:\n  rules: [${folder}]\n`);
    await expect(loadWholeConfiguration(configuration)).rejects.toThrow(
      `picket.conf:3: detectors.rules.0 names ${folder}/a.yaml:5: match.usre is no field; did you mean user?`,
    );
    writeFileSync(configuration, `detectors:\n  rules: [${folder}/absent]\n`);
    await expect(loadWholeConfiguration(configuration)).rejects.toThrow(
      `picket.conf:2: detectors.rules.0 names ${folder}/absent, which is not there; check the name`,
    );
  });

  it('are not more than 256', () => {
    for (let index = 0; index < 258; index += 1)
      put(`${1_000 + index}.yaml`, ruleText(`r${index}`, 'match: { user: root }'));
    const { rules, problems } = examineRules([folder]);
    expect([rules.length, problems.map(({ why }) => why)]).toEqual([
      256,
      Array.from({ length: 2 }, () => 'is the rule after the 256th; there is room for no more'),
    ]);
  });
});

describe('the tests of rules', () => {
  it('fail where a source is missed, where one is too many, and where nothing was read', async () => {
    const line = (source: string): string =>
      `${source} - - [10/Jun/2025:10:00:00 +0000] "GET /x HTTP/1.1" 404 1 "-" "a"`;
    put(
      'a.yaml',
      ruleText(
        'one',
        `match: { kind: web-access, path: /x }
tests:
  - { input: '${line('203.0.113.9')}', expect: [203.0.113.9] }
  - { input: '${line('203.0.113.9')}', expect: [203.0.113.8] }
  - { input: '${line('203.0.113.9')}', expect: [] }
  - { input: '${line('2001:db8::9')}', expect: [2001:db8::1] }
  - { input: " \\n", expect: [], format: web-access }
  - { input: 'damaged', expect: [], format: web-access }`,
      ),
    );
    const outcomes: string[] = [];
    for await (const outcome of testRules([folder])) if (outcome.kind === 'test') outcomes.push(outcome.why);
    expect(outcomes).toEqual([
      '',
      'expected 203.0.113.8, found 203.0.113.9',
      'found 203.0.113.9, expected nothing',
      '',
      'no observation could be made of the recording',
      expect.stringMatching(/^line 1 of the recording can't be read: /),
    ]);
  });
});

describe('the examples of docs/rules.md', () => {
  const page = readFileSync(resolve(import.meta.dirname, '../../docs/rules.md'), 'utf8');
  const examples = [...page.matchAll(/^```yaml\n(rule: 1\n[\s\S]*?)^```$/gm)].map((match) => match[1] ?? '');

  it('are rules, and pass the tests that they carry', async () => {
    expect(examples.length).toBeGreaterThanOrEqual(3);
    for (const [index, text] of examples.entries()) put(`${index}.yaml`, text);
    expect(readRules([folder]).every(({ rule }) => rule.tests.length >= 2)).toBe(true);
    for await (const line of testRules([folder])) expect(line).toMatchObject({ kind: 'test', why: '' });
  });

  it('fit the schema that editors are given, and a slip does not', () => {
    const { $schema: _dialect, ...schema } = ruleSchema;
    const validate = new Ajv({ strict: false }).addFormat('network', true).compile(schema);
    for (const text of examples) expect([validate(parse(text)), validate.errors]).toEqual([true, null]);
    const [first = ''] = examples;
    expect(validate(parse(first.replace('path:', 'paht:')))).toBe(false);
    expect(validate(parse(first.replace('starts:', 'start:')))).toBe(false);
    expect(validate(parse(`${first}group: usre\n`))).toBe(false);
  });
});
