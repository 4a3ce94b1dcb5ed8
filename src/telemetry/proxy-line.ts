/**
 * Lines of proxies and load balancers, each in a form of its own. All write the client's address ahead of what it sent, but for Zoraxy and Nginx Proxy
 * Manager, whose lines are read from where the server's own words are certain.
 */

import { requestParts, unescaped, type AccessLine } from './access-line.ts';
import { withoutPort } from './access-json.ts';
import { accessTime, isoTime } from './log-time.ts';

/** The path of a request line in absolute form. */
const pathOf = (target: string): string => /^[a-z]{2,5}:\/\/[^/]{0,512}(\/.*)?$/.exec(target)?.[1] ?? target;

function line(at: number, address: string, request: string, status: number, userAgent: string): AccessLine {
  const { method, path } = requestParts(request);
  return {
    at,
    address: withoutPort(address),
    method,
    path: pathOf(path),
    status: status >= 100 && status <= 999 ? status : 0,
    referrer: '',
    userAgent: userAgent === '-' ? '' : userAgent,
  };
}

/**
 * AWS: `[TYPE ]TIME NAME CLIENT:PORT TARGET:PORT T T T STATUS TARGET-STATUS RECEIVED SENT "REQUEST" "AGENT" …`. A quote inside comes escaped
 * (ALB) or encoded (classic).
 */
const balancer =
  /^(?:(?:https?|h2|grpcs|wss?) )?(\d{4}-\d\d-\d\dT\S{8,20}) (\S{1,200}) (\S{3,60}) (\S{1,60}) -?[\d.]{1,20} -?[\d.]{1,20} -?[\d.]{1,20} (\d{3}|-) (\d{3}|-) \d+ \d+ "((?:[^"\\]|\\.)*)"(?: "((?:[^"\\]|\\.)*)")?/;

/** HAProxy (`option httplog`): `CLIENT:PORT [TIME] FRONTEND BACKEND/SERVER TIMERS STATUS BYTES COOKIE COOKIE STATE COUNTS QUEUES [{HEADERS} …]"REQUEST"`. */
const haproxy =
  /^(\S{3,60}):(\d{1,5}) \[([^\]]{20,40})\] (\S{1,200}) ([^ /]{1,200})\/(\S{1,200}) [-+\d/]{5,60} (-?\d{1,3}) \+?\d+ \S+ \S+ \S{4} [-+\d/]{5,40} [\d/]{3,20} (?:\{[^}]{0,1000}\} ?){0,2}"([^"]{0,16384})"/;

/** Zoraxy: `TIME [TIME] [router:…] [origin:…] [client: ADDRESS] [useragent: …] METHOD PATH STATUS`. */
function zoraxy(text: string): AccessLine | null {
  const mark = '[client: ';
  const at = text.indexOf(mark);
  const agent = text.indexOf('] [useragent: ', at);
  if (at < 0 || agent < 0 || !text.slice(0, at).includes('[router:')) return null;
  const time = isoTime(text, text.charCodeAt(0) === 91 ? 1 : 0);
  const found = /\] ([A-Z]{3,10}) (\S{1,16384}) (\d{3})$/.exec(text.slice(agent).trimEnd());
  if (time === null || found === null) return null;
  const userAgent = text.slice(agent + 14, agent + found.index);
  const address = text.slice(at + mark.length, agent);
  return {
    ...line(time.at, address, '', Number(found[3]), userAgent),
    method: found[1] ?? '',
    path: found[2] ?? '',
  };
}

/** Nginx Proxy Manager: `[TIME] CACHE UPSTREAM STATUS - METHOD SCHEME HOST "PATH" [Client ADDRESS] [Length …] … "AGENT" "REFERRER"`. nginx escapes quotes. */
const manager =
  /^\[([^\]]{20,40})\] \S{1,20} \S{1,40} (\d{3}) - ([A-Z]{1,20}) \S{1,10} \S{0,300} "([^"]{0,16384})" \[Client ([0-9a-fA-F.:]{2,45})\] \[Length [^"]{0,500}"([^"]{0,8192})"/;

/** NPMplus: `[TIME] HOST ADDRESS SECONDS "REQUEST" STATUS RECEIVED SENT REFERRER AGENT`. */
const managerPlus =
  /^\[([^\]]{20,40})\] \S{1,255} ([0-9a-fA-F.:]{2,45}) [\d.]{1,20} "([^"]{0,16384})" (\d{3}) \d+ \d+ \S{1,4096} (.{0,4096})$/;

/** The access of a line, or null where it has none of the forms. */
export function proxyLine(text: string, near: number): AccessLine | null {
  if (text.includes('[client: ')) return zoraxy(text);
  const first = text.charCodeAt(0);
  if (first === 91) {
    const plus = managerPlus.exec(text);
    if (plus !== null) {
      const [, time = '', address = '', request = '', status = '', agent = ''] = plus;
      return line(
        accessTime(time, 0)?.at ?? near,
        address,
        unescaped(request),
        Number(status),
        unescaped(agent),
      );
    }
    const found = manager.exec(text);
    if (found === null) return null;
    const [, time = '', status = '', method = '', path = '', address = '', agent = ''] = found;
    return {
      ...line(accessTime(time, 0)?.at ?? near, address, '', Number(status), unescaped(agent)),
      method,
      path: unescaped(path),
    };
  }
  const balanced = balancer.exec(text);
  if (balanced !== null) {
    const [, time = '', , address = '', , status = '', , request = '', agent = '-'] = balanced;
    return line(isoTime(time, 0)?.at ?? near, address, request, Number(status), agent);
  }
  const held = text.includes('] ') && text.includes('/') ? haproxy.exec(text) : null;
  if (held === null) return null;
  const [, address = '', , time = '', , , , status = '', request = ''] = held;
  return line(accessTime(time, 0)?.at ?? near, address, request, Number(status), '');
}
