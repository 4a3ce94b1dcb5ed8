/** Palo Alto Networks PAN-OS: a portal whose session names a file, and a management page that is told not to ask who calls. */

import { cookie, grant, returns } from '../created-account.ts';
import type { Answer, Lure, Visit } from '../lure.ts';
import { callsFile, fileAnswer, runOnce } from '../uploaded-file.ts';
import { html, text } from './answers.ts';

const documents = '/var/appweb/htdocs';

/** The file that the session of CVE-2024-3400 makes: empty, and root's, so that the portal refuses what it would not find else. */
function sessionFile(visit: Visit): string {
  const value = cookie(visit, 'SESSID').replaceAll(/%2f/gi, '/');
  return /\/sslvpndocs(\/[\w./-]{1,200})$/.exec(value)?.[1] ?? '';
}

const globalProtect: Lure = {
  product: 'pan-os',
  summary: 'PAN-OS GlobalProtect: the SESSID cookie names a file to write, whose name is run later',
  remembers: 'the files made, which are there and forbidden',
  signatures: ['panos-globalprotect-sessid'],
  answer: (visit) => {
    if (!visit.matched.has('panos-globalprotect-sessid'))
      return html(
        '<html>\r\n<head><title>403 Forbidden</title></head>\r\n<body>\r\n<center><h1>403 Forbidden</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n',
        403,
      );
    runOnce(visit, visit.command);
    const file = sessionFile(visit);
    if (file !== '') visit.memory.set(`pan-os file ${file.toLowerCase()}`, 'empty');
    return {
      status: 200,
      headers: [['Content-Type', 'application/xml']],
      body: '<?xml version="1.0" encoding="UTF-8" ?>\n<prelogin-response>\n<status>Error</status>\n<msg>Invalid parameters</msg>\n</prelogin-response>\n',
    };
  },
  follows: ({ memory, request }) => memory.has(`pan-os file ${request.path}`),
};

const session = (visit: Visit, answer: Answer): Answer => ({
  ...answer,
  headers: [
    ...(answer.headers ?? [['Content-Type', 'text/html; charset=UTF-8']]),
    ['Expires', '0'],
    [
      'Set-Cookie',
      `PHPSESSID=${visit.token(`pan-os visit of ${visit.source}`, 26)}; path=/; secure; HttpOnly`,
    ],
  ],
});

const administrationSignatures: readonly string[] = [
  'panos-auth-bypass-header',
  'panos-remote-appweb-session',
  'panos-nginx-apache-confusion',
];

/** The user of the session is put into a command line when the session is next written: not before. */
const administration: Lure = {
  product: 'pan-os',
  summary:
    'PAN-OS management: X-PAN-AUTHCHECK: off, and commands in the user of the session, which run when it is used',
  remembers: 'the session with the command in its user, the pages that commands wrote',
  signatures: administrationSignatures,
  answer: (visit) => {
    const { path } = visit.request;
    if (callsFile(visit)) return fileAnswer(visit);
    if (path.includes('/createremoteappwebsession.php')) {
      if (visit.command !== '') visit.memory.set('pan-os user', visit.command);
      return session(visit, text(`@start@PHPSESSID=${grant(visit, 'pan-os', 26)}@end@`));
    }
    if (path.includes('/cmsgetdevicesoftwareversion.php'))
      return session(visit, {
        status: 200,
        headers: [['Content-Type', 'application/json']],
        body: '"0.0.0"',
      });
    if (returns(visit, 'pan-os', cookie(visit, 'PHPSESSID')))
      runOnce(visit, visit.memory.get('pan-os user') ?? '', documents);
    if (!administrationSignatures.some((name) => visit.matched.has(name))) return null;
    return session(
      visit,
      html(
        '<!DOCTYPE html>\n<html>\n<head>\n<title>panos</title>\n<script>var Pan = { base: { autoload: true } }; window.Pan.st = { isPanorama: false, platform: "panos" };</script>\n</head>\n<body id="app"></body>\n</html>\n',
      ),
    );
  },
  follows: (visit) =>
    callsFile(visit) ||
    (returns(visit, 'pan-os', cookie(visit, 'PHPSESSID')) && /\.php(?:\/|$)/.test(visit.request.path)),
};

export const panOs: readonly Lure[] = [globalProtect, administration];
