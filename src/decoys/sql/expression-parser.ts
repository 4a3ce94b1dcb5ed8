/** Expressions by precedence climbing. */

import { binding, isReserved, otherOperator } from './binding-power.ts';
import type { Cursor } from './cursor.ts';
import type { Call, Expression } from './syntax.ts';
import { typeName } from './type-name.ts';
import type { SqlType, Value } from './value.ts';

/** Words that end an expression, and so are no names in it. */
const value = (inside: Value, type: SqlType, written: string): Expression => ({
  kind: 'value',
  value: inside,
  type,
  written,
});

export function parseExpression(cursor: Cursor, least = 0): Expression {
  return cursor.nested(() => {
    let left = unary(cursor, least);
    for (;;) {
      const more = infix(cursor, left, least);
      if (more === null) return left;
      left = more;
    }
  });
}

function unary(cursor: Cursor, least: number): Expression {
  if (least <= 3 && cursor.take('not')) {
    return { kind: 'unary', operator: 'not', operand: parseExpression(cursor, 3) };
  }
  for (const operator of ['-', '+', '~', '!']) {
    if (cursor.takeOperator(operator)) {
      const operand = parseExpression(cursor, 12);
      if (operator === '-' && operand.kind === 'value' && typeof operand.value === 'number') {
        return value(-operand.value, operand.type, `-${operand.written}`);
      }
      return { kind: 'unary', operator, operand };
    }
  }
  if (cursor.take('binary'))
    return { kind: 'cast', operand: parseExpression(cursor, 12), type: 'binary', at: 0 };
  const at = cursor.token.start;
  return postfix(cursor, primary(cursor), at);
}

function postfix(cursor: Cursor, start: Expression, at: number): Expression {
  let left = start;
  for (;;) {
    if (cursor.takeOperator('::')) left = { kind: 'cast', operand: left, type: typeName(cursor), at };
    else if (cursor.dialect === 'postgres' && cursor.takeOperator('[')) {
      const index = parseExpression(cursor);
      cursor.expectOperator(']');
      left = { kind: 'element', operand: left, index };
    } else if (cursor.take('collate')) cursor.path();
    else if (cursor.take('at', 'time', 'zone')) parseExpression(cursor, 12);
    else return left;
  }
}

function infix(cursor: Cursor, left: Expression, least: number): Expression | null {
  const token = cursor.token;
  if (token.kind === 'word') return wordInfix(cursor, left, least, token.text.toLowerCase());
  if (token.kind !== 'operator') return null;
  const operator = token.text;
  let power = binding[operator];
  if (cursor.dialect === 'postgres') {
    if (operator === '&&') power = otherOperator;
    if (
      [
        '~',
        '!~',
        '~*',
        '!~*',
        '~~',
        '!~~',
        '~~*',
        '!~~*',
        '||',
        '->',
        '->>',
        '#>',
        '#>>',
        '@>',
        '<@',
      ].includes(operator)
    ) {
      power = otherOperator;
    }
  } else if (operator === '||') power = 1;
  else if (operator === '->' || operator === '->>') power = 12;
  else if (operator === ':=' && left.kind === 'variable') {
    cursor.next();
    return { kind: 'assign', name: left.name, value: parseExpression(cursor) };
  }
  if (power === undefined || power < least) return null;
  cursor.next();
  if (power === 4 || power === otherOperator) {
    const quantifier = cursor.takeOneOf('any', 'some', 'all');
    if (quantifier !== '') return quantified(cursor, operator, left, quantifier === 'all');
  }
  return { kind: 'binary', operator, left, right: parseExpression(cursor, power + 1), at: token.start };
}

function quantified(cursor: Cursor, operator: string, operand: Expression, all: boolean): Expression {
  cursor.expectOperator('(');
  const items = cursor.startsQuery() ? cursor.query() : parseExpression(cursor);
  cursor.expectOperator(')');
  return { kind: 'any', operator, operand, items, all };
}

function wordInfix(cursor: Cursor, left: Expression, least: number, word: string): Expression | null {
  const at = cursor.token.start;
  if (word === 'or' || word === 'and' || word === 'xor' || word === 'div' || word === 'mod') {
    const power = binding[word] ?? 0;
    if (power < least || (cursor.dialect === 'postgres' && power === 10)) return null;
    cursor.next();
    return { kind: 'binary', operator: word, left, right: parseExpression(cursor, power + 1), at };
  }
  if (word === 'operator' && cursor.dialect === 'postgres' && least <= otherOperator) {
    // OPERATOR(pg_catalog.~), as psql writes it.
    cursor.next();
    cursor.expectOperator('(');
    while (cursor.token.kind === 'word') {
      cursor.next();
      cursor.expectOperator('.');
    }
    const operator = cursor.next().text;
    cursor.expectOperator(')');
    const quantifier = cursor.takeOneOf('any', 'some', 'all');
    if (quantifier !== '') return quantified(cursor, operator, left, quantifier === 'all');
    return { kind: 'binary', operator, left, right: parseExpression(cursor, otherOperator + 1), at };
  }
  if (least > 4) return null;
  if (word === 'is') {
    cursor.next();
    const negated = cursor.take('not');
    const what = cursor.takeOneOf('null', 'true', 'false', 'unknown', 'distinct');
    if (what === 'distinct') {
      cursor.expect('from');
      return {
        kind: 'binary',
        operator: negated ? '<=>' : '<!>',
        left,
        right: parseExpression(cursor, 5),
        at,
      };
    }
    if (what === 'true' || what === 'false') return { kind: 'is', operand: left, what, negated };
    if (what === '') throw cursor.fail();
    return { kind: 'is', operand: left, what: 'null', negated };
  }
  if (cursor.dialect === 'postgres' && (word === 'isnull' || word === 'notnull')) {
    cursor.next();
    return { kind: 'is', operand: left, what: 'null', negated: word === 'notnull' };
  }
  const mark = cursor.mark();
  const negated = cursor.take('not');
  if (cursor.take('between')) {
    cursor.take('symmetric');
    const low = parseExpression(cursor, 5);
    cursor.expect('and');
    return { kind: 'between', operand: left, low, high: parseExpression(cursor, 5), negated };
  }
  if (cursor.take('in')) {
    cursor.expectOperator('(');
    const items = cursor.startsQuery() ? cursor.query() : list(cursor);
    cursor.expectOperator(')');
    return { kind: 'in', operand: left, items, negated };
  }
  const how = cursor.takeOneOf('like', 'ilike', 'rlike', 'regexp', 'similar');
  if (how !== '') {
    if (how === 'similar') cursor.expect('to');
    const right = parseExpression(cursor, 5);
    if (cursor.take('escape')) parseExpression(cursor, 5);
    const operator = how === 'rlike' ? 'regexp' : how;
    const found: Expression = { kind: 'binary', operator, left, right, at };
    return negated ? { kind: 'unary', operator: 'not', operand: found } : found;
  }
  cursor.back(mark);
  return null;
}

function list(cursor: Cursor): Expression[] {
  const items = [parseExpression(cursor)];
  while (cursor.takeOperator(',')) items.push(parseExpression(cursor));
  return items;
}

function primary(cursor: Cursor): Expression {
  const token = cursor.token;
  switch (token.kind) {
    case 'number': {
      cursor.next();
      if (/^\d+$/.test(token.text)) {
        const whole = Number(token.text);
        if (whole <= 2_147_483_647) return value(whole, 'integer', token.text);
        return Number.isSafeInteger(whole)
          ? value(whole, 'bigint', token.text)
          : value(BigInt(token.text.slice(0, 64)), token.text.length < 19 ? 'bigint' : 'numeric', token.text);
      }
      return value(
        Number(token.text),
        /e/i.test(token.text) && cursor.dialect === 'mysql' ? 'double' : 'numeric',
        token.text,
      );
    }
    case 'string': {
      cursor.next();
      let text = token.text;
      // Neighbouring strings are one.
      while (cursor.token.kind === 'string') text += cursor.next().text;
      return value(text, cursor.dialect === 'postgres' ? 'unknown' : 'text', text);
    }
    case 'hex':
      cursor.next();
      return cursor.dialect === 'postgres'
        ? value(token.text, 'unknown', token.text)
        : value(
            Buffer.from(token.text.length % 2 === 0 ? token.text : `0${token.text}`, 'hex').toString(
              'latin1',
            ),
            'bytes',
            cursor.text.slice(token.start, token.end),
          );
    case 'variable': {
      cursor.next();
      return { kind: 'variable', name: token.text, at: token.start };
    }
    case 'parameter': {
      cursor.next();
      cursor.parameters += 1;
      const index = token.text === '?' ? cursor.parameters : Number(token.text.slice(0, 6));
      return { kind: 'parameter', index };
    }
    case 'operator':
      if (token.text === '(') return parenthesis(cursor);
      if (token.text === '*') {
        cursor.next();
        return { kind: 'star', table: '', at: token.start };
      }
      throw cursor.fail();
    case 'word':
    case 'quoted':
      return named(cursor);
    case 'end':
    default:
      throw cursor.fail();
  }
}

function parenthesis(cursor: Cursor): Expression {
  cursor.expectOperator('(');
  if (cursor.startsQuery()) {
    const query = cursor.query();
    cursor.expectOperator(')');
    return { kind: 'query', query };
  }
  const items = list(cursor);
  cursor.expectOperator(')');
  const [first] = items;
  return items.length === 1 && first !== undefined ? first : { kind: 'row', items };
}

function named(cursor: Cursor): Expression {
  const token = cursor.token;
  if (token.kind === 'word') {
    const word = token.text.toLowerCase();
    const special = keyword(cursor, word);
    if (special !== null) return special;
    if (
      isReserved(word) &&
      !(cursor.peek(1).text === '(' && ['left', 'right', 'mod', 'values'].includes(word))
    ) {
      throw cursor.fail();
    }
  }
  const at = token.start;
  const path = [cursor.name()];
  while (cursor.isOperator('.')) {
    cursor.next();
    if (cursor.takeOperator('*')) return { kind: 'star', table: path.at(-1) ?? '', at };
    if (path.length >= 4) throw cursor.fail();
    path.push(cursor.name());
  }
  if (cursor.isOperator('(')) return call(cursor, path, at);
  // A type's name ahead of a text: date '2024-01-01'.
  if (cursor.dialect === 'postgres' && cursor.token.kind === 'string' && token.kind === 'word') {
    return { kind: 'cast', operand: primary(cursor), type: path.join('.'), at };
  }
  if (
    cursor.dialect === 'mysql' &&
    path.length === 1 &&
    /^_(?:binary|utf8|utf8mb4|latin1|ascii)$/i.test(token.text)
  ) {
    if (cursor.token.kind === 'string' || cursor.token.kind === 'hex') return primary(cursor);
  }
  return { kind: 'column', path, at };
}

function keyword(cursor: Cursor, word: string): Expression | null {
  const at = cursor.token.start;
  switch (word) {
    case 'null':
      cursor.next();
      return value(null, 'unknown', 'NULL');
    case 'true':
    case 'false':
      cursor.next();
      return cursor.dialect === 'mysql'
        ? value(word === 'true' ? 1 : 0, 'integer', word.toUpperCase())
        : value(word === 'true', 'boolean', word);
    case 'case':
      return branches(cursor);
    case 'exists': {
      if (cursor.peek(1).text !== '(') return null;
      cursor.next();
      cursor.expectOperator('(');
      const query = cursor.query();
      cursor.expectOperator(')');
      return { kind: 'exists', query };
    }
    case 'cast':
    case 'convert': {
      if (cursor.peek(1).text !== '(') return null;
      cursor.next();
      cursor.expectOperator('(');
      const operand = parseExpression(cursor);
      if (cursor.take('using')) {
        cursor.name();
        cursor.expectOperator(')');
        return operand;
      }
      if (word === 'cast') cursor.expect('as');
      else cursor.expectOperator(',');
      const type = typeName(cursor);
      cursor.expectOperator(')');
      return { kind: 'cast', operand, type, at };
    }
    case 'array': {
      if (cursor.dialect !== 'postgres') return null;
      const open = cursor.peek(1).text;
      if (open !== '[' && open !== '(') return null;
      cursor.next();
      cursor.next();
      const items = open === '(' ? cursor.query() : cursor.isOperator(']') ? [] : list(cursor);
      cursor.expectOperator(open === '(' ? ')' : ']');
      return { kind: 'array', items };
    }
    case 'interval': {
      if (cursor.dialect !== 'mysql') return null;
      cursor.next();
      const amount = parseExpression(cursor, 5);
      const unit = cursor.name();
      return {
        kind: 'call',
        name: 'interval',
        written: 'interval',
        items: [amount, value(unit, 'text', unit)],
        star: false,
        distinct: false,
        at,
      };
    }
    case 'current_user':
    case 'session_user':
    case 'current_database':
    case 'current_catalog':
    case 'current_schema':
    case 'current_date':
    case 'current_time':
    case 'current_timestamp':
    case 'localtime':
    case 'localtimestamp':
    case 'user': {
      // These are called without parentheses (and in MySQL with them too).
      if (cursor.peek(1).text === '(' || cursor.peek(1).text === '.') return null;
      if (
        cursor.dialect === 'mysql' &&
        ![
          'current_user',
          'current_date',
          'current_time',
          'current_timestamp',
          'localtime',
          'localtimestamp',
        ].includes(word)
      ) {
        return null;
      }
      if (word === 'current_database') return null;
      cursor.next();
      return { kind: 'call', name: word, written: word, items: [], star: false, distinct: false, at };
    }
    default:
      return null;
  }
}

function branches(cursor: Cursor): Expression {
  cursor.next();
  const operand = cursor.is('when') ? null : parseExpression(cursor);
  const found: (readonly [Expression, Expression])[] = [];
  while (cursor.take('when')) {
    const when = parseExpression(cursor);
    cursor.expect('then');
    found.push([when, parseExpression(cursor)]);
  }
  if (found.length === 0) throw cursor.fail();
  const otherwise = cursor.take('else') ? parseExpression(cursor) : null;
  cursor.expect('end');
  return { kind: 'case', operand, branches: found, otherwise };
}

/** name ( [DISTINCT] a, b … [ORDER BY …] [SEPARATOR …] ) [FILTER (…)] [OVER (…)] */
function call(cursor: Cursor, path: readonly string[], at: number): Call {
  cursor.expectOperator('(');
  const name = (path.at(-1) ?? '').toLowerCase();
  const distinct = cursor.take('distinct');
  const items: Expression[] = [];
  let star = false;
  if (cursor.takeOperator('*')) star = true;
  else if (!cursor.isOperator(')')) {
    cursor.take('variadic');
    items.push(
      cursor.dialect === 'postgres' && cursor.startsQuery()
        ? { kind: 'query', query: cursor.query() }
        : parseExpression(cursor),
    );
    // position(a in b), substring(a from 1 for 2), extract(epoch from b), trim(both from a)
    while (cursor.takeOperator(',') || cursor.takeOneOf('from', 'for') !== '')
      items.push(parseExpression(cursor));
    if (cursor.take('order', 'by')) {
      do {
        parseExpression(cursor);
        cursor.takeOneOf('asc', 'desc');
      } while (cursor.takeOperator(','));
    }
    if (cursor.take('separator')) items.push(parseExpression(cursor));
  }
  cursor.expectOperator(')');
  if (cursor.take('over')) {
    cursor.expectOperator('(');
    for (let depth = 1; depth > 0;) {
      const token = cursor.next();
      if (token.kind === 'end') throw cursor.fail();
      if (token.text === '(' && token.kind === 'operator') depth += 1;
      if (token.text === ')' && token.kind === 'operator') depth -= 1;
    }
  }
  return { kind: 'call', name, written: path.join('.'), items, star, distinct, at };
}
