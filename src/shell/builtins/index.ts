import { alias } from './alias.ts';
import { exportBuiltin, local, unset } from './declaration.ts';
import { letBuiltin } from './let.ts';
import { getopts, shift } from './positional.ts';
import { mapfile, read } from './reading.ts';
import { setBuiltin } from './setting.ts';
import { echoBuiltin, falseBuiltin, printfBuiltin, testBuiltin, trueBuiltin } from './text.ts';
import type { Builtin } from '../evaluate/shell.ts';
import type { Dialect } from '../language/dialect.ts';
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
  times,
  typeBuiltin,
  ulimit,
  wait,
} from './inquiry.ts';

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
  getopts,
  mapfile,
  times,
];

const byName = new Map(builtins.flatMap((builtin) => builtin.names.map((name) => [name, builtin] as const)));

/** Names that dash has (dash(1)). */
const dashNames = new Set(
  '. : [ alias bg break cd chdir command continue echo eval exec exit export false fg getopts hash jobs kill local printf pwd read readonly return set shift test times trap true type ulimit umask unalias unset wait'.split(
    ' ',
  ),
);
/** Names that ash has beside those of dash. */
const ashNames = new Set(['[[', 'help', 'history', 'let', 'source']);
/** Names that bash does not have. */
const notBash = new Set(['[[', 'chdir']);

/** The builtin of this name in this shell, or null. */
export function builtinNamed(name: string, dialect: Dialect): Builtin | null {
  const known =
    dialect === 'bash'
      ? !notBash.has(name)
      : dashNames.has(name) || (dialect === 'ash' && ashNames.has(name));
  return known ? (byName.get(name) ?? null) : null;
}
