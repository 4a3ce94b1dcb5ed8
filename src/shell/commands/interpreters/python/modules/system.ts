import { decodeText, encodeText } from '../../../../byte-text.ts';
import { FileFault } from '../../../../files/fault.ts';
import { childrenOf, sizeOf } from '../../../../files/node.ts';
import type { Reading } from '../../../../stream.ts';
import { Unsupported } from '../../script/unsupported.ts';
import type { Engine } from '../engine.ts';
import { count, fail, faultError, makeError, makeModule, pathOf, string, systemError } from '../machinery.ts';
import { makeObject, readerMembers } from '../open-file.ts';
import {
  Builtin,
  Bytes,
  Dictionary,
  type Instance,
  keyOf,
  List,
  type ModuleValue,
  type Native,
  Tuple,
  type Value,
} from '../value.ts';

/** The script's changes of `os.environ` reach what it runs. */
export function syncEnvironment(engine: Engine): void {
  const { environment } = engine.world;
  environment.clear();
  for (const { key, value } of engine.environment.entries.values())
    if (typeof key === 'string' && typeof value === 'string')
      environment.set(encodeText(key), encodeText(value));
}

export function guarded<Result>(engine: Engine, path: string, run: () => Result): Result {
  try {
    return run();
  } catch (error) {
    if (error instanceof FileFault) throw faultError(engine, error, path);
    throw error;
  }
}

export function* runLine(engine: Engine, line: string): Reading<number> {
  syncEnvironment(engine);
  const { status } = yield* engine.world.shell(encodeText(line), {
    input: null,
    output: 'inherit',
    error: 'inherit',
  });
  return status;
}

const join = (parts: readonly string[]): string =>
  parts.reduce(
    (path, part) =>
      part.startsWith('/') || path === '' ? part : path.endsWith('/') ? path + part : `${path}/${part}`,
    '',
  );

export function osPath(engine: Engine): ModuleValue {
  const { world } = engine;
  const find = (value: Value | undefined): ReturnType<typeof world.process.state.files.find> =>
    world.process.state.files.find(pathOf(engine, value), world.folder);
  const split = (path: string): [string, string] => {
    const at = path.lastIndexOf('/') + 1;
    const head = path.slice(0, at);
    return [/^\/+$/.test(head) ? head : head.replace(/\/+$/, ''), path.slice(at)];
  };
  return makeModule('posixpath', {
    exists: ([path]) => find(path) !== null,
    isfile: ([path]) => find(path)?.kind === 'file',
    isdir: ([path]) => find(path)?.kind === 'directory',
    islink: ([path]) =>
      world.process.state.files.find(pathOf(engine, path), world.folder, false)?.kind === 'link',
    join: (values) => join(values.map((value) => pathOf(engine, value))),
    basename: ([path]) => split(pathOf(engine, path))[1],
    dirname: ([path]) => split(pathOf(engine, path))[0],
    split: ([path]) => new Tuple(split(pathOf(engine, path))),
    abspath: ([path]) => world.absolute(pathOf(engine, path)),
    realpath: ([path]) => world.absolute(pathOf(engine, path)),
    getsize: ([path]) => {
      const name = pathOf(engine, path);
      return BigInt(sizeOf(guarded(engine, name, () => world.process.state.files.get(name, world.folder))));
    },
    expanduser: ([path]) =>
      pathOf(engine, path).replace(/^~(?=\/|$)/, world.environment.get('HOME') ?? '/root'),
    isabs: ([path]) => pathOf(engine, path).startsWith('/'),
    splitext: ([path]) => {
      const name = pathOf(engine, path);
      const match = /^(.*[^/.][^/]*?|.*?)(\.[^./]*)$/s.exec(name);
      return match === null ||
        /(?:^|\/)\.+$/.test(match[1] ?? '') ||
        (match[1] ?? '') === '' ||
        (match[1] ?? '').endsWith('/')
        ? new Tuple([name, ''])
        : new Tuple([match[1] ?? '', match[2] ?? '']);
    },
  });
}

export function os(engine: Engine): ModuleValue {
  const { world } = engine;
  const { state } = world.process;
  const { kernel, hostname } = state.machine;
  const change = (path: Value | undefined, run: (path: string) => void): Value => {
    const name = pathOf(engine, path);
    guarded(engine, name, () => run(name));
    return null;
  };
  const uid: Native = () => BigInt(state.files.uid);
  const environment = engine.environment;
  const make = (path: string, mode: Value | undefined): void =>
    state.files.makeDirectory(path, world.folder, mode === undefined ? 0o755 : count(engine, mode) & 0o777);
  const remove: Native = ([path]) =>
    change(path, (name) => {
      if (state.files.get(name, world.folder, false).kind === 'directory') throw new FileFault('EISDIR');
      state.files.remove(name, world.folder);
    });
  const become = function* become(words: readonly string[]): Reading<Value> {
    const [program = ''] = words;
    world.flush();
    syncEnvironment(engine);
    if (world.find(program) === null)
      throw systemError(engine, 'FileNotFoundError', 2n, 'No such file or directory', null);
    const { status } = yield* world.program(words, { input: null, output: 'inherit', error: 'inherit' });
    throw makeError(engine, 'SystemExit', BigInt(status));
  };
  const wordsOf = function* wordsOf(values: readonly Value[], listed: boolean): Reading<string[]> {
    const [program, ...rest] = values;
    const given = listed ? yield* engine.items(rest[0] ?? null) : rest;
    return [pathOf(engine, program), ...given.slice(1).map((word) => encodeText(string(engine, word)))];
  };
  const execute: Record<string, Native> = {};
  for (const name of ['execl', 'execlp', 'execv', 'execvp', 'execve', 'execvpe'])
    execute[name] = function* run(values) {
      return yield* become(yield* wordsOf(values, name.startsWith('execv')));
    };
  return makeModule(
    'os',
    {
      ...execute,
      *system([command]) {
        return BigInt((yield* runLine(engine, string(engine, command))) << 8);
      },
      *popen([command]) {
        syncEnvironment(engine);
        const { output } = yield* world.shell(encodeText(string(engine, command)), {
          input: null,
          output: 'collect',
          error: 'inherit',
        });
        return makeObject(engine, '_wrap_close', 'os', {
          ...readerMembers(engine, output, false),
          close: () => null,
        });
      },
      getuid: uid,
      geteuid: uid,
      getgid: uid,
      getegid: uid,
      getpid: () => BigInt(world.process.pid),
      getppid: () => BigInt(world.process.parentPid),
      getcwd: () => decodeText(world.folder),
      getlogin: () => state.machine.userOf(state.files.uid),
      cpu_count: () => BigInt(state.machine.persona.cpu.count),
      uname: () => {
        const parts = ['Linux', hostname, kernel.release, kernel.version, kernel.machine];
        const value = makeObject(
          engine,
          'uname_result',
          'posix',
          {},
          Object.fromEntries(
            ['sysname', 'nodename', 'release', 'version', 'machine'].map((name, index) => [
              name,
              parts[index] ?? '',
            ]),
          ),
        );
        value.shown = `posix.uname_result(sysname='Linux', nodename='${hostname}', release='${kernel.release}', version='${kernel.version}', machine='${kernel.machine}')`;
        value.fields.set(
          '__getitem__',
          new Builtin('__getitem__', ([index]) => parts[Number(index ?? 0n)] ?? ''),
        );
        return value;
      },
      getenv: ([name, otherwise]) =>
        environment.entries.get(keyOf(name ?? null) ?? '')?.value ?? otherwise ?? null,
      putenv: () => null,
      chdir: ([path]) =>
        change(path, (name) => {
          if (state.files.get(name, world.folder).kind !== 'directory') throw new FileFault('ENOTDIR');
          world.folder = world.absolute(name);
        }),
      mkdir: ([path, mode]) => change(path, (name) => make(name, mode)),
      makedirs: (values, keywords) =>
        change(values[0], (name) => {
          const names = world.absolute(name).split('/').slice(1);
          if (keywords.get('exist_ok') !== true && state.files.find(name, world.folder) !== null)
            throw new FileFault('EEXIST');
          for (const index of names.keys()) {
            const part = `/${names.slice(0, index + 1).join('/')}`;
            if (state.files.find(part, '/') === null) make(part, values[1]);
          }
        }),
      rmdir: ([path]) =>
        change(path, (name) => {
          const node = state.files.get(name, world.folder, false);
          if (node.kind !== 'directory') throw new FileFault('ENOTDIR');
          if (childrenOf(node).size > 0) throw new FileFault('ENOTEMPTY');
          state.files.remove(name, world.folder);
        }),
      remove,
      unlink: remove,
      rename: ([from, to]) =>
        change(from, (name) => state.files.rename(name, pathOf(engine, to), world.folder)),
      symlink: ([target, path]) =>
        change(path, (name) => state.files.makeLink(pathOf(engine, target), name, world.folder)),
      chmod: ([path, mode]) =>
        change(
          path,
          (name) => void state.files.change(name, world.folder, { mode: count(engine, mode) & 0o7777 }),
        ),
      access: ([path]) => state.files.find(pathOf(engine, path), world.folder) !== null,
      listdir: ([path]) => {
        const name = path === undefined ? '.' : pathOf(engine, path);
        return new List(
          [...guarded(engine, name, () => state.files.list(name, world.folder)).keys()].map((one) =>
            decodeText(one),
          ),
        );
      },
      urandom: ([size]) => new Bytes(state.machine.randomText(Math.min(count(engine, size), 1_048_576))),
      _exit: ([code]) => {
        throw makeError(engine, 'SystemExit', code ?? 0n);
      },
      // A child that a dropper forks is the script going on by itself: the parent is what leaves.
      fork: () => 0n,
      setsid: () => null,
      umask: () => 18n,
      dup2: ([, to]) => to ?? null,
      isatty: () => world.process.output.terminal,
      kill: ([pid]) => (pid === BigInt(world.process.pid) ? fail(engine, 'SystemExit', '') : null),
      write([descriptor, value]) {
        const text =
          value instanceof Bytes
            ? value.text
            : fail(engine, 'TypeError', "a bytes-like object is required, not 'str'");
        if (descriptor === 1n) {
          world.process.output.write(text);
          world.shown = true;
        } else if (descriptor === 2n) world.complain(text);
        else throw new Unsupported('descriptor');
        return BigInt(text.length);
      },
    },
    {
      environ: environment,
      path: osPath(engine),
      name: 'posix',
      sep: '/',
      linesep: '\n',
      devnull: '/dev/null',
      pathsep: ':',
      error: engine.types.get('OSError'),
      curdir: '.',
      pardir: '..',
    },
  );
}

export function sys(engine: Engine): ModuleValue {
  const { world } = engine;
  const [major, minor, micro] = engine.version.split('.').map((part) => BigInt(part));
  const write =
    (show: (text: string) => void): Native =>
    ([value]) => {
      const text = string(engine, value, 'write() argument must be str');
      show(encodeText(text));
      return BigInt(text.length);
    };
  const stream = (name: string, show: (text: string) => void): Instance => {
    const buffer = makeObject(engine, 'BufferedWriter', '_io', {
      write: ([value]) => {
        const text =
          value instanceof Bytes
            ? value.text
            : fail(engine, 'TypeError', "a bytes-like object is required, not 'str'");
        show(text);
        return BigInt(text.length);
      },
      flush: () => null,
    });
    const flush: Native = () => {
      world.flush();
      return null;
    };
    return makeObject(
      engine,
      'TextIOWrapper',
      '_io',
      {
        write: write(show),
        flush,
        isatty: () => world.process.output.terminal,
        fileno: () => (name === '<stdout>' ? 1n : 2n),
      },
      { buffer, name, encoding: 'utf-8' },
    );
  };
  const input = world.process.input;
  const text = (line: string | null): string => decodeText(line ?? '');
  const stdin = makeObject(
    engine,
    'TextIOWrapper',
    '_io',
    {
      *read() {
        return text(yield* input.all());
      },
      *readline() {
        return text(yield* input.line());
      },
      *readlines() {
        return new List(text(yield* input.all()).match(/[^\n]*\n|[^\n]+$/g) ?? []);
      },
      isatty: () => input.terminal,
      fileno: () => 0n,
    },
    { name: '<stdin>' },
  );
  stdin.type.members.set(
    '__iter__',
    new Builtin('__iter__', function* lines() {
      return yield* engine.iterate(yield* engine.call(stdin.fields.get('readlines') ?? null, []));
    }),
  );
  const versionInfo = new Tuple([major ?? 3n, minor ?? 9n, micro ?? 0n, 'final', 0n]);
  const modules = new Dictionary();
  return makeModule(
    'sys',
    {
      exit: ([code]) => {
        throw makeError(engine, 'SystemExit', ...(code === undefined ? [] : [code]));
      },
      getdefaultencoding: () => 'utf-8',
      getfilesystemencoding: () => 'utf-8',
      getrecursionlimit: () => 1000n,
      setrecursionlimit: () => null,
    },
    {
      argv: new List(engine.arguments.map((word) => decodeText(word))),
      version_info: versionInfo,
      platform: 'linux',
      byteorder: world.process.state.machine.kernel.machine === 'mips' ? 'big' : 'little',
      maxsize: 9_223_372_036_854_775_807n,
      executable: '/usr/bin/python3',
      prefix: '/usr',
      stdout: stream('<stdout>', (shown) => world.write(shown)),
      stderr: stream('<stderr>', (shown) => world.complain(shown)),
      stdin,
      modules,
      flags: modules,
    },
  );
}
