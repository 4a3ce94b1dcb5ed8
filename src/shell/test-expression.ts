import { childrenOf, type Node, sizeOf } from './files/node.ts';
import type { FileSystem } from './files/file-system.ts';
import type { Dialect } from './language/dialect.ts';

/** What `test` needs to know of where it runs. */
export interface TestPlace {
  readonly folder: string;
  readonly state: { readonly files: FileSystem };
  /** True where the descriptor is a terminal. */
  isTerminal?(descriptor: number): boolean;
  /** True where the variable is set. */
  isSet?(name: string): boolean;
}

/** The message of an expression that is none; `test` then returns 2. */
export class TestFault extends Error {}

const common = ['=', '!=', '-eq', '-ne', '-lt', '-le', '-gt', '-ge', '-nt', '-ot', '-ef', '<', '>'];
const binaryOperators: Readonly<Record<Dialect, ReadonlySet<string>>> = {
  bash: new Set([...common, '==']),
  dash: new Set(common),
  ash: new Set([...common, '==', '=~']),
};
const unaryLetters: Readonly<Record<Dialect, string>> = {
  bash: 'abcdefghknoprstuvwxzGLNORS',
  dash: 'bcdefghknprstuwxzGLOS',
  ash: 'bcdefghknprstuwxzGLOS',
};

interface Test {
  readonly place: TestPlace;
  readonly words: readonly string[];
  readonly dialect: Dialect;
  position: number;
}

const isBinary = (test: Test, word: string | undefined): boolean =>
  word !== undefined && binaryOperators[test.dialect].has(word);

const isUnary = (test: Test, word: string | undefined): boolean =>
  word !== undefined &&
  word.length === 2 &&
  word.startsWith('-') &&
  unaryLetters[test.dialect].includes(word.charAt(1));

/** `test`: 0 for true, 1 for false. Throws `TestFault` in the words of the shell. */
export function evaluateTest(place: TestPlace, words: readonly string[], dialect: Dialect = 'bash'): 0 | 1 {
  const test: Test = { place, words, dialect, position: 0 };
  if (words.length === 0) return 1;
  const value = dialect === 'bash' ? byCount(test, words) : asAlmquist(test);
  return value ? 0 : 1;
}

/** bash decides by the number of arguments (POSIX `test`, OPERANDS). */
function byCount(test: Test, words: readonly string[]): boolean {
  const [first = '', second = '', third = ''] = words;
  if (words.length === 1) return first !== '';
  if (words.length === 2) {
    if (first === '!') return second === '';
    if (!isUnary(test, first)) throw new TestFault(`${first}: unary operator expected`);
    return unary(test, first, second);
  }
  if (words.length === 3) {
    if (isBinary(test, second)) return binary(test, first, second, third);
    if (second === '-a') return first !== '' && third !== '';
    if (second === '-o') return first !== '' || third !== '';
    if (first === '!') return !byCount(test, words.slice(1));
    if (first === '(' && third === ')') return second !== '';
    throw new TestFault(`${second}: binary operator expected`);
  }
  if (words.length === 4 && first === '!') return !byCount(test, words.slice(1));
  if (words.length === 4 && first === '(' && words[3] === ')') return byCount(test, words.slice(1, 3));
  const inner: Test = { ...test, words, position: 0 };
  const value = either(inner, 0);
  const rest = words[inner.position];
  if (rest !== undefined)
    throw new TestFault(rest.startsWith('-') ? `syntax error: \`${rest}' unexpected` : 'too many arguments');
  return value;
}

function either(test: Test, depth: number): boolean {
  let value = both(test, depth);
  while (test.words[test.position] === '-o') {
    test.position += 1;
    const right = both(test, depth);
    value = value || right;
  }
  return value;
}

function both(test: Test, depth: number): boolean {
  let value = term(test, depth);
  while (test.words[test.position] === '-a') {
    test.position += 1;
    const right = term(test, depth);
    value = value && right;
  }
  return value;
}

function term(test: Test, depth: number): boolean {
  if (depth > 60) throw new TestFault('too many arguments');
  const word = test.words[test.position];
  if (word === undefined) throw new TestFault('argument expected');
  if (word === '!') {
    test.position += 1;
    return !term(test, depth + 1);
  }
  if (word === '(') {
    test.position += 1;
    const value = either(test, depth + 1);
    if (test.words[test.position] !== ')') throw new TestFault("`)' expected");
    test.position += 1;
    return value;
  }
  const operator = test.words[test.position + 1];
  const right = test.words[test.position + 2];
  if (right !== undefined && isBinary(test, operator)) {
    test.position += 3;
    return binary(test, word, operator ?? '', right);
  }
  if (/^-.$/s.test(word)) {
    if (!isUnary(test, word)) throw new TestFault(`${word}: unary operator expected`);
    if (operator === undefined) throw new TestFault('argument expected');
    test.position += 2;
    return unary(test, word, operator);
  }
  test.position += 1;
  return word !== '';
}

/** dash and ash read one expression, whatever the count, and complain of what is left over. */
function asAlmquist(test: Test): boolean {
  let { words } = test;
  let negated = false;
  for (;;) {
    if (words.length === 3 && isBinary(test, words[1])) break;
    if (words.length !== 3 && words.length !== 4) break;
    if (words[0] === '(' && words.at(-1) === ')') {
      words = words.slice(1, -1);
      break;
    }
    if (words[0] !== '!') break;
    negated = !negated;
    words = words.slice(1);
  }
  const inner: Test = { ...test, words, position: 0 };
  const value = almquistEither(inner, words.length === 3 && isBinary(test, words[1]), 0);
  if (inner.position + 1 < words.length) {
    if (test.dialect === 'ash') throw new TestFault(`${words[inner.position + 1] ?? ''}: unknown operand`);
    throw fault(words[inner.position] ?? '', 'unexpected operator');
  }
  return value !== negated;
}

/** The position is that of the last word read, as in the ancestor of both. */
function almquistEither(test: Test, plain: boolean, depth: number): boolean {
  let value = almquistBoth(test, plain, depth);
  while (test.words[test.position + 1] === '-o') {
    test.position += 2;
    const right = almquistBoth(test, false, depth);
    value = value || right;
  }
  return value;
}

function almquistBoth(test: Test, plain: boolean, depth: number): boolean {
  let value = almquistNot(test, plain, depth);
  while (test.words[test.position + 1] === '-a') {
    test.position += 2;
    const right = almquistNot(test, false, depth);
    value = value && right;
  }
  return value;
}

function almquistNot(test: Test, plain: boolean, depth: number): boolean {
  if (depth > 60) throw new TestFault('too many arguments');
  if (plain || test.words[test.position] !== '!') return almquistPrimary(test, plain, depth);
  if (test.position + 1 < test.words.length) test.position += 1;
  else return true;
  return !almquistNot(test, false, depth + 1);
}

const fault = (word: string, text: string): TestFault =>
  new TestFault(word === '' ? text : `${word}: ${text}`);

function almquistPrimary(test: Test, plain: boolean, depth: number): boolean {
  const { words } = test;
  const word = words[test.position];
  if (word === undefined) {
    if (test.dialect === 'ash') throw new TestFault('argument expected');
    return false;
  }
  const next = words[test.position + 1];
  if (!plain && word === '(' && next !== undefined) {
    test.position += 1;
    if (words[test.position] === ')') return false;
    const value = almquistEither(test, false, depth + 1);
    test.position += 1;
    if (words[test.position] !== ')') throw new TestFault('closing paren expected');
    return value;
  }
  const operand = next === undefined || (words[test.position + 2] !== undefined && isBinary(test, next));
  if (!plain && isUnary(test, word) && !operand) {
    test.position += 1;
    return unary(test, word, next);
  }
  if (isBinary(test, next)) {
    const right = words[test.position + 2];
    if (right === undefined) throw fault(next ?? '', 'argument expected');
    test.position += 2;
    return binary(test, word, next ?? '', right);
  }
  return word !== '';
}

const maximum = 9_223_372_036_854_775_807n;

function integer(test: Test, text: string): bigint {
  const good = /^\s*[-+]?\d{1,40}\s*$/.test(text);
  const value = good ? BigInt(text.trim().replace(/^\+/, '')) : 0n;
  const fits = value <= maximum && value >= -maximum - 1n;
  if (good && fits) return value;
  if (test.dialect === 'bash') throw new TestFault(`${text}: integer expression expected`);
  if (test.dialect === 'dash') throw new TestFault(`Illegal number: ${text}`);
  throw fault(text, good ? 'out of range' : 'bad number');
}

function binary(test: Test, left: string, operator: string, right: string): boolean {
  const { place } = test;
  const time = (path: string): number => place.state.files.find(path, place.folder)?.modified ?? -1;
  switch (operator) {
    case '=':
    case '==':
      return left === right;
    case '!=':
      return left !== right;
    case '<':
      return left < right;
    case '>':
      return left > right;
    case '-eq':
      return integer(test, left) === integer(test, right);
    case '-ne':
      return integer(test, left) !== integer(test, right);
    case '-lt':
      return integer(test, left) < integer(test, right);
    case '-le':
      return integer(test, left) <= integer(test, right);
    case '-gt':
      return integer(test, left) > integer(test, right);
    case '-ge':
      return integer(test, left) >= integer(test, right);
    case '-nt':
      return time(left) > time(right);
    case '-ot':
      return time(left) < time(right);
    default:
      return place.state.files.find(left, place.folder) === place.state.files.find(right, place.folder);
  }
}

function unary(test: Test, operator: string, operand: string): boolean {
  const { place } = test;
  if (operator === '-z') return operand === '';
  if (operator === '-n') return operand !== '';
  if (operator === '-t') {
    if (test.dialect === 'bash') return place.isTerminal?.(Number(operand)) ?? false;
    return place.isTerminal?.(Number(integer(test, operand))) ?? false;
  }
  if (operator === '-v') return place.isSet?.(operand) ?? false;
  if (operator === '-o' || operator === '-R') return false;
  const link = operator === '-h' || operator === '-L';
  const node: Node | null = place.state.files.find(operand, place.folder, !link);
  if (node === null) return false;
  const { files } = place.state;
  switch (operator) {
    case '-e':
    case '-a':
      return true;
    case '-f':
      return node.kind === 'file';
    case '-d':
      return node.kind === 'directory';
    case '-h':
    case '-L':
      return node.kind === 'link';
    case '-b':
      return node.kind === 'device' && node.device === 'block';
    case '-c':
      return node.kind === 'device' && node.device !== 'block';
    case '-s':
      return node.kind === 'directory' ? childrenOf(node) !== null : sizeOf(node) > 0;
    case '-r':
      return files.may(node, 4);
    case '-w':
      return files.may(node, 2);
    case '-x':
      return files.may(node, 1);
    case '-O':
      return node.uid === files.uid;
    case '-G':
      return node.gid === files.uid;
    case '-u':
      return (node.mode & 0o4000) !== 0;
    case '-g':
      return (node.mode & 0o2000) !== 0;
    case '-k':
      return (node.mode & 0o1000) !== 0;
    default:
      return false;
  }
}
