/** The schemas that Picket compiles at its start are checked against their dialect here, once, and not at every start. */

import { Ajv } from 'ajv';
import { expect, it } from 'vitest';
import { observationSchema } from '../src/core/observation-schema.ts';
import { configurationSchema } from '../src/daemon/configuration-schema.ts';
import { ruleSchema } from '../src/detectors/rules/rule-schema.ts';
import { lureSchema } from '../src/lures/document-schema.ts';

it.each([
  ['observation', observationSchema],
  ['configuration', configurationSchema],
  ['lure', lureSchema],
  ['rule', ruleSchema],
])('the schema of the %s is one', (_name, schema) => {
  const { $schema: _dialect, ...checked } = schema;
  const ajv = new Ajv({ strict: false });
  expect(ajv.validateSchema(checked), ajv.errorsText()).toBe(true);
});
