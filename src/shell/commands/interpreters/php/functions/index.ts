import { type Native, nativesOf } from '../native.ts';
import { arrayCallbacks } from './array-callbacks.ts';
import { arrayOrders } from './array-orders.ts';
import { arrayPointers } from './array-pointers.ts';
import { arrayFunctions } from './arrays.ts';
import { encodingFunctions } from './encoding.ts';
import { fileFunctions } from './files.ts';
import { informationFunctions } from './information.ts';
import { jsonFunctions } from './json.ts';
import { mathematicsFunctions } from './mathematics.ts';
import { networkFunctions } from './network.ts';
import { outputFunctions } from './output.ts';
import { patternFunctions } from './patterns.ts';
import { processFunctions } from './processes.ts';
import { serializeFunctions } from './serialize.ts';
import { streamFunctions } from './streams.ts';
import { stringFunctions } from './strings.ts';
import { textFunctions } from './texts.ts';
import { valueFunctions } from './values.ts';

/** PHP's own functions that are here, by their names. */
export const natives: ReadonlyMap<string, Native> = nativesOf(
  stringFunctions,
  textFunctions,
  arrayFunctions,
  arrayOrders,
  arrayPointers,
  arrayCallbacks,
  outputFunctions,
  valueFunctions,
  mathematicsFunctions,
  encodingFunctions,
  jsonFunctions,
  serializeFunctions,
  patternFunctions,
  fileFunctions,
  streamFunctions,
  processFunctions,
  networkFunctions,
  informationFunctions,
);
