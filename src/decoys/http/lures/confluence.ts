/** Atlassian Confluence: templates and OGNL that are run, and a setup that begins again, then a login, then a plugin. */

import { archiveEntries } from '../../../wire/archive-entries.ts';
import { basicCredentials, cookie, createAccount, grant, knowsAccount, returns } from '../created-account.ts';
import { formParts } from '../form-parts.ts';
import type { Answer, Lure, Visit } from '../lure.ts';
import { callsFile, fileAnswer, keepFile, runOnce, shellCommand } from '../uploaded-file.ts';
import { html, json, redirect } from './answers.ts';

const product = 'confluence';

const ognl: Lure = {
  product,
  summary: 'Confluence: OGNL in the path and in the query string; the result comes in a header or the page',
  signatures: ['confluence-ognl-path', 'confluence-ognl-querystring'],
  answer: (visit) => {
    const result = runOnce(visit, visit.command).trimEnd();
    if (visit.matched.has('confluence-ognl-querystring')) {
      return html(
        `<!DOCTYPE html><html><head><title>Confluence</title></head><body><input type="hidden" name="queryString" value="aaaa[${result}]" /></body></html>`,
      );
    }
    return redirect('/login.action?os_destination=%2Findex.action&permissionViolation=true', [
      ['X-Confluence-Request-Time', String(visit.now())],
      ['X-Cmd-Response', result.replaceAll('\n', ' ')],
    ]);
  },
};

const template: Lure = {
  product,
  summary: 'Confluence: text-inline.vm and the widget connector run templates',
  signatures: ['confluence-template-injection', 'confluence-widget-template'],
  answer: (visit) => {
    const result = runOnce(visit, visit.command).trimEnd();
    return {
      status: 200,
      headers: [
        ['Content-Type', 'text/html;charset=UTF-8'],
        ['X-Cmd-Response', result.replaceAll('\n', ' ')],
      ],
      body: `<div id="text-inline"><span class="field-label">${result}</span></div>`,
    };
  },
};

const page = (title: string, body: string, headers: Answer['headers'] = []): Answer => ({
  status: 200,
  headers: [['Content-Type', 'text/html;charset=UTF-8'], ...(headers ?? [])],
  body: `<!DOCTYPE html>\n<html>\n<head>\n<title>${title} - Confluence</title>\n</head>\n<body id="com-atlassian-confluence">\n${body}\n</body>\n</html>\n`,
});

function restore(visit: Visit): Answer {
  const file = formParts(visit.request.request.body).find((part) => part.file !== null);
  const names = file === undefined ? [] : archiveEntries(file.content).map((entry) => entry.name);
  if (!names.includes('exportDescriptor.properties')) {
    return page(
      'Set Up Confluence',
      '<div class="errorBox"><p>The zip file did not contain an entry \'exportDescriptor.properties\'. It did not contain any files, or was corrupted.</p></div>',
    );
  }
  // Whoever is in the backup is in now: only its sender knows these accounts.
  visit.memory.set('confluence restored', 'yes');
  return page('Setup Successful', '<h1>Setup Successful</h1><p>Your backup has been imported.</p>');
}

const isOpen = ({ memory }: Visit): boolean => memory.has('confluence setup');

function setup(visit: Visit): Answer {
  const { request } = visit;
  if (/setupcomplete/.test(request.anywhere)) {
    visit.memory.set('confluence setup', 'open');
    return html('success');
  }
  if (!isOpen(visit)) return redirect('/login.action');
  if (request.path.endsWith('/finishsetup.action')) {
    visit.memory.delete('confluence setup');
    return redirect('/');
  }
  const name = request.parameter('username');
  if (request.method === 'POST' && name !== null) {
    createAccount(visit, product, name, request.parameter('password') ?? '');
    return page(
      'Setup Successful',
      '<h1>Setup Successful</h1><form action="finishsetup.action" method="post"><input type="submit" value="Start" /></form>',
    );
  }
  return page(
    'Configure System Administrator Account',
    '<h1>Configure System Administrator Account</h1><form action="setupadministrator.action" method="post" name="setupadministratorform"><input type="text" name="username" /><input type="text" name="fullName" /><input type="text" name="email" /><input type="password" name="password" /><input type="password" name="confirm" /><input type="submit" name="setup-next-button" value="Next" /></form>',
  );
}

function login(visit: Visit): Answer {
  const name = visit.request.parameter('os_username') ?? '';
  const password = visit.request.parameter('os_password') ?? '';
  const isIn = knowsAccount(visit, product, name, password) || visit.memory.has('confluence restored');
  if (!isIn || name === '')
    return page(
      'Log In',
      '<div class="aui-message error"><p>Sorry, your username and password are incorrect. Please try again.</p></div>',
      [['X-Seraph-LoginReason', 'AUTHENTICATED_FAILED']],
    );
  visit.memory.set('confluence user', name);
  return redirect(visit.request.parameter('os_destination') ?? '/index.action', [
    ['Set-Cookie', `JSESSIONID=${grant(visit, product, 32).toUpperCase()}; Path=/; HttpOnly`],
    ['X-Seraph-LoginReason', 'OK'],
    ['X-AUSERNAME', name.replaceAll(/[^\w.@-]/g, '')],
  ]);
}

function isIn(visit: Visit): boolean {
  const basic = basicCredentials(visit);
  return (
    returns(visit, product, cookie(visit, 'JSESSIONID').toLowerCase()) ||
    (basic !== null && (knowsAccount(visit, product, ...basic) || visit.memory.has('confluence restored')))
  );
}

/** A plugin's servlets stand below /plugins/servlet; what it names as their patterns is in its atlassian-plugin.xml. */
function install(visit: Visit): Answer {
  for (const part of formParts(visit.request.request.body)) {
    const entries = part.file === null ? [] : archiveEntries(part.content);
    const described = entries.find((entry) => entry.name === 'atlassian-plugin.xml')?.content ?? '';
    for (const found of described.slice(0, 65_536).matchAll(/<url-pattern>([^<\s]{1,128})<\/url-pattern>/g))
      visit.memory.set(`confluence servlet ${(found[1] ?? '').toLowerCase().replace(/\/?\*$/, '')}`, 'yes');
    for (const entry of entries)
      if (entry.name.endsWith('.jsp'))
        keepFile(visit, `/plugins/servlet/${entry.name.split('/').at(-1) ?? ''}`, entry.content);
    if (entries.length > 0) visit.memory.set('confluence servlet', 'yes');
  }
  const id = visit.token('confluence task', 32).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  const task = {
    type: 'INSTALL',
    pingAfter: 100,
    status: {
      done: false,
      statusCode: 200,
      contentType: 'application/vnd.atl.plugins.install.installing+json',
      source: 'plugin.jar',
    },
    links: { self: `/rest/plugins/1.0/pending/${id}`, alternate: `/rest/plugins/1.0/tasks/${id}` },
    timestamp: visit.now(),
  };
  return {
    status: 202,
    headers: [['Content-Type', 'text/html;charset=UTF-8']],
    body: `<textarea>${JSON.stringify(task)}</textarea>`,
  };
}

function plugins(visit: Visit): Answer {
  if (visit.request.method === 'POST') return install(visit);
  return {
    ...json({ plugins: [], links: { self: '/rest/plugins/1.0/' }, hostStatusChangedSinceLastCheck: false }),
    headers: [
      ['upm-token', String(BigInt(`0x${visit.token('confluence upm', 15)}`))],
      ['Content-Type', 'application/vnd.atl.plugins.installed+json'],
    ],
  };
}

const servletPath = /^\/plugins\/servlet(\/[^?]{1,256})$/;

function servlet(visit: Visit): Answer | null {
  const path = servletPath.exec(visit.request.path)?.[1] ?? '';
  const names = [...visit.memory.keys()].filter((key) => key.startsWith('confluence servlet /'));
  const isNamed = names.some((key) => path === key.slice(19) || path.startsWith(`${key.slice(19)}/`));
  if (!visit.memory.has('confluence servlet') || (names.length > 0 && !isNamed)) return null;
  return html(runOnce(visit, shellCommand(visit)));
}

const takeover: Lure = {
  product,
  summary:
    'Confluence: the setup is opened again and takes a new administrator, or a backup; who is in loads a plugin that runs commands',
  remembers:
    'the open setup, administrators made, the restored backup, the session, the plugin loaded with its servlets',
  signatures: ['confluence-setup-reset', 'confluence-setup-restore'],
  answer: (visit) => {
    const { path } = visit.request;
    if (callsFile(visit)) return fileAnswer(visit);
    if (visit.matched.has('confluence-setup-restore')) return restore(visit);
    if (visit.matched.has('confluence-setup-reset')) return setup(visit);
    if (path === '/dologin.action') return login(visit);
    if (path.startsWith('/rest/plugins/1.0')) return plugins(visit);
    if (path === '/doauthenticate.action')
      return redirect(visit.request.parameter('destination') ?? '/admin/viewgeneralconfig.action');
    if (servletPath.test(path)) return servlet(visit);
    const name = (visit.memory.get('confluence user') ?? '').replaceAll(/[^\w.@-]/g, '');
    return page(
      'Dashboard',
      `<meta name="ajs-remote-user" content="${name}"><h1>Welcome to Confluence</h1><a href="/admin/console.action">General configuration</a>`,
    );
  },
  follows: (visit) => {
    const { path } = visit.request;
    if (callsFile(visit)) return true;
    if (servletPath.test(path)) return visit.memory.has('confluence servlet');
    if (path === '/dologin.action') return visit.request.method === 'POST';
    return isIn(visit) && (path.endsWith('.action') || path.startsWith('/rest/plugins/1.0') || path === '/');
  },
};

export const confluence: readonly Lure[] = [ognl, takeover, template];
