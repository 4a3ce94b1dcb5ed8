/** Commands of the shell that is there. */

import type { Reading } from '../../../../stream.ts';
import type { Machine } from '../machine.ts';
import { Exited } from '../fault.ts';
import type { Given, NativeTable } from '../native.ts';
import { Unsupported } from '../../script/unsupported.ts';
import { textOf } from '../conversion.ts';
import { ArrayValue, Resource, stored, type Value } from '../value.ts';
import { closed } from './streams.ts';

/** The first argument, which must be a command. */
function commandOf(machine: Machine, name: string, given: Given): string {
  const command = given.text(0);
  if (command === '') machine.throwError('ValueError', `${name}(): Argument #1 ($command) cannot be empty`);
  if (command.includes('\0'))
    machine.throwError('ValueError', `${name}(): Argument #1 ($command) must not contain any null bytes`);
  return command;
}

function* ran(machine: Machine, command: string): Reading<{ output: string; status: number }> {
  return yield* machine.world.shell(command, { input: null, output: 'collect', error: 'inherit' });
}

const lastLine = (output: string): string =>
  (output.replace(/\n$/, '').split('\n').at(-1) ?? '').replace(/[\s]+$/, '');

/** `proc_open`: runs at once, with what can be said of its pipes. */
function* opened(machine: Machine, given: Given): Reading<Value> {
  const value = given.value(0);
  const words =
    value instanceof ArrayValue ? Array.from(value.values(), textOf) : ['sh', '-c', textOf(value)];
  if (given.array(1).size > 8) throw new Unsupported('pipes');
  const kinds = new Map<bigint | string, string>();
  for (const [key, one] of given.array(1).entries()) {
    const first =
      one instanceof ArrayValue ? textOf(one.get(0n) ?? null) : one instanceof Resource ? 'stream' : '';
    if (first !== 'pipe' && first !== 'stream') throw new Unsupported('descriptor');
    kinds.set(key, first);
  }
  if (!given.isNull(3)) machine.world.folder = given.text(3);
  const { output, error, status } = yield* machine.world.program(words, {
    // What would be written later is not there yet.
    input: kinds.get(0n) === 'pipe' ? '' : null,
    output: kinds.get(1n) === 'pipe' ? 'collect' : 'inherit',
    error: kinds.get(2n) === 'pipe' ? 'collect' : 'inherit',
  });
  const pipes = new ArrayValue();
  for (const [key, kind] of kinds) {
    if (kind !== 'pipe') continue;
    const pipe = machine.resource('stream');
    if (key === 0n) pipe.writes = true;
    else pipe.content = key === 1n ? output : error;
    pipes.set(key, pipe);
  }
  given.ref(2).value = pipes;
  const process = machine.resource('process');
  process.status = status;
  return process;
}

export const processFunctions: NativeTable = {
  *'system(string $command, mixed &$result_code = null)'(machine, given): Reading<Value> {
    const { output, status } = yield* ran(machine, commandOf(machine, 'system', given));
    machine.write(output);
    if (given.count > 1) given.ref(1).value = BigInt(status);
    return lastLine(output);
  },
  *'passthru(string $command, mixed &$result_code = null)'(machine, given): Reading<Value> {
    const { output, status } = yield* ran(machine, commandOf(machine, 'passthru', given));
    machine.write(output);
    if (given.count > 1) given.ref(1).value = BigInt(status);
    return null;
  },
  *'exec(string $command, mixed &$output = null, mixed &$result_code = null)'(
    machine,
    given,
  ): Reading<Value> {
    const { output, status } = yield* ran(machine, commandOf(machine, 'exec', given));
    if (given.count > 1) {
      const before = given.ref(1).value;
      const made = before instanceof ArrayValue ? before.copy() : new ArrayValue();
      machine.spend(output.length);
      if (output !== '')
        for (const line of output.replace(/\n$/, '').split('\n')) made.push(line.replace(/[\s]+$/, ''));
      given.ref(1).value = stored(made);
    }
    if (given.count > 2) given.ref(2).value = BigInt(status);
    return lastLine(output);
  },
  *'shell_exec(string $command)'(machine, given): Reading<Value> {
    const { output } = yield* ran(machine, commandOf(machine, 'shell_exec', given));
    return output === '' ? null : output;
  },
  *'popen(string $command, string $mode)'(machine, given): Reading<Value> {
    const command = given.text(0);
    const handle = machine.resource('stream');
    if (/^wb?$/.test(given.text(1))) {
      handle.command = command;
      handle.writes = true;
      return handle;
    }
    if (!/^rb?$/.test(given.text(1)))
      return machine.throwError('ValueError', 'popen(): Argument #2 ($mode) must be one of "r" or "w"');
    const { output, status } = yield* ran(machine, command);
    handle.content = output;
    handle.status = status;
    return handle;
  },
  *'pclose(mixed $handle)'(machine, given): Reading<Value> {
    const handle = given.value(0);
    if (!(handle instanceof Resource)) throw new Unsupported('pclose');
    return BigInt(yield* closed(machine, handle));
  },
  'proc_open(array|string $command, array $descriptor_spec, mixed &$pipes, ?string $cwd = null, ?array $env_vars = null, ?array $options = null)':
    opened,
  'proc_close(mixed $process)': (_machine, given) => {
    const process = given.value(0);
    if (!(process instanceof Resource)) throw new Unsupported('process');
    process.open = false;
    return BigInt(process.status);
  },
  'proc_terminate(mixed $process, int $signal = 15)': () => true,
  'proc_get_status(mixed $process)': (machine, given) => {
    const process = given.value(0);
    if (!(process instanceof Resource)) throw new Unsupported('process');
    return ArrayValue.from([
      ['command', ''],
      ['pid', BigInt(machine.world.process.state.nextPid())],
      ['running', false],
      ['signaled', false],
      ['stopped', false],
      ['exitcode', BigInt(process.status)],
      ['termsig', 0n],
      ['stopsig', 0n],
    ]);
  },
  *'pcntl_exec(string $path, array $args = [], array $env_vars = [])'(machine, given): Reading<Value> {
    const words = [given.text(0), ...Array.from(given.array(1).values(), textOf)];
    if (machine.world.find(given.text(0)) === null) {
      machine.warn(`pcntl_exec(): Error has occurred: (errno 2) No such file or directory`);
      return false;
    }
    const { status } = yield* machine.world.program(words, {
      input: null,
      output: 'inherit',
      error: 'inherit',
    });
    throw new Exited(status);
  },
  'escapeshellarg(string $arg)': (machine, given) => (
    machine.spend(given.text(0).length * 2),
    `'${given.text(0).replaceAll("'", "'\\''")}'`
  ),
  'escapeshellcmd(string $command)': (machine, given) => (
    machine.spend(given.text(0).length * 2),
    given.text(0).replaceAll(/[#&;`|*?~<>^()[\]{}$\\\n\xff]/g, '\\$&')
  ),
  'sleep(int $seconds)': (machine, given) => {
    machine.world.process.state.sleep(Math.max(0, given.number(0)) * 1000);
    return 0n;
  },
  'usleep(int $microseconds)': (machine, given) => {
    machine.world.process.state.sleep(Math.max(0, given.number(0)) / 1000);
    return null;
  },
};
