import type { Command } from '../process.ts';
import { awk } from './awk.ts';
import { base64 } from './base64.ts';
import { busybox } from './busybox.ts';
import { cat } from './cat.ts';
import { checksums } from './checksum.ts';
import { crontab } from './crontab.ts';
import { date } from './date.ts';
import { dd } from './dd.ts';
import { changeMode, changeOwner } from './change-mode.ts';
import { copy, move, link, makeFolder, remove, removeFolder, touch } from './files.ts';
import { curl } from './curl.ts';
import { echo } from './echo.ts';
import { falseCommand, nohup, sleep, trueCommand, which, xargs, environment } from './running.ts';
import { grep } from './grep.ts';
import { head, tail } from './head.ts';
import { hexdump } from './hexdump.ts';
import { hostname, id, uname, uptime, who, whoami } from './identity.ts';
import { list } from './list.ts';
import { free, diskFree, mount, processors, processorList, top, processList } from './machine-state.ts';
import { addresses, connections, firewall, interfaces } from './network.ts';
import { password, becomeUser, keyGenerator } from './accounts.ts';
import { printf } from './printf.ts';
import { services, serviceControl } from './services.ts';
import { sed } from './sed.ts';
import { shellCommand } from './shell-command.ts';
import { killAll, killCommand } from './signals.ts';
import {
  baseName,
  count,
  cut,
  folderName,
  reverse,
  sequence,
  sort,
  tee,
  translate,
  unique,
} from './text-tools.ts';
import { test } from './test.ts';
import { ftpget, tftp } from './tftp.ts';
import { wget } from './wget.ts';

/** Every command of the machines, by family. A new one is a file and a line here. */
export const commands: readonly Command[] = [
  // text
  echo,
  printf,
  cat,
  head,
  tail,
  grep,
  count,
  sort,
  unique,
  cut,
  translate,
  sed,
  awk,
  tee,
  reverse,
  sequence,
  baseName,
  folderName,
  base64,
  checksums,
  hexdump,
  // files
  list,
  copy,
  move,
  remove,
  removeFolder,
  makeFolder,
  touch,
  link,
  changeMode,
  changeOwner,
  dd,
  // the machine
  uname,
  hostname,
  id,
  whoami,
  who,
  uptime,
  processList,
  top,
  free,
  diskFree,
  mount,
  processors,
  processorList,
  date,
  // the network
  interfaces,
  addresses,
  connections,
  firewall,
  wget,
  curl,
  tftp,
  ftpget,
  // running
  shellCommand,
  busybox,
  test,
  trueCommand,
  falseCommand,
  sleep,
  nohup,
  environment,
  xargs,
  which,
  killCommand,
  killAll,
  // administration
  crontab,
  password,
  becomeUser,
  keyGenerator,
  services,
  serviceControl,
];

const byName = new Map(commands.flatMap((command) => command.names.map((name) => [name, command] as const)));

export function commandNamed(name: string): Command | null {
  return byName.get(name) ?? null;
}

/** The applet of busybox by this name, or null. */
export function appletNamed(name: string): Command | null {
  const found = byName.get(name);
  return found === undefined || found.systems === 'gnu' ? null : found;
}

export function appletNames(): string[] {
  return commands
    .filter((command) => command.systems !== 'gnu')
    .flatMap((command) => command.names)
    .sort();
}
