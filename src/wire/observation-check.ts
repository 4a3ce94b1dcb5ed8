/** Checks that a parsed value is an observation: bounded fields, known kind, canonical addresses. */

import { Ajv, type ValidateFunction } from 'ajv';
import { canonicalAddress } from '../core/address.ts';
import type { Observation } from '../core/observation.ts';
import { observationSchema } from '../core/observation-schema.ts';

const validate: ValidateFunction<Observation> = new Ajv({
  discriminator: true,
  allErrors: false,
  meta: false,
  validateSchema: false,
}).compile<Observation>(observationSchema);

export type ObservationCheck =
  | { readonly ok: true; readonly observation: Observation }
  | { readonly ok: false; readonly why: string };

/** An observation of this value, or why it is none: the field at fault and what it should be. */
export function checkObservation(value: unknown): ObservationCheck {
  if (!validate(value)) {
    const error = validate.errors?.[0];
    const field =
      error?.instancePath === undefined || error.instancePath === '' ? 'record' : error.instancePath.slice(1);
    return { ok: false, why: `${field} ${error?.message ?? 'is not an observation'}` };
  }
  if (canonicalAddress(value.source) !== value.source)
    return { ok: false, why: 'source is not a canonical address' };
  if (value.destination !== '' && canonicalAddress(value.destination) !== value.destination) {
    return { ok: false, why: 'destination is not a canonical address' };
  }
  return { ok: true, observation: value };
}
