/** Commands inside exploit requests: where they begin and end, and which addresses they name. */

import type { CveSignature } from '../../signatures/cve-signature.ts';
import { collapseLookups, percentDecode, unicodeUnescape } from '../../signatures/normal-text.ts';
import type { NormalRequest } from '../../signatures/normal-request.ts';

const commandLimit = 4_096;

/** The text of a place with its case kept. */
function originalText(request: NormalRequest, place: string): string | null {
  if (place.startsWith('parameter:')) {
    const wanted = place.slice('parameter:'.length);
    const direct = request.parameter(wanted);
    if (direct !== null) return direct;
    return null;
  }
  if (place.startsWith('header:')) {
    const name = place.slice('header:'.length);
    const header = request.request.headers.find((entry) => entry[0].toLowerCase() === name);
    return header === undefined ? null : percentDecode(header[1]);
  }
  if (place === 'headers') {
    const header = request.request.headers.find((entry) => /\(\) ?\{/.test(entry[1]));
    return header === undefined ? null : header[1];
  }
  if (place === 'body') {
    const { body } = request.request;
    return unicodeUnescape(percentDecode(request.isForm ? body.replaceAll('+', ' ') : body));
  }
  if (place === 'query') return percentDecode(request.rawQuery.replaceAll('+', ' '));
  return percentDecode(request.rawPath);
}

/** Calls that hand a string to a shell, in the languages in which exploits are written. */
const callPattern =
  /(?:exec|system|passthru|popen|shell_exec|check_output|execSync|getRuntime\(\)\.exec|Execute"\?new\(\)|utilCmdArgs"\s?:\s?"-c|freemarker\.template\.utility\.Execute"\?new\(\))\s{0,4}\(?\s{0,4}\[?\\?["']([^"'\\\r\n]{1,1024})/;

/** Node's call, whose argument may hold any other quotes. */
const scriptPattern = /\bexecSync\(\s{0,4}(["'`])((?:\\[^\0]|(?!\1)[^\\\0]){1,2048})\1/;

/** Settings that hold a command: the arguments of F5's bash, the variable that Struts exploits use by custom. */
const settingPattern =
  /(?:utilCmdArgs"\s{0,4}:\s{0,4}"-c\s{1,4}'?|#cmd\s{0,4}=\s{0,4}')([^"'\\\r\n]{1,1024})/;

/** The command within a value: in `$(…)` or backticks, handed to a call, or after a separator; empty where there is none. */
export function unwrapCommand(text: string): string {
  const value = text.slice(0, 16_384);
  const shock = /\(\) ?\{[^}]{0,64}\}\s?;([^\0]{1,4096})/.exec(value);
  if (shock !== null) return (shock[1] ?? '').trim();
  const scripted = scriptPattern.exec(value);
  if (scripted !== null) return (scripted[2] ?? '').replaceAll(/\\(["'\\])/g, '$1').trim();
  const dollar = value.indexOf('$(');
  if (dollar >= 0) {
    const end = value.lastIndexOf(')');
    return value
      .slice(dollar + 2, end > dollar ? end : undefined)
      .slice(0, commandLimit)
      .trim();
  }
  const tick = value.indexOf('`');
  if (tick >= 0) {
    const end = value.indexOf('`', tick + 1);
    return value
      .slice(tick + 1, end > 0 ? end : undefined)
      .slice(0, commandLimit)
      .trim();
  }
  const set = settingPattern.exec(value);
  if (set !== null) return (set[1] ?? '').trim();
  const called = callPattern.exec(value);
  if (called !== null) return (called[1] ?? '').trim();
  return '';
}

/** After the first separator of a setting, up to a closing comment or quote: `x;id;#` → `id`. */
function afterSeparator(text: string): string {
  const start = text.search(/[;|&\n]/);
  if (start < 0) return '';
  return text
    .slice(start, start + commandLimit)
    .replace(/^[;|&\s]{1,8}/, '')
    .replace(/[;&|\s]{1,8}(?:["']|#.{0,64})?$/, '')
    .trim();
}

/** Parameters and headers that are a command as a whole, not a setting with one in it. */
const wholeCommand = new Set([
  'parameter:cmd',
  'parameter:system',
  'parameter:syscmd',
  'parameter:exepath',
  'header:cmd',
  'parameter:command',
  'parameter:text',
  'parameter:vars[1][]',
  'parameter:server[request_method]',
]);

/** The command that a matched exploit would run; empty where none is found. */
export function injectedCommand(signature: CveSignature, request: NormalRequest): string {
  for (const place of signature.command ?? []) {
    const text = originalText(request, place);
    if (text === null || text === '') continue;
    const unwrapped = unwrapCommand(text);
    if (unwrapped !== '') return unwrapped;
    if (wholeCommand.has(place)) return decodeNas(place, text).slice(0, commandLimit).trim();
    if (place === 'query' && /^[a-z/]/i.test(text) && !text.includes('=')) return text.slice(0, commandLimit);
    if (place.startsWith('parameter:') || place === 'raw-path') {
      const separated = afterSeparator(text);
      if (separated !== '') return separated;
    }
    if (place === 'body') {
      const quoted = /["'][^"'\r\n]{0,64}?[;|&]{1,2}\s{0,4}([a-z/][^"'\r\n]{1,1024})["']/i.exec(text)?.[1];
      if (quoted !== undefined) return quoted.replace(/[;#\s]{1,8}$/, '').trim();
    }
  }
  return '';
}

/** The NAS takes its command in Base64. */
function decodeNas(place: string, text: string): string {
  if (
    place !== 'parameter:system' ||
    !/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)
  )
    return text;
  const decoded = Buffer.from(text, 'base64').toString('latin1');
  return /^[\x20-\x7e\t\r\n]+$/.test(decoded) ? decoded : text;
}

const addressPattern = /\b(?:https?|ftp|tftp|ldaps?|rmi):\/\/[^\s"'`<>|;)\\}]{4,512}/gi;
const downloaderPattern = /\b(?:wget|curl|tftp|ftpget|fetch|busybox wget)\b[^\r\n;|&`]{0,512}/i;

/** Addresses that a text names, with Log4j's hiding lookups undone, at most sixteen. */
export function addressesIn(text: string): string[] {
  const plain = text.includes('${') ? `${text}\n${collapseLookups(text)}` : text;
  return [...new Set([...plain.slice(0, 65_536).matchAll(addressPattern)].map((found) => found[0]))].slice(
    0,
    16,
  );
}

/** A downloader's call in a request that no signature explains. */
export function downloaderCall(request: NormalRequest): string {
  const text = `${percentDecode(request.rawPath)}\n${percentDecode(request.rawQuery.replaceAll('+', ' '))}\n${originalText(request, 'body') ?? ''}`;
  const call = downloaderPattern.exec(text)?.[0] ?? '';
  return /:\/\/|\b\d{1,3}(?:\.\d{1,3}){3}\b/.test(call) ? call.trim() : '';
}
