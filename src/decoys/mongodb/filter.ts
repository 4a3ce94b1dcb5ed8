/** Which documents a filter picks. */

import { type BsonDocument, bsonText, type BsonValue, Double, ObjectId } from '../../wire/bson.ts';
import { inner, list, number } from './field.ts';

const sameValue = (left: BsonValue | undefined, right: BsonValue): boolean => {
  if (left instanceof ObjectId && right instanceof ObjectId) return left.hex === right.hex;
  if (typeof right === 'string' || typeof right === 'boolean' || right === null)
    return (left ?? null) === right;
  if (typeof right === 'number' || typeof right === 'bigint' || right instanceof Double)
    return left !== undefined && number(left) === number(right) && typeof left !== 'string';
  return bsonText(left ?? null, 1024) === bsonText(right, 1024);
};

/** Equality, $in, $ne, $exists, $gt and its like; what else is asked matches nothing. */
export function matches(held: BsonDocument, filter: BsonDocument): boolean {
  for (const [name, wanted] of filter) {
    if (name === '$or' || name === '$and') {
      const fits = (each: BsonValue): boolean => matches(held, inner(each));
      if (name === '$or' ? !list(wanted).some(fits) : !list(wanted).every(fits)) return false;
      continue;
    }
    const own = held.get(name);
    if (!(wanted instanceof Map) || ![...wanted.keys()].some((key) => key.startsWith('$'))) {
      if (!sameValue(own, wanted)) return false;
      continue;
    }
    for (const [operator, operand] of wanted) {
      const fits =
        operator === '$in'
          ? list(operand).some((each) => sameValue(own, each))
          : operator === '$ne'
            ? !sameValue(own, operand)
            : operator === '$exists'
              ? (own !== undefined) === (operand === true || number(operand) > 0)
              : operator === '$gt'
                ? number(own) > number(operand)
                : operator === '$gte'
                  ? number(own) >= number(operand)
                  : operator === '$lt'
                    ? number(own) < number(operand)
                    : operator === '$lte' && number(own) <= number(operand);
      if (!fits) return false;
    }
  }
  return true;
}
