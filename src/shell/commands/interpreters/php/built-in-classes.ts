import { ClassInfo } from './value.ts';

/** Each with its parent; interfaces of their own beside. */
const throwables: readonly (readonly [name: string, parent: string])[] = [
  ['Exception', ''],
  ['Error', ''],
  ['ErrorException', 'Exception'],
  ['CompileError', 'Error'],
  ['ParseError', 'CompileError'],
  ['TypeError', 'Error'],
  ['ArgumentCountError', 'TypeError'],
  ['ValueError', 'Error'],
  ['ArithmeticError', 'Error'],
  ['DivisionByZeroError', 'ArithmeticError'],
  ['UnhandledMatchError', 'Error'],
  ['JsonException', 'Exception'],
  ['LogicException', 'Exception'],
  ['BadFunctionCallException', 'LogicException'],
  ['BadMethodCallException', 'BadFunctionCallException'],
  ['DomainException', 'LogicException'],
  ['InvalidArgumentException', 'LogicException'],
  ['LengthException', 'LogicException'],
  ['OutOfRangeException', 'LogicException'],
  ['RuntimeException', 'Exception'],
  ['OutOfBoundsException', 'RuntimeException'],
  ['OverflowException', 'RuntimeException'],
  ['RangeException', 'RuntimeException'],
  ['UnderflowException', 'RuntimeException'],
  ['UnexpectedValueException', 'RuntimeException'],
];
const interfaces =
  'Throwable Stringable Traversable Iterator IteratorAggregate ArrayAccess Countable JsonSerializable Serializable'.split(
    ' ',
  );

/** The classes that every script finds, by their names in lower case. */
export function builtInClasses(): Map<string, ClassInfo> {
  const found = new Map<string, ClassInfo>();
  const none: ReadonlySet<string> = new Set();
  for (const name of interfaces)
    found.set(name.toLowerCase(), new ClassInfo(name, 'interface', null, none, true));
  for (const name of ['stdClass', 'Closure'])
    found.set(name.toLowerCase(), new ClassInfo(name, 'class', null, none, false));
  for (const [name, parent] of throwables) {
    const above = found.get(parent.toLowerCase()) ?? null;
    found.set(
      name.toLowerCase(),
      new ClassInfo(name, 'class', above, new Set(['throwable', 'stringable']), false),
    );
  }
  return found;
}
