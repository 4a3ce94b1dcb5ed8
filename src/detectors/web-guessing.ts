/**
 * Guessing of credentials on a web site, as its access log shows it: POSTs to a login that are refused, or answered with the
 * form again; and 401 answers in a row.
 *
 * A refused POST (401, 403, 429) weighs 0.8, 1.1, 1.4 … to 2: a person who mistypes three times gives 3.3, the eighth refusal
 * in an hour blocks. WordPress answers a wrong password with 200 and a right one with a redirection; elsewhere 200 may be either, so the first
 * five of ten minutes weigh nothing and each further one 0.6. A 401 to anything but a login is how a browser learns that it must
 * ask: the first five weigh nothing. A success (a redirection after the POST) takes back what its failures gave, while they
 * are few. A state is a few numbers.
 */

import { sourceKey } from '../core/address.ts';
import type { Detector, Step } from '../core/detector.ts';
import { noEvidence, type Evidence } from '../core/evidence.ts';
import type { Observation } from '../core/observation.ts';

const firstRefusal = 0.8;
const growth = 0.3;
const mostGrowth = 4;
const weightOfForm = 0.6;
const freeForms = 5;
const rowMilliseconds = 3_600_000;
const excusable = 5;
const namedAttempts = 5;

const login =
  /\/(?:wp-login\.php|xmlrpc\.php|administrator\/index\.php|user\/login|users\/sign_in|(?:[\w-]{0,24}\/)?(?:log-?in|sign-?in|logon|auth(?:enticate)?|session|sessions|token|doLogin|j_security_check|j_spring_security_check|check_?login|login_?check|process_?login)(?:\.(?:php|aspx?|jsp|do|action|cgi|html?))?)\/?(?:\?|$)/i;
/** Ghost answers the login of a user that does not exist with 404 (CVE-2022-41697). */
const tellsByMissing = /^\/ghost\/api\/(?:v\d\/)?admin\/session\/?(?:\?|$)/i;
const tellsByRedirect = /\/wp-login\.php(?:\?|$)/i;

interface GuessState {
  refusals: number;
  forms: number;
  challenges: number;
  given: number;
  lastAt: number;
}

const name = 'web-guessing';

function step(state: GuessState, observation: Observation): Step<GuessState> {
  if (observation.kind !== 'web-access') return { state, evidence: noEvidence };
  const { method, path, status, at } = observation;
  const isLogin = method === 'POST' && login.test(path.slice(0, 512));
  if (!isLogin && status !== 401) {
    // The challenge was answered: a browser's first 401 led somewhere.
    if (state.challenges > 0 && status >= 200 && status < 300) state.challenges = 0;
    return { state, evidence: noEvidence };
  }
  if (at - state.lastAt > rowMilliseconds) {
    state.refusals = 0;
    state.forms = 0;
    state.challenges = 0;
    state.given = 0;
  }
  state.lastAt = at;
  let weight = 0;
  let count = 0;
  if (
    isLogin &&
    (status === 401 ||
      status === 403 ||
      status === 429 ||
      (status === 200 && tellsByRedirect.test(path)) ||
      (status === 404 && tellsByMissing.test(path)))
  ) {
    weight = firstRefusal + growth * Math.min(state.refusals, mostGrowth);
    state.refusals += 1;
    count = state.refusals;
  } else if (isLogin && status === 200) {
    state.forms += 1;
    count = state.forms;
    weight = state.forms > freeForms ? weightOfForm : 0;
  } else if (!isLogin && status === 401) {
    state.challenges += 1;
    count = state.challenges;
    weight = state.challenges > freeForms ? weightOfForm : 0;
  } else if (isLogin && status >= 300 && status < 400) {
    if (state.given > 0 && state.refusals + state.forms <= excusable) {
      const back = state.given;
      state.given = 0;
      state.refusals = 0;
      state.forms = 0;
      return {
        state,
        evidence: [
          {
            detector: name,
            weight: -back,
            reason: 'got in at the web login after a few failures: a person mistyped',
            technique: 'T1110.001',
            behavior: null,
            cves: [],
          },
        ],
      };
    }
  }
  if (weight === 0) return { state, evidence: noEvidence };
  state.given += weight;
  const evidence: Evidence = {
    detector: name,
    weight,
    reason: `${count} logins at ${path.slice(0, 60)} without success (last answer ${status})`,
    technique: 'T1110.001',
    behavior: count >= namedAttempts ? 'bruteforce:http' : null,
    cves: [],
  };
  return { state, evidence: [evidence] };
}

export const webGuessing: Detector<GuessState> = {
  name,
  summary: 'Failed logins on a web site, told from its access log',
  technique: 'T1110.001',
  kinds: ['web-access'],
  key: (observation: Observation): string => sourceKey(observation.source),
  initial: (): GuessState => ({ refusals: 0, forms: 0, challenges: 0, given: 0, lastAt: 0 }),
  step,
};
