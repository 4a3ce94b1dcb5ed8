/** The types of expressions. */

import { findColumn } from './column-lookup.ts';
import type { Evaluation } from './evaluation.ts';
import type { Scope } from './scope.ts';
import type { Expression } from './syntax.ts';
import type { SqlType } from './value.ts';

/** The type that the column of a result has. */
export function typeOf(evaluation: Evaluation, expression: Expression, scope: Scope): SqlType {
  switch (expression.kind) {
    case 'value':
      return expression.type;
    case 'column': {
      const [owner, index] = findColumn(evaluation, expression.path, expression.at, scope);
      return owner.columns[index]?.type ?? 'text';
    }
    case 'cast':
      return evaluation.host.typeNamed(expression.type);
    case 'variable':
      return evaluation.host.typeOfVariable(expression.name);
    case 'assign':
      return typeOf(evaluation, expression.value, scope);
    case 'call': {
      const types = expression.items.map((item) => typeOf(evaluation, item, scope));
      switch (expression.name) {
        case 'count':
          return 'bigint';
        case 'sum':
          return types[0] === 'integer' && evaluation.host.dialect === 'postgres' ? 'bigint' : 'numeric';
        case 'avg':
          return 'numeric';
        case 'min':
        case 'max':
          return types[0] ?? 'text';
        case 'group_concat':
        case 'string_agg':
          return 'text';
        case 'array_agg':
          return 'array';
        case 'bool_and':
        case 'bool_or':
        case 'every':
          return 'boolean';
        default:
          return evaluation.host.typeOfCall(expression.name, types);
      }
    }
    case 'unary':
      return expression.operator === 'not' || expression.operator === '!'
        ? 'boolean'
        : typeOf(evaluation, expression.operand, scope);
    case 'binary':
      return typeOfBinary(evaluation, expression, scope);
    case 'case': {
      const candidates = [
        ...expression.branches.map(([, then]) => then),
        ...(expression.otherwise === null ? [] : [expression.otherwise]),
      ];
      const types = candidates.map((each) => typeOf(evaluation, each, scope));
      return types.find((type) => type !== 'unknown') ?? 'text';
    }
    case 'query':
      return evaluation.query(expression.query, scope).columns[0]?.type ?? 'text';
    case 'array':
      return 'array';
    case 'between':
    case 'in':
    case 'any':
    case 'is':
    case 'exists':
      return 'boolean';
    default:
      return 'text';
  }
}

function typeOfBinary(
  evaluation: Evaluation,
  expression: Expression & { kind: 'binary' },
  scope: Scope,
): SqlType {
  switch (expression.operator) {
    case '+':
    case '-':
    case '*':
    case '%':
    case 'mod':
    case 'div':
    case '/': {
      const types = new Set([
        typeOf(evaluation, expression.left, scope),
        typeOf(evaluation, expression.right, scope),
      ]);
      for (const wide of ['timestamp', 'date', 'interval', 'double', 'numeric', 'bigint'] as const) {
        if (types.has(wide)) return wide;
      }
      if (evaluation.host.dialect === 'mysql')
        return expression.operator === '/' ? 'numeric' : types.has('text') ? 'double' : 'bigint';
      return 'integer';
    }
    case '&':
    case '|':
    case '<<':
    case '>>':
      return 'bigint';
    case '^':
      return evaluation.host.dialect === 'mysql' ? 'bigint' : 'double';
    case '||':
      if (evaluation.host.dialect === 'mysql') return 'boolean';
      return typeOf(evaluation, expression.left, scope) === 'array' ? 'array' : 'text';
    default:
      return 'boolean';
  }
}
