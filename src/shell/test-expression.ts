import { childrenOf, type Node, sizeOf } from './files/node.ts';
import type { FileSystem } from './files/file-system.ts';

/** What `test` needs to know of where it runs. */
export interface TestPlace {
  readonly folder: string;
  readonly state: { readonly files: FileSystem };
  /** True where the descriptor is a terminal. */
  isTerminal?(descriptor: number): boolean;
}

/** The message of an expression that is none; `test` then returns 2. */
export class TestFault extends Error {}

/** POSIX `test`: 0 for true, 1 for false. Throws `TestFault`. */
export function evaluateTest(place: TestPlace, words: readonly string[]): 0 | 1 {
  const cursor = { position: 0 };
  if (words.length === 0) return 1;
  if (words.length === 1) return words[0] === '' ? 1 : 0;
  const value = either(place, words, cursor, 0);
  if (cursor.position < words.length)
    throw new TestFault(
      words.length > 3 ? 'too many arguments' : `${words[1] ?? ''}: binary operator expected`,
    );
  return value ? 0 : 1;
}

type Cursor = { position: number };

function either(place: TestPlace, words: readonly string[], cursor: Cursor, depth: number): boolean {
  let value = both(place, words, cursor, depth);
  while (words[cursor.position] === '-o') {
    cursor.position += 1;
    const right = both(place, words, cursor, depth);
    value = value || right;
  }
  return value;
}

function both(place: TestPlace, words: readonly string[], cursor: Cursor, depth: number): boolean {
  let value = primary(place, words, cursor, depth);
  while (words[cursor.position] === '-a') {
    cursor.position += 1;
    const right = primary(place, words, cursor, depth);
    value = value && right;
  }
  return value;
}

const binaryOperators = new Set([
  '=',
  '==',
  '!=',
  '<',
  '>',
  '-eq',
  '-ne',
  '-lt',
  '-le',
  '-gt',
  '-ge',
  '-nt',
  '-ot',
  '-ef',
]);

function primary(place: TestPlace, words: readonly string[], cursor: Cursor, depth: number): boolean {
  if (depth > 60) throw new TestFault('too many arguments');
  const word = words[cursor.position];
  if (word === undefined) throw new TestFault('argument expected');
  const operator = words[cursor.position + 1];
  const right = words[cursor.position + 2];
  if (operator !== undefined && right !== undefined && binaryOperators.has(operator)) {
    cursor.position += 3;
    return binary(place, word, operator, right);
  }
  if (word === '!' && operator !== undefined) {
    cursor.position += 1;
    return !primary(place, words, cursor, depth + 1);
  }
  if (word === '(' && operator !== undefined) {
    cursor.position += 1;
    const value = either(place, words, cursor, depth + 1);
    if (words[cursor.position] !== ')') throw new TestFault("`)' expected");
    cursor.position += 1;
    return value;
  }
  if (/^-[a-zA-Z]$/.test(word) && operator !== undefined) {
    cursor.position += 2;
    return unary(place, word, operator);
  }
  cursor.position += 1;
  return word !== '';
}

function integer(text: string): bigint {
  if (!/^\s*[-+]?\d{1,30}\s*$/.test(text)) throw new TestFault(`${text}: integer expression expected`);
  return BigInt(text.trim().replace(/^\+/, ''));
}

function binary(place: TestPlace, left: string, operator: string, right: string): boolean {
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
      return integer(left) === integer(right);
    case '-ne':
      return integer(left) !== integer(right);
    case '-lt':
      return integer(left) < integer(right);
    case '-le':
      return integer(left) <= integer(right);
    case '-gt':
      return integer(left) > integer(right);
    case '-ge':
      return integer(left) >= integer(right);
    case '-nt':
      return time(left) > time(right);
    case '-ot':
      return time(left) < time(right);
    default:
      return place.state.files.find(left, place.folder) === place.state.files.find(right, place.folder);
  }
}

function unary(place: TestPlace, operator: string, operand: string): boolean {
  if (operator === '-z') return operand === '';
  if (operator === '-n') return operand !== '';
  if (operator === '-t') return place.isTerminal?.(Number(operand)) ?? false;
  const link = operator === '-h' || operator === '-L';
  const node: Node | null = place.state.files.find(operand, place.folder, !link);
  if (node === null) {
    if (!'abcdefghkprstuwxGLNOS'.includes(operator.charAt(1)))
      throw new TestFault(`${operator}: unary operator expected`);
    return false;
  }
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
    case '-p':
    case '-S':
      return false;
    default:
      throw new TestFault(`${operator}: unary operator expected`);
  }
}
