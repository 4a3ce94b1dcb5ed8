/** Audit records of platforms: Windows, Kubernetes, the AWS web application firewall. */

import type { ExploitClass } from '../../core/behavior.ts';
import { refusals, type Fact, type Header, type Refusal } from '../../core/observation.ts';
import { isObject, numberIn, objectIn, textIn, type Fields } from '../json-object.ts';
import { isoTime } from '../log-time.ts';
import type { LoggedEvent } from '../logged-event.ts';

/** NTSTATUS of a refused logon: the user does not exist. */
const noSuchUser = '0xc0000064';
const statusIsWrong = (status: string): boolean =>
  /^0xc000006[4-f]$|^0xc000007[0-2]$|^0xc0000193$|^0xc0000224$|^0xc0000234$/.test(status);

interface Logon {
  readonly id: string;
  readonly at: number;
  readonly value: (name: string) => string;
}

/** Logon types: 10 is a remote desktop, 3 from the network (SMB and whatever asks the domain), 8 clear text (a web or mail server). */
const serviceOfType: Readonly<Record<string, string>> = {
  '10': 'rdp',
  '7': 'rdp',
  '8': 'windows',
  '3': 'windows',
};

/** Events 4624 (logged on), 4625 (refused), 4771 and 4776 (refused by Kerberos and NTLM). */
function logon({ id, at, value }: Logon): LoggedEvent | null {
  const isIn = id === '4624';
  if (!isIn && id !== '4625' && id !== '4771') return null;
  const source = value('IpAddress');
  if (source === '' || source === '-') return null;
  const status = (value('SubStatus') || value('Status')).toLowerCase();
  const why = status === '0x0' ? value('Status').toLowerCase() : status;
  // 4771: 0x18 is a wrong password, 0x6 no such user; the rest are clocks and tickets.
  if (id === '4771' && why !== '0x18' && why !== '0x6') return null;
  if (id === '4625' && !statusIsWrong(why)) return null;
  return {
    at,
    source: source.replace(/^::ffff:/i, ''),
    sourcePort: Number(value('IpPort')) || 0,
    fact: {
      kind: 'login',
      service: serviceOfType[value('LogonType')] ?? 'windows',
      user: value('TargetUserName').slice(0, 256),
      outcome: isIn ? 'success' : why === noSuchUser || why === '0x6' ? 'unknown-user' : 'failure',
      method: 'password',
    },
  };
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/** An event as XML in one line: `<Event …><System>…<EventID>4625</EventID>…</System><EventData><Data Name="…">…</Data>…`. */
export function windowsXml(line: string, near: number): LoggedEvent | null {
  if (!line.startsWith('<Event ') && !line.startsWith('<Event>')) return null;
  const id = /<EventID[^>]{0,100}>(\d{1,6})<\/EventID>/.exec(line)?.[1] ?? '';
  const time = /SystemTime=["']([^"']{10,40})["']/.exec(line)?.[1] ?? '';
  // Markup inside a value comes escaped, so a user name holds no element.
  const value = (name: string): string => {
    for (const quote of ['"', "'"]) {
      const mark = `<Data Name=${quote}${name}${quote}>`;
      const at = line.indexOf(mark);
      const end = at < 0 ? -1 : line.indexOf('<', at + mark.length);
      if (end >= 0) {
        return line
          .slice(at + mark.length, end)
          .replaceAll(/&(lt|gt|amp|quot|apos);/g, (_, entity: string) => entities[entity] ?? '');
      }
    }
    return '';
  };
  return logon({ id, at: isoTime(time, 0)?.at ?? near, value });
}

/** The same from Winlogbeat (`winlog.event_data`), NXLog (flat) and Windows' own JSON (`Event.System`, `Event.EventData`). */
export function windowsEvent(record: Fields, near: number): LoggedEvent | null {
  const inner = objectIn(record, 'Event');
  const system = objectIn(inner, 'System');
  const beat = objectIn(record, 'winlog');
  const number = system['EventID'];
  const id =
    (isObject(number) ? textIn(number, '#text') : textIn(system, 'EventID')) ||
    textIn(beat, 'event_id') ||
    textIn(record, 'EventID');
  if (id === '') return null;
  const data: readonly Fields[] = [
    objectIn(inner, 'EventData'),
    objectIn(beat, 'event_data'),
    objectIn(record, 'EventData'),
    record,
  ];
  const time =
    textIn(record, '@timestamp') ||
    textIn(objectIn(system, 'TimeCreated'), 'SystemTime') ||
    textIn(record, 'EventTime') ||
    textIn(record, 'TimeCreated');
  const value = (name: string): string => {
    for (const fields of data) {
      const text = textIn(fields, name);
      if (text !== '') return text;
    }
    return '';
  };
  return logon({ id, at: isoTime(time, 0)?.at ?? near, value });
}

/** What gives a pod the node: privileged containers and folders of the host (Kubernetes, Pod Security Standards, “baseline”). */
function escape(spec: Fields): string {
  for (const name of ['hostPID', 'hostNetwork', 'hostIPC']) if (spec[name] === true) return name;
  for (const list of ['containers', 'initContainers', 'ephemeralContainers']) {
    const containers = spec[list];
    if (!Array.isArray(containers)) continue;
    for (const container of containers.slice(0, 64)) {
      if (isObject(container) && objectIn(container, 'securityContext')['privileged'] === true)
        return 'privileged';
    }
  }
  const volumes = spec['volumes'];
  if (Array.isArray(volumes)) {
    for (const volume of volumes.slice(0, 64))
      if (isObject(volume) && 'hostPath' in volume) return 'hostPath';
  }
  return '';
}

/** Kubernetes audit (audit.k8s.io/v1): `{kind: "Event", verb, requestURI, user, sourceIPs, objectRef, responseStatus: {code}, requestObject}`. */
export function kubernetesAudit(event: Fields, near: number): LoggedEvent | null {
  if (textIn(event, 'kind') !== 'Event' || !textIn(event, 'apiVersion').startsWith('audit.k8s.io/'))
    return null;
  const stage = textIn(event, 'stage');
  if (stage !== '' && stage !== 'ResponseComplete') return null;
  const sources = event['sourceIPs'];
  const source: unknown = Array.isArray(sources) ? sources[0] : '';
  if (typeof source !== 'string') return null;
  const verb = textIn(event, 'verb');
  const code = numberIn(objectIn(event, 'responseStatus'), 'code');
  const user = textIn(objectIn(event, 'user'), 'username');
  const target = objectIn(event, 'objectRef');
  const resource = textIn(target, 'resource');
  const way =
    verb === 'create' && resource === 'pods'
      ? escape(objectIn(objectIn(event, 'requestObject'), 'spec'))
      : '';
  const base = {
    at: isoTime(textIn(event, 'stageTimestamp') || textIn(event, 'requestReceivedTimestamp'), 0)?.at ?? near,
    source,
    destinationPort: 6443,
    session: textIn(event, 'auditID'),
  };
  if (way !== '') {
    const detail = `${user} created pod ${textIn(target, 'name')} with ${way}`.slice(0, 512);
    return {
      ...base,
      fact: {
        kind: 'exploit',
        service: 'kubernetes',
        class: 'other',
        name: `pod with ${way}`,
        cves: [],
        technique: 'T1611',
        detail,
      },
    };
  }
  return {
    ...base,
    fact: {
      kind: 'web-access',
      method: ({ create: 'POST', update: 'PUT', patch: 'PATCH', delete: 'DELETE' } as const)[verb] ?? 'GET',
      path: textIn(event, 'requestURI').slice(0, 16_384),
      status: code >= 100 && code <= 999 ? code : 0,
      userAgent: textIn(event, 'userAgent').slice(0, 1024),
      referrer: '',
    },
  };
}

/** AWS's managed rule groups: what a match in one says of the request. */
const groups: readonly (readonly [RegExp, ExploitClass | Refusal])[] = [
  [/SQLi/, 'sqli'],
  [/KnownBadInputs/, 'other'],
  [/CommonRuleSet/, 'other'],
  [/(?:Linux|Unix|Windows)RuleSet/, 'lfi'],
  [/PHPRuleSet|WordPressRuleSet/, 'php'],
  [/AntiDDoS/, 'rate'],
  [/IpReputation|AnonymousIp|BotControl/, 'listed'],
  [/AdminProtection|ATPRuleSet|ACFPRuleSet/, 'request'],
];
const isRefusal = (what: string): what is Refusal => refusals.some((each) => each === what);

/** The names of groups and rules that matched, ended the request or only counted it. */
function matchesOf(record: Fields): string[] {
  const names: string[] = [];
  const terminating = textIn(record, 'terminatingRuleId');
  if (terminating !== '' && terminating !== 'Default_Action') names.push(terminating);
  const list = record['ruleGroupList'];
  if (!Array.isArray(list)) return names;
  for (const group of list.slice(0, 32)) {
    if (!isObject(group)) continue;
    const quiet = group['nonTerminatingMatchingRules'];
    if (!isObject(group['terminatingRule']) && !(Array.isArray(quiet) && quiet.length > 0)) continue;
    const rule = textIn(objectIn(group, 'terminatingRule'), 'ruleId');
    names.push(`${textIn(group, 'ruleGroupId')} ${rule}`.trimEnd());
  }
  return names;
}

/** What the managed rules found, or null. */
function managed(record: Fields, path: string): Fact | null {
  for (const matched of matchesOf(record)) {
    const what = groups.find(([pattern]) => pattern.test(matched))?.[1];
    if (what === undefined) continue;
    const detail = `${matched} at ${path}`.slice(0, 500);
    return isRefusal(what)
      ? { kind: 'refusal', service: 'http', what, detail }
      : {
          kind: 'exploit',
          service: 'http',
          class: what,
          name: matched.slice(0, 128),
          cves: [],
          technique: 'T1190',
          detail,
        };
  }
  return null;
}

/** AWS WAF: `{timestamp, action, httpSourceName, httpRequest: {clientIp, uri, args, httpMethod, headers: [{name, value}]}}`. */
export function awsWaf(record: Fields, near: number): LoggedEvent | null {
  const request = objectIn(record, 'httpRequest');
  const source = textIn(request, 'clientIp');
  if (source === '' || !('uri' in request)) return null;
  const list = request['headers'];
  const headers: Header[] = [];
  if (Array.isArray(list)) {
    for (const item of list.slice(0, 100)) {
      if (isObject(item))
        headers.push([textIn(item, 'name').slice(0, 1024), textIn(item, 'value').slice(0, 8192)]);
    }
  }
  const header = (name: string): string => headers.find(([held]) => held.toLowerCase() === name)?.[1] ?? '';
  const query = textIn(request, 'args');
  const isBlocked = textIn(record, 'action') === 'BLOCK';
  const path = `${textIn(request, 'uri')}${query === '' ? '' : `?${query}`}`.slice(0, 16_384);
  const found = managed(record, path);
  return {
    at: numberIn(record, 'timestamp') || (isoTime(textIn(record, 'timestamp'), 0)?.at ?? near),
    source,
    destinationPort: 443,
    session: textIn(request, 'requestId'),
    fact: found ?? {
      kind: 'web-access',
      method: textIn(request, 'httpMethod').slice(0, 64),
      path,
      status: isBlocked ? 403 : 0,
      userAgent: header('user-agent').slice(0, 1024),
      referrer: header('referer').slice(0, 4096),
      headers,
    },
  };
}
