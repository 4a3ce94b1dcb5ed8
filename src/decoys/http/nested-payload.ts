/** Commands inside what exploits wrap up: Base64 in Base64, compressed, serialised, in UTF-16; Lua, Groovy. Read, never run. */

import { gunzipSync } from 'node:zlib';
import { unwrapCommand } from './injected-command.ts';
import { utf16Text } from '../../wire/utf16-text.ts';

const textLimit = 262_144;
const textsRead = 32;
const commandLimit = 4_096;

function decoded(run: string): string {
  const bytes = Buffer.from(run, 'base64');
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    try {
      return gunzipSync(bytes, { maxOutputLength: textLimit }).toString('latin1');
    } catch {
      return '';
    }
  }
  const text = bytes.subarray(0, textLimit).toString('latin1');
  // PowerShell's and .NET's own texts are UTF-16.
  return /^(?:[\t\r\n\x20-\x7e]\0){4}/.test(text) ? utf16Text(bytes) : text;
}

/** A text and what stands in it encoded, the outermost first, at most 32 texts in four layers. */
export function nestedTexts(text: string): readonly string[] {
  const found = [text.slice(0, textLimit)];
  const layers = [0];
  for (let at = 0; at < found.length; at += 1) {
    const layer = layers[at] ?? 0;
    if (layer >= 4) continue;
    const plain = (found[at] ?? '')
      .replaceAll(/\\u002b/gi, '+')
      .replaceAll(/%2b/gi, '+')
      .replaceAll(/%2f/gi, '/')
      .replaceAll(/%3d/gi, '=')
      .replaceAll('&#43;', '+');
    for (const run of plain.matchAll(/[A-Za-z0-9+/]{24,262144}={0,2}/g)) {
      if (found.length >= textsRead) return found;
      const inner = decoded(run[0]);
      if (inner === '' || (layer > 0 && !/[ -~]{8}/.test(inner))) continue;
      found.push(inner);
      layers.push(layer + 1);
    }
  }
  return found;
}

/** Ahead of a serialised text stands its length, which may look like a letter. Markup ends the command. */
const windowsCommand =
  /(?:cmd(?:\.exe)?["']?\s{1,4}\/[ck]\s{1,4}|powershell(?:\.exe)?\s{1,4}-)[ -;=-~]{1,4096}/i;
const argumentsCommand =
  /<(?:anyType|s:String|x:String|[\w:]{0,16}string)[^>]{0,200}>\s{0,16}(\/[ck] [^<]{1,4096})</i;

/** The command that a wrapped payload would run; empty where none is found. */
export function nestedCommand(text: string): string {
  for (const layer of nestedTexts(text)) {
    const shell = argumentsCommand.exec(layer)?.[1];
    if (shell !== undefined) return `cmd ${shell}`.slice(0, commandLimit);
    const direct = windowsCommand.exec(layer)?.[0];
    if (direct !== undefined) return direct.trim().slice(0, commandLimit);
    const called = /\bexec\b|getRuntime|ProcessBuilder|popen|system\(/.test(layer)
      ? unwrapCommand(layer)
      : '';
    if (called !== '') return called;
  }
  return '';
}

/** `io.popen("…")` or `os.execute("…")`; some write the command as hex digits. */
export function luaCommand(source: string): string {
  const hex = /["']([0-9a-f]{4,4096})["']/i.exec(source)?.[1];
  if (hex !== undefined && hex.length % 2 === 0) {
    const text = Buffer.from(hex, 'hex').toString('latin1');
    if (/^[\x20-\x7e\r\n\t]+$/.test(text)) return text.slice(0, commandLimit);
  }
  return (
    /(?:popen|execute)\s{0,4}\(\s{0,4}(["'])([^\0]{1,2048}?)\1\s{0,4}\)/i.exec(source)?.[2] ?? ''
  ).slice(0, commandLimit);
}

/** `"id".execute()` and the calls of Java from Groovy and SpEL; empty where there is none. */
export function groovyCommand(source: string): string {
  const text = source.slice(0, 16_384);
  const executed = /"([^"\r\n]{1,1024})"\s{0,4}\.execute\(|'([^'\r\n]{1,1024})'\s{0,4}\.execute\(/.exec(text);
  if (executed !== null) return executed[1] ?? executed[2] ?? '';
  const list =
    /\[\s{0,4}["'](?:\/bin\/)?(?:ba)?sh["'],\s{0,4}["']-c["'],\s{0,4}["']([^"'\r\n]{1,1024})["']/.exec(
      text,
    )?.[1];
  return list ?? unwrapCommand(text);
}
