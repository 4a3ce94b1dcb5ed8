/** The commands that need a login. */

import type { DecoyOutput } from '../../core/decoy.ts';
import type { ControlConnection } from './control-connection.ts';
import type { DataConnection } from './data-connection.ts';
import {
  changeFolder,
  make,
  modified,
  printFolder,
  remove,
  renameFrom,
  renameTo,
  size,
} from './file-commands.ts';
import { restartAt, type } from './parameter-commands.ts';
import { site } from './site-command.ts';
import { status } from './status-command.ts';
import { list, retrieve, store } from './transfer-commands.ts';

type Handler = (control: ControlConnection, argument: string, data: DataConnection) => Iterable<DecoyOutput>;

/** By their verb. */
export const handlers: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ['PWD', (control) => printFolder(control)],
  ['XPWD', (control) => printFolder(control)],
  ['CWD', (control, argument) => changeFolder(control, argument)],
  ['XCWD', (control, argument) => changeFolder(control, argument)],
  ['CDUP', (control) => changeFolder(control, '..', 'CDUP')],
  ['XCUP', (control) => changeFolder(control, '..', 'CDUP')],
  ['TYPE', (control, argument) => type(control, argument)],
  ['MODE', (control, argument) => control.say(control.words.mode(argument))],
  ['STRU', (control, argument) => control.say(control.words.structure(argument))],
  ['SYST', (control) => control.say('215 UNIX Type: L8')],
  ['NOOP', (control) => control.say(control.words.noop)],
  ['HELP', (control) => control.say(...control.words.help(control.context.destination))],
  ['ABOR', (control) => control.say(control.words.abort)],
  ['ALLO', (control) => control.say(control.words.allocated)],
  ['ACCT', (control) => control.say(control.words.notImplemented('ACCT'))],
  ['REIN', (control) => control.say(control.words.notImplemented('REIN'))],
  ['SMNT', (control) => control.say(control.words.notImplemented('SMNT'))],
  ['PORT', (_control, argument, data) => data.port('PORT', argument)],
  ['EPRT', (_control, argument, data) => data.port('EPRT', argument)],
  ['PASV', (_control, argument, data) => data.passive('PASV', argument)],
  ['EPSV', (_control, argument, data) => data.passive('EPSV', argument)],
  ['LIST', (control, argument, data) => list(control, data, 'LIST', argument)],
  ['NLST', (control, argument, data) => list(control, data, 'NLST', argument)],
  ['RETR', (control, argument, data) => retrieve(control, data, argument)],
  ['STOR', (control, argument, data) => store(control, data, 'STOR', argument)],
  ['APPE', (control, argument, data) => store(control, data, 'APPE', argument)],
  ['SIZE', (control, argument) => size(control, argument)],
  ['MDTM', (control, argument) => modified(control, argument)],
  ['DELE', (control, argument) => remove(control, 'DELE', argument)],
  ['RMD', (control, argument) => remove(control, 'RMD', argument)],
  ['XRMD', (control, argument) => remove(control, 'RMD', argument)],
  ['MKD', (control, argument) => make(control, argument)],
  ['XMKD', (control, argument) => make(control, argument)],
  ['RNFR', (control, argument) => renameFrom(control, argument)],
  ['RNTO', (control, argument) => renameTo(control, argument)],
  ['REST', (control, argument) => restartAt(control, argument)],
  ['SITE', (control, argument) => site(control, argument)],
  ['STAT', (control, argument) => status(control, argument)],
]);
