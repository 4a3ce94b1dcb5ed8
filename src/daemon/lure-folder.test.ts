import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { installedLures, installLures } from '../lures/installed.ts';
import { noLures } from '../lures/lure-set.ts';
import { LureFolder } from './lure-folder.ts';
import { importLures } from './lure-import.ts';
import type { NamedProblem } from './watched-files.ts';

let folder = '';
let watched: LureFolder;
let problems: readonly NamedProblem[] = [];
const lines: string[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'picket-lures-'));
  problems = [];
  lines.length = 0;
  watched = new LureFolder({
    folders: [join(folder, 'absent'), folder],
    log: (line) => lines.push(line),
    installed: (_, found) => {
      problems = found;
    },
  });
});

afterEach(() => {
  watched.stop();
  installLures(noLures);
  rmSync(folder, { recursive: true, force: true });
});

const lure = (name: string, path: string): string =>
  JSON.stringify({
    lure: 1,
    name,
    summary: 'A lure',
    product: 'product',
    cves: ['CVE-2031-0002'],
    class: 'rce',
    steps: [{ request: { path, query: 'cmd=;id' } }],
  });
const put = (name: string, text: string): void => writeFileSync(join(folder, name), text);
const names = (): string[] => installedLures().documents.map((document) => document.name);
const named = (path: string): readonly string[] =>
  installedLures()
    .match({ method: 'GET', path: `${path}?cmd=;id`, headers: [], body: '' })
    .flatMap((match) => match.cves);

const template = `id: CVE-2031-0003
info: { name: A weakness, tags: "rce,product" }
http:
  - path: ["{{BaseURL}}/template/run.php?cmd=;id"]
    matchers: [{ type: word, words: ["uid=0(root)"] }]
`;

describe('a watched folder of lures', () => {
  it('takes up what is new, changed and gone, without a restart', async () => {
    await watched.look();
    expect(names()).toEqual([]);
    put('one.json', lure('one', '/shell/one.php'));
    await watched.look();
    expect(named('/shell/one.php')).toEqual(['CVE-2031-0002']);
    put('one.json', lure('one', '/shell/other.php'));
    await watched.look();
    expect(named('/shell/one.php')).toEqual([]);
    expect(named('/shell/other.php')).toEqual(['CVE-2031-0002']);
    rmSync(join(folder, 'one.json'));
    await watched.look();
    expect(named('/shell/other.php')).toEqual([]);
  });

  it('reads lures in YAML, and scanner templates as they come, in folders of folders', async () => {
    mkdirSync(join(folder, 'deep'));
    put('deep/public.yaml', template);
    put(
      'own.yml',
      'lure: 1\nname: own\nsummary: Own\nproduct: p\ncves: []\nclass: lfi\nsteps:\n  - request: { path: /own/file.cgi }\n',
    );
    put('notes.txt', 'no lure');
    await watched.look();
    expect(names().sort()).toEqual(['cve-2031-0003', 'own']);
    expect(named('/template/run.php')).toEqual(['CVE-2031-0003']);
  });

  it('says what is wrong with a file by its line, and keeps what it said before', async () => {
    put('one.json', lure('one', '/shell/one.php'));
    await watched.look();
    put('one.json', '{"lure": 1,\n "name": "one",');
    put(
      'two.yaml',
      'lure: 1\nname: two\nsummary: Two\nproduct: p\ncves: []\nclass: rce\nsteps:\n  - request: { path: /x, colour: red }\n',
    );
    await watched.look();
    expect(named('/shell/one.php')).toEqual(['CVE-2031-0002']);
    expect(problems.map(({ file, line, why }) => [file.slice(folder.length + 1), line, why])).toEqual([
      ['one.json', 2, expect.any(String)],
      ['two.yaml', 8, 'there is no key "colour" in steps.0.request'],
    ]);
    put('one.json', lure('one', '/shell/mended.php'));
    rmSync(join(folder, 'two.yaml'));
    await watched.look();
    expect(problems).toEqual([]);
    expect(named('/shell/mended.php')).toEqual(['CVE-2031-0002']);
  });

  it('gives a name to the first file that has it', async () => {
    put('a.json', lure('same', '/shell/a.php'));
    put('b.json', lure('same', '/shell/b.php'));
    await watched.look();
    expect(named('/shell/a.php')).toEqual(['CVE-2031-0002']);
    expect(problems).toMatchObject([{ file: join(folder, 'b.json') }]);
  });

  it('takes a file in the place of a folder', async () => {
    put('alone.json', lure('alone', '/shell/alone.php'));
    const own = new LureFolder({ folders: [join(folder, 'alone.json')], log: () => {} });
    await own.look();
    expect(names()).toEqual(['alone']);
  });

  it('looks by itself while the process runs', async () => {
    const late = new Promise<void>((resolve) => {
      watched = new LureFolder({
        folders: [folder],
        log: () => {},
        everyMilliseconds: 5,
        installed: () => resolve(),
      });
    });
    await watched.start();
    put('late.json', lure('late', '/shell/late.php'));
    await late;
    expect(names()).toEqual(['late']);
  });
});

describe('an import of templates', () => {
  it('writes a file for each, tells what it could not read, and changes nothing the second time', () => {
    mkdirSync(join(folder, 'from/deep'), { recursive: true });
    put('from/deep/one.yaml', template);
    put(
      'from/two.yaml',
      template.replace('CVE-2031-0003', 'CVE-2031-0004').replace('uid=0(root)"]', 'never"], negative: true'),
    );
    put('from/bad.yaml', 'id: x\nhttp:\n  - path: ["/"]\n    matchers:\n      - type: nonsense\n');
    put('from/same.yaml', template);
    const into = join(folder, 'into');
    const run = (): unknown[] => [...importLures(join(folder, 'from'), into)];
    expect(run()).toMatchObject([
      {
        kind: 'refused',
        file: join(folder, 'from/bad.yaml'),
        line: 5,
        why: expect.stringContaining('nonsense'),
      },
      {
        kind: 'lure',
        file: join(folder, 'from/deep/one.yaml'),
        name: 'cve-2031-0003',
        state: 'written',
        answer: 'proven',
      },
      {
        kind: 'refused',
        file: join(folder, 'from/same.yaml'),
        why: `${join(folder, 'from/deep/one.yaml')} has the id cve-2031-0003 too`,
      },
      { kind: 'lure', file: join(folder, 'from/two.yaml'), state: 'written' },
    ]);
    expect(run().filter((line) => JSON.stringify(line).includes('"unchanged"'))).toHaveLength(2);
  });

  it('is taken up by a sensor that runs', async () => {
    mkdirSync(join(folder, 'from'));
    put('from/one.yaml', template);
    const own = new LureFolder({ folders: [join(folder, 'into')], log: () => {} });
    await own.look();
    for (const line of importLures(join(folder, 'from'), join(folder, 'into')))
      expect(line.kind).toBe('lure');
    await own.look();
    expect(named('/template/run.php')).toEqual(['CVE-2031-0003']);
    renameSync(join(folder, 'into'), join(folder, 'gone'));
    await own.look();
    expect(names()).toEqual([]);
  });
});
