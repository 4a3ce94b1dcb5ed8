/** A rule of a login log: whose it is, and what its message looks like. */

import type { LoginFact } from '../../core/observation.ts';
import { template, type Template } from '../log-template.ts';

export interface LoginRule {
  readonly service: string;
  readonly outcome: LoginFact['outcome'];
  /** A literal that every such line holds: looked for ahead of all else. */
  readonly needle: string;
  readonly shape: Template;
}

/** `needle` is where the template begins to be read: what stands ahead of it in the line is not looked at. */
export function rule(
  service: string,
  needle: string,
  text: string,
  outcome: LoginFact['outcome'] = 'failure',
  reading: Template['reading'] = 'right',
): LoginRule {
  return { service, outcome, needle, shape: template(text, reading) };
}
