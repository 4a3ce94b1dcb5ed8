import type { Reading } from '../../../stream.ts';
import { Unsupported } from '../script/unsupported.ts';
import { Base, superglobals } from './base.ts';
import { integerOf, isTrue, keyOf, keyText, textOf } from './conversion.ts';
import type { Expression } from './syntax.ts';
import {
  ArrayValue,
  type Key,
  ObjectValue,
  Ref,
  stored,
  typeName,
  type Value,
  type ClassInfo,
} from './value.ts';

/** Where something is written. */
interface Place {
  get(): Value | undefined;
  set(value: Value): void;
  /** The holder itself, for references. */
  ref(): Ref;
  /** One character of a string. */
  readonly isCharacter?: true;
}

const ofRef = (ref: Ref): Place => ({
  get: () => ref.value,
  set(value) {
    ref.value = value;
  },
  ref: () => ref,
});

/** What stands left of an assignment, and what is read without complaint. */
export abstract class Places extends Base {
  abstract value(expression: Expression): Reading<Value>;
  abstract text(value: Value): Reading<string>;
  abstract method(object: ObjectValue, name: string, values: readonly Value[]): Reading<Value>;
  abstract classOf(owner: string | Expression): Reading<ClassInfo>;

  *nameOf(name: string | Expression): Reading<string> {
    return typeof name === 'string' ? name : yield* this.text(yield* this.value(name));
  }

  /** The key that a value stands for. Throws TypeError for what is none. */
  key(value: Value): Key {
    const key = keyOf(value);
    if (key === null) this.throwError('TypeError', 'Illegal offset type');
    return key;
  }

  /** Evaluates what stands in the brackets of a target, from the left, ahead of what is assigned. */
  protected *keysOf(target: Expression, keys: Value[] = []): Reading<Value[]> {
    if (target.kind === 'element') {
      yield* this.keysOf(target.target, keys);
      if (target.key !== null) keys.push(yield* this.value(target.key));
    } else if (target.kind === 'property' && target.target.kind === 'element')
      yield* this.keysOf(target.target, keys);
    return keys;
  }

  /** The place that an expression means, made where it is missing. `keys` are those of `keysOf`. */
  protected *placeOf(target: Expression, keys: Value[]): Reading<Place> {
    switch (target.kind) {
      case 'variable': {
        const name = yield* this.nameOf(target.name);
        if (name === 'this' && this.frame.self !== null) return ofRef(new Ref(this.frame.self));
        if (name === 'GLOBALS') throw new Unsupported('globals');
        return ofRef(this.madeVariable(name));
      }
      case 'staticProperty':
        return ofRef(yield* this.staticRef(target));
      case 'property': {
        const place = yield* this.placeOf(target.target, keys);
        const object = place.get();
        const name = yield* this.nameOf(target.name);
        if (!(object instanceof ObjectValue)) {
          this.line = target.line;
          return this.throwError(
            'Error',
            `Attempt to assign property "${name}" on ${typeName(object ?? null)}`,
          );
        }
        this.checkVisible(object, name);
        if (!object.properties.has(name)) this.world.spend(96);
        return {
          get: () => object.get(name),
          set: (value) => object.set(name, value),
          ref: () => {
            const raw = object.properties.get(name);
            if (raw instanceof Ref) return raw;
            const ref = new Ref(raw ?? null);
            object.properties.set(name, ref);
            return ref;
          },
        };
      }
      case 'element':
        return yield* this.#elementPlace(target, keys);
      case 'call':
      case 'method':
      case 'staticCall':
      case 'new':
        return ofRef(new Ref(yield* this.value(target)));
      default:
        throw new Unsupported('target');
    }
  }

  *#elementPlace(target: Expression & { kind: 'element' }, keys: Value[]): Reading<Place> {
    if (target.target.kind === 'variable' && target.target.name === 'GLOBALS') {
      const name = textOf(target.key === null ? '' : (keys.shift() ?? null));
      let ref = this.globals.get(name);
      if (ref === undefined) this.globals.set(name, (ref = new Ref()));
      return ofRef(ref);
    }
    const parent = yield* this.placeOf(target.target, keys);
    const key = target.key === null ? undefined : keys.shift();
    this.line = target.line;
    if (parent.isCharacter === true) return this.throwError('Error', 'Cannot use string offset as an array');
    let base = parent.get() ?? null;
    if (base === null || base === false) {
      base = new ArrayValue();
      parent.set(base);
    }
    if (base instanceof ArrayValue) {
      const array = base;
      this.separate(array);
      this.world.spend(96);
      const at = key === undefined ? array.next : this.key(key);
      return {
        get: () => array.get(at),
        set: (value) => array.set(at, value),
        ref: () => {
          const raw = array.raw(at);
          if (raw instanceof Ref) return raw;
          const ref = new Ref(raw ?? null);
          array.bind(at, ref);
          return ref;
        },
      };
    }
    if (typeof base === 'string') return this.#characterPlace(parent, base, key);
    if (base instanceof ObjectValue) {
      const object = base;
      if (!object.info.is('ArrayAccess'))
        return this.throwError('Error', `Cannot use object of type ${object.info.name} as array`);
      const inner = yield* this.method(object, 'offsetGet', [key ?? null]);
      return ofRef(new Ref(inner));
    }
    return this.throwError('Error', 'Cannot use a scalar value as an array');
  }

  #characterPlace(parent: Place, base: string, key: Value | undefined): Place {
    if (key === undefined) return this.throwError('Error', '[] operator not supported for strings');
    if (typeof key === 'string' && !/^\s*-?\d+$/.test(key))
      return this.throwError('TypeError', 'Cannot access offset of type string on string');
    let at = Number(integerOf(key));
    if (at < 0) at += base.length;
    if (at > 1_000_000) throw new Unsupported('large');
    return {
      isCharacter: true,
      get: () => base.charAt(at),
      set: (value) => {
        this.world.spend(base.length);
        const character = textOf(value).charAt(0);
        if (character === '') this.throwError('Error', 'Cannot assign an empty string to a string offset');
        parent.set(base.slice(0, at).padEnd(at, ' ') + character + base.slice(at + 1));
      },
      ref: () => this.throwError('Error', 'Cannot create references to/from string offsets'),
    };
  }

  *staticRef(target: Expression & { kind: 'staticProperty' }): Reading<Ref> {
    const info = yield* this.classOf(target.owner);
    for (let at: ClassInfo | null = info; at !== null; at = at.parent) {
      const ref = at.statics.get(target.name);
      if (ref !== undefined) return ref;
    }
    this.line = target.line;
    return this.throwError('Error', `Access to undeclared static property ${info.name}::$${target.name}`);
  }

  /** Throws where the property is another's. */
  protected checkVisible(object: ObjectValue, name: string): void {
    const found = object.info.properties.get(name);
    if (found === undefined || found.visibility === 'public') return;
    const { scope } = this.frame;
    const may =
      found.visibility === 'private'
        ? scope === found.owner
        : scope !== null && (scope.is(found.owner.name) || found.owner.is(scope.name));
    if (!may)
      this.throwError('Error', `Cannot access ${found.visibility} property ${object.info.name}::$${name}`);
  }

  protected maySee(object: ObjectValue, name: string): boolean {
    const found = object.info.properties.get(name);
    if (found === undefined || found.visibility === 'public') return true;
    const { scope } = this.frame;
    return found.visibility === 'private'
      ? scope === found.owner
      : scope !== null && (scope.is(found.owner.name) || found.owner.is(scope.name));
  }

  /** The holder behind a target: what `&` binds to. */
  *reference(target: Expression): Reading<Ref> {
    const keys = yield* this.keysOf(target);
    return (yield* this.placeOf(target, keys)).ref();
  }

  *bind(target: Expression, ref: Ref): Reading<void> {
    if (target.kind === 'variable') {
      const name = yield* this.nameOf(target.name);
      (superglobals.has(name) ? this.globals : this.frame.variables).set(name, ref);
      return;
    }
    const keys = yield* this.keysOf(target);
    if (target.kind === 'element') {
      const last = target.key === null ? undefined : keys.pop();
      const parent = yield* this.placeOf(target.target, keys);
      let array = parent.get() ?? null;
      if (array === null) parent.set((array = new ArrayValue()));
      if (!(array instanceof ArrayValue)) throw new Unsupported('reference');
      this.separate(array);
      array.bind(last === undefined ? array.next : this.key(last), ref);
    } else if (target.kind === 'property') {
      const object = (yield* this.placeOf(target.target, keys)).get();
      if (!(object instanceof ObjectValue)) throw new Unsupported('reference');
      object.properties.set(yield* this.nameOf(target.name), ref);
    } else throw new Unsupported('reference');
  }

  /** `$a = …`, `[$a, $b] = …`. The value is given away as it is. */
  *assign(target: Expression, value: Value, keys?: Value[]): Reading<void> {
    if (target.kind === 'array') {
      yield* this.#spread(target, value);
      return;
    }
    const given = keys ?? (yield* this.keysOf(target));
    if (target.kind === 'element' && target.target.kind !== 'element') {
      const holder = yield* this.quiet(target.target);
      if (holder instanceof ObjectValue && holder.info.is('ArrayAccess')) {
        yield* this.method(holder, 'offsetSet', [target.key === null ? null : (given.at(-1) ?? null), value]);
        return;
      }
    }
    if (target.kind === 'property') {
      const holder = yield* this.quiet(target.target);
      const name = yield* this.nameOf(target.name);
      if (
        holder instanceof ObjectValue &&
        holder.info.methods.has('__set') &&
        (!holder.properties.has(name) || !this.maySee(holder, name))
      ) {
        yield* this.method(holder, '__set', [name, value]);
        return;
      }
    }
    (yield* this.placeOf(target, given)).set(value);
  }

  *#spread(target: Expression & { kind: 'array' }, value: Value): Reading<void> {
    let at = 0n;
    for (const item of target.items) {
      const key = item.key === null ? at : this.key(yield* this.value(item.key));
      if (item.key === null) at += 1n;
      if (item.value === null) continue;
      if (item.byReference) throw new Unsupported('reference');
      let part: Value = null;
      if (value instanceof ArrayValue) {
        const found = value.get(key);
        if (found === undefined) this.undefinedKey(key);
        part = stored(found ?? null);
      }
      yield* this.assign(item.value, part);
    }
  }

  undefinedKey(key: Key): void {
    this.warn(`Undefined array key ${typeof key === 'bigint' ? keyText(key) : `"${key}"`}`);
  }

  /** The value where there is one, without a word where there is none. */
  *quiet(target: Expression): Reading<Value | undefined> {
    switch (target.kind) {
      case 'variable': {
        const name = yield* this.nameOf(target.name);
        if (name === 'this') return this.frame.self ?? undefined;
        if (name === 'GLOBALS')
          return ArrayValue.from(Array.from(this.globals, ([key, ref]) => [key, ref.value]));
        return this.variable(name)?.value;
      }
      case 'element': {
        const base = yield* this.quiet(target.target);
        if (target.key === null) throw new Unsupported('element');
        const key = yield* this.value(target.key);
        if (base instanceof ArrayValue) {
          const found = keyOf(key);
          return found === null ? undefined : base.get(found);
        }
        if (typeof base === 'string') {
          if (typeof key === 'string' && !/^-?\d{1,15}$/.test(key)) return undefined;
          const at = Number(integerOf(key));
          return base.at(at);
        }
        if (base instanceof ObjectValue && base.info.is('ArrayAccess'))
          return isTrue(yield* this.method(base, 'offsetExists', [key]))
            ? yield* this.method(base, 'offsetGet', [key])
            : undefined;
        return undefined;
      }
      case 'property': {
        const base = yield* this.quiet(target.target);
        if (!(base instanceof ObjectValue)) return undefined;
        const name = yield* this.nameOf(target.name);
        if (base.properties.has(name) && this.maySee(base, name)) return base.get(name);
        if (base.info.methods.has('__isset') && isTrue(yield* this.method(base, '__isset', [name])))
          return yield* this.method(base, '__get', [name]);
        return undefined;
      }
      case 'staticProperty': {
        const info = yield* this.classOf(target.owner);
        for (let at: ClassInfo | null = info; at !== null; at = at.parent)
          if (at.statics.has(target.name)) return at.statics.get(target.name)?.value;
        return undefined;
      }
      default:
        return yield* this.value(target);
    }
  }

  *unset(target: Expression): Reading<void> {
    if (target.kind === 'variable') {
      this.frame.variables.delete(yield* this.nameOf(target.name));
      return;
    }
    if (target.kind === 'element' && target.key !== null) {
      if ((yield* this.quiet(target.target)) === undefined) return;
      const keys = yield* this.keysOf(target);
      const key = keys.pop() ?? null;
      if (target.target.kind === 'variable' && target.target.name === 'GLOBALS') {
        this.globals.delete(textOf(key));
        return;
      }
      const base = (yield* this.placeOf(target.target, keys)).get();
      if (base instanceof ArrayValue) {
        this.separate(base);
        base.delete(this.key(key));
      } else if (base instanceof ObjectValue && base.info.is('ArrayAccess'))
        yield* this.method(base, 'offsetUnset', [key]);
      else if (typeof base === 'string') this.throwError('Error', 'Cannot unset string offsets');
      return;
    }
    if (target.kind !== 'property') throw new Unsupported('unset');
    const object = yield* this.quiet(target.target);
    const name = yield* this.nameOf(target.name);
    if (!(object instanceof ObjectValue)) return;
    if (!object.properties.has(name) && object.info.methods.has('__unset'))
      yield* this.method(object, '__unset', [name]);
    else object.properties.delete(name);
  }
}
