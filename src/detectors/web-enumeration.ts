/**
 * Searching a web site for what is not linked: many different missing paths, files that are secrets, doors of products that
 * are not there, requests meant for a proxy, and bytes of other protocols.
 *
 * A miss speaks for a search and a hit against it (the threshold random walk of Jung et al. 2004, over paths): a visitor of
 * a broken site and a crawler with stale links have more hits than misses, and what a page or a browser asks for by itself
 * does not count, nor what a link led to. The first four misses of ten minutes weigh nothing (people mistype and sites
 * break); each further different one weighs 0.5, a script's 0.9. A door that is missing weighs 1.2; a secret 2.5, and
 * four of them block. A hit takes 0.6 back of what misses gave.
 *
 * A state is a FanOut (1.2 KiB at most) and a few numbers.
 */

import { sourceKey } from '../core/address.ts';
import type { Detector, Step } from '../core/detector.ts';
import { noEvidence, type Evidence } from '../core/evidence.ts';
import type { Observation, ObservationOf } from '../core/observation.ts';
import { contactHash, FanOut } from './fan-out.ts';
import { pathKind, type PathKind } from './probed-paths.ts';

const windowMilliseconds = 600_000;
const freeMisses = 4;
const namedMisses = 8;
const weights: Readonly<Record<PathKind, number>> = {
  secret: 2.5,
  door: 1.2,
  script: 0.9,
  page: 0.5,
  unasked: 0,
};
const takenBackByHit = 0.6;
const weightOfProxyRequest = 2.5;
const weightOfForeignProtocol = 2;
/** A browser that is told the wrong scheme sends TLS to a plain port too. */
const weightOfTlsOnPlainPort = 0.7;
const name = 'web-enumeration';
const technique = 'T1595.003';

interface EnumerationState {
  paths: FanOut;
  windowFrom: number;
  misses: number;
  hits: number;
  /** What misses of this window gave and hits have not taken back. */
  given: number;
  foreign: number;
}

const isMiss = (status: number): boolean =>
  status === 404 || status === 403 || status === 400 || status === 410 || status === 405 || status === 501;
const isHit = (status: number): boolean => (status >= 200 && status < 400) || status === 401;

// First bytes of protocols that are no HTTP, as access logs keep them: TLS and SSL records, RDP, SMB, SOCKS, SSH, JRMI, and tools' own.
const tlsRecord = /^(?:\u0016\u0003|\u0080.\u0001\u0003|\\x16\\x03)/;
const foreignBytes =
  /^(?:\u0003\u0000|\u0005[\u0001-\u0003]|\u0004\u0001|SSH-|JRMI|MGLNDD_|\*\d{1,2}(?:$|[\s$])|\u0000|\\x0[0-9]\\x|\\x00|OPTIONS sip|RTSP|EHLO|HELO|stats$|GIOP|t3 \d|\u0001|\u0002|\u0003|\u0004|\u0005|\u0012\u0001|l\u0000|\xffSMB|[\x00-\x08\x0e-\x1f])/;

function proxyTarget(observation: ObservationOf<'request' | 'web-access'>): string | null {
  const { method, path } = observation;
  if (method === 'CONNECT') return path.slice(0, 200);
  const match = /^(?:https?|ftp):\/\/([^/?#]{1,253})/i.exec(path);
  if (match === null) return null;
  const asked = (match[1] ?? '').toLowerCase();
  const host = observation.headers?.find(([header]) => header.toLowerCase() === 'host')?.[1]?.toLowerCase();
  // An absolute form that names the site itself is how a proxy in front of it speaks (RFC 9112 §3.2.2). A proxy's client sends the
  // other's name as Host too, so only what the server answered with a refusal tells them apart in a log.
  if (
    observation.kind === 'web-access' &&
    host === undefined &&
    observation.status >= 200 &&
    observation.status < 300
  )
    return null;
  return observation.kind === 'web-access' && host === asked ? null : asked;
}

function claim(weight: number, reason: string, named: boolean): Evidence {
  return { detector: name, weight, reason, technique, behavior: named ? 'enumeration:web' : null, cves: [] };
}

function oddRequest(
  state: EnumerationState,
  observation: ObservationOf<'request' | 'web-access'>,
): Evidence | null {
  const { method, path } = observation;
  const target = proxyTarget(observation);
  if (target !== null) {
    const isNew = state.paths.add(contactHash(target, 7));
    return isNew
      ? claim(weightOfProxyRequest, `asked for ${target.slice(0, 80)} as of an open proxy`, true)
      : null;
  }
  if (method !== '' && /^[A-Z-]{2,24}$/.test(method)) return null;
  const line = method === '' ? path : `${method} ${path}`;
  const tls = tlsRecord.test(line);
  if (!tls && !foreignBytes.test(line)) return null;
  state.foreign += 1;
  // The same client knocking again says little more.
  if (state.foreign > 4) return null;
  return claim(
    tls ? weightOfTlsOnPlainPort : weightOfForeignProtocol,
    tls ? 'sent TLS to a plain port' : 'sent bytes of another protocol to a web server',
    !tls,
  );
}

function step(state: EnumerationState, observation: Observation): Step<EnumerationState> {
  if (observation.kind !== 'request' && observation.kind !== 'web-access')
    return { state, evidence: noEvidence };
  const odd = oddRequest(state, observation);
  if (odd !== null) return { state, evidence: [odd] };
  const { path, status, at } = observation;
  if (!path.startsWith('/') || path.length < 2) return { state, evidence: noEvidence };
  if (at - state.windowFrom > windowMilliseconds) {
    state.windowFrom = at;
    state.misses = 0;
    state.hits = 0;
    state.given = 0;
    if (state.paths.size > 24) state.paths = new FanOut();
  }
  const kind = pathKind(path);
  // A decoy has nothing, whatever it answers.
  const miss = observation.kind === 'request' || isMiss(status);
  // A secret is asked for by nobody, found or not; the rest counts only where it is known to be missing.
  if (!miss && kind !== 'secret') {
    if (!isHit(status)) return { state, evidence: noEvidence };
    state.hits += 1;
    if (state.given <= 0) return { state, evidence: noEvidence };
    const back = Math.min(takenBackByHit, state.given);
    state.given -= back;
    return { state, evidence: [claim(-back, `found ${path.slice(0, 80)}, as visitors do`, false)] };
  }
  if (kind === 'unasked') return { state, evidence: noEvidence };
  const question = path.indexOf('?');
  const bare = question < 0 ? path : path.slice(0, question);
  // The query of a front controller chooses the page: "/index.php?s=…" is another path with another query.
  const identity = kind === 'door' ? path.slice(0, 200) : bare;
  if (!state.paths.add(contactHash(identity, 0))) return { state, evidence: noEvidence };
  const referrer = observation.kind === 'web-access' ? observation.referrer : '';
  if (kind === 'secret') {
    state.misses += 1;
    return {
      state,
      evidence: [claim(weights.secret, `asked for ${bare.slice(0, 80)}, which no link leads to`, true)],
    };
  }
  if (referrer.length > 1) {
    // Followed a link, or says so: a liar is told by the number.
    state.misses += 0.25;
    if (state.misses < namedMisses * 2) return { state, evidence: noEvidence };
  } else state.misses += 1;
  if (kind !== 'door' && state.misses <= freeMisses) return { state, evidence: noEvidence };
  // Among many hits a miss is a stale link.
  const stale = state.hits > state.misses * 3;
  const weight = stale ? weights[kind] / 4 : weights[kind];
  state.given += weight;
  const named = kind === 'door' || (state.misses >= namedMisses && !stale);
  return {
    state,
    evidence: [
      claim(
        weight,
        `asked for ${bare.slice(0, 80)}, ${kind === 'door' ? 'which searches for weaknesses try' : 'which no link leads to'}: ${countsOf(state, observation)}`,
        named,
      ),
    ],
  };
}

/** On a decoy, whose answer says nothing of what is there, only how much was asked for. */
function countsOf({ hits, misses }: EnumerationState, { kind }: Observation): string {
  const tried = Math.ceil(misses);
  return kind === 'request'
    ? `${several(tried, 'such path', 'such paths')} of decoys in ten minutes`
    : `${several(tried, 'miss', 'misses')} and ${several(hits, 'hit', 'hits')} in ten minutes`;
}

const several = (number: number, one: string, more: string): string =>
  `${number} ${number === 1 ? one : more}`;

export const webEnumeration: Detector<EnumerationState> = {
  name,
  summary: 'A search of a web site for what no link leads to',
  technique,
  kinds: ['request', 'web-access'],
  key: (observation: Observation): string => sourceKey(observation.source),
  initial: (): EnumerationState => ({
    paths: new FanOut(),
    windowFrom: 0,
    misses: 0,
    hits: 0,
    given: 0,
    foreign: 0,
  }),
  step,
};
