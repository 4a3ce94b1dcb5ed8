import type { Machine } from './machine.ts';
import { numberOf, type Scalar } from './value.ts';
import type { AwkArray } from './variables.ts';

/** Somewhere a value lies, its index worked out. */
export type Spot =
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'element'; readonly array: AwkArray; readonly key: string }
  | { readonly kind: 'field'; readonly index: number };

export function valueAt(machine: Machine, spot: Spot): Scalar {
  switch (spot.kind) {
    case 'variable':
      return spot.name === 'NF' && !machine.variables.isLocal('NF')
        ? machine.record.count
        : machine.variables.get(spot.name);
    case 'element':
      return machine.variables.element(spot.array, spot.key);
    default:
      return Math.trunc(spot.index) === 0 ? machine.whole() : machine.record.field(spot.index);
  }
}

export function storeAt(machine: Machine, spot: Spot, value: Scalar): void {
  switch (spot.kind) {
    case 'variable':
      if (spot.name === 'NF' && !machine.variables.isLocal('NF')) machine.record.resize(numberOf(value));
      else {
        if (spot.name === 'FS') machine.record.keepParting();
        machine.variables.set(spot.name, value);
      }
      return;
    case 'element':
      machine.variables.store(spot.array, spot.key, value);
      return;
    default:
      if (Math.trunc(spot.index) === 0) machine.record.replace(machine.text(value));
      else machine.record.store(spot.index, value);
  }
}
