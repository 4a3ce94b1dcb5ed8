/** All functions that are the server's own. */

import { callFirst } from '../../sql/function-families.ts';
import type { Value } from '../../sql/value.ts';
import { arrayFunction } from './array.ts';
import { catalogFunction } from './catalog.ts';
import type { FunctionFamily, Server } from './family.ts';
import { fileFunction } from './file.ts';
import { largeObjectFunction } from './large-object.ts';
import { libraryFunction } from './library.ts';
import { sessionFunction } from './session.ts';
import { textFunction } from './text.ts';

const families: readonly FunctionFamily[] = [
  sessionFunction,
  catalogFunction,
  arrayFunction,
  textFunction,
  fileFunction,
  largeObjectFunction,
  libraryFunction,
];

/** Undefined where there is no such function. */
export function callOwn(server: Server, name: string, items: readonly Value[]): Value | undefined {
  return callFirst(families, server, name, items);
}
