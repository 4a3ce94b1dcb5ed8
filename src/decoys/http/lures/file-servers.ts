/** Servers by which companies exchange files with each other: Cleo, CrushFTP, Wing FTP, GoAnywhere. */

import { archiveEntries } from '../../../wire/archive-entries.ts';
import { cookie, createAccount, grant, knowsAccount, returns } from '../created-account.ts';
import { windowsFile } from '../windows-prompt.ts';
import type { Answer, Lure, Visit } from '../lure.ts';
import { luaCommand } from '../nested-payload.ts';
import { callsFile, fileAnswer, keepFile, runOnce } from '../uploaded-file.ts';
import { html, redirect } from './answers.ts';

const escapeXml = (value: string): string => value.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** The part of a request that says what is synchronised: a header, or the first line of the body. */
function synchronization({ request }: Visit): string {
  const header = request.request.headers.find(([name]) => name.toLowerCase() === 'vlsync')?.[1];
  return `${header ?? ''}\n${/VLSync:[^\r\n]{0,2048}/i.exec(request.request.body)?.[0] ?? ''}`;
}

const cleoServer = ['Server', 'Cleo VLTrader/5.8.0.20 (Windows)'] as const;
const cleo: Lure = {
  product: 'cleo',
  summary:
    'Cleo Harmony, VLTrader, LexiCom: /Synchronization reads and writes any file, and what lies in autorun is run',
  remembers: 'the files written, until autorun names one',
  signatures: ['cleo-synchronization'],
  answer: (visit) => {
    if (callsFile(visit)) return fileAnswer(visit);
    const wanted = synchronization(visit);
    const path = (/\bpath="?([^";\r\n]{1,512})/i.exec(wanted)?.[1] ?? '').replaceAll('\\', '/');
    if (/retrieve;/i.test(wanted)) {
      const content = windowsFile(path) ?? visit.file(`/${path.replace(/^(?:\.\.\/)*/, '')}`);
      return content === null
        ? { status: 404, headers: [cleoServer], body: '' }
        : { status: 200, headers: [cleoServer, ['Content-Type', 'application/octet-stream']], body: content };
    }
    const { body } = visit.request.request;
    const line =
      body.startsWith('VLSync') || body.startsWith('--')
        ? /\r?\n\r?\n|\r?\n(?=PK)|boundary\r?\n/.exec(body)
        : null;
    const content = line === null ? body : body.slice(line.index + line[0].length);
    const entries = archiveEntries(content.slice(Math.max(0, content.indexOf('PK\x03\x04'))));
    for (const each of [{ name: path, content }, ...entries]) {
      const command = /<Commands?>\s{0,64}(?:SYSTEM\s{1,8})?([^<]{1,4096})<\/Commands?>/i.exec(
        each.content,
      )?.[1];
      if (command !== undefined)
        visit.memory.set(
          `cleo ${path.split('/').at(-1) ?? ''}`,
          command.replaceAll('&quot;', '"').replaceAll('&amp;', '&'),
        );
    }
    const web = /(?:^|\/)webserver\/([\w./-]{1,200})$/i.exec(path)?.[1];
    if (web !== undefined) keepFile(visit, web, content);
    if (/(?:^|\/)autorun\//i.test(path)) {
      const named = /([\w.-]{1,128}\.(?:tmp|xml|zip|txt))/gi;
      for (const found of content.slice(0, 4_096).matchAll(named))
        runOnce(visit, visit.memory.get(`cleo ${found[1] ?? ''}`) ?? '');
      runOnce(visit, visit.memory.get(`cleo ${path.split('/').at(-1) ?? ''}`) ?? '');
    }
    return { status: 200, headers: [cleoServer], body: '' };
  },
  pages: { '/synchronization': () => ({ status: 200, headers: [cleoServer], body: '' }) },
  follows: callsFile,
};

/** `CrushAuth` is a time and thirty letters; the last four of it must come again as `c2f`. */
function crushSession(visit: Visit): readonly (readonly [string, string])[] {
  const auth = `${visit.now()}_${Buffer.from(grant(visit, 'crushftp', 44), 'hex')
    .toString('base64url')
    .slice(0, 30)}`;
  return [
    ['Set-Cookie', `currentAuth=${auth.slice(-4)}; path=/`],
    ['Set-Cookie', `CrushAuth=${auth}; path=/; HttpOnly`],
  ];
}

const crushXml = (body: string, headers: Answer['headers'] = []): Answer => ({
  status: 200,
  headers: [
    ['Content-Type', 'text/xml;charset=utf-8'],
    [
      'P3P',
      'policyref="/WebInterface/w3c/p3p.xml", CP="IDC DSP COR ADM DEVi TAIi PSA PSD IVAi IVDi CONi HIS OUR IND CNT"',
    ],
    ...(headers ?? []),
  ],
  body: `<?xml version="1.0" encoding="UTF-8"?> \r\n${body}`,
});

function crushUsers(visit: Visit): Answer {
  const { request } = visit;
  const command = request.parameter('command') ?? '';
  if (/^setuseritem$/i.test(command)) {
    const user = request.parameter('user') ?? '';
    const name = request.parameter('username') ?? /<user_?name>([^<]{1,128})</i.exec(user)?.[1] ?? '';
    createAccount(visit, 'crushftp', name, /<password>([^<]{1,128})</i.exec(user)?.[1] ?? '');
    return crushXml(
      '<result><response_status>OK</response_status><response_type>text</response_type><response_data></response_data></result>',
    );
  }
  const made = [...visit.memory.keys()]
    .filter((key) => key.startsWith('account crushftp '))
    .map((key) => key.slice(17));
  const names = ['default', 'crushadmin', 'TempAccount', ...made].map(
    (name) => `<user_list_subitem>${escapeXml(name)}</user_list_subitem>`,
  );
  return crushXml(
    `<result><response_status>OK</response_status><response_type>properties</response_type><response_data><user_list type="properties"><user_list type="vector">${names.join('')}</user_list></user_list></response_data></result>`,
  );
}

const crushftp: Lure = {
  product: 'crushftp',
  summary:
    'CrushFTP: templates in paths read any file, an AWS credential or AS2 header without proof is its user, who makes users that log in',
  remembers: 'users made, the session',
  signatures: ['crushftp-auth-race', 'crushftp-as2-bypass', 'crushftp-vfs-escape'],
  pages: {
    '/webinterface/': (visit) => redirect('/WebInterface/login.html', crushSession(visit)),
    '/webinterface/login.html': () =>
      html(
        '<!DOCTYPE html>\n<html>\n<head>\n<title>CrushFTP WebInterface</title>\n<script src="/WebInterface/Resources/js/login.js"></script>\n</head>\n<body id="login"></body>\n</html>\n',
      ),
  },
  answer: (visit) => {
    const { request } = visit;
    if (visit.matched.has('crushftp-vfs-escape')) {
      const asked = /<include>([^<]{1,512})<\/include>/i.exec(request.anywhere)?.[1];
      const content = asked === undefined ? '' : (visit.file(asked.replace(/^file:\/\//, '')) ?? '');
      const shown = request.anywhere.includes('{working_dir}') ? 'file://opt/CrushFTP10/' : content;
      return crushXml(
        `<commandResult><response>You need download, upload permissions to zip a file:${shown}\r\n</response></commandResult>`,
      );
    }
    if (visit.matched.has('crushftp-auth-race') || visit.matched.has('crushftp-as2-bypass'))
      return crushUsers(visit);
    if (/^login$/i.test(request.parameter('command') ?? '')) {
      const isIn = knowsAccount(
        visit,
        'crushftp',
        request.parameter('username') ?? '',
        request.parameter('password') ?? '',
      );
      if (!isIn)
        return crushXml(
          '<loginResult><response>failure</response><message>Check your username or password and try again.</message></loginResult>',
        );
      const headers = crushSession(visit);
      const c2f = /currentAuth=(.{4})/.exec(headers[0]?.[1] ?? '')?.[1] ?? '';
      visit.memory.set('crushftp in', 'yes');
      return crushXml(`<loginResult><response>success</response><c2f>${c2f}</c2f></loginResult>`, headers);
    }
    return crushUsers(visit);
  },
  follows: ({ request, memory }) =>
    request.path.startsWith('/webinterface/function') &&
    (request.parameter('command')?.toLowerCase() === 'login' || memory.has('crushftp in')),
};

const wingFtp: Lure = {
  product: 'wing-ftp',
  summary: 'Wing FTP: a name with a NUL writes Lua into the session, which runs when the session is used',
  remembers: 'the Lua in the session',
  signatures: ['wingftp-lua-injection'],
  pages: {
    '/login.html': () =>
      html(
        '<!DOCTYPE html>\n<html>\n<head>\n<title>Wing FTP Server - Web Client</title>\n</head>\n<body><form action="loginok.html" method="post"><input name="username"><input type="password" name="password"></form>\n<div>FTP server software powered by <b><a href="https://www.wftpserver.com/">Wing FTP Server v7.4.3</a></b></div></body>\n</html>\n',
      ),
  },
  answer: (visit) => {
    const server = ['Server', 'Wing FTP Server(Free Edition)'] as const;
    if (visit.matched.has('wingftp-lua-injection')) {
      visit.memory.set('wing-ftp lua', luaCommand(visit.request.parameter('username') ?? ''));
      const id = `${grant(visit, 'wing-ftp', 64)}f528764d624db129b32c21fbca0cb8d6`;
      return {
        ...html("<script>location='main.html?lang=english';</script>"),
        headers: [server, ['Set-Cookie', `UID=${id}; HttpOnly`]],
      };
    }
    const output = runOnce(visit, visit.memory.get('wing-ftp lua') ?? '');
    return {
      ...html(
        `${output}\n<html><head><title>Wing FTP Server - Web Client</title></head><body><table id="filelist"></table></body></html>`,
      ),
      headers: [server, ['Content-Type', 'text/html']],
    };
  },
  follows: (visit) =>
    /^\/(?:dir|main|upload|search|download)\.html$/.test(visit.request.path) &&
    returns(visit, 'wing-ftp', cookie(visit, 'UID')),
};

const wizard = (body: string): Answer =>
  html(
    `<!DOCTYPE html>\n<html>\n<head>\n<title>GoAnywhere Administrator Wizard</title>\n</head>\n<body>\n<form id="j_id_u:creteAdminPanel" method="post" action="/goanywhere/wizard/InitialAccountSetup.xhtml">\n${body}\n</form>\n</body>\n</html>\n`,
  );

const goanywhere: Lure = {
  product: 'goanywhere',
  summary:
    'GoAnywhere MFT: the first administrator’s page can be asked for again, then logs in; the license servlet deserialises',
  remembers: 'administrators made, the session',
  signatures: ['goanywhere-initial-account', 'goanywhere-license-deserialization'],
  answer: (visit) => {
    const { request } = visit;
    if (visit.matched.has('goanywhere-license-deserialization'))
      return html(
        '<!doctype html><html lang="en"><head><title>HTTP Status 500 – Internal Server Error</title></head><body><h1>HTTP Status 500 – Internal Server Error</h1></body></html>',
        500,
      );
    if (visit.matched.has('goanywhere-initial-account')) {
      const found = [...request.parameters].find(([name]) => name.endsWith('username'));
      const secret = [...request.parameters].find(([name]) => name.endsWith('password'));
      if (request.method !== 'POST' || found === undefined)
        return wizard(
          `<h2>Create an administrator account</h2><input name="j_id_u:creteAdminGrid:username"><input type="password" name="j_id_u:creteAdminGrid:password"><input type="hidden" name="javax.faces.ViewState" value="${visit.token('goanywhere view', 40)}">`,
        );
      createAccount(visit, 'goanywhere', found[1][0] ?? '', secret?.[1][0] ?? '');
      return redirect('/goanywhere/auth/Login.xhtml');
    }
    const [user, password] = ['username', 'password'].map(
      (name) => [...request.parameters].find(([key]) => key.endsWith(name))?.[1][0] ?? '',
    );
    if (!knowsAccount(visit, 'goanywhere', user ?? '', password ?? ''))
      return html(
        '<title>GoAnywhere Login</title><div class="ui-messages-error">Invalid user name or password</div>',
      );
    return redirect('/goanywhere/Dashboard.xhtml', [
      [
        'Set-Cookie',
        `ASESSIONID=${grant(visit, 'goanywhere', 32).toUpperCase()}; Path=/goanywhere; Secure; HttpOnly`,
      ],
    ]);
  },
  follows: ({ request }) => request.path === '/goanywhere/auth/login.xhtml' && request.method === 'POST',
};

export const fileServers: readonly Lure[] = [cleo, crushftp, wingFtp, goanywhere];
