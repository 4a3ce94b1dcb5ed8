/** F5 BIG-IP: its traffic management interface (TMUI) and the REST interface beside it (iControl). */

import { percentDecode } from '../../../signatures/normal-text.ts';
import { basicCredentials, createAccount, grant, knowsAccount, returns } from '../created-account.ts';
import type { Answer, Lure, Visit } from '../lure.ts';
import { html, json, traversedFile } from './answers.ts';

const tmui: Lure = {
  product: 'f5-bigip',
  summary: 'F5 BIG-IP TMUI: ..; reaches the workspace scripts',
  signatures: ['f5-bigip-tmui-traversal'],
  answer: (visit) => {
    if (visit.command !== '') return json({ error: '', output: visit.run(visit.command) });
    return json({ error: '', output: traversedFile(visit) ?? visit.file('/etc/passwd') ?? '' });
  },
};

const bodyOf = ({ request }: Visit): string => request.request.body.slice(0, 16_384);

/** A text of a JSON object by its name, escapes undone; empty where there is none. */
function textOf(body: string, name: string): string {
  const found = new RegExp(`"${name}"\\s{0,8}:\\s{0,8}"((?:[^"\\\\]|\\\\.){0,2048})"`).exec(body)?.[1] ?? '';
  return found.replaceAll(/\\(["'\\/])/g, '$1');
}

const headerOf = ({ request }: Visit, name: string): string =>
  request.request.headers.find((entry) => entry[0].toLowerCase() === name)?.[1] ?? '';

/** True where the caller shows an account or a token that it made itself here. */
function isIn(visit: Visit): boolean {
  const pair = basicCredentials(visit);
  return (
    (pair !== null && knowsAccount(visit, 'f5-bigip', pair[0], pair[1])) ||
    returns(visit, 'f5-bigip', headerOf(visit, 'x-f5-auth-token').toLowerCase())
  );
}

const refused = (message: string): Answer =>
  json({ code: 401, message, restOperationId: 6_611_242, kind: ':resterrorresponse' }, 401);

/** 26 capitals and digits, of which the interface makes its tokens. */
const tokenOf = (visit: Visit): string => grant(visit, 'f5-bigip', 26);

function session(visit: Visit, user: string): Answer {
  const token = tokenOf(visit).toUpperCase();
  const seconds = Math.floor(visit.now() / 1_000);
  return json({
    username: user,
    loginReference: { link: 'https://localhost/mgmt/cm/system/authn/providers/local/login' },
    loginProviderName: 'local',
    token: {
      token,
      name: token,
      userName: user,
      authProviderName: 'local',
      user: { link: `https://localhost/mgmt/shared/authz/users/${encodeURIComponent(user)}` },
      timeout: 1_200,
      startTime: new Date(visit.now()).toISOString(),
      address: visit.source,
      partition: '[All]',
      generation: 1,
      lastUpdateMicros: seconds * 1_000_000,
      expirationMicros: (seconds + 1_200) * 1_000_000,
      kind: 'shared:authz:tokens:authtokenitemstate',
      selfLink: `https://localhost/mgmt/shared/authz/tokens/${token}`,
    },
    generation: 0,
    lastUpdateMicros: 0,
  });
}

function ranBash(visit: Visit): Answer {
  const given = textOf(bodyOf(visit), 'utilCmdArgs');
  const command =
    visit.command === ''
      ? given.replace(/^\s{0,8}-c\s{1,8}/, '').replace(/^(['"])([^\0]*)\1$/, '$2')
      : visit.command;
  return json({
    kind: 'tm:util:bash:runstate',
    command: 'run',
    utilCmdArgs: given === '' ? `-c ${command}` : given,
    commandResult: visit.run(command),
  });
}

/** An account as the interface shows it, its password by a hash that nobody can try. */
const userState = (visit: Visit, user: string): Answer =>
  json({
    kind: 'tm:auth:user:userstate',
    name: user,
    fullPath: user,
    generation: 1,
    selfLink: `https://localhost/mgmt/tm/auth/user/${encodeURIComponent(user)}?ver=16.1.2.1`,
    description: user,
    encryptedPassword: `$6$${visit.token('salt of a user', 8)}$${visit.token(`hash of ${user}`, 86)}`,
    partitionAccess: [
      {
        name: 'all-partitions',
        role: 'admin',
        nameReference: { link: 'https://localhost/mgmt/tm/auth/partition/all-partitions' },
      },
    ],
  });

const userPath = '/mgmt/tm/auth/user/';

const icontrol: Lure = {
  product: 'f5-bigip',
  summary:
    'F5 BIG-IP: bash for whoever drops the authentication header on the way, a token by a login that is looked up elsewhere, an administrator made by a request within a request, who logs in',
  remembers: 'administrators made, their passwords set, the tokens given',
  signatures: ['f5-bigip-icontrol-bash', 'f5-bigip-ajp-smuggling'],
  answer: (visit) => {
    const { request } = visit;
    const body = bodyOf(visit);
    if (request.path.startsWith('/tmui/')) {
      // The request within speaks AJP; the form in it is text.
      const form = new URLSearchParams(
        /(_timenow=[^\0]{0,4096}|handler=[^\0]{0,4096})/.exec(body)?.[1] ?? '',
      );
      createAccount(visit, 'f5-bigip', form.get('name') ?? '', form.get('passwd') ?? '');
      return html(
        `<html><head><title>BIG-IP&reg;- Redirect</title><meta http-equiv="Refresh" content="0;URL='/tmui/login.jsp'"></head><body></body></html>`,
      );
    }
    if (request.path === '/mgmt/shared/authn/login') {
      const user = textOf(body, 'username');
      // CVE-2021-22986: who vouches for the user is named by the caller.
      if (visit.matched.has('f5-bigip-icontrol-bash')) return session(visit, user === '' ? 'admin' : user);
      return knowsAccount(visit, 'f5-bigip', user, textOf(body, 'password'))
        ? session(visit, user)
        : refused('Authentication failed.');
    }
    if (request.path.startsWith(userPath)) {
      if (!isIn(visit))
        return refused('Authorization failed: no user authentication header or token detected.');
      const user = percentDecode(/[\w.%-]{1,128}$/.exec(request.rawPath)?.[0] ?? '');
      createAccount(visit, 'f5-bigip', user, textOf(body, 'password'));
      return userState(visit, user);
    }
    if (visit.matched.has('f5-bigip-icontrol-bash') || isIn(visit)) return ranBash(visit);
    return refused('X-F5-Auth-Token does not exist.');
  },
  follows: ({ request, memory }) =>
    (request.method === 'POST' && request.path === '/mgmt/shared/authn/login') ||
    (request.method === 'POST' && request.path === '/mgmt/tm/util/bash' && memory.has('granted f5-bigip')),
};

export const f5Bigip: readonly Lure[] = [tmui, icontrol];
