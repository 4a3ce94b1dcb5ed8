/** What stands behind names with a scheme: streams of PHP itself, data in the name, and addresses that are never fetched. */

import { bytesToText } from '../../../../byte-text.ts';
import { FileFault } from '../../../../files/fault.ts';
import type { Node } from '../../../../files/node.ts';
import type { Reading } from '../../../../stream.ts';
import { Unsupported } from '../../script/unsupported.ts';
import type { Machine } from '../machine.ts';

export const isAddress = (path: string): boolean => /^(?:https?|ftps?):\/\//i.test(path);

/** The body of what would be fetched; null after a warning. */
function fetched(machine: Machine, name: string, address: string): string | null {
  const body = machine.world.fetch(address);
  if (body === null) machine.warn(`${name}(${address}): Failed to open stream: operation failed`);
  return body;
}

/** Content of `php://…` and `data:`; undefined for any other name. */
function* wrapped(machine: Machine, name: string, path: string): Reading<string | null | undefined> {
  const data = /^data:(?:\/\/)?([^,]{0,200}),([^]*)$/i.exec(path);
  if (data !== null) {
    const text = decodeURIComponentBytes(data[2] ?? '');
    return /;base64$/i.test(data[1] ?? '') ? bytesToText(Buffer.from(text, 'base64')) : text;
  }
  if (!/^php:\/\//i.test(path)) {
    if (/^(?:expect|zip|phar|compress\.[a-z0-9]+|glob|ssh2[.a-z]*|ogg|rar):/i.test(path))
      throw new Unsupported('wrapper');
    return undefined;
  }
  const stream = path.slice(6).toLowerCase();
  if (stream === 'stdin') return yield* machine.world.process.input.all();
  if (stream === 'input') return '';
  const filter = /^filter\/(.{1,200}?)\/resource=(.+)$/i.exec(path.slice(6));
  if (filter === null) throw new Unsupported('wrapper');
  let text = yield* contentAt(machine, name, filter[2] ?? '');
  if (text === null) return null;
  for (const part of (filter[1] ?? '').replace(/^read=/i, '').split('|')) {
    machine.spend(text.length * 2);
    if (part === 'convert.base64-encode') text = Buffer.from(text, 'latin1').toString('base64');
    else if (part === 'convert.base64-decode') text = bytesToText(Buffer.from(text, 'base64'));
    else if (part === 'string.rot13')
      text = text.replaceAll(/[A-Za-z]/g, (letter) =>
        String.fromCharCode(letter.charCodeAt(0) + (letter.toLowerCase() < 'n' ? 13 : -13)),
      );
    else if (part === 'string.toupper') text = text.toUpperCase();
    else if (part === 'string.tolower') text = text.toLowerCase();
    else throw new Unsupported('filter');
  }
  return text;
}

const decodeURIComponentBytes = (text: string): string =>
  text.replaceAll(/%([0-9A-Fa-f]{2})/g, (_all, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );

export const nodeOf = (machine: Machine, path: string, followLast = true): Node | null =>
  machine.world.process.state.files.find(local(path), machine.world.folder, followLast);

export const local = (path: string): string => path.replace(/^file:\/\//i, '');

/** Whole content behind a path or an address; null after a warning. */
export function* contentAt(machine: Machine, name: string, path: string): Reading<string | null> {
  if (path === '') return machine.throwError('ValueError', 'Path cannot be empty');
  const found = yield* wrapped(machine, name, path);
  if (found !== undefined) return found;
  const failed = (why: string): null => {
    machine.warn(`${name}(${path}): Failed to open stream: ${why}`);
    return null;
  };
  if (isAddress(path)) return fetched(machine, name, path);
  try {
    const node = nodeOf(machine, path);
    if (node?.kind === 'directory') {
      if (name === 'file_get_contents')
        machine.notice('file_get_contents(): Read of 12288 bytes failed with errno=21 Is a directory');
      else if (name === 'file' || name === 'readfile') throw new Unsupported('folder');
      return name === 'file_get_contents' ? '' : failed('Is a directory');
    }
    return machine.world.readFile(local(path));
  } catch (error) {
    if (!(error instanceof FileFault)) throw error;
    return failed(error.message);
  }
}
