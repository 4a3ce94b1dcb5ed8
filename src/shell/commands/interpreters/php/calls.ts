import type { Reading } from '../../../stream.ts';
import { Unsupported } from '../script/unsupported.ts';
import type { Frame } from './base.ts';
import { keyOf, textOf } from './conversion.ts';
import { functionNames } from './function-names.ts';
import { natives } from './functions/index.ts';
import type { Machine } from './machine.ts';
import { Given, isReading, type Native } from './native.ts';
import { Places } from './places.ts';
import type { Argument, FunctionCode, Parameter, Statement, Type } from './syntax.ts';
import { fits, juggled } from './types.ts';
import {
  ArrayValue,
  ClosureValue,
  ObjectValue,
  Ref,
  stored,
  typeName,
  type Value,
  type ClassInfo,
  type Method,
} from './value.ts';

/** What was given to a call: values, or holders where a reference is wanted. */
export interface Handed {
  readonly values: (Value | Ref)[];
  readonly named: Map<string, Value>;
}

export type Target =
  | {
      readonly kind: 'user';
      readonly code: FunctionCode;
      readonly self: ObjectValue | null;
      readonly scope: ClassInfo | null;
      readonly late: ClassInfo | null;
      readonly captured: ReadonlyMap<string, Ref> | null;
      readonly label: string;
    }
  | { readonly kind: 'native'; readonly native: Native }
  | { readonly kind: 'magic'; readonly target: Target; readonly name: string };

const deepest = 200;
const compiled: ReadonlySet<string> = new Set([
  'strlen',
  'count',
  'sizeof',
  'array_key_exists',
  'key_exists',
]);
const nothing: ReadonlyMap<string, Ref> = new Map();

/** Calls of functions: those of the script and PHP's own. */
export abstract class Calls extends Places {
  readonly functions: Map<string, FunctionCode> = new Map();

  abstract body(statements: readonly Statement[]): Reading<Value>;
  abstract findClass(name: string): ClassInfo | null;
  abstract methodTarget(object: ObjectValue, name: string): Target | null;
  abstract staticTarget(info: ClassInfo, name: string): Target | null;

  functionExists(name: string): boolean {
    const lower = name.toLowerCase();
    return this.functions.has(lower) || natives.has(lower) || functionNames.has(lower);
  }

  userFunctions(): string[] {
    return [...this.functions.keys()];
  }

  /** The function of this name; null where there is none. Throws `Unsupported` for one of PHP's that is not here. */
  functionNamed(name: string): Target | null {
    const lower = name.replace(/^\\/, '').toLowerCase();
    const code = this.functions.get(lower);
    if (code !== undefined)
      return { kind: 'user', code, self: null, scope: null, late: null, captured: null, label: code.name };
    const native = natives.get(lower);
    if (native !== undefined) return { kind: 'native', native };
    if (functionNames.has(lower)) throw new Unsupported(lower);
    return null;
  }

  /** What `(callable)` values stand for; null where they stand for nothing. */
  callableTarget(value: Value): Target | null {
    if (value instanceof ClosureValue) {
      const owner = value.scope === null ? '' : `${value.scope.name}${value.self === null ? '::' : '->'}`;
      return {
        kind: 'user',
        code: value.code,
        self: value.self,
        scope: value.scope,
        late: value.self?.info ?? value.scope,
        captured: value.captured,
        label: `${owner}{closure}`,
      };
    }
    if (value instanceof ObjectValue) return this.methodTarget(value, '__invoke');
    if (typeof value === 'string') {
      const [owner = '', method] = value.split('::');
      if (method === undefined) return this.functionNamed(value);
      const info = this.findClass(owner);
      return info === null ? null : this.staticTarget(info, method);
    }
    if (value instanceof ArrayValue && value.size === 2) {
      const [owner, name] = [value.get(0n), value.get(1n)];
      if (typeof name !== 'string') return null;
      if (owner instanceof ObjectValue) return this.methodTarget(owner, name);
      const info = typeof owner === 'string' ? this.findClass(owner) : null;
      return info === null ? null : this.staticTarget(info, name);
    }
    return null;
  }

  isCallable(value: Value): boolean {
    if (typeof value === 'string' && !value.includes('::')) return this.functionExists(value);
    return this.callableTarget(value) !== null;
  }

  *call(callback: Value, values: readonly Value[], references: readonly Ref[] = []): Reading<Value> {
    const target = this.callableTarget(callback);
    if (target === null) {
      if (typeof callback === 'string' && !callback.includes('::'))
        return this.throwError('Error', `Call to undefined function ${callback}()`);
      if (callback instanceof ArrayValue) {
        if (callback.size !== 2)
          return this.throwError('Error', 'Array callback must have exactly two elements');
        return this.throwError(
          'Error',
          `Call to undefined method ${this.ownerName(callback.get(0n) ?? null)}::${textOf(callback.get(1n) ?? null)}()`,
        );
      }
      return this.throwError(
        'Error',
        callback instanceof ObjectValue
          ? 'Object of type ' + callback.info.name + ' is not callable'
          : `Value of type ${typeName(callback)} is not callable`,
      );
    }
    return yield* this.invoke(target, {
      values: values.map((value, at) => references[at] ?? value),
      named: new Map(),
    });
  }

  ownerName(value: Value): string {
    return value instanceof ObjectValue ? value.info.name : textOf(value);
  }

  /** Evaluates what stands in the parentheses, by reference where the function wants it. */
  *handed(target: Target | null, items: readonly Argument[]): Reading<Handed> {
    const values: (Value | Ref)[] = [];
    const named = new Map<string, Value>();
    for (const { value, spread, name } of items) {
      if (spread) {
        const given = yield* this.value(value);
        if (!(given instanceof ArrayValue)) throw new Unsupported('spread');
        this.spend(given.size * 16);
        for (const [key, one] of given.entries())
          if (typeof key === 'string') named.set(key, stored(one));
          else values.push(stored(one));
        continue;
      }
      const wanted = target === null ? false : byReference(target, name === '' ? values.length : -1);
      if (name !== '') named.set(name, stored(yield* this.value(value)));
      else if (wanted && /^(?:variable|element|property|staticProperty)$/.test(value.kind))
        values.push(yield* this.reference(value));
      else values.push(stored(yield* this.value(value)));
    }
    return { values, named };
  }

  *invoke(target: Target, handed: Handed): Reading<Value> {
    if (target.kind === 'magic')
      return yield* this.invoke(target.target, {
        values: [
          target.name,
          ArrayValue.of(handed.values.map((one) => (one instanceof Ref ? one.value : one))),
        ],
        named: new Map(),
      });
    if (target.kind === 'native') return yield* this.#native(target.native, handed);
    return yield* this.#user(target, handed);
  }

  #from(): Frame['from'] {
    return this.frames.at(-1)?.isNative === true ? null : { place: this.place, line: this.line };
  }

  *#native({ signature, run }: Native, handed: Handed): Reading<Value> {
    const { name, parameters, least, most } = signature;
    const frame: Frame = {
      label: name,
      from: this.#from(),
      variables: new Map(),
      self: null,
      scope: null,
      late: null,
      values: [],
      isNative: true,
    };
    const [line, place] = [this.line, this.place];
    const given = [...handed.values];
    for (const [word, value] of handed.named) {
      const at = parameters.findIndex((parameter) => parameter.name === word);
      if (at < 0) return this.throwError('Error', `Unknown named parameter $${word}`);
      for (let gap = given.length; gap < at; gap += 1) given.push(parameters[gap]?.initial ?? null);
      given[at] = value;
    }
    if (!/^(?:compact|extract|get_defined_vars|func_get_args|func_num_args)$/.test(name))
      this.frames.push(frame);
    try {
      if (given.length < least || given.length > most)
        this.throwError(
          'ArgumentCountError',
          `${name}() expects ${least === most ? 'exactly' : given.length < least ? 'at least' : 'at most'} ${given.length < least ? least : most} argument${(given.length < least ? least : most) === 1 ? '' : 's'}, ${given.length} given`,
        );
      const values: Value[] = [];
      const refs: (Ref | null)[] = [];
      for (let at = 0; at < Math.max(given.length, parameters.length); at += 1) {
        const parameter = parameters[Math.min(at, parameters.length - 1)];
        if (parameter === undefined || (at >= given.length && parameter.variadic)) break;
        const one = given[at];
        refs.push(one instanceof Ref ? one : null);
        const value = one instanceof Ref ? one.value : one;
        if (value === undefined) values.push(parameter.initial ?? null);
        else {
          // What the compiler does itself is no call in a trace.
          if (compiled.has(name) && this.frames.at(-1) === frame) this.frames.pop();
          values.push(
            parameter.byReference && parameter.names.includes('mixed')
              ? value
              : yield* this.#fitted(name, value, parameter.names, parameter.shown, at, parameter.name),
          );
        }
      }
      const result = run(this.machine, new Given(values, refs, given.length));
      return isReading(result) ? yield* result : result;
    } finally {
      if (this.frames.at(-1) === frame) this.frames.pop();
      this.line = line;
      this.place = place;
    }
  }

  abstract readonly machine: Machine;

  *#fitted(
    name: string,
    value: Value,
    names: readonly string[],
    shown: string,
    at: number,
    parameter: string,
  ): Reading<Value> {
    if (fits(value, names, (one) => this.isCallable(one))) return value;
    // PHP's own functions still take null for a scalar.
    if (value === null) {
      if (names.includes('string')) return '';
      if (names.includes('int')) return 0n;
      if (names.includes('float')) return 0;
      if (names.includes('bool')) return false;
    }
    const made = juggled(value, names);
    if (made !== undefined) return made;
    if (value instanceof ObjectValue && names.includes('string') && value.info.methods.has('__tostring'))
      return yield* this.text(value);
    if (names.includes('callable')) {
      const what =
        typeof value === 'string'
          ? `function "${value}" not found or invalid function name`
          : value instanceof ArrayValue && value.size === 2
            ? `class ${this.ownerName(value.get(0n) ?? null)} does not have a method "${textOf(value.get(1n) ?? null)}"`
            : value instanceof ArrayValue
              ? 'array callback must have exactly two members'
              : 'no array or string given';
      return this.throwError(
        'TypeError',
        `${name}(): Argument #${at + 1} ($${parameter}) must be a valid callback${names.includes('null') ? ' or null' : ''}, ${what}`,
      );
    }
    return this.throwError(
      'TypeError',
      `${name}(): Argument #${at + 1} ($${parameter}) must be of type ${shown}, ${typeName(value)} given`,
    );
  }

  *#user(target: Target & { kind: 'user' }, handed: Handed): Reading<Value> {
    const { code, self, scope, late, captured, label } = target;
    if (this.frames.length > deepest) throw new Unsupported('deep');
    this.world.spend(256);
    const from = this.#from();
    const variables = new Map<string, Ref>();
    const frame: Frame = {
      label,
      from,
      variables,
      self,
      scope,
      late,
      values: handed.values.map((one) => (one instanceof Ref ? one.value : one)),
      isNative: false,
    };
    const [line, place] = [this.line, this.place];
    this.frames.push(frame);
    this.place = code.place;
    try {
      yield* this.#bindParameters(code, label, handed, variables, from, line);
      for (const [name, ref] of captured ?? nothing) variables.set(name, ref);
      const result = yield* this.body(code.body);
      return code.returns === null ? result : yield* this.#result(label, code.returns, result);
    } finally {
      this.frames.pop();
      this.line = line;
      this.place = place;
    }
  }

  *#bindParameters(
    code: FunctionCode,
    label: string,
    handed: Handed,
    variables: Map<string, Ref>,
    from: Frame['from'],
    line: number,
  ): Reading<void> {
    const { parameters } = code;
    const shown = label.replace('->', '::');
    for (const word of handed.named.keys())
      if (!parameters.some((parameter) => parameter.name === word || parameter.variadic))
        this.throwError('Error', `Unknown named parameter $${word}`);
    for (const [at, parameter] of parameters.entries()) {
      if (parameter.variadic) {
        const rest = new ArrayValue();
        for (const one of handed.values.slice(at))
          rest.push(
            yield* this.#parameter(
              code,
              shown,
              parameter,
              one instanceof Ref ? one.value : one,
              rest.size + at,
              from,
            ),
          );
        for (const [word, one] of handed.named) rest.set(word, one);
        variables.set(parameter.name, new Ref(rest));
        break;
      }
      const one = at < handed.values.length ? handed.values[at] : handed.named.get(parameter.name);
      if (one === undefined) {
        if (parameter.initial === null) {
          const least = parameters.findLastIndex((each) => each.initial === null && !each.variadic) + 1;
          const exact = parameters.every((each) => each.initial === null && !each.variadic);
          this.line = code.line;
          this.throwError(
            'ArgumentCountError',
            `Too few arguments to function ${shown}(), ${handed.values.length} passed${from === null ? '' : ` in ${from.place} on line ${line}`} and ${exact ? 'exactly' : 'at least'} ${least} expected`,
          );
        }
        variables.set(parameter.name, new Ref(yield* this.value(parameter.initial)));
      } else if (one instanceof Ref && parameter.byReference) variables.set(parameter.name, one);
      else {
        const value = one instanceof Ref ? stored(one.value) : one;
        variables.set(
          parameter.name,
          new Ref(yield* this.#parameter(code, shown, parameter, value, at, from)),
        );
      }
      if (parameter.promoted !== null && this.frame.self !== null)
        this.frame.self.set(parameter.name, variables.get(parameter.name)?.value ?? null);
    }
  }

  *#parameter(
    code: FunctionCode,
    shown: string,
    parameter: Parameter,
    value: Value,
    at: number,
    from: Frame['from'],
  ): Reading<Value> {
    const { type } = parameter;
    if (type === null || fits(value, type.names, (one) => this.isCallable(one))) return value;
    if (
      value === null &&
      parameter.initial?.kind === 'name' &&
      parameter.initial.name.toLowerCase() === 'null'
    )
      return value;
    const made = juggled(value, type.names);
    if (made !== undefined) return made;
    if (value instanceof ObjectValue && type.names.includes('string') && value.info.methods.has('__tostring'))
      return yield* this.text(value);
    this.line = code.line;
    const name = parameter.variadic ? '' : ` ($${parameter.name})`;
    return this.throwError(
      'TypeError',
      `${shown}(): Argument #${at + 1}${name} must be of type ${type.shown}, ${typeName(value)} given${from === null ? '' : `, called in ${from.place} on line ${from.line}`}`,
    );
  }

  *#result(label: string, type: Type, value: Value): Reading<Value> {
    if (fits(value, type.names, (one) => this.isCallable(one))) return value;
    const made = juggled(value, type.names);
    if (made !== undefined) return made;
    if (value instanceof ObjectValue && type.names.includes('string') && value.info.methods.has('__tostring'))
      return yield* this.text(value);
    return this.throwError(
      'TypeError',
      `${label.replace('->', '::')}(): Return value must be of type ${type.shown}, ${value === null ? 'none' : typeName(value)} returned`,
    );
  }

  /** A method of a class as something to call. */
  targetOf(method: Method, self: ObjectValue | null, late: ClassInfo): Target {
    return {
      kind: 'user',
      code: method.code,
      self: method.isStatic ? null : self,
      scope: method.owner,
      late,
      captured: null,
      label: `${method.owner.name}${method.isStatic || self === null ? '::' : '->'}${method.code.name}`,
    };
  }

  protected elementKey(value: Value): bigint | string | null {
    return keyOf(value);
  }
}

function byReference(target: Target, at: number): boolean {
  if (at < 0 || target.kind === 'magic') return false;
  const parameters: readonly { readonly byReference: boolean; readonly variadic: boolean }[] =
    target.kind === 'user' ? target.code.parameters : target.native.signature.parameters;
  const parameter = parameters[at] ?? (parameters.at(-1)?.variadic === true ? parameters.at(-1) : undefined);
  return parameter?.byReference === true;
}
