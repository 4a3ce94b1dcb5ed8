import type { Reading } from '../../../stream.ts';
import { Unsupported } from '../script/unsupported.ts';
import { floatOf, integerOf, isTrue, keyText, textKey } from './conversion.ts';
import type { Machine } from './machine.ts';
import { ArrayValue, ObjectValue, stored, type Value } from './value.ts';

/** `(int)`, `(array)` and the others. */
export function* cast(machine: Machine, to: string, value: Value): Reading<Value> {
  switch (to) {
    case 'int':
      return integerOf(value);
    case 'float':
      return floatOf(value);
    case 'bool':
      return isTrue(value);
    case 'string':
      return yield* machine.text(value);
    case 'null':
      return null;
    case 'array': {
      if (value instanceof ArrayValue) return stored(value);
      if (value === null) return new ArrayValue();
      if (!(value instanceof ObjectValue)) return ArrayValue.of([value]);
      machine.spend(value.properties.size * 32);
      const made = new ArrayValue();
      for (const name of value.properties.keys()) {
        const property = value.info.properties.get(name);
        const shown =
          property === undefined || property.visibility === 'public'
            ? name
            : property.visibility === 'protected'
              ? `\0*\0${name}`
              : `\0${property.owner.name}\0${name}`;
        made.set(textKey(shown), stored(value.get(name) ?? null));
      }
      return made;
    }
    case 'object': {
      if (value instanceof ObjectValue) return value;
      const object = yield* machine.make('stdClass', []);
      if (value instanceof ArrayValue) {
        machine.spend(value.size * 32);
        for (const [key, one] of value.entries()) object.set(keyText(key), stored(one));
      } else if (value !== null) object.set('scalar', value);
      return object;
    }
    default:
      throw new Unsupported(to);
  }
}
