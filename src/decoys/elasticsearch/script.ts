/** Scripts in requests: MVEL (CVE-2014-3120) and Groovy out of its sandbox (CVE-2015-1427), by which commands are run. */

import { Buffer } from 'node:buffer';
import type { DecoyContext, DecoyOutput } from '../../core/decoy.ts';
import { isObject, type JsonValue, listOf } from '../../wire/json-value.ts';
import { printedBy, runInShell } from '../http-service/shell-run.ts';
import { nodeOf, scriptsRun } from './release.ts';

const scriptLimit = 8;

export interface Script {
  /** The field that its result goes to. */
  readonly name: string;
  readonly source: string;
}

/** Everything that stands where a script stands, whatever it belongs to. */
export function scriptsIn(
  value: JsonValue | undefined,
  name = 'script',
  found: Script[] = [],
): readonly Script[] {
  if (found.length >= scriptLimit) return found;
  if (isObject(value)) {
    for (const [field, each] of Object.entries(value)) {
      if (/^(?:script|source|inline|params_script)$/.test(field) && typeof each === 'string') {
        if (found.length < scriptLimit) found.push({ name, source: each.slice(0, 16_384) });
      } else scriptsIn(each, field === 'script' ? name : field, found);
    }
  } else for (const item of listOf(value).slice(0, 256)) scriptsIn(item, name, found);
  return found;
}

/** What the script hands to `exec`, or to a string's `execute()`; empty where it runs nothing. */
export function commandOf(source: string): string {
  const list = /\.exec\(\s{0,8}(?:new String\[\]\s{0,8})?[{[]([^}\]]{1,4096})[}\]]/.exec(source)?.[1];
  if (list !== undefined) {
    const words = [...list.matchAll(/"((?:[^"\\]|\\.){0,4096})"|'((?:[^'\\]|\\.){0,4096})'/g)].map((match) =>
      unescaped(match[1] ?? match[2] ?? ''),
    );
    return /^(?:\/bin\/)?(?:ba|da)?sh$/.test(words[0] ?? '') && words[1] === '-c'
      ? (words[2] ?? '')
      : words.join(' ');
  }
  const call =
    /\.exec\(\s{0,8}(?:"((?:[^"\\]|\\.){1,4096})"|'((?:[^'\\]|\\.){1,4096})')/.exec(source) ??
    /(?:"((?:[^"\\]|\\.){1,4096})"|'((?:[^'\\]|\\.){1,4096})')\.execute\(\)/.exec(source);
  return call === null ? '' : unescaped(call[1] ?? call[2] ?? '');
}

const unescaped = (text: string): string => text.replaceAll(/\\(["'\\])/g, '$1');

export interface ScriptResult {
  /** What the search gives in the script's field; null where the release runs no such script. */
  readonly value: string | null;
}

/** Records a script that runs a command, and runs it. */
export function* runScript(
  context: DecoyContext,
  script: Script,
): Generator<DecoyOutput, ScriptResult, undefined> {
  const command = commandOf(script.source);
  const readsFiles = /new (?:java\.io\.)?File\s{0,4}\(/.test(script.source);
  const escapes =
    /forName\s{0,4}\(|getClass\s{0,4}\(|\.class\b|java\.lang\.(?:Math|Runtime)/.test(script.source) ||
    /\.execute\(\)/.test(script.source);
  const language = scriptsRun(nodeOf(context.persona).release);
  if (command === '' && !readsFiles && !/getRuntime|ProcessBuilder/.test(script.source))
    return { value: null };
  const isGroovy = /forName\s{0,4}\(|\.class\.|\.execute\(\)/.test(script.source);
  yield {
    do: 'saw',
    fact: {
      kind: 'exploit',
      service: 'elasticsearch',
      class: 'rce',
      name: isGroovy ? 'elasticsearch-groovy-sandbox' : 'elasticsearch-mvel-script',
      cves: [isGroovy ? 'CVE-2015-1427' : 'CVE-2014-3120'],
      technique: 'T1190',
      detail: (command === '' ? script.source : command).slice(0, 512),
    },
  };
  const works = language === 'mvel' || (language === 'groovy' && escapes);
  if (command === '') return { value: works ? '' : null };
  const user = context.persona.users.some(({ name }) => name === 'elasticsearch') ? 'elasticsearch' : 'root';
  const run = runInShell(context, 'elasticsearch', command, user);
  yield* run.outputs;
  if (!works) return { value: null };
  const isRead = /getText|\.text\b|Scanner|Reader|getInputStream|IOUtils/.test(script.source);
  return {
    value: isRead
      ? Buffer.from(printedBy(run, 'stdout'), 'latin1').toString('utf8')
      : 'java.lang.UNIXProcess@1b2c6ec2',
  };
}
