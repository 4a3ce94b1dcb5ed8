/** What the columns of a result are called. */

import type { SqlHost } from './host.ts';
import type { Expression, SelectItem } from './syntax.ts';

export function nameOf(host: SqlHost, item: SelectItem): string {
  const { expression, written } = item;
  if (host.dialect === 'mysql') {
    if (expression.kind === 'column') return expression.path.at(-1) ?? '';
    return expression.kind === 'value' && expression.type === 'text' ? expression.written : written.trim();
  }
  return postgresName(expression);
}

function postgresName(expression: Expression): string {
  switch (expression.kind) {
    case 'column':
      return expression.path.at(-1) ?? '';
    case 'call':
      return expression.name;
    case 'cast': {
      const inner = postgresName(expression.operand);
      return inner === '?column?' ? castName(expression.type) : inner;
    }
    case 'case': {
      const inner = expression.otherwise === null ? '?column?' : postgresName(expression.otherwise);
      return inner === '?column?' || inner === 'bool' ? 'case' : inner;
    }
    case 'exists':
      return 'exists';
    case 'array':
      return 'array';
    case 'query': {
      const { body } = expression.query;
      const item = body.kind === 'select' ? body.items[0] : undefined;
      return item === undefined ? '?column?' : item.alias === '' ? postgresName(item.expression) : item.alias;
    }
    case 'value':
      return '?column?';
    case 'row':
      return 'row';
    case 'element':
      return postgresName(expression.operand);
    default:
      return '?column?';
  }
}

const castNames: Readonly<Record<string, string>> = {
  int: 'int4',
  integer: 'int4',
  bigint: 'int8',
  smallint: 'int2',
  boolean: 'bool',
  real: 'float4',
  'double precision': 'float8',
  decimal: 'numeric',
  'character varying': 'varchar',
  character: 'bpchar',
};

function castName(type: string): string {
  const last = (type.split('.').at(-1) ?? type).replace(/\[\]$/, '');
  return castNames[last] ?? last;
}
