/**
 * Files that a visitor brought by an exploit and calls afterwards. What a web shell would do is read from its source and kept in
 * the visitor's memory; the source is never run.
 */

import { unwrapCommand } from './injected-command.ts';
import type { Answer, Visit } from './lure.ts';
import { arithmetic, phpOutput } from './php-evaluation.ts';

/** Stands in a page where the output of the visitor's command goes. */
const gap = '\u0001';
const pageLimit = 4_096;
const sourceLimit = 65_536;
const blockLimit = 16_384;
const nameLimit = 8;

interface Page {
  readonly text: string;
  /** Names of the parameters, cookies and headers that carry the command, the likeliest first. */
  readonly names: readonly string[];
  /** The parameter is PHP, not a command. */
  readonly evaluates: boolean;
  readonly decodes: boolean;
  /** It shows what it was given, and runs nothing. */
  readonly echoes?: boolean;
  /** Where it reads nothing from its caller: what it runs each time, as PHP or as a command. */
  readonly php?: string;
  readonly command?: string;
}

const script = /\.(?:php\d?|phtml|phar|jspx?|jspf|aspx?|ashx|asmx|cfml?|cgi|pl|py)$/i;
/** `$_GET['x']`, `request.getParameter("x")`, `Request.Form["x"]`, `Request["x"]`, `request.getHeader("x")`. */
const reads =
  /(?:\$_(?:get|post|request|cookie|server)\s{0,4}\[|getParameter(?:Values)?\s{0,4}\(|getHeader\s{0,4}\(|Request(?:\.\w{1,16})?\s{0,4}[[(]|url\.|form\.)\s{0,4}["']?([\w-]{1,64})["']?/gi;
const calls =
  /(?:eval|assert|system|exec|passthru|popen|shell_exec|proc_open|ProcessBuilder|Start|Arguments)[^;\r\n]{0,160}?["']([\w-]{1,64})["']/gi;
const runs = /exec|system|passthru|popen|eval|assert|ProcessBuilder|Process|Start|cmd|shell|Arguments|`/i;
const isSecret = /^(?:pwd|pass|passwd|password|key|token|auth)$/i;

/** What a block of code prints by itself, with a gap where it reads something from its caller. */
function blockOutput(code: string): string {
  let output = '';
  const expression = /^=\s{0,8}([^\0]{1,512})$/.exec(code.trim())?.[1]?.trim();
  if (expression !== undefined) {
    const literal = /^"([^"]*)"$/.exec(expression)?.[1];
    return literal ?? arithmetic(expression) ?? (/request/i.test(expression) ? gap : '');
  }
  for (const found of code.matchAll(
    /(?:out\.print(?:ln)?|Response\.Write)\s{0,4}\(\s{0,4}(?:"([^"\r\n]{0,512})"|([\d\s*+-]{1,40}))\s{0,4}\)/gi,
  ))
    output += found[1] ?? arithmetic(found[2] ?? '') ?? '';
  return new RegExp(reads.source, 'i').test(code) ? `${output}${gap}` : output;
}

function pageOf(path: string, source: string): Page {
  const text = source.slice(0, sourceLimit);
  if (!script.test(path))
    return { text: text.slice(0, pageLimit), names: [], evaluates: false, decodes: false };
  const called = [...text.matchAll(calls)].map((found) => found[1] ?? '');
  const read = [...text.matchAll(reads)].map((found) => found[1] ?? '').filter((name) => name !== '');
  const names = [...new Set([...called.filter((name) => read.includes(name)), ...read])];
  names.sort((one, other) => Number(isSecret.test(one)) - Number(isSecret.test(other)));
  const isPhp = /<\?(?:php|=)/i.test(text);
  const shown = isPhp
    ? `${phpOutput(text, () => '')}${names.length > 0 ? gap : ''}`
    : text.replaceAll(/<%([^%]{0,16384}(?:%(?!>)[^%]{0,16384}){0,64})%>/g, (_block, code: string) =>
        /^[@!-]/.test(code) ? '' : blockOutput(code),
      );
  const fixed = names.length > 0 ? '' : unwrapCommand(text);
  const single = shown.split(gap);
  return {
    // One place for the output, wherever the source reads from its caller first.
    text: `${single[0] ?? ''}${single.length > 1 || names.length > 0 ? gap : ''}${single.slice(1).join('')}`
      .trim()
      .slice(0, pageLimit),
    names: names.slice(0, nameLimit),
    evaluates: /\b(?:eval|assert)\s{0,4}\(/i.test(text) && isPhp,
    ...(isPhp && names.length === 0 ? { php: text.slice(0, pageLimit) } : {}),
    ...(!isPhp && fixed !== '' ? { command: fixed.slice(0, 1_024) } : {}),
    ...(runs.test(text) ? {} : { echoes: true }),
    decodes: /base64_decode|FromBase64String|getDecoder|BASE64Decoder/i.test(text),
  };
}

const keyOf = (path: string): string => `file ${path.toLowerCase().replace(/^\/{0,8}/, '/')}`;

/** From the first `<%` to the last `%>` of a text, as far as a page goes; linear, whatever is in it. */
export function pageWithin(text: string): string | undefined {
  const start = text.indexOf('<%');
  if (start < 0) return undefined;
  const end = text.lastIndexOf('%>', start + blockLimit);
  return end > start + 2 ? text.slice(start, end + 2) : undefined;
}

/** Keeps what this visitor put at a path of the site. */
export function keepFile({ memory }: Visit, path: string, source: string): void {
  if (path.length > 512) return;
  memory.set(keyOf(path), JSON.stringify(pageOf(path, source)));
}

/** True where this visitor put a file at the path that it asks for. */
export const callsFile = ({ memory, request }: Visit): boolean => memory.has(keyOf(request.path));

const common = ['cmd', 'command', 'c', 'exec', 'x', 'q', '0', 'ppp'] as const;

function valueOf({ request }: Visit, name: string): string | null {
  const parameter = request.parameters.get(name.toLowerCase())?.[0];
  if (parameter !== undefined) return parameter;
  const header = name
    .toLowerCase()
    .replace(/^http_/, '')
    .replaceAll('_', '-');
  const sent = request.request.headers.find((entry) => entry[0].toLowerCase() === header)?.[1];
  if (sent !== undefined) return sent;
  const cookies = request.request.headers.find((entry) => entry[0].toLowerCase() === 'cookie')?.[1] ?? '';
  for (const pair of cookies.split(';', 32)) {
    const equals = pair.indexOf('=');
    if (equals > 0 && pair.slice(0, equals).trim() === name) return pair.slice(equals + 1).trim();
  }
  return null;
}

/** The command that a request to a web shell carries; empty where it carries none. */
export function shellCommand(visit: Visit, names: readonly string[] = []): string {
  for (const name of [...names, ...common]) {
    const value = valueOf(visit, name);
    if (value !== null && value !== '') return value.slice(0, 4_096);
  }
  return '';
}

const isBase64 = /^[A-Za-z0-9+/]{2,8192}={0,2}$/;

function shown(visit: Visit, page: Page): string {
  if (page.php !== undefined) return phpOutput(page.php, (text) => visit.run(text));
  if (page.command !== undefined) return `${page.text.replace(gap, '')}${visit.run(page.command)}`;
  if (!page.text.includes(gap)) return page.text;
  const given = shellCommand(visit, page.names);
  const command =
    page.decodes && isBase64.test(given) ? Buffer.from(given, 'base64').toString('latin1') : given;
  if (page.echoes === true) return page.text.replace(gap, () => command);
  const printed =
    command === ''
      ? ''
      : page.evaluates
        ? phpOutput(`<?php ${command}`, (text) => visit.run(text))
        : visit.run(command);
  return page.text.replace(gap, () => printed);
}

/** The file at the path that is asked for, run where it is a web shell; null where this visitor put none there. */
export function fileAnswer(visit: Visit): Answer | null {
  const kept = visit.memory.get(keyOf(visit.request.path));
  if (kept === undefined) return null;
  const page: Page = JSON.parse(kept);
  const isText = /\.(?:txt|log|properties|ini)$/.test(visit.request.path);
  return {
    status: 200,
    headers: [['Content-Type', isText ? 'text/plain' : 'text/html;charset=UTF-8']],
    body: shown(visit, page),
  };
}

/**
 * Runs a command that an exploit brought. Where it writes below the document root, as which it then is called, what it would
 * write is kept as the page.
 */
export function runOnce(visit: Visit, command: string, root = '/var/www/html'): string {
  if (command === '') return '';
  const output = visit.run(command);
  const place = command.indexOf(`${root}/`);
  if (place < 0) return output;
  const head = /^([^\0]{1,4096}?)(?:>{1,2}|\|\s{0,8}tee(?: -a)?)\s{0,8}["']?$/.exec(
    command.slice(0, place),
  )?.[1];
  const path = /^\/[\w./-]{1,200}/.exec(command.slice(place + root.length))?.[0];
  if (head !== undefined && path !== undefined) keepFile(visit, path, visit.run(head));
  return output;
}
