import { echoBuiltin, falseBuiltin, printfBuiltin, testBuiltin, trueBuiltin } from './text.ts';
import type { Builtin } from './builtin.ts';
import {
  breakBuiltin,
  evalBuiltin,
  execBuiltin,
  exitBuiltin,
  returnBuiltin,
  sourceBuiltin,
  trapBuiltin,
} from './flow.ts';
import { changeFolder, printFolder, umask } from './folder.ts';
import {
  commandBuiltin,
  hash,
  helpBuiltin,
  history,
  jobs,
  kill,
  shellOptions,
  typeBuiltin,
  ulimit,
  wait,
} from './inquiry.ts';
import { alias, exportBuiltin, letBuiltin, local, read, setBuiltin, shift, unset } from './variable.ts';

/** The builtins, one line each family. */
export const builtins: readonly Builtin[] = [
  echoBuiltin,
  printfBuiltin,
  testBuiltin,
  trueBuiltin,
  falseBuiltin,
  breakBuiltin,
  evalBuiltin,
  execBuiltin,
  exitBuiltin,
  returnBuiltin,
  sourceBuiltin,
  trapBuiltin,
  changeFolder,
  printFolder,
  umask,
  commandBuiltin,
  typeBuiltin,
  history,
  jobs,
  kill,
  hash,
  shellOptions,
  ulimit,
  wait,
  helpBuiltin,
  exportBuiltin,
  setBuiltin,
  unset,
  read,
  shift,
  local,
  letBuiltin,
  alias,
];

const byName = new Map(builtins.flatMap((builtin) => builtin.names.map((name) => [name, builtin] as const)));

/** The builtin of this name in this shell, or null. */
export function builtinNamed(name: string, bash: boolean): Builtin | null {
  const found = byName.get(name);
  return found === undefined || (found.shells === 'bash' && !bash) ? null : found;
}
