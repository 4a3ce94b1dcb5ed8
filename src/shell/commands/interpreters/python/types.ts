import {
  Builtin,
  Bytes,
  ClassValue,
  Dictionary,
  Ellipsis,
  FunctionValue,
  Instance,
  Lazy,
  List,
  ModuleValue,
  Range,
  SetValue,
  Slice,
  Tuple,
  type Value,
} from './value.ts';

/** Exceptions and what they descend from, as the library's hierarchy has them. */
const descent = `BaseException:object SystemExit:BaseException KeyboardInterrupt:BaseException GeneratorExit:BaseException
Exception:BaseException StopIteration:Exception ArithmeticError:Exception FloatingPointError:ArithmeticError OverflowError:ArithmeticError
ZeroDivisionError:ArithmeticError AssertionError:Exception AttributeError:Exception BufferError:Exception EOFError:Exception
ImportError:Exception ModuleNotFoundError:ImportError LookupError:Exception IndexError:LookupError KeyError:LookupError
MemoryError:Exception NameError:Exception UnboundLocalError:NameError OSError:Exception BlockingIOError:OSError ChildProcessError:OSError
ConnectionError:OSError BrokenPipeError:ConnectionError ConnectionAbortedError:ConnectionError ConnectionRefusedError:ConnectionError
ConnectionResetError:ConnectionError FileExistsError:OSError FileNotFoundError:OSError InterruptedError:OSError IsADirectoryError:OSError
NotADirectoryError:OSError PermissionError:OSError ProcessLookupError:OSError TimeoutError:OSError ReferenceError:Exception
RuntimeError:Exception NotImplementedError:RuntimeError RecursionError:RuntimeError SyntaxError:Exception IndentationError:SyntaxError
TabError:IndentationError SystemError:Exception TypeError:Exception ValueError:Exception UnicodeError:ValueError
UnicodeDecodeError:UnicodeError UnicodeEncodeError:UnicodeError Warning:Exception DeprecationWarning:Warning UserWarning:Warning
RuntimeWarning:Warning ResourceWarning:Warning FutureWarning:Warning`;

const own =
  'int float str bytes bytearray list tuple dict set frozenset type range slice function builtin_function_or_method module NoneType ellipsis generator';

/** The classes of one run: a script may hang things on them. */
export class Types {
  readonly #byName = new Map<string, ClassValue>();

  constructor() {
    const object = new ClassValue('object', []);
    this.#byName.set('object', object);
    for (const name of own.split(' ')) this.#byName.set(name, new ClassValue(name, [object]));
    this.#byName.set('bool', new ClassValue('bool', [this.get('int')]));
    for (const pair of descent.split(/\s+/)) {
      const [name = '', base = ''] = pair.split(':');
      this.#byName.set(name, new ClassValue(name, [this.get(base)]));
    }
  }

  get(name: string): ClassValue {
    let found = this.#byName.get(name);
    if (found === undefined) {
      found = new ClassValue(name, [this.get('object')]);
      this.#byName.set(name, found);
    }
    return found;
  }

  /** An exception's class of a module, such as `binascii.Error`. */
  error(name: string, base: string, module: string): ClassValue {
    const path = `${module}.${name}`;
    let found = this.#byName.get(path);
    if (found === undefined) {
      found = new ClassValue(name, [this.get(base)], module);
      this.#byName.set(path, found);
    }
    return found;
  }

  isKnown(name: string): boolean {
    return this.#byName.has(name);
  }

  get names(): Iterable<string> {
    return this.#byName.keys();
  }

  of(value: Value): ClassValue {
    return value instanceof Instance ? value.type : this.get(typeName(value));
  }
}

export function typeName(value: Value): string {
  switch (typeof value) {
    case 'string':
      return 'str';
    case 'bigint':
      return 'int';
    case 'boolean':
      return 'bool';
    case 'number':
      return 'float';
    default:
  }
  if (value === null) return 'NoneType';
  if (value instanceof Bytes) return value.mutable ? 'bytearray' : 'bytes';
  if (value instanceof List) return value.view === '' ? 'list' : value.view;
  if (value instanceof Tuple) return 'tuple';
  if (value instanceof Dictionary) return 'dict';
  if (value instanceof SetValue) return value.frozen ? 'frozenset' : 'set';
  if (value instanceof Range) return 'range';
  if (value instanceof Slice) return 'slice';
  if (value instanceof Lazy) return value.type;
  if (value instanceof FunctionValue) return 'function';
  if (value instanceof Builtin) return 'builtin_function_or_method';
  if (value instanceof ClassValue) return 'type';
  if (value instanceof Instance) return value.type.name;
  if (value instanceof ModuleValue) return 'module';
  if (value instanceof Ellipsis) return 'ellipsis';
  return 'object';
}
