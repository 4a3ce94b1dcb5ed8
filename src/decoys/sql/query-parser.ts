/** SELECT, VALUES, WITH, UNION and what stands behind them. */

import { Cursor } from './cursor.ts';
import { isReserved } from './binding-power.ts';
import { parseExpression } from './expression-parser.ts';
import type { Body, Expression, FileTarget, Query, Select, SelectItem, Source } from './syntax.ts';
import type { Dialect, Token } from './token.ts';

export function cursorOf(text: string, tokens: readonly Token[], dialect: Dialect): Cursor {
  return new Cursor(text, tokens, dialect, parseQuery);
}

/** What follows a select list, gathered on the way. */
interface Tail {
  into: FileTarget | null;
  variables: string[];
}

export function parseQuery(cursor: Cursor): Query {
  return cursor.nested(() => {
    const withs: { name: string; names: readonly string[]; query: Query }[] = [];
    if (cursor.take('with')) {
      cursor.take('recursive');
      do {
        const name = cursor.name();
        const names = columnNames(cursor);
        cursor.expect('as');
        cursor.take('not');
        cursor.take('materialized');
        cursor.expectOperator('(');
        const query = parseQuery(cursor);
        cursor.expectOperator(')');
        withs.push({ name, names, query });
      } while (cursor.takeOperator(','));
    }
    const tail: Tail = { into: null, variables: [] };
    const body = union(cursor, tail);
    const order: { by: Expression; descending: boolean }[] = [];
    if (cursor.take('order', 'by')) {
      do {
        const by = parseExpression(cursor);
        if (cursor.take('using')) cursor.next();
        const descending = cursor.takeOneOf('asc', 'desc') === 'desc';
        if (cursor.take('nulls')) cursor.takeOneOf('first', 'last');
        order.push({ by, descending });
      } while (cursor.takeOperator(','));
    }
    let limit: Expression | null = null;
    let offset: Expression | null = null;
    for (;;) {
      if (cursor.take('limit')) {
        if (cursor.dialect === 'postgres' && cursor.take('all')) continue;
        limit = parseExpression(cursor);
        if (cursor.takeOperator(',')) {
          offset = limit;
          limit = parseExpression(cursor);
        }
      } else if (cursor.take('offset')) {
        offset = parseExpression(cursor);
        cursor.takeOneOf('row', 'rows');
      } else if (cursor.take('fetch')) {
        cursor.takeOneOf('first', 'next');
        limit = cursor.is('row') || cursor.is('rows') ? null : parseExpression(cursor);
        cursor.takeOneOf('row', 'rows');
        cursor.expect('only');
      } else break;
    }
    if (cursor.take('for')) {
      cursor.takeOneOf('update', 'share');
      cursor.takeOneOf('nowait', 'skip');
      cursor.take('locked');
    }
    cursor.take('lock', 'in', 'share', 'mode');
    target(cursor, tail);
    return { with: withs, body, order, limit, offset, into: tail.into, variables: tail.variables };
  });
}

function union(cursor: Cursor, tail: Tail): Body {
  let left = single(cursor, tail);
  for (;;) {
    const word = cursor.takeOneOf('union', 'intersect', 'except');
    if (word === '') return left;
    const all = cursor.take('all');
    if (!all) cursor.take('distinct');
    const right = single(cursor, tail);
    const operator =
      word === 'union' ? (all ? 'union all' : 'union') : word === 'except' ? 'except' : 'intersect';
    left = { kind: 'union', operator, left, right };
  }
}

function single(cursor: Cursor, tail: Tail): Body {
  if (cursor.takeOperator('(')) {
    const query = parseQuery(cursor);
    cursor.expectOperator(')');
    return { kind: 'nested', query };
  }
  if (cursor.take('values')) {
    const rows: Expression[][] = [];
    do {
      cursor.take('row');
      rows.push(parseRow(cursor));
    } while (cursor.takeOperator(','));
    return { kind: 'values', rows };
  }
  cursor.expect('select');
  return select(cursor, tail);
}

/** ( a, b, DEFAULT ) */
export function parseRow(cursor: Cursor): Expression[] {
  cursor.expectOperator('(');
  const row: Expression[] = [];
  if (cursor.takeOperator(')')) return row;
  do {
    row.push(
      cursor.take('default')
        ? { kind: 'value', value: null, type: 'unknown', written: 'DEFAULT' }
        : parseExpression(cursor),
    );
  } while (cursor.takeOperator(','));
  cursor.expectOperator(')');
  return row;
}

const hints = [
  'all',
  'distinct',
  'distinctrow',
  'high_priority',
  'straight_join',
  'sql_no_cache',
  'sql_cache',
  'sql_calc_found_rows',
  'sql_small_result',
  'sql_big_result',
  'sql_buffer_result',
];

function select(cursor: Cursor, tail: Tail): Select {
  let distinct = false;
  for (;;) {
    const word = cursor.takeOneOf(...(cursor.dialect === 'mysql' ? hints : ['all', 'distinct']));
    if (word === '') break;
    if (word === 'distinct') {
      distinct = true;
      if (cursor.dialect === 'postgres' && cursor.take('on')) parseRow(cursor);
    }
  }
  const items: SelectItem[] = [];
  const empty =
    cursor.dialect === 'postgres' && (cursor.isAtEnd || cursor.is('from') || cursor.isOperator(')'));
  if (!empty) {
    do items.push(item(cursor));
    while (cursor.takeOperator(','));
  }
  target(cursor, tail);
  const from: Source[] = [];
  if (cursor.take('from')) {
    do from.push(joined(cursor));
    while (cursor.takeOperator(','));
  }
  const where = cursor.take('where') ? parseExpression(cursor) : null;
  const group: Expression[] = [];
  if (cursor.take('group', 'by')) {
    do {
      group.push(parseExpression(cursor));
      cursor.takeOneOf('asc', 'desc');
    } while (cursor.takeOperator(','));
  }
  const having = cursor.take('having') ? parseExpression(cursor) : null;
  target(cursor, tail);
  return { kind: 'select', distinct, items, from, where, group, having };
}

function item(cursor: Cursor): SelectItem {
  const start = cursor.token.start;
  const expression = parseExpression(cursor);
  const written = cursor.text.slice(start, cursor.before);
  let alias = '';
  if (cursor.take('as')) {
    alias = cursor.token.kind === 'string' ? cursor.string() : cursor.name();
  } else if (cursor.token.kind === 'quoted') alias = cursor.name();
  else if (cursor.token.kind === 'string' && cursor.dialect === 'mysql') alias = cursor.string();
  else if (cursor.token.kind === 'word' && !isReserved(cursor.token.text)) alias = cursor.name();
  return { expression, alias, written };
}

/** INTO OUTFILE 'a' …, INTO DUMPFILE 'a', INTO @a, @b */
function target(cursor: Cursor, tail: Tail): void {
  if (cursor.dialect !== 'mysql' || !cursor.is('into')) return;
  cursor.next();
  const how = cursor.takeOneOf('outfile', 'dumpfile');
  if (how === 'outfile' || how === 'dumpfile') {
    tail.into = { how, name: cursor.string() };
    if (cursor.take('character', 'set')) cursor.name();
    // FIELDS TERMINATED BY 'x' ENCLOSED BY 'x' LINES STARTING BY 'x' …
    while (
      cursor.takeOneOf(
        'fields',
        'columns',
        'lines',
        'terminated',
        'enclosed',
        'optionally',
        'escaped',
        'starting',
      ) !== ''
    ) {
      if (cursor.take('by') && cursor.token.kind !== 'hex') cursor.string();
      else if (cursor.token.kind === 'hex') cursor.next();
    }
    return;
  }
  do {
    if (cursor.token.kind !== 'variable') throw cursor.fail();
    tail.variables.push(cursor.next().text);
  } while (cursor.takeOperator(','));
}

function columnNames(cursor: Cursor): string[] {
  const names: string[] = [];
  if (!cursor.takeOperator('(')) return names;
  do {
    names.push(cursor.name());
    // (a text, b integer) of a function's columns
    while (cursor.token.kind === 'word') cursor.next();
  } while (cursor.takeOperator(','));
  cursor.expectOperator(')');
  return names;
}

function joined(cursor: Cursor): Source {
  let left = source(cursor);
  for (;;) {
    const mark = cursor.mark();
    const natural = cursor.take('natural');
    const word = cursor.takeOneOf('left', 'right', 'full', 'inner', 'cross', 'straight_join');
    cursor.take('outer');
    if (word !== 'straight_join' && !cursor.take('join')) {
      cursor.back(mark);
      return left;
    }
    cursor.take('lateral');
    const right = source(cursor);
    const outer = word === 'left' || word === 'right' || word === 'full' ? word : 'inner';
    let on: Expression | null = null;
    let using: readonly string[] = [];
    if (!natural && cursor.take('on')) on = parseExpression(cursor);
    else if (!natural && cursor.take('using')) using = columnNames(cursor);
    left = { kind: 'join', left, right, outer, on, using };
  }
}

function source(cursor: Cursor): Source {
  return cursor.nested(() => {
    cursor.take('lateral');
    cursor.take('only');
    if (cursor.isOperator('(')) {
      if (cursor.startsQuery()) {
        cursor.next();
        const query = parseQuery(cursor);
        cursor.expectOperator(')');
        const alias = aliasOf(cursor);
        return { kind: 'query', query, alias, names: columnNames(cursor) };
      }
      cursor.next();
      const inside = joined(cursor);
      cursor.expectOperator(')');
      return inside;
    }
    const at = cursor.token.start;
    if (isReserved(cursor.token.text) && cursor.token.kind === 'word') throw cursor.fail();
    const mark = cursor.mark();
    const path = cursor.path();
    if (cursor.isOperator('(')) {
      cursor.back(mark);
      const called = parseExpression(cursor, 12);
      if (called.kind !== 'call') throw cursor.fail();
      if (cursor.take('with')) cursor.expect('ordinality');
      const alias = aliasOf(cursor);
      return { kind: 'function', call: called, alias, names: columnNames(cursor) };
    }
    const alias = aliasOf(cursor);
    if (cursor.takeOneOf('force', 'use', 'ignore') !== '' && cursor.take('index')) parseRow(cursor);
    return { kind: 'table', path, alias, at };
  });
}

const notAliases = new Set(['force', 'use', 'ignore', 'tablesample', 'lock', 'for', 'where', 'partition']);

function aliasOf(cursor: Cursor): string {
  if (cursor.take('as')) return cursor.name();
  if (cursor.token.kind === 'quoted') return cursor.name();
  if (cursor.token.kind !== 'word') return '';
  const word = cursor.token.text.toLowerCase();
  return isReserved(word) || notAliases.has(word) ? '' : cursor.name();
}
