/**
 * Whether a bucket is open to anybody, from what its store says of it: its access control list, its policy, the settings that overrule both,
 * and what an anonymous caller is given.
 */

import { elementsAt, textAt, type XmlElement } from '../wire/xml-element.ts';

/** What was asked for: `absent` where there is none or the store knows no such thing, `unknown` where it would not say. */
export type Told<Value> = Value | 'absent' | 'unknown';

export interface BucketAnswers {
  /** AccessControlPolicy. */
  readonly acl: Told<XmlElement>;
  /** The policy's JSON. */
  readonly policy: Told<string>;
  /** PolicyStatus. */
  readonly policyStatus: Told<XmlElement>;
  /** PublicAccessBlockConfiguration. */
  readonly publicAccessBlock: Told<XmlElement>;
  /** An anonymous caller may list; null where the store gave no clear answer. */
  readonly anonymousList: boolean | null;
  /** An anonymous caller is given an object's head; null where there is no object to ask for, or no clear answer. */
  readonly anonymousObject: boolean | null;
}

export interface BucketExposure {
  readonly verdict: 'public' | 'closed' | 'unknown';
  /** What is open and by what, or what is not known. */
  readonly reasons: readonly string[];
}

const groups: Readonly<Record<string, string>> = {
  'http://acs.amazonaws.com/groups/global/AllUsers': 'anybody',
  'http://acs.amazonaws.com/groups/global/AuthenticatedUsers': 'anybody with an account',
};

const isTrue = (text: string): boolean => text.toLowerCase() === 'true';

/** `anybody: READ`, once for each group and permission that the list grants to people at large. */
function publicGrants(acl: XmlElement): string[] {
  const grants = elementsAt(acl, 'AccessControlList', 'Grant').flatMap((grant) => {
    const group = groups[textAt(grant, 'Grantee', 'URI')];
    return group === undefined ? [] : [`${group}: ${textAt(grant, 'Permission')}`];
  });
  return [...new Set(grants)];
}

interface PolicyGrants {
  /** Actions that anybody may do. */
  readonly free: readonly string[];
  /** Actions that anybody may do who meets a condition. */
  readonly conditional: readonly string[];
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const listOf = (value: unknown): unknown[] =>
  Array.isArray(value) ? value : value === undefined ? [] : [value];
const actionsShown = 8;

/** Null for text that is no policy. */
export function policyGrants(json: string): PolicyGrants | null {
  let policy: unknown;
  try {
    policy = JSON.parse(json);
  } catch {
    return null;
  }
  if (!isObject(policy)) return null;
  const free = new Set<string>();
  const conditional = new Set<string>();
  for (const statement of listOf(policy['Statement'])) {
    if (!isObject(statement) || statement['Effect'] !== 'Allow' || !isForAnybody(statement)) continue;
    const condition = statement['Condition'];
    const isFree = condition === undefined || (isObject(condition) && Object.keys(condition).length === 0);
    const actions = statement['NotAction'] === undefined ? listOf(statement['Action']) : ['*'];
    for (const action of actions)
      if (typeof action === 'string') (isFree ? free : conditional).add(action.slice(0, 64));
  }
  return { free: [...free].slice(0, actionsShown), conditional: [...conditional].slice(0, actionsShown) };
}

function isForAnybody(statement: Readonly<Record<string, unknown>>): boolean {
  // Who is not named here may: that is nearly everybody.
  if (statement['NotPrincipal'] !== undefined) return true;
  const principal = statement['Principal'];
  const named = isObject(principal) ? Object.values(principal).flatMap(listOf) : listOf(principal);
  return named.includes('*');
}

export function exposureOf(answers: BucketAnswers): BucketExposure {
  const open: string[] = [];
  const unknown: string[] = [];
  const { acl, policy, policyStatus, publicAccessBlock, anonymousList, anonymousObject } = answers;
  const block = typeof publicAccessBlock === 'string' ? null : publicAccessBlock;
  const ignoresAcl = isTrue(textAt(block, 'IgnorePublicAcls'));
  const restrictsPolicy = isTrue(textAt(block, 'RestrictPublicBuckets'));

  if (acl === 'unknown') unknown.push('its access control list may not be read');
  else if (acl !== 'absent' && !ignoresAcl)
    open.push(...publicGrants(acl).map((grant) => `access control list: ${grant}`));

  if (!restrictsPolicy) {
    const grants = policy === 'absent' || policy === 'unknown' ? null : policyGrants(policy);
    const status = typeof policyStatus === 'string' ? null : isTrue(textAt(policyStatus, 'IsPublic'));
    const free = grants?.free ?? [];
    const conditional = grants?.conditional ?? [];
    if (status === true || (status === null && free.length > 0)) {
      const actions = [...free, ...conditional].join(', ');
      if (actions !== '') open.push(`policy: ${actions}`);
      // Some stores count the access control list in.
      else if (open.length === 0) open.push('the store calls it public');
    } else if (status === null && conditional.length > 0)
      unknown.push(`its policy lets in anybody under a condition: ${conditional.join(', ')}`);
    else if (status === null && policy === 'unknown') unknown.push('its policy may not be read');
    else if (status === null && policy !== 'absent' && grants === null) unknown.push('its policy is no JSON');
  }

  if (anonymousList === true) open.push('an anonymous caller may list it');
  if (anonymousObject === true) open.push('an anonymous caller is given an object');
  if (anonymousList === null) unknown.push('the store did not answer an anonymous caller clearly');
  if (open.length > 0) return { verdict: 'public', reasons: open };
  return unknown.length > 0 ? { verdict: 'unknown', reasons: unknown } : { verdict: 'closed', reasons: [] };
}
