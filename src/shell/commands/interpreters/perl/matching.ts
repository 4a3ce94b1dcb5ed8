import type { Reading } from '../../../stream.ts';
import { compileExpression, type Found } from '../script/expression.ts';
import { Unsupported } from '../script/unsupported.ts';
import type { Machine } from './machine.ts';
import type { Expression } from './syntax.ts';
import { textOf, type Value } from './value.ts';

const topic: Expression = { kind: 'scalar', name: '_' };

function remember(machine: Machine, found: Found, text: string): void {
  for (let group = 1; group < Math.max(found.groups.length, 10); group += 1)
    machine.global(String(group)).value = found.groups[group];
  machine.global('&').value = text.slice(found.start, found.end);
}

const places = new WeakMap<object, { text: string; at: number }>();

/** `m//` and `s///`. */
export function* match(
  machine: Machine,
  expression: Expression & { kind: 'match' },
  wantsList: boolean,
): Reading<Value[]> {
  const target = expression.target ?? topic;
  let source = '';
  for (const piece of expression.pattern) source += textOf(yield* machine.scalar(piece));
  // `$` may stand ahead of a last line end, which the matcher knows nothing of.
  if (source.endsWith('$') && !source.endsWith('\\$') && !expression.flags.includes('m'))
    source = `${source.slice(0, -1)}\\n?\\z`;
  const compiled = compileExpression(source, expression.flags.replaceAll(/[^imsx]/g, ''));
  machine.world.spend(compiled.size * 16);
  const text = textOf(yield* machine.scalar(target));
  machine.world.spend(text.length);
  if (expression.replacement === null) return yield* find(machine, expression, compiled, text, wantsList);
  let out = '';
  let at = 0;
  let count = 0;
  for (let from = 0; from <= text.length;) {
    const found = machine.world.search(compiled, text, from);
    if (found === null) break;
    if (machine.world.tick()) yield;
    count += 1;
    remember(machine, found, text);
    out += text.slice(at, found.start) + textOf(yield* machine.scalar(expression.replacement));
    if (out.length > 8_388_608) throw new Unsupported('large');
    at = found.end;
    from = found.end > found.start ? found.end : found.end + 1;
    if (!expression.flags.includes('g')) break;
  }
  const changed = out + text.slice(at);
  if (expression.flags.includes('r')) return [changed];
  if (count > 0)
    yield* machine.assign(
      target.kind === 'assign'
        ? target.target
        : target.kind === 'my'
          ? (target.targets[0] ?? topic)
          : target.kind === 'list'
            ? assigned(target)
            : target,
      changed,
    );
  return [count === 0 ? '' : count];
}

/** `(my $x = $y) =~ s/…/…/` changes the variable that was assigned. */
function assigned(target: Expression & { kind: 'list' }): Expression {
  const [only] = target.items;
  if (only?.kind !== 'assign') throw new Unsupported('target');
  const [declared] = only.target.kind === 'my' ? only.target.targets : [only.target];
  return declared ?? only.target;
}

function* find(
  machine: Machine,
  expression: Expression & { kind: 'match' },
  compiled: ReturnType<typeof compileExpression>,
  text: string,
  wantsList: boolean,
): Reading<Value[]> {
  if (expression.flags.includes('g') && wantsList) {
    const values: Value[] = [];
    for (let from = 0; from <= text.length;) {
      const found = machine.world.search(compiled, text, from);
      if (found === null) break;
      if (machine.world.tick()) yield;
      if (values.length > 100_000) throw new Unsupported('large');
      remember(machine, found, text);
      values.push(...(found.groups.length > 1 ? found.groups.slice(1) : [found.groups[0]]));
      from = found.end > found.start ? found.end : found.end + 1;
    }
    return values;
  }
  let from = 0;
  const known = places.get(expression);
  if (expression.flags.includes('g') && known !== undefined && known.text === text) from = known.at;
  const found = machine.world.search(compiled, text, from);
  if (expression.flags.includes('g')) {
    if (found === null) places.delete(expression);
    else places.set(expression, { text, at: found.end > found.start ? found.end : found.end + 1 });
  }
  if (found !== null) remember(machine, found, text);
  if (expression.negated) return [found === null ? 1 : ''];
  if (!wantsList) return [found === null ? '' : 1];
  if (found === null) return [];
  return found.groups.length > 1 ? found.groups.slice(1) : [1];
}

function characters(text: string): string {
  const plain = text.replaceAll(/\\(x[0-9a-fA-F]{2}|[0-7]{3}|.)/gs, (_all, escape: string) =>
    escape.startsWith('x') && escape.length === 3
      ? String.fromCharCode(Number.parseInt(escape.slice(1), 16))
      : /^[0-7]{3}$/.test(escape)
        ? String.fromCharCode(Number.parseInt(escape, 8) & 255)
        : ({ n: '\n', t: '\t', r: '\r', '\\': '\\', '-': '\x01-' }[escape] ?? escape),
  );
  let out = '';
  for (let at = 0; at < plain.length; at += 1) {
    const [first, dash, last] = [plain.charAt(at), plain.charAt(at + 1), plain.charAt(at + 2)];
    if (dash === '-' && last !== '') {
      for (
        let code = first.charCodeAt(0);
        code <= Math.min(last.charCodeAt(0), first.charCodeAt(0) + 256);
        code += 1
      )
        out += String.fromCharCode(code);
      at += 2;
    } else if (first !== '\x01') out += first;
  }
  return out;
}

/** `tr///`. */
export function* translate(machine: Machine, expression: Expression & { kind: 'translate' }): Reading<Value> {
  const { flags } = expression;
  if (flags.includes('c') && expression.to !== '') throw new Unsupported('tr');
  const target = expression.target ?? topic;
  const text = textOf(yield* machine.scalar(target));
  machine.world.spend(text.length * 4);
  const from = characters(expression.from);
  const given = characters(expression.to);
  const to = given === '' && !flags.includes('d') ? from : given;
  let count = 0;
  let out = '';
  let last = '';
  for (const character of text) {
    const at = from.indexOf(character);
    if (at >= 0 === flags.includes('c')) {
      out += character;
      last = '';
      continue;
    }
    count += 1;
    if (flags.includes('d') && (flags.includes('c') || at >= to.length)) continue;
    const mapped = flags.includes('c') ? character : (to[at] ?? to.at(-1) ?? '');
    if (flags.includes('s') && mapped === last) continue;
    out += mapped;
    last = mapped;
  }
  if (flags.includes('r')) return out;
  if (out !== text) yield* machine.assign(target.kind === 'list' ? assigned(target) : target, out);
  return count;
}
