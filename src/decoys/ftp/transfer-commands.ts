/** LIST, NLST, RETR, STOR and APPE: what goes over the data connection. */

import { Buffer } from 'node:buffer';
import type { DecoyOutput } from '../../core/decoy.ts';
import { textToBytes } from '../../shell/byte-text.ts';
import { FileFault } from '../../shell/files/fault.ts';
import type { ControlConnection } from './control-connection.ts';
import type { DataConnection } from './data-connection.ts';
import { listing } from './folder-listing.ts';

export function* list(
  control: ControlConnection,
  data: DataConnection,
  verb: 'LIST' | 'NLST',
  argument: string,
): Iterable<DecoyOutput> {
  const words = argument.split(' ').filter((word) => word !== '');
  const options = words.filter((word) => word.startsWith('-')).join('');
  const path = words.filter((word) => !word.startsWith('-')).join(' ') || '.';
  let text = '';
  try {
    text = listing(control, path, verb === 'NLST', options.includes('a'));
  } catch (error) {
    if (!(error instanceof FileFault)) throw error;
    // vsftpd lists nothing of what is not there; ProFTPD says so.
    if (!control.isVsftpd && path !== '.') {
      yield* control.say(`450 ${path}: No such file or directory`);
      return;
    }
  }
  const bytes = new Uint8Array(Buffer.from(text, 'latin1'));
  yield* data.send(bytes, control.words.opening('', control.isBinary, null), 'list');
}

export function* retrieve(
  control: ControlConnection,
  data: DataConnection,
  argument: string,
): Iterable<DecoyOutput> {
  let content: string;
  try {
    content = control.files.read(argument);
  } catch (error) {
    if (!(error instanceof FileFault)) throw error;
    yield* control.say(
      data.hasNone && control.isVsftpd
        ? control.words.noDataConnection
        : control.words.fault('RETR', argument, error.code),
    );
    return;
  }
  const bytes = new Uint8Array(textToBytes(content.slice(control.restart)));
  control.restart = 0;
  yield* data.send(bytes, control.words.opening(argument, control.isBinary, content.length), 'file');
}

export function* store(
  control: ControlConnection,
  data: DataConnection,
  verb: 'STOR' | 'APPE',
  argument: string,
): Iterable<DecoyOutput> {
  if (control.isAnonymous && !control.server.anonymousMayWrite) {
    yield* control.say(control.words.denied(argument));
    return;
  }
  if (argument === '') {
    yield* control.say(control.words.fault('STOR', argument, 'ENOENT'));
    return;
  }
  if (!data.isOpen) {
    yield* data.canTransfer();
    return;
  }
  try {
    control.files.create(argument, verb === 'APPE' || control.restart > 0);
  } catch (error) {
    if (!(error instanceof FileFault)) throw error;
    yield* control.say(control.words.fault('STOR', argument, error.code));
    return;
  }
  yield* data.take(argument, verb === 'APPE', control.words.opening(argument, control.isBinary, null));
}
