/** One line for a person about one event. What attackers wrote is shown with its control characters spelled out. */

import pc from 'picocolors';
import type { Decision } from '../core/decision.ts';
import type { EngineEvent } from '../api/contract.ts';
import type { Observation } from '../core/observation.ts';

export type LiveEvent = EngineEvent;

const shownCharacters = 100;
const lineCharacters = 1000;

/** Hostile text on a terminal: no escape sequence of theirs may reach it, and nothing that turns the direction or hides. */
function tame(text: string, longest: number = shownCharacters): string {
  const cut = text.length > longest ? `${text.slice(0, longest)}…` : text;
  return cut.replaceAll(/[^\u0020-\u007e\u00a0-\u{d7ff}…]|[\p{Cf}\u2028\u2029]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `\\u{${code.toString(16)}}`;
  });
}

function about(observation: Observation): string | null {
  switch (observation.kind) {
    case 'contact':
      return `${observation.service} contact on port ${observation.destinationPort} (${observation.protocol}${observation.tls ? ' in TLS' : ''})`;
    case 'auth': {
      const secret =
        observation.password === undefined ? (observation.keyFingerprint ?? '') : observation.password;
      const shown = observation.method === 'none' ? '(asks what is allowed)' : tame(secret);
      return `${observation.service} login ${tame(observation.user)} ${shown} ${observation.accepted ? 'let in' : 'refused'}`;
    }
    case 'command':
      return `${observation.service} command ${tame(observation.input)}`;
    case 'request':
      return `${observation.service} ${tame(observation.method)} ${tame(observation.path)} → ${observation.status}`;
    case 'exploit':
      return `${observation.service} exploit ${observation.name} ${observation.cves.join(' ')}`;
    case 'payload':
      return `${observation.service} payload ${observation.bytes} bytes, sha256 ${observation.sha256.slice(0, 16)}… (${observation.how})`;
    case 'scan':
      return `${observation.probe} probe of port ${observation.destinationPort}`;
    default:
      return null;
  }
}

function line(at: number, target: string, text: string): string {
  return `${pc.dim(new Date(at).toISOString().slice(11, 23))} ${tame(target).padEnd(15)} ${text}`;
}

function observationLine(observation: Observation): string | null {
  const said = about(observation);
  // Once more the whole: names too come from a sensor, which is not trusted.
  return said === null ? null : line(observation.at, observation.source, tame(said, lineCharacters));
}

function decisionLine(decision: Decision): string {
  const { action, from, guards, renewals, simulated, target, until } = decision;
  const reason = tame(decision.reason, lineCharacters);
  if (simulated) {
    const guard = tame(guards.at(-1)?.reason ?? '', lineCharacters);
    return line(from, target, `${pc.yellow('no decision')}: ${guard} ${pc.dim(`(${reason})`)}`);
  }
  const seconds = `for ${Math.round((until - from) / 1000)} s`;
  if (renewals > 0) return line(from, target, `${action} renewed ${seconds}, the ${ordinal(renewals)} time`);
  return line(from, target, `${pc.red(pc.bold(action))} ${seconds}: ${reason}`);
}

function ordinal(count: number): string {
  const teen = count % 100 >= 11 && count % 100 <= 13;
  const ending = teen ? undefined : ['', 'st', 'nd', 'rd'][count % 10];
  return `${count}${ending === undefined || ending === '' ? 'th' : ending}`;
}

/** The time that stands on the line of an event. */
export function timeOf(event: LiveEvent): number {
  switch (event.type) {
    case 'observation':
      return event.observation.at;
    case 'decision':
      return event.decision.from;
    case 'lift':
      return event.lift.at;
    case 'allow':
      return event.allow.at;
    default:
      return event.disallow.at;
  }
}

const noted = (text: string): string => (text === '' ? '' : `: ${tame(text, lineCharacters)}`);

/** Null for events that are too common to show. */
export function liveLine(event: LiveEvent): string | null {
  switch (event.type) {
    case 'observation':
      return observationLine(event.observation);
    case 'decision':
      return decisionLine(event.decision);
    case 'lift': {
      const { at, by, reason, target } = event.lift;
      return line(at, target, `${pc.green('lifted')} by ${tame(by)}${noted(reason)}`);
    }
    case 'allow': {
      const { at, by, network, note, until } = event.allow;
      const end = until === null ? '' : ` until ${new Date(until).toISOString()}`;
      return line(at, network, `${pc.green('allowed')} by ${tame(by)}${end}${noted(note)}`);
    }
    default:
      return line(
        event.disallow.at,
        event.disallow.network,
        `no longer allowed, by ${tame(event.disallow.by)}`,
      );
  }
}

const renewalEveryMilliseconds = 60_000;
const decisionsRemembered = 10_000;

/** Lets a renewal through once a minute for each decision: a source that goes on sending is dropped, and renewed, all the time. */
export class RenewalFilter {
  /** When a renewal of a decision was last shown, the oldest first. */
  readonly #shown = new Map<string, number>();

  shows(event: LiveEvent): boolean {
    if (event.type !== 'decision' || event.decision.renewals === 0) return true;
    const { id, from } = event.decision;
    const last = this.#shown.get(id);
    if (last !== undefined && from - last < renewalEveryMilliseconds) return false;
    this.#shown.delete(id);
    this.#shown.set(id, from);
    if (this.#shown.size > decisionsRemembered) {
      const oldest = this.#shown.keys().next().value;
      if (oldest !== undefined) this.#shown.delete(oldest);
    }
    return true;
  }
}
