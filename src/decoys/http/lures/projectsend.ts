/** ProjectSend (CVE-2024-11680): options that anybody changes, until anybody may upload anything. */

import { cookie, createAccount, grant, knowsAccount, returns } from '../created-account.ts';
import { formParts } from '../form-parts.ts';
import type { Answer, Lure, Visit } from '../lure.ts';
import { callsFile, fileAnswer, keepFile } from '../uploaded-file.ts';
import { html, isFront, json } from './answers.ts';

export const projectsend: Lure = {
  product: 'projectsend',
  summary:
    'ProjectSend: the options are changed without a login; strangers may then register, log in and upload',
  remembers: 'the title set, that anybody may register, who registered, the pages uploaded',
  signatures: ['projectsend-options'],
  pages: {
    '/': (visit) =>
      isFront(visit, 'projectsend') || visit.memory.has('projectsend title') ? front(visit) : null,
  },
  answer: (visit) => {
    const { request, memory } = visit;
    if (callsFile(visit)) return fileAnswer(visit);
    const [user, password] = [request.parameter('username') ?? '', request.parameter('password') ?? ''];
    if (visit.matched.has('projectsend-options')) {
      const title = request.parameter('this_install_title');
      if (title !== null) memory.set('projectsend title', title.slice(0, 128));
      if (request.parameter('clients_can_register') === '1') memory.set('projectsend open', 'yes');
      // The page is saved, and then shown to somebody who is not there.
      return html('', 500);
    }
    if (request.path === '/register.php') {
      createAccount(visit, 'projectsend', user, password);
      return html('<div class="alert alert-success">Account added correctly.</div>');
    }
    if (request.path.startsWith('/includes/upload')) {
      const file = formParts(request.request.body).find((part) => part.file !== null);
      const name = file?.file?.split(/[\\/]/).at(-1) ?? '';
      // The name is prefixed by the time and by the SHA-1 of the user's: who knows both finds the file.
      if (file !== undefined)
        keepFile(visit, `/upload/files/${Math.floor(visit.now() / 1_000)}-${name}`, file.content);
      return json({ OK: 1, info: { id: '1', NewFileName: name } });
    }
    if (!knowsAccount(visit, 'projectsend', user, password))
      return json({ status: 'error', message: 'The supplied credentials are not correct.' });
    return {
      ...json({ status: 'success', location: '/my_files/' }),
      headers: [
        ['Content-Type', 'application/json'],
        ['Set-Cookie', `PHPSESSID=${grant(visit, 'projectsend', 26)}; path=/; HttpOnly`],
      ],
    };
  },
  follows: (visit) => {
    const { path, method, parameters } = visit.request;
    if (callsFile(visit)) return true;
    if (method !== 'POST') return false;
    if (path === '/register.php') return visit.memory.has('projectsend open');
    if (path.startsWith('/includes/upload')) return returns(visit, 'projectsend', cookie(visit, 'PHPSESSID'));
    return path === '/process.php' && parameters.has('username');
  },
};

function front(visit: Visit): Answer {
  const title = (visit.memory.get('projectsend title') ?? 'ProjectSend').replaceAll('<', '&lt;');
  return html(
    `<!doctype html>\n<html lang="en">\n<head>\n<title>Log in &raquo; ${title}</title>\n</head>\n<body class="login">\n<form action="process.php?do=login" method="post"><input type="hidden" name="csrf_token" value="${visit.token(`projectsend csrf of ${visit.source}`, 64)}"><input name="username"><input type="password" name="password"></form>\n<footer>Provided by <a href="https://www.projectsend.org/">projectsend</a></footer>\n</body>\n</html>\n`,
  );
}
