/** A rule of a system log: whose message it is, what it looks like, and what it tells. */

import type { LoginFact, Refusal } from '../../core/observation.ts';
import { template, type Template } from '../log-template.ts';

export interface LogRule {
  readonly service: string;
  /** What the message tells: how a login went, or what was refused. */
  readonly tells: { readonly outcome: LoginFact['outcome'] } | { readonly what: Refusal };
  /** A literal that every such line holds: looked for ahead of all else. */
  readonly needle: string;
  /** Whether the template covers the message from its beginning, not from the needle on. */
  readonly whole: boolean;
  readonly shape: Template;
}

/** `needle` is where the template begins to be read, what stands ahead of it is not looked at; a template with `^` covers the whole message. */
function ruleOf(
  service: string,
  tells: LogRule['tells'],
  needle: string,
  text: string,
  reading: Template['reading'],
): LogRule {
  const whole = text.startsWith('^');
  return { service, tells, needle, whole, shape: template(whole ? text.slice(1) : text, reading) };
}

/** A message about a login. An empty service is named by the program that wrote the line. */
export function rule(
  service: string,
  needle: string,
  text: string,
  outcome: LoginFact['outcome'] = 'failure',
  reading: Template['reading'] = 'right',
): LogRule {
  return ruleOf(service, { outcome }, needle, text, reading);
}

/** A message about something else that was refused; `<user>` in it is what was asked for. */
export function refusal(
  service: string,
  what: Refusal,
  needle: string,
  text: string,
  reading: Template['reading'] = 'left',
): LogRule {
  return ruleOf(service, { what }, needle, text, reading);
}
