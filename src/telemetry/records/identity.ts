/** Logins at identity providers and hosted services: Okta, Google Workspace, OneLogin, Box, Asana, 1Password. */

import type { LoginFact } from '../../core/observation.ts';
import { isObject, numberIn, objectIn, textIn, type Fields } from '../json-object.ts';
import { isoTime } from '../log-time.ts';
import type { LoggedEvent } from '../logged-event.ts';

type Outcome = LoginFact['outcome'];

function login(
  service: string,
  source: string,
  time: string,
  user: string,
  outcome: Outcome | null,
  near: number,
): LoggedEvent | null {
  if (outcome === null || source === '') return null;
  return {
    at: isoTime(time, 0)?.at ?? near,
    source,
    destinationPort: 443,
    fact: { kind: 'login', service, user: user.slice(0, 256), outcome, method: 'password' },
  };
}

/** Okta System Log: `{eventType, outcome: {result}, actor: {alternateId}, client: {ipAddress}, published}`. */
export function okta(record: Fields, near: number): LoggedEvent | null {
  if (!/^user\.(?:session\.start|authentication\.)/.test(textIn(record, 'eventType'))) return null;
  const result = textIn(objectIn(record, 'outcome'), 'result');
  const outcome = result === 'SUCCESS' ? 'success' : result === 'FAILURE' ? 'failure' : null;
  const user = textIn(objectIn(record, 'actor'), 'alternateId');
  return login(
    'okta',
    textIn(objectIn(record, 'client'), 'ipAddress'),
    textIn(record, 'published'),
    user,
    outcome,
    near,
  );
}

/** Google Workspace, Reports API: `{id: {applicationName: "login", time}, ipAddress, actor: {email}, events: [{name}]}`, or an event of it flat. */
export function googleWorkspace(record: Fields, near: number): LoggedEvent | null {
  const id = objectIn(record, 'id');
  if (textIn(id, 'applicationName') !== 'login') return null;
  const list = record['events'];
  const first: unknown = Array.isArray(list) ? list[0] : record;
  const name = isObject(first) ? textIn(first, 'name') : '';
  const outcome = name === 'login_failure' ? 'failure' : name === 'login_success' ? 'success' : null;
  const user = textIn(objectIn(record, 'actor'), 'email');
  return login('google', textIn(record, 'ipAddress'), textIn(id, 'time'), user, outcome, near);
}

/** OneLogin events: type 5 is a login, 6 a refused one. */
export function oneLogin(record: Fields, near: number): LoggedEvent | null {
  const type = numberIn(record, 'event_type_id');
  const outcome = type === 6 ? 'failure' : type === 5 ? 'success' : null;
  return login(
    'onelogin',
    textIn(record, 'ipaddr'),
    textIn(record, 'created_at'),
    textIn(record, 'user_name'),
    outcome,
    near,
  );
}

/** Box events: `{event_type, ip_address, created_by: {login}, created_at}`. */
export function box(record: Fields, near: number): LoggedEvent | null {
  const type = textIn(record, 'event_type');
  const outcome = type === 'FAILED_LOGIN' ? 'failure' : type === 'LOGIN' ? 'success' : null;
  const user = textIn(objectIn(record, 'created_by'), 'login');
  return login('box', textIn(record, 'ip_address'), textIn(record, 'created_at'), user, outcome, near);
}

/** Asana audit log: `{event_type, context: {client_ip_address}, actor: {email}, created_at}`. */
export function asana(record: Fields, near: number): LoggedEvent | null {
  const type = textIn(record, 'event_type');
  const outcome =
    type === 'user_login_failed' ? 'failure' : type === 'user_login_succeeded' ? 'success' : null;
  const source = textIn(objectIn(record, 'context'), 'client_ip_address');
  return login(
    'asana',
    source,
    textIn(record, 'created_at'),
    textIn(objectIn(record, 'actor'), 'email'),
    outcome,
    near,
  );
}

/** 1Password sign-in attempts: `{category, timestamp, target_user: {email}, client: {ip_address}}`. */
export function onePassword(record: Fields, near: number): LoggedEvent | null {
  const category = textIn(record, 'category');
  const outcome =
    category === 'success' ? 'success' : /^(?:credentials|mfa|sso)_failed$/.test(category) ? 'failure' : null;
  const source = textIn(objectIn(record, 'client'), 'ip_address');
  return login(
    '1password',
    source,
    textIn(record, 'timestamp'),
    textIn(objectIn(record, 'target_user'), 'email'),
    outcome,
    near,
  );
}
