/** SonicWall: the remote access of SMA 100 and of the firewalls. */

import { cookie, grant, returns } from '../created-account.ts';
import type { Answer, Lure, Visit } from '../lure.ts';
import { arithmetic } from '../php-evaluation.ts';
import { html, redirect } from './answers.ts';

const product = 'sonicwall';

const userNames = ['jmiller', 'aschmidt', 'mrossi', 'knovak', 'pdubois', 'slarsen'] as const;

const userOf = (visit: Visit): string =>
  userNames[Number.parseInt(visit.token('sonicwall user', 4), 16) % userNames.length] ?? userNames[0];

const page = (title: string, inside: string): Answer =>
  html(
    `<html><head><title>${title}</title><meta http-equiv="Pragma" content="no-cache"></head><body>${inside}</body></html>`,
  );

/** What the columns of a `UNION SELECT` come to: numbers and products of them, text, and the session where a column of sessions is read. */
function selected(visit: Visit, input: string): readonly string[] {
  const list = /\bselect\b([^\0]{1,2048}?)(?:\bfrom\b|--|#|;|$)/i.exec(input)?.[1] ?? '';
  const isOfSessions = /\bfrom\s{1,8}["`]?sessions?\b/i.test(input);
  return list.split(',', 32).map((column) => {
    const value = column.trim();
    const literal = /^(?:'([^']*)'|"([^"]*)"|(\d{1,18}))$/.exec(value);
    if (literal !== null) return literal[1] ?? literal[2] ?? literal[3] ?? '';
    const sum = arithmetic(value);
    if (sum !== null) return sum;
    if (!isOfSessions) return '';
    if (/sess(?:ion)?_?id|cookie/i.test(value)) return grant(visit, product, 32);
    if (/user/i.test(value)) return userOf(visit);
    return '';
  });
}

const installer: Lure = {
  product,
  summary:
    'SonicWall SMA 100: the customer of a support session is put into SQL, which reads the sessions of others',
  remembers: 'the session read',
  signatures: ['sonicwall-sslvpn-sessid-sqli'],
  answer: (visit) => {
    const input = visit.request.parameter('customertid') ?? visit.request.request.body;
    const row = selected(visit, input.replaceAll('+', ' ')).filter((value) => value !== '');
    return page(
      'Virtual Assist',
      `<form name="supportForm" action="/cgi-bin/supportInstaller" method="post"><input type="hidden" name="tid" value="${row.map((value) => value.replaceAll(/[<>"&]/g, '')).join(' ')}"></form>`,
    );
  },
};

/** The launch page of the client: variables of a script that name the session. */
const launch = (visit: Visit, session: string): Answer =>
  html(
    `<html><head><title>NetExtender</title><script type="text/javascript">\nfunction neLauncherInit(){\nNELaunchX1.userName = "${userOf(visit)}";\nNELaunchX1.domainName = "LocalDomain";\nSessionId = ${session};\nNxPort = 443;\nNELaunchX1.dns1 = "192.168.168.1";\nNELaunchX1.ipv6Support = "no";\n}\n</script></head><body onload="neLauncherInit()"></body></html>`,
  );

const swap: Lure = {
  product,
  summary:
    'SonicWall: a session cookie that decodes to zeros is the session of whoever is in; it launches the client, and ends it',
  remembers: 'the session given',
  signatures: ['sonicwall-sma-swap-cookie'],
  answer: (visit) => {
    const { request } = visit;
    const isGiven = visit.matched.has('sonicwall-sma-swap-cookie') || isSession(visit);
    if (!isGiven) return redirect('/auth1.html');
    if (request.path === '/cgi-bin/userlogout') return redirect('/cgi-bin/welcome');
    if (request.path === '/cgi-bin/portal')
      return page(
        'Virtual Office',
        `<div id="userName">${userOf(visit)}</div><a href="/cgi-bin/sslvpnclient?launchplatform=">NetExtender</a><a href="/cgi-bin/userLogout">Logout</a>`,
      );
    return launch(visit, grant(visit, product, 32));
  },
  follows: (visit) =>
    visit.memory.has(`granted ${product}`) &&
    ['/cgi-bin/portal', '/cgi-bin/sslvpnclient', '/cgi-bin/userlogout'].includes(visit.request.path),
};

/** The session stands in the cookie `swap`, plain or in Base64. */
function isSession(visit: Visit): boolean {
  const shown = cookie(visit, 'swap');
  return (
    returns(visit, product, shown) || returns(visit, product, Buffer.from(shown, 'base64').toString('latin1'))
  );
}

const environment: Lure = {
  product,
  summary: 'SonicWall SMA 100: an overlong query string overflows a stack, and the path goes to a shell',
  signatures: ['sonicwall-sma-environment-overflow', 'sonicwall-jarrewrite-shellshock'],
  answer: (visit) => {
    const printed = visit.command === '' ? '' : visit.run(visit.command);
    // What the overflow runs has no page to print to; bash in a CGI script has.
    return visit.matched.has('sonicwall-jarrewrite-shellshock')
      ? html(printed)
      : html(
          '<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">\n<html><head>\n<title>404 Not Found</title>\n</head><body>\n<h1>Not Found</h1>\n<p>The requested URL was not found on this server.</p>\n</body></html>\n',
          404,
        );
  },
};

export const sonicwall: readonly Lure[] = [installer, swap, environment];
