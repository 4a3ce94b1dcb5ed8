/** All functions that are the server's own. */

import type { Call } from '../../sql/syntax.ts';
import { callFirst } from '../../sql/function-families.ts';
import type { Value } from '../../sql/value.ts';
import { conditionFunction } from './condition.ts';
import type { FunctionFamily, Server } from './family.ts';
import { fileFunction } from './file.ts';
import { libraryFunction } from './library.ts';
import { numberFunction } from './number.ts';
import { sessionFunction } from './session.ts';
import { textFunction } from './text.ts';
import { timeFunction } from './time.ts';

const families: readonly FunctionFamily[] = [
  sessionFunction,
  timeFunction,
  conditionFunction,
  textFunction,
  numberFunction,
  fileFunction,
  libraryFunction,
];

/** Undefined where there is no such function. */
export function callOwn(server: Server, call: Call, items: readonly Value[]): Value | undefined {
  return callFirst(families, server, call, items);
}
