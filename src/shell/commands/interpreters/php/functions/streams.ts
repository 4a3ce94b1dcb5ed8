/** Open files, and pipes to and from commands. */

import { FileFault } from '../../../../files/fault.ts';
import { limits } from '../../../../limits.ts';
import type { Reading } from '../../../../stream.ts';
import { Unsupported } from '../../script/unsupported.ts';
import { textOf } from '../conversion.ts';
import type { Machine } from '../machine.ts';
import type { Given, NativeTable } from '../native.ts';
import { ArrayValue, Resource, type Value } from '../value.ts';
import { formatted } from './texts.ts';
import { contentAt, isAddress } from './wrappers.ts';

/** The open stream that was given. Throws TypeError for what is none. */
function streamOf(machine: Machine, name: string, value: Value): Resource {
  if (!(value instanceof Resource))
    return machine.throwError(
      'TypeError',
      `${name}(): Argument #1 ($stream) must be of type resource, ${value === null ? 'null' : typeof value === 'boolean' ? 'bool' : typeof value === 'string' ? 'string' : 'int'} given`,
    );
  if (!value.open)
    return machine.throwError('TypeError', `${name}(): supplied resource is not a valid stream resource`);
  return value;
}

const standards: Readonly<Record<string, Resource['standard']>> = {
  'php://stdin': 'input',
  'php://stdout': 'output',
  'php://output': 'output',
  'php://stderr': 'error',
};

function* open(machine: Machine, given: Given): Reading<Value> {
  const [path, mode] = [given.text(0), given.text(1)];
  if (path === '') return machine.throwError('ValueError', 'Path cannot be empty');
  const handle = machine.resource('stream');
  handle.path = path;
  const standard = Object.hasOwn(standards, path.toLowerCase()) ? standards[path.toLowerCase()] : undefined;
  if (standard !== undefined) {
    handle.standard = standard;
    handle.writes = standard !== 'input';
    return handle;
  }
  if (/^php:\/\/(?:memory|temp)/i.test(path)) {
    handle.content = '';
    handle.writes = true;
    handle.path = '';
    return handle;
  }
  if (!/^[rwaxc][bt+]{0,2}$/.test(mode))
    return machine.throwError('ValueError', 'fopen(): Argument #2 ($mode) must be a valid mode');
  if (mode.startsWith('r') && !mode.includes('+')) {
    handle.content = yield* contentAt(machine, 'fopen', path);
    return handle.content === null ? false : handle;
  }
  if (isAddress(path) || /^[a-z]{3,8}:\/\//i.test(path)) throw new Unsupported('wrapper');
  try {
    const exists = machine.world.process.state.files.find(path, machine.world.folder) !== null;
    if (mode.startsWith('r') && !exists) throw new FileFault('ENOENT');
    if (mode.startsWith('x') && exists) throw new FileFault('EEXIST');
    const content = exists && /^[rc]/.test(mode) ? machine.world.readFile(path) : '';
    machine.world.openFile(path, mode.startsWith('w') ? 'truncate' : 'append');
    handle.writes = true;
    if (mode.includes('+')) {
      if (!mode.startsWith('w')) throw new Unsupported('mode');
      handle.content = content;
    } else if (mode.startsWith('c')) throw new Unsupported('mode');
    return handle;
  } catch (error) {
    if (!(error instanceof FileFault)) throw error;
    machine.warn(`fopen(${path}): Failed to open stream: ${error.message}`);
    return false;
  }
}

function written(machine: Machine, name: string, handle: Resource, text: string): Value {
  machine.spend(text.length);
  if (handle.standard === 'output') machine.world.write(text);
  else if (handle.standard === 'error') machine.world.complain(text);
  else if (!handle.writes) {
    machine.notice(`${name}(): Write of ${text.length} bytes failed with errno=9 Bad file descriptor`);
    return false;
  } else if (handle.command !== null) {
    handle.pending += text;
    if (handle.pending.length > limits.oneFileBytes) throw new Unsupported('large');
  } else {
    if (handle.content !== null) {
      handle.content =
        handle.content.slice(0, handle.position) + text + handle.content.slice(handle.position + text.length);
      handle.position += text.length;
      machine.spend(handle.content.length);
    }
    if (handle.path !== '')
      try {
        machine.world.append(handle.path, text);
      } catch (error) {
        if (!(error instanceof FileFault)) throw error;
        machine.notice(`${name}(): Write of ${text.length} bytes failed with errno=28 ${error.message}`);
        return false;
      }
  }
  return BigInt(text.length);
}

/** Up to a line's end, or this many bytes; null at the end. */
function* read(machine: Machine, handle: Resource, most: number, line: boolean): Reading<string | null> {
  if (handle.standard === 'input') {
    const text = line
      ? yield* machine.world.process.input.line()
      : yield* machine.world.process.input.bytes(most);
    if (text === null || text === '') {
      handle.content = '';
      return null;
    }
    return text;
  }
  const { content, position } = handle;
  if (content === null || position >= content.length) {
    handle.position = Math.max(position, (content?.length ?? 0) + 1);
    return null;
  }
  const newline = line ? content.indexOf('\n', position) : -1;
  const end = Math.min(newline < 0 ? content.length : newline + 1, position + most);
  handle.position = end;
  machine.spend(end - position);
  return content.slice(position, end);
}

/** What was written to a command's pipe is its input once the pipe is closed. */
export function* closed(machine: Machine, handle: Resource): Reading<number> {
  handle.open = false;
  if (handle.command === null || !handle.writes) return handle.status;
  const { command, pending } = handle;
  handle.command = null;
  const { status } = yield* machine.world.shell(command, {
    input: pending,
    output: 'inherit',
    error: 'inherit',
  });
  return status;
}

export const streamFunctions: NativeTable = {
  'fopen(string $filename, string $mode, bool $use_include_path = false, mixed $context = null)': open,
  *'fclose(mixed $stream)'(machine, given): Reading<Value> {
    yield* closed(machine, streamOf(machine, 'fclose', given.value(0)));
    return true;
  },
  'fwrite(mixed $stream, string $data, ?int $length = null)': (machine, given) =>
    written(
      machine,
      'fwrite',
      streamOf(machine, 'fwrite', given.value(0)),
      given.isNull(2) ? given.text(1) : given.text(1).slice(0, given.number(2)),
    ),
  'fputs(mixed $stream, string $data, ?int $length = null)': (machine, given) =>
    written(
      machine,
      'fputs',
      streamOf(machine, 'fputs', given.value(0)),
      given.isNull(2) ? given.text(1) : given.text(1).slice(0, given.number(2)),
    ),
  'fprintf(mixed $stream, string $format, mixed ...$values)': (machine, given) =>
    written(
      machine,
      'fprintf',
      streamOf(machine, 'fprintf', given.value(0)),
      formatted(machine, given.text(1), given.rest(2), 2),
    ),
  *'fread(mixed $stream, int $length)'(machine, given): Reading<Value> {
    if (given.number(1) < 1)
      return machine.throwError('ValueError', 'fread(): Argument #2 ($length) must be greater than 0');
    return (yield* read(machine, streamOf(machine, 'fread', given.value(0)), given.number(1), false)) ?? '';
  },
  *'fgets(mixed $stream, ?int $length = null)'(machine, given): Reading<Value> {
    return (
      (yield* read(
        machine,
        streamOf(machine, 'fgets', given.value(0)),
        given.isNull(1) ? Infinity : given.number(1) - 1,
        true,
      )) ?? false
    );
  },
  *'fgetc(mixed $stream)'(machine, given): Reading<Value> {
    return (yield* read(machine, streamOf(machine, 'fgetc', given.value(0)), 1, false)) ?? false;
  },
  *'stream_get_contents(mixed $stream, ?int $length = null, int $offset = -1)'(
    machine,
    given,
  ): Reading<Value> {
    return (
      (yield* read(
        machine,
        streamOf(machine, 'stream_get_contents', given.value(0)),
        given.isNull(1) ? limits.oneFileBytes : given.number(1),
        false,
      )) ?? ''
    );
  },
  *'fpassthru(mixed $stream)'(machine, given): Reading<Value> {
    const text =
      (yield* read(machine, streamOf(machine, 'fpassthru', given.value(0)), limits.oneFileBytes, false)) ??
      '';
    machine.write(text);
    return BigInt(text.length);
  },
  *'feof(mixed $stream)'(machine, given): Reading<Value> {
    const handle = streamOf(machine, 'feof', given.value(0));
    if (handle.standard === 'input') {
      const { input } = machine.world.process;
      return handle.content !== null || (input.available === 0 && !(yield* input.fill()));
    }
    // An end is known once a read has met it.
    return (
      handle.content === null ||
      handle.position > handle.content.length ||
      (handle.path === '' && handle.position >= handle.content.length)
    );
  },
  'fflush(mixed $stream)': () => true,
  'flock(mixed $stream, int $operation, mixed &$would_block = null)': () => true,
  'rewind(mixed $stream)': (machine, given) => {
    streamOf(machine, 'rewind', given.value(0)).position = 0;
    return true;
  },
  'fseek(mixed $stream, int $offset, int $whence = 0)': (machine, given) => {
    const handle = streamOf(machine, 'fseek', given.value(0));
    const base =
      given.number(2) === 0 ? 0 : given.number(2) === 1 ? handle.position : (handle.content?.length ?? 0);
    handle.position = Math.max(0, base + given.number(1));
    return 0n;
  },
  'ftell(mixed $stream)': (machine, given) => BigInt(streamOf(machine, 'ftell', given.value(0)).position),
  'ftruncate(mixed $stream, int $size)': (machine, given) => {
    const handle = streamOf(machine, 'ftruncate', given.value(0));
    if (given.number(1) !== 0 || handle.path === '') throw new Unsupported('ftruncate');
    machine.world.openFile(handle.path, 'truncate');
    return true;
  },
  'stream_set_blocking(mixed $stream, bool $enable)': () => true,
  'stream_set_timeout(mixed $stream, int $seconds, int $microseconds = 0)': () => true,
  'stream_context_create(?array $options = null, ?array $params = null)': (machine) =>
    machine.resource('stream-context'),
  'fputcsv(mixed $stream, array $fields, string $separator = ",", string $enclosure = "")': (
    machine,
    given,
  ) => {
    const cells = Array.from(given.array(1).values(), (value) => {
      const text = textOf(value);
      return /[,"\s]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    });
    return written(
      machine,
      'fputcsv',
      streamOf(machine, 'fputcsv', given.value(0)),
      `${cells.join(given.text(2))}\n`,
    );
  },
  'get_resource_type(mixed $resource)': (_machine, given) => {
    const value = given.value(0);
    return value instanceof Resource ? (value.open ? value.type : 'Unknown') : false;
  },
  'stream_get_meta_data(mixed $stream)': (_machine, given) => {
    const value = given.value(0);
    if (!(value instanceof Resource)) throw new Unsupported('stream');
    return ArrayValue.from([
      ['timed_out', false],
      ['blocked', true],
      ['eof', false],
      ['uri', value.path],
    ]);
  },
};
