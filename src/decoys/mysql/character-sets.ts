/** Character sets and their collations. */

import type { Value } from '../sql/value.ts';

export const characterSets: Value[][] = [
  ['latin1', 'latin1_swedish_ci', 'cp1252 West European', 1],
  ['utf8', 'utf8_general_ci', 'UTF-8 Unicode', 3],
  ['utf8mb4', 'utf8mb4_general_ci', 'UTF-8 Unicode', 4],
  ['binary', 'binary', 'Binary pseudo charset', 1],
];

export const collations: Value[][] = [
  ['latin1_swedish_ci', 'latin1', 8, 'Yes', 'Yes', 1],
  ['latin1_bin', 'latin1', 47, '', 'Yes', 1],
  ['utf8_general_ci', 'utf8', 33, 'Yes', 'Yes', 1],
  ['utf8_bin', 'utf8', 83, '', 'Yes', 1],
  ['utf8mb4_general_ci', 'utf8mb4', 45, 'Yes', 'Yes', 1],
  ['utf8mb4_bin', 'utf8mb4', 46, '', 'Yes', 1],
  ['utf8mb4_unicode_ci', 'utf8mb4', 224, '', 'Yes', 8],
  ['binary', 'binary', 63, 'Yes', 'Yes', 1],
];
