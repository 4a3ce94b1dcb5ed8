/** Values of fields, as what they should be. */

import { type BsonDocument, type BsonValue, Double } from '../../wire/bson.ts';

export const text = (item: BsonValue | undefined): string => (typeof item === 'string' ? item : '');

export const number = (item: BsonValue | undefined): number =>
  typeof item === 'number'
    ? item
    : typeof item === 'bigint'
      ? Number(item)
      : item instanceof Double
        ? item.value
        : 0;

export const inner = (item: BsonValue | undefined): BsonDocument => (item instanceof Map ? item : new Map());
export const list = (item: BsonValue | undefined): readonly BsonValue[] => (Array.isArray(item) ? item : []);
