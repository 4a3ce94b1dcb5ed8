/** Craft CMS: objects in what images and conditions are made of, and PHP in the session that they include. */

import { grant, granted } from '../created-account.ts';
import { formParts } from '../form-parts.ts';
import type { Answer, Lure } from '../lure.ts';
import { phpOutput } from '../php-evaluation.ts';
import { callsFile, fileAnswer, keepFile, runOnce } from '../uploaded-file.ts';
import { html, redirect } from './answers.ts';

const root = '/var/www/html';
const information = (mark: string): Answer =>
  html(
    `<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "DTD/xhtml1-transitional.dtd">\n<html><head><title>PHP 8.1.27 - phpinfo()</title></head>\n<body><div class="center">\n<table><tr class="h"><td><h1 class="p">PHP Version 8.1.27</h1></td></tr></table>\n<table><tr><td class="e">PHP API </td><td class="v">20210902 </td></tr><tr><td class="e">PHP Extension </td><td class="v">20210902 </td></tr></table>\n${mark}<h1>PHP Credits</h1>\n<table><tr class="h"><th>PHP Group</th></tr></table>\n</div></body></html>`,
  );

/** The form's token is the visitor's own; a request whose PHP the session keeps is run when the session's file is included. */
const craft: Lure = {
  product: 'craft-cms',
  summary:
    'Craft CMS: objects in image transforms and conditions; the session keeps PHP that they include, an image script writes a page',
  remembers: 'PHP in the session’s return address, image scripts uploaded, the pages that they write',
  signatures: ['craft-cms-conditions', 'craft-cms-register-argc'],
  answer: (visit) => {
    const { request } = visit;
    if (callsFile(visit)) return fileAnswer(visit);
    if (visit.matched.has('craft-cms-register-argc')) {
      const place = /--(?:templates|config)path=([^&]{1,256})/.exec(request.query)?.[1] ?? '';
      // What lies on another's server is recorded and not fetched: to this server it is unreachable.
      return /^\w+:\/\//.test(place)
        ? html('<h1>Internal Server Error</h1><p>Unable to find the template “index”.</p>', 503)
        : html(
            `<pre>PHP Warning 'yii\\base\\ErrorException' with message 'mkdir(): Permission denied'\n\nin ${root}/vendor/yiisoft/yii2/helpers/BaseFileHelper.php:650\n${place}</pre>`,
            503,
          );
    }
    const { body } = request.request;
    for (const part of formParts(body)) {
      const script = /<write\s{1,8}filename=["'](?:info:)?(?:[^"']{0,200}\/)?([\w.-]{1,80}\.php)["']/i.exec(
        part.content,
      );
      const caption = /filename=(["'])caption:([^\0]{1,2048}?)\1/i.exec(part.content)?.[2];
      if (script !== null && caption !== undefined)
        visit.memory.set(
          'craft script',
          `${script[1] ?? ''}\n${caption.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"')}`,
        );
    }
    if (/vid:msl/i.test(body)) {
      const [name = '', ...source] = (visit.memory.get('craft script') ?? '').split('\n');
      if (name !== '')
        for (const path of [`/${name}`, `/cpresources/${name}`]) keepFile(visit, path, source.join('\n'));
      return html('<h1>Internal Server Error</h1>', 502);
    }
    if (/phpinfo/i.test(body))
      return information(
        '<table><tr><td class="e">CRAFT_ENVIRONMENT </td><td class="v">production </td></tr><tr><td class="e">CRAFT_APP_ID </td><td class="v">CraftCMS</td></tr></table>',
      );
    if (/sess_|phpmanager|itemfile/i.test(body)) {
      const session = phpOutput(visit.memory.get('craft session') ?? '', (command) =>
        runOnce(visit, command),
      );
      return html(`${session}<h1>Internal Server Error</h1>`, 500);
    }
    return html('<h1>Internal Server Error</h1><p>Invalid config.</p>', 500);
  },
  follows: (visit) => callsFile(visit),
  pages: {},
};

const craftPages: Lure = {
  product: 'craft-cms',
  summary: 'Craft CMS: the pages that give the form’s token, and keep where a visitor wanted to go',
  remembers: 'the return address',
  signatures: [],
  answer: (visit) => {
    if (visit.request.parameter('p')?.startsWith('admin/') !== true) return null;
    const source = visit.request.parameter('a') ?? visit.request.rawQuery;
    if (/<\?/.test(source)) {
      visit.memory.set('craft session', source.slice(0, 4_096));
      return redirect('/index.php?p=admin/login', [
        ['Set-Cookie', `CraftSessionId=${grant(visit, 'craft', 26)}; path=/; HttpOnly`],
      ]);
    }
    const token = Buffer.from(visit.token(`craft token of ${visit.source}`, 96), 'hex').toString('base64url');
    return {
      status: 400,
      headers: [
        ['Content-Type', 'text/html; charset=UTF-8'],
        ['X-Powered-By', 'Craft CMS'],
        [
          'Set-Cookie',
          `CraftSessionId=${granted(visit, 'craft') ?? grant(visit, 'craft', 26)}; path=/; HttpOnly`,
        ],
      ],
      body: `<!DOCTYPE html>\n<html lang="en-US">\n<head>\n<title>Bad Request</title>\n<script>window.Craft = {"csrfTokenName":"CRAFT_CSRF_TOKEN","csrfTokenValue":"${token}"};</script>\n</head>\n<body>\n<input type="hidden" name="CRAFT_CSRF_TOKEN" value="${token}">\n</body>\n</html>\n`,
    };
  },
  follows: ({ request }) =>
    request.parameter('p')?.startsWith('admin/') === true && /^\/(?:index\.php)?$/.test(request.path),
};

export const craftCms: readonly Lure[] = [craft, craftPages];
