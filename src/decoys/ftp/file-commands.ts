/** Commands about files and folders that need no data connection. */

import type { DecoyOutput } from '../../core/decoy.ts';
import { FileFault } from '../../shell/files/fault.ts';
import { sizeOf } from '../../shell/files/node.ts';
import type { ControlConnection } from './control-connection.ts';
import { stampText } from './listing.ts';

export function* printFolder(control: ControlConnection): Iterable<DecoyOutput> {
  yield* control.say(control.words.folder(control.files.current));
}

export function* changeFolder(
  control: ControlConnection,
  argument: string,
  verb = 'CWD',
): Iterable<DecoyOutput> {
  yield* control.attempt(verb, argument, () => {
    control.files.change(argument);
    return control.words.changed(verb);
  });
}

export function* size(control: ControlConnection, argument: string): Iterable<DecoyOutput> {
  if (!control.isVsftpd && !control.isBinary) {
    yield* control.say('550 SIZE not allowed in ASCII mode');
    return;
  }
  yield* control.attempt('SIZE', argument, () => {
    const node = control.files.get(argument);
    if (node.kind === 'directory') throw new FileFault('EISDIR');
    return `213 ${sizeOf(node)}`;
  });
}

export function* modified(control: ControlConnection, argument: string): Iterable<DecoyOutput> {
  yield* control.attempt('MDTM', argument, () => {
    const node = control.files.get(argument);
    if (node.kind === 'directory') throw new FileFault('EISDIR');
    return `213 ${stampText(node.modified)}`;
  });
}

export function* remove(
  control: ControlConnection,
  verb: 'DELE' | 'RMD',
  argument: string,
): Iterable<DecoyOutput> {
  yield* control.change(verb, argument, () => {
    control.files.remove(argument, verb === 'RMD' ? 'directory' : 'file');
    return control.words.deleted(verb);
  });
}

export function* make(control: ControlConnection, argument: string): Iterable<DecoyOutput> {
  yield* control.change('MKD', argument, () => {
    control.files.make(argument);
    return control.words.made(control.files.path(argument));
  });
}

export function* renameFrom(control: ControlConnection, argument: string): Iterable<DecoyOutput> {
  yield* control.change('RNFR', argument, () => {
    control.files.get(argument);
    control.renaming = argument;
    return control.words.renameFrom;
  });
}

export function* renameTo(control: ControlConnection, argument: string): Iterable<DecoyOutput> {
  const from = control.renaming;
  control.renaming = null;
  yield* control.change('RNTO', argument, () => {
    if (from === null) return control.words.renameFirst;
    control.files.rename(from, argument);
    return control.words.renamed;
  });
}
