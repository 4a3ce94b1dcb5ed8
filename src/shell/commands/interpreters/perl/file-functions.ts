import { FileFault } from '../../../files/fault.ts';
import { limits } from '../../../limits.ts';
import type { Reading } from '../../../stream.ts';
import { Unsupported } from '../script/unsupported.ts';
import { formatText } from './formatting.ts';
import type { Machine } from './machine.ts';
import type { Expression } from './syntax.ts';
import { Handle, textOf, type Value } from './value.ts';

type Call = Expression & { kind: 'call' };
type FileFunction = (
  machine: Machine,
  call: Call,
  handle: Handle | null,
  wantsList: boolean,
) => Reading<Value[]>;

function* valuesOf(machine: Machine, items: readonly Expression[]): Reading<Value[]> {
  const found: Value[] = [];
  for (const item of items) found.push(...(yield* machine.list(item)));
  return found;
}

function write(machine: Machine, handle: Handle | null, text: string): number {
  machine.world.spend(text.length);
  if (handle === null || handle.standard === 'output') machine.world.write(text);
  else if (handle.standard === 'error') machine.world.complain(text);
  else if (!handle.writes) return 0;
  else {
    handle.pending += text;
    if (handle.pending.length > limits.oneFileBytes) throw new Unsupported('large');
  }
  return 1;
}

const print = (end: string): FileFunction =>
  function* print(machine, call, handle) {
    const values =
      call.items.length === 0 ? [machine.global('_').value] : yield* valuesOf(machine, call.items);
    const text = values.map((value) => textOf(value)).join(textOf(machine.global(',').value));
    return [write(machine, handle, text + end + textOf(machine.global('\\').value))];
  };

/** What a handle holds back is written, or given to the command behind it. */
function* finish(machine: Machine, handle: Handle): Reading<void> {
  const text = handle.pending;
  handle.pending = '';
  if (handle.command !== null && handle.writes) {
    const { command } = handle;
    handle.command = null;
    machine.world.flush();
    yield* machine.world.shell(command, { input: text, output: 'inherit', error: 'inherit' });
  } else if (handle.path !== '' && text !== '') machine.world.append(handle.path, text);
}

function* openHandle(machine: Machine, call: Call): Reading<Value[]> {
  const [target, ...rest] = call.items;
  if (target === undefined) throw new Unsupported('open');
  const values = (yield* valuesOf(machine, rest)).map((value) => textOf(value));
  const name = target.kind === 'constant' ? String(target.value) : '';
  const handle = new Handle(name);
  let [mode = '', path] = values;
  if (path === undefined) {
    const match = /^\s*(\+?[<>]{1,2}|\|)?\s*(.*?)\s*(\|)?\s*$/s.exec(mode);
    mode = match?.[3] !== undefined ? '-|' : match?.[1] === '|' ? '|-' : (match?.[1] ?? '<');
    path = match?.[2] ?? '';
  }
  mode = mode.trim().replace(/\s*:.*$/, '');
  try {
    if (mode === '-|') {
      machine.world.flush();
      const { output } = yield* machine.world.shell([path, ...values.slice(2)].join(' '), {
        input: null,
        output: 'collect',
        error: 'inherit',
      });
      handle.content = output;
    } else if (mode === '|-') {
      handle.command = [path, ...values.slice(2)].join(' ');
      handle.writes = true;
    } else if (mode === '<') handle.content = machine.world.readFile(path);
    else if (mode === '>' || mode === '>>') {
      if (path.startsWith('&')) throw new Unsupported('dup');
      machine.world.openFile(path, mode === '>' ? 'truncate' : 'append');
      handle.path = path;
      handle.writes = true;
    } else throw new Unsupported('mode');
  } catch (error) {
    if (!(error instanceof FileFault)) throw error;
    machine.fault(error.code);
    return [''];
  }
  if (handle.writes)
    machine.world.atEnd.push(() => {
      if (handle.path !== '' && handle.pending !== '') machine.world.append(handle.path, handle.pending);
      handle.pending = '';
    });
  if (name !== '') machine.handles.set(name, handle);
  else yield* machine.assign(target, handle);
  return [1];
}

const change = (run: (machine: Machine, path: string, values: readonly Value[]) => void): FileFunction =>
  function* change(machine, call) {
    const values = yield* valuesOf(machine, call.items);
    try {
      run(machine, textOf(values[0]), values);
      return [1];
    } catch (error) {
      if (!(error instanceof FileFault)) throw error;
      machine.fault(error.code);
      return ['']; // and `$!` says why
    }
  };

/** Functions of files and handles. */
export const fileFunctions: Readonly<Record<string, FileFunction>> = {
  print: print(''),
  say: print('\n'),
  *printf(machine, call, handle) {
    const [format, ...values] = yield* valuesOf(machine, call.items);
    return [write(machine, handle, formatText(textOf(format), values))];
  },
  open: (machine, call) => openHandle(machine, call),
  *close(machine, call) {
    const [target] = call.items;
    const handle = target === undefined ? null : machine.handleOf(yield* machine.scalar(target));
    if (handle === null) return [''];
    yield* finish(machine, handle);
    return [1];
  },
  *binmode() {
    yield* [];
    return [1];
  },
  *eof(machine, call) {
    const [target] = call.items;
    const handle = target === undefined ? null : machine.handleOf(yield* machine.scalar(target));
    if (handle === null || handle.content === null) throw new Unsupported('eof');
    return [handle.position >= handle.content.length ? 1 : ''];
  },
  *readline(machine, call, _handle, wantsList) {
    const [target] = call.items;
    return wantsList
      ? yield* machine.list({ kind: 'readLine', handle: target ?? { kind: 'constant', value: 'STDIN' } })
      : [yield* machine.scalar({ kind: 'readLine', handle: target ?? { kind: 'constant', value: 'STDIN' } })];
  },
  *unlink(machine, call) {
    let count = 0;
    for (const value of yield* valuesOf(machine, call.items)) {
      try {
        machine.world.process.state.files.remove(textOf(value), machine.world.folder);
        count += 1;
      } catch (error) {
        if (!(error instanceof FileFault)) throw error;
        machine.fault(error.code);
      }
    }
    return [count];
  },
  mkdir: change((machine, path) =>
    machine.world.process.state.files.makeDirectory(path, machine.world.folder),
  ),
  rmdir: change((machine, path) => machine.world.process.state.files.remove(path, machine.world.folder)),
  rename: change((machine, path, values) =>
    machine.world.process.state.files.rename(path, textOf(values[1]), machine.world.folder),
  ),
  chdir: change((machine, path) => {
    if (machine.world.process.state.files.get(path, machine.world.folder).kind !== 'directory')
      throw new FileFault('ENOTDIR');
    machine.world.folder = machine.world.absolute(path);
  }),
  *chmod(machine, call) {
    const [mode, ...paths] = yield* valuesOf(machine, call.items);
    let count = 0;
    for (const path of paths) {
      try {
        machine.world.process.state.files.change(textOf(path), machine.world.folder, {
          mode: Number(textOf(mode)) & 0o7777,
        });
        count += 1;
      } catch (error) {
        if (!(error instanceof FileFault)) throw error;
        machine.fault(error.code);
      }
    }
    return [count];
  },
};
