import { notApplets } from '../packages/providers.ts';
import type { Command } from '../process.ts';
import { awk } from './awk/awk.ts';
import { base64 } from './base64.ts';
import { busybox } from './busybox.ts';
import { cat } from './cat.ts';
import { checksums, cyclicChecksums } from './checksum.ts';
import { xargs } from './xargs.ts';
import { crontab } from './crontab.ts';
import { date } from './date.ts';
import { dd } from './dd.ts';
import { changeMode, changeOwner } from './change-mode.ts';
import { copy, link, move } from './copy.ts';
import { makeFolder, remove, removeFolder, touch } from './files.ts';
import { curl } from './curl.ts';
import { echo } from './echo.ts';
import { falseCommand, nohup, sleep, trueCommand, which, environment } from './running.ts';
import { grep } from './grep.ts';
import { head, tail } from './head.ts';
import { expr } from './expr.ts';
import { hexDigitsDump, hexdump } from './hexdump.ts';
import { octalDump } from './octal-dump.ts';
import { hostname, id, uname, uptime, who, whoami } from './identity.ts';
import { interpreters } from './interpreters/interpreters.ts';
import { list } from './list.ts';
import { diskFree, free, mount, processorList, processors } from './machine-state.ts';
import { processList } from './process-list.ts';
import { processTree } from './process-tree.ts';
import { deviceStatistics, memoryStatistics, top } from './top.ts';
import { netstat, socketStatistics } from './connections.ts';
import { fileUsers, openFiles } from './open-files.ts';
import { firewall } from './firewall.ts';
import { firewallRestore, firewallSave } from './firewall-save.ts';
import { addresses, interfaces, neighbours, routes } from './network.ts';
import { firewallDaemon, nftables, simpleFirewall } from './firewall-tools.ts';
import { git } from './git.ts';
import { netcat, telnet } from './netcat.ts';
import { fileFetch, secureCopy, secureShell, synchronise } from './remote-login.ts';
import { ping, traceroute } from './reachability.ts';
import { dig, host, lookup } from './name-lookup.ts';
import { openssl } from './openssl.ts';
import { apt } from './apt.ts';
import { dpkg } from './dpkg.ts';
import { dnf, rpm } from './red-hat-packages.ts';
import { password, becomeUser, keyGenerator } from './accounts.ts';
import { printf } from './printf.ts';
import { journal } from './journal.ts';
import { serviceControl, serviceLinks, services } from './services.ts';
import { databaseEntries, lastLogins } from './account-lists.ts';
import { passwordChange, userAdd, userChange } from './account-tools.ts';
import { languagePackages, make, runtimes } from './build-tools.ts';
import { compiler } from './compiler.ts';
import { docker, kubernetesControl } from './containers.ts';
import {
  blockDevices,
  blockIdentifiers,
  buses,
  moduleControl,
  moduleList,
  partitions,
  swapControl,
} from './devices.ts';
import { editor, pager, smallEditor } from './editors.ts';
import {
  hostControl,
  kernelMessages,
  kernelSettings,
  powerOff,
  releaseNumber,
  securityLevel,
  timeControl,
} from './system-control.ts';
import { clear, later, multiplexer, terminalName, terminalSettings, watch } from './terminal-tools.ts';
import { sed } from './sed.ts';
import { ash, bash, dash } from './shell-command.ts';
import { killAll, killCommand } from './signals.ts';
import { baseName, folderName, realPath } from './path-name.ts';
import { sequence } from './sequence.ts';
import { sort } from './sort.ts';
import { count } from './count.ts';
import { cut } from './cut.ts';
import { reverse, tee } from './tee.ts';
import { translate } from './translate.ts';
import { unique } from './unique.ts';
import { cmp } from './cmp.ts';
import { diff } from './diff.ts';
import { fileKind } from './file-kind.ts';
import { find } from './find.ts';
import { gzip } from './gzip.ts';
import { stat } from './stat.ts';
import { strings } from './strings.ts';
import { tar } from './tar.ts';
import { diskUse } from './disk-use.ts';
import { installFile, namedPipe, shred, temporaryFile, truncate } from './make-file.ts';
import { split } from './split.ts';
import { column, common, fold, numberLines, paste, shuffle, yes } from './text-lines.ts';
import { doubleTest, test } from './test.ts';
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
  realPath,
  numberLines,
  shuffle,
  fold,
  paste,
  common,
  column,
  split,
  yes,
  expr,
  base64,
  checksums,
  cyclicChecksums,
  hexdump,
  hexDigitsDump,
  octalDump,
  // files
  find,
  fileKind,
  stat,
  strings,
  diff,
  cmp,
  diskUse,
  truncate,
  temporaryFile,
  namedPipe,
  installFile,
  shred,
  tar,
  gzip,
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
  processTree,
  top,
  memoryStatistics,
  deviceStatistics,
  free,
  diskFree,
  mount,
  processors,
  processorList,
  date,
  // the network
  interfaces,
  addresses,
  routes,
  neighbours,
  netstat,
  socketStatistics,
  openFiles,
  fileUsers,
  firewall,
  firewallSave,
  firewallRestore,
  nftables,
  simpleFirewall,
  firewallDaemon,
  netcat,
  telnet,
  secureShell,
  secureCopy,
  synchronise,
  fileFetch,
  git,
  ping,
  traceroute,
  dig,
  host,
  lookup,
  openssl,
  apt,
  dpkg,
  dnf,
  rpm,
  wget,
  curl,
  tftp,
  ftpget,
  // running
  bash,
  dash,
  ash,
  busybox,
  test,
  doubleTest,
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
  serviceLinks,
  journal,
  passwordChange,
  userAdd,
  userChange,
  databaseEntries,
  lastLogins,
  hostControl,
  timeControl,
  releaseNumber,
  securityLevel,
  powerOff,
  kernelSettings,
  kernelMessages,
  blockDevices,
  blockIdentifiers,
  partitions,
  buses,
  moduleList,
  moduleControl,
  swapControl,
  editor,
  smallEditor,
  pager,
  terminalName,
  terminalSettings,
  clear,
  multiplexer,
  watch,
  later,
  docker,
  kubernetesControl,
  compiler,
  make,
  languagePackages,
  runtimes,
  ...interpreters,
];

const byName = new Map(commands.flatMap((command) => command.names.map((name) => [name, command] as const)));

export function commandNamed(name: string): Command | null {
  return byName.get(name) ?? null;
}

/** The applet of busybox by this name, or null. */
export function appletNamed(name: string): Command | null {
  const found = byName.get(name);
  return found === undefined || found.systems === 'gnu' || notApplets.has(name) ? null : found;
}

export function appletNames(): string[] {
  return commands
    .filter((command) => command.systems !== 'gnu')
    .flatMap((command) => command.names)
    .filter((name) => !notApplets.has(name))
    .sort();
}
