/** The analysers, in the order of a person's list. Each looks at the fields that hold one of its literals. */

import type { Analyser } from './analyser.ts';
import { java } from './java.ts';
import { lfi } from './lfi.ts';
import { php } from './php.ts';
import { probes } from './probes.ts';
import { protocol } from './protocol.ts';
import { rce } from './rce.ts';
import { scriptEngines } from './script-engines.ts';
import { sqli } from './sqli.ts';
import { urlValues } from './url-values.ts';
import { xss } from './xss.ts';
import { xxe } from './xxe.ts';

export const analysers: readonly Analyser[] = [
  sqli,
  xss,
  rce,
  lfi,
  urlValues,
  php,
  java,
  scriptEngines,
  xxe,
  probes,
  protocol,
];
