import type { Expression, FunctionDefinition, Statement } from './syntax.ts';

function ofTarget(target: Expression, found: Set<string>): void {
  if (target.kind === 'name') found.add(target.name);
  else if (target.kind === 'starred') ofTarget(target.value, found);
  else if (target.kind === 'tuple' || target.kind === 'list')
    for (const item of target.items) ofTarget(item, found);
}

function ofBlock(statements: readonly Statement[], found: Set<string>, outside: Set<string>): void {
  for (const statement of statements)
    switch (statement.kind) {
      case 'assign':
      case 'delete':
        for (const target of statement.targets) ofTarget(target, found);
        break;
      case 'augmented':
        ofTarget(statement.target, found);
        break;
      case 'global':
      case 'nonlocal':
        for (const name of statement.names) outside.add(name);
        break;
      case 'import':
      case 'from':
        for (const { path, as } of statement.names) found.add(as ?? path.split('.')[0] ?? path);
        break;
      case 'function':
        found.add(statement.definition.name);
        break;
      case 'class':
        found.add(statement.name);
        break;
      case 'if':
        ofBlock(statement.yes, found, outside);
        ofBlock(statement.no, found, outside);
        break;
      case 'for':
        ofTarget(statement.target, found);
        ofBlock(statement.body, found, outside);
        ofBlock(statement.no, found, outside);
        break;
      case 'while':
        ofBlock(statement.body, found, outside);
        ofBlock(statement.no, found, outside);
        break;
      case 'with':
        for (const { target } of statement.items) if (target !== null) ofTarget(target, found);
        ofBlock(statement.body, found, outside);
        break;
      case 'try':
        for (const handler of statement.handlers) {
          if (handler.name !== null) found.add(handler.name);
          ofBlock(handler.body, found, outside);
        }
        for (const block of [statement.body, statement.no, statement.last]) ofBlock(block, found, outside);
        break;
      default:
    }
}

const known = new WeakMap<FunctionDefinition, ReadonlySet<string>>();

/** Names that are a function's own. */
export function assignedNames(definition: FunctionDefinition): ReadonlySet<string> {
  let found = known.get(definition);
  if (found === undefined) {
    const names = new Set<string>();
    const outside = new Set<string>();
    ofBlock(definition.body, names, outside);
    for (const { name } of definition.parameters) names.add(name);
    for (const name of outside) names.delete(name);
    known.set(definition, names);
    found = names;
  }
  return found;
}
