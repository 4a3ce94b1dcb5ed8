/** One line for a person about one event. What attackers wrote is shown with its control characters spelled out. */

import pc from 'picocolors';
import type { Decision } from '../core/decision.ts';
import type { Observation } from '../core/observation.ts';

export type LiveEvent =
  | { readonly type: 'observation'; readonly observation: Observation }
  | { readonly type: 'decision'; readonly decision: Decision };

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

/** Null for events that are too common to show. */
export function liveLine(event: LiveEvent): string | null {
  if (event.type === 'observation') {
    const { observation } = event;
    const said = about(observation);
    if (said === null) return null;
    // Once more the whole: names too come from a sensor, which is not trusted.
    const text = tame(said, lineCharacters);
    return `${pc.dim(new Date(observation.at).toISOString().slice(11, 23))} ${tame(observation.source).padEnd(15)} ${text}`;
  }
  const { decision } = event;
  const time = pc.dim(new Date(decision.from).toISOString().slice(11, 23));
  if (decision.renewals > 0) return null;
  const last = decision.guards.at(-1);
  if (decision.simulated) {
    return `${time} ${decision.target.padEnd(15)} ${pc.yellow('no decision')}: ${tame(last?.reason ?? '', lineCharacters)} ${pc.dim(`(${tame(decision.reason, lineCharacters)})`)}`;
  }
  const seconds = Math.round((decision.until - decision.from) / 1000);
  return `${time} ${decision.target.padEnd(15)} ${pc.red(pc.bold(decision.action))} for ${seconds} s: ${tame(decision.reason, lineCharacters)}`;
}
