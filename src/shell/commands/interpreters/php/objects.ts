import type { Reading } from '../../../stream.ts';
import { Unsupported } from '../script/unsupported.ts';
import { Calls, type Target } from './calls.ts';
import { textOf } from './conversion.ts';
import type { Argument, ClassCode, Expression } from './syntax.ts';
import { throwableMethod } from './throwable.ts';
import { ClosureValue, ObjectValue, Ref, typeName, type Value, ClassInfo, type Method } from './value.ts';

/** Classes of PHP that are not here: a script that names one is read instead. */
const beyond =
  /^(?:Date(?:Time|Interval|Period)|Reflection|PDO|Spl|Array(?:Object|Iterator)|Directory|Recursive|Generator|WeakMap|COM$|FFI|Phar|ZipArchive|Simple|DOM|XML|Soap|mysqli|SQLite|Fiber|finfo|InfiniteIterator|LimitIterator|Caching|Iterator|Append|Callback|Filter|Glob|NoRewind|Parent|Regex|Empty|Multiple|php_user|LibXML|Collator|Intl|Imagick|Curl)/i;

/** Classes, and what their objects can do. */
export abstract class Objects extends Calls {
  findClass(name: string): ClassInfo | null {
    const lower = name.replace(/^\\/, '').toLowerCase();
    const found = this.classes.get(lower);
    if (found === undefined && beyond.test(lower)) throw new Unsupported(lower);
    return found ?? null;
  }

  *classOf(owner: string | Expression): Reading<ClassInfo> {
    if (typeof owner === 'string') {
      const { scope, late } = this.frame;
      switch (owner.toLowerCase()) {
        case 'self':
          return scope ?? this.throwError('Error', 'Cannot access "self" when no class scope is active');
        case 'static':
          return (
            late ?? scope ?? this.throwError('Error', 'Cannot access "static" when no class scope is active')
          );
        case 'parent':
          return (
            scope?.parent ??
            this.throwError('Error', 'Cannot access "parent" when current class scope has no parent')
          );
        default:
          return this.findClass(owner) ?? this.throwError('Error', `Class "${owner}" not found`);
      }
    }
    const value = yield* this.value(owner);
    if (value instanceof ObjectValue) return value.info;
    if (typeof value !== 'string')
      return this.throwError('Error', 'Cannot use value of type ' + typeName(value) + ' as class name');
    return this.findClass(value) ?? this.throwError('Error', `Class "${value}" not found`);
  }

  /** A class of the script: its parents have to be there. */
  *declareClass(code: ClassCode): Reading<ClassInfo> {
    this.line = code.line;
    const { name } = code;
    if (name !== 'class@anonymous' && this.classes.has(name.toLowerCase()))
      this.fatal(`Cannot declare ${code.kind} ${name}, because the name is already in use`);
    const parent =
      code.parent === null
        ? null
        : (this.findClass(code.parent) ?? this.throwError('Error', `Class "${code.parent}" not found`));
    const interfaces = new Set<string>();
    const methods: [string, Method][] = [];
    const info = new ClassInfo(name, code.kind, parent, interfaces, code.isAbstract || code.kind !== 'class');
    for (const one of code.interfaces) {
      const found = this.findClass(one) ?? this.throwError('Error', `Interface "${one}" not found`);
      interfaces.add(found.name.toLowerCase());
      for (const inner of found.interfaces) interfaces.add(inner);
      for (const [key, value] of found.constants) info.constants.set(key, value);
      for (const [key, method] of found.methods) if (!info.methods.has(key)) info.methods.set(key, method);
    }
    if (parent !== null) {
      for (const [key, value] of parent.constants) info.constants.set(key, value);
      for (const [key, value] of parent.properties) info.properties.set(key, value);
      for (const [key, value] of parent.methods) info.methods.set(key, value);
    }
    for (const one of code.traits) {
      const trait = this.findClass(one) ?? this.throwError('Error', `Trait "${one}" not found`);
      for (const [key, property] of trait.properties) info.properties.set(key, { ...property, owner: info });
      for (const [key, ref] of trait.statics) info.statics.set(key, new Ref(ref.value));
      for (const [key, method] of trait.methods) methods.push([key, { ...method, owner: info }]);
    }
    for (const method of code.methods) {
      const key = method.code.name.toLowerCase();
      if (key === '__destruct') throw new Unsupported('destructor');
      methods.push([key, { ...method, owner: info }]);
    }
    for (const [key, method] of methods) info.methods.set(key, method);
    if (info.methods.has('__tostring')) interfaces.add('stringable');
    const abstracts = [...info.methods.values()].filter(({ isAbstract }) => isAbstract);
    const [first] = abstracts;
    if (!info.isAbstract && first !== undefined)
      this.fatal(
        `Class ${name} contains ${abstracts.length} abstract method${abstracts.length === 1 ? '' : 's'} and must therefore be declared abstract or implement the remaining methods (${abstracts
          .slice(0, 3)
          .map((method) => `${method.owner.name}::${method.code.name}`)
          .join(', ')}${abstracts.length > 3 ? ', ...' : ''})`,
      );
    for (const { name: constant, value } of code.constants) info.constants.set(constant, value);
    for (const property of code.properties)
      if (!property.isStatic) info.properties.set(property.name, { ...property, owner: info });
    for (const method of code.methods)
      if (method.code.name.toLowerCase() === '__construct')
        for (const { name: property, promoted, type } of method.code.parameters)
          if (promoted === 'public' || promoted === 'protected' || promoted === 'private')
            info.properties.set(property, {
              name: property,
              visibility: promoted,
              isStatic: false,
              isAbstract: false,
              value: null,
              typed: type !== null,
              owner: info,
            });
    if (name !== 'class@anonymous') this.classes.set(name.toLowerCase(), info);
    for (const property of code.properties)
      if (property.isStatic)
        info.statics.set(
          property.name,
          new Ref(property.value === null ? null : yield* this.inClass(info, property.value)),
        );
    return info;
  }

  /** The value of an expression that stands in a class. */
  *inClass(info: ClassInfo, expression: Expression): Reading<Value> {
    this.frames.push({ ...this.frame, scope: info, late: info });
    try {
      return yield* this.value(expression);
    } finally {
      this.frames.pop();
    }
  }

  *classConstant(info: ClassInfo, name: string): Reading<Value> {
    if (name.toLowerCase() === 'class') return info.name;
    const found = info.constants.get(name);
    if (found === undefined) return this.throwError('Error', `Undefined constant ${info.name}::${name}`);
    if (!('kind' in found)) return found.value;
    const value = yield* this.inClass(info, found);
    info.constants.set(name, { value });
    return value;
  }

  *create(info: ClassInfo, items: readonly Argument[]): Reading<ObjectValue> {
    const object = yield* this.#blank(info);
    const target = this.#maker(object);
    if (target !== null) yield* this.invoke(target, yield* this.handed(target, items));
    else {
      const { values } = yield* this.handed(null, items);
      this.#fill(
        object,
        values.map((one) => (one instanceof Ref ? one.value : one)),
      );
    }
    return object;
  }

  *make(name: string, values: readonly Value[]): Reading<ObjectValue> {
    const info = this.findClass(name) ?? this.throwError('Error', `Class "${name}" not found`);
    const object = yield* this.#blank(info);
    const target = this.#maker(object);
    if (target === null) this.#fill(object, values);
    else yield* this.invoke(target, { values: [...values], named: new Map() });
    return object;
  }

  *#blank(info: ClassInfo): Reading<ObjectValue> {
    if (info.isAbstract)
      return this.throwError(
        'Error',
        `Cannot instantiate ${info.kind === 'class' ? 'abstract class' : info.kind} ${info.name}`,
      );
    const object = this.newObject(info);
    for (const property of info.properties.values())
      if (property.value !== null)
        object.set(property.name, yield* this.inClass(property.owner, property.value));
      else if (!property.typed) object.set(property.name, null);
    if (info.is('Throwable')) this.fillThrowable(object);
    return object;
  }

  #maker(object: ObjectValue): Target | null {
    const method = object.info.methods.get('__construct');
    if (method === undefined) return null;
    const { scope } = this.frame;
    if (method.visibility !== 'public' && !(scope !== null && scope.is(method.owner.name)))
      return this.throwError(
        'Error',
        `Call to ${method.visibility} ${object.info.name}::__construct() from ${scope === null ? 'global scope' : `scope ${scope.name}`}`,
      );
    return this.targetOf(method, object, object.info);
  }

  /** What `Exception::__construct` does with its values. */
  #fill(object: ObjectValue, values: readonly Value[]): void {
    if (!object.info.is('Throwable')) return;
    const [message, code, previous] = values;
    if (message !== undefined && message !== null && typeof message === 'object') {
      this.throwError(
        'TypeError',
        `${this.throwableRoot(object.info)}::__construct(): Argument #1 ($message) must be of type string, ${typeName(message)} given`,
      );
    }
    if (message !== undefined) object.set('message', textOf(message));
    if (typeof code === 'bigint') object.set('code', code);
    if (previous instanceof ObjectValue) object.set('previous', previous);
  }

  throwableRoot(info: ClassInfo): string {
    return info.is('Exception') ? 'Exception' : 'Error';
  }

  methodTarget(object: ObjectValue, name: string): Target | null {
    const lower = name.toLowerCase();
    if (object instanceof ClosureValue) {
      if (lower === '__invoke') return this.callableTarget(object);
      throw new Unsupported('closure method');
    }
    const found = this.#ownMethod(object.info, lower);
    if (found !== undefined) {
      const { scope } = this.frame;
      const may =
        found.visibility === 'public' ||
        (found.visibility === 'private'
          ? scope === found.owner
          : scope !== null && (scope.is(found.owner.name) || found.owner.is(scope.name)));
      if (may) return this.targetOf(found, object, object.info);
    }
    const magic = object.info.methods.get('__call');
    if (magic !== undefined)
      return { kind: 'magic', target: this.targetOf(magic, object, object.info), name };
    return null;
  }

  /** A private method of the class that calls goes before one of its heirs. */
  #ownMethod(info: ClassInfo, lower: string): Method | undefined {
    const { scope } = this.frame;
    const found = info.methods.get(lower);
    if (scope !== null && scope !== info && found?.owner !== scope && info.is(scope.name)) {
      const own = scope.methods.get(lower);
      if (own?.visibility === 'private' && own.owner === scope) return own;
    }
    return found;
  }

  staticTarget(info: ClassInfo, name: string): Target | null {
    const lower = name.toLowerCase();
    const found = info.methods.get(lower);
    const { self, late } = this.frame;
    if (found !== undefined) {
      if (found.isStatic)
        return this.targetOf(found, null, late !== null && late.is(info.name) ? late : info);
      if (self !== null && self.info.is(found.owner.name)) return this.targetOf(found, self, self.info);
      this.throwError(
        'Error',
        `Non-static method ${found.owner.name}::${found.code.name}() cannot be called statically`,
      );
    }
    const magic = info.methods.get('__callstatic');
    return magic === undefined ? null : { kind: 'magic', target: this.targetOf(magic, null, info), name };
  }

  *method(object: ObjectValue, name: string, values: readonly Value[]): Reading<Value> {
    const target = this.methodTarget(object, name);
    if (target === null) {
      const own = object.info.is('Throwable') ? throwableMethod(this, object, name) : undefined;
      if (own !== undefined) return own;
      const hidden = object.info.methods.get(name.toLowerCase());
      return hidden === undefined
        ? this.throwError('Error', `Call to undefined method ${object.info.name}::${name}()`)
        : this.throwError(
            'Error',
            `Call to ${hidden.visibility} method ${object.info.name}::${name}() from ${this.frame.scope === null ? 'global scope' : `scope ${this.frame.scope.name}`}`,
          );
    }
    return yield* this.invoke(target, { values: [...values], named: new Map() });
  }

  *text(value: Value): Reading<string> {
    if (!(value instanceof ObjectValue)) {
      const shown = textOf(value);
      if (shown === 'Array' && typeof value !== 'string') this.warn('Array to string conversion');
      return shown;
    }
    if (value.info.methods.has('__tostring')) return textOf(yield* this.method(value, '__toString', []));
    if (value.info.is('Throwable')) return textOf(throwableMethod(this, value, '__toString') ?? '');
    return this.throwError('Error', `Object of class ${value.info.name} could not be converted to string`);
  }
}
