/** Fortinet FortiWeb: SQL in a token writes a file that Python loads; a traversal reaches the program that makes administrators. */

import { cookie, createAccount, grant, knowsAccount, returns } from '../created-account.ts';
import type { Answer, Lure, Visit } from '../lure.ts';
import { callsFile, fileAnswer, keepFile, runOnce } from '../uploaded-file.ts';
import { html, json } from './answers.ts';

const serial = (visit: Visit): string =>
  `FVVM08TM${String(21_000_000 + (Number.parseInt(visit.token('fortiweb serial', 6), 16) % 4_999_999))}`;

const shellPage = '#!/bin/sh -- header User-Agent';

/** The token stands in `… where token='…'`: comments for blanks, hexadecimal for quotes. */
function fabric(visit: Visit): Answer {
  const header =
    visit.request.request.headers.find(([name]) => name.toLowerCase() === 'authorization')?.[1] ?? '';
  const sql = header.replaceAll(/\/\*[^*]{0,64}\*\//g, ' ').slice(0, 8_192);
  const known = `${visit.memory.get('fortiweb token') ?? ''}${[...sql.matchAll(/(?:0x|unhex\(["'])([0-9a-f]{2,8192})/gi)].map((found) => Buffer.from(found[1] ?? '', 'hex').toString('latin1')).join('')}`;
  visit.memory.set('fortiweb token', known.slice(-16_384));
  if (/into\s{1,8}(?:out|dump)file/i.test(sql)) visit.memory.set('fortiweb written', 'yes');
  const isTrue = /'\s{0,8}(?:or|\|\|)\s{0,8}'?1'?\s{0,4}(?:=|like)\s{0,4}'?1/i.test(sql);
  if (isTrue || /union|outfile/i.test(sql))
    return json({
      serial: serial(visit),
      device_type: 'fortiweb',
      model: 'FortiWeb-VM',
      model_name: 'FortiWeb-VM',
      model_number: 'VM08',
      hostname: visit.persona.hostname,
      version: 'v7.6.3',
      build: 1043,
      reason: 'none',
    });
  return json({ errcode: 401, message: 'Authorization failed' }, 401);
}

const fabricLure: Lure = {
  product: 'fortiweb',
  summary:
    'FortiWeb: SQL in the token of the fabric connector writes Python that a script loads, and so a page that runs a header',
  remembers: 'what the SQL put together, that it was written, the page that came of it',
  signatures: ['fortiweb-fabric-sqli'],
  answer: (visit) => {
    const { path } = visit.request;
    if (visit.matched.has('fortiweb-fabric-sqli')) return fabric(visit);
    if (callsFile(visit)) {
      const agent =
        visit.request.request.headers.find(([name]) => name.toLowerCase() === 'user-agent')?.[1] ?? '';
      return path.endsWith('.cgi') ? html(runOnce(visit, agent)) : fileAnswer(visit);
    }
    // Python starts, loads what was written, and does what it says.
    const token = visit.memory.get('fortiweb token') ?? '';
    const name = /cgi-bin\/([\w.-]{1,64})/.exec(token)?.[1] ?? 'x.cgi';
    keepFile(visit, `/cgi-bin/${name}`, shellPage);
    runOnce(visit, /os\.system\(\s{0,4}["']([^"'\r\n]{1,2048})["']/.exec(token)?.[1] ?? '');
    return html(
      '<html><head><title>500 Internal Server Error</title></head><body><h1>Internal Server Error</h1></body></html>',
      500,
    );
  },
  follows: (visit) =>
    callsFile(visit) ||
    (visit.memory.has('fortiweb written') && /^\/cgi-bin\/ml-[\w-]{1,32}\.py$/.test(visit.request.path)),
};

const administratorLure: Lure = {
  product: 'fortiweb',
  summary:
    'FortiWeb: a path through the API reaches fwbcgi, a header says who calls, and an administrator is made who logs in',
  remembers: 'administrators made, their login',
  signatures: ['fortiweb-fwbcgi-traversal'],
  pages: {
    '/login': () =>
      html(
        '<!DOCTYPE html>\n<html>\n<head>\n<title>FortiWeb - </title>\n</head>\n<body><div id="app"></div></body>\n</html>\n',
      ),
  },
  answer: (visit) => {
    const { body } = visit.request.request;
    const field = (name: string): string =>
      new RegExp(`"${name}"\\s{0,8}:\\s{0,8}"([^"]{0,128})"`).exec(body)?.[1] ?? '';
    if (visit.matched.has('fortiweb-fwbcgi-traversal')) {
      if (visit.request.method !== 'POST') return json({ results: { errcode: -651 } }, 500);
      const name = field('name');
      createAccount(visit, 'fortiweb', name, field('password'));
      return json({
        results: {
          can_edit: true,
          can_delete: true,
          can_clone: true,
          can_view: true,
          _id: name,
          q_ref: 0,
          name,
          'access-profile': field('access-profile') || 'prof_admin',
          'access-profile_val': '1008',
          trusthostv4: '0.0.0.0/0',
          type: 'local-user',
          sshkey: '',
          'passwd-set-time': 0,
        },
      });
    }
    if (visit.request.path !== '/logincheck') {
      return json({
        results: {
          serialNumber: serial(visit),
          hostName: visit.persona.hostname,
          firmwareVersion: 'FortiWeb-VM 7.6.4,build1056,250710',
          operationMode: 'Reverse Proxy',
        },
      });
    }
    const user = visit.request.parameter('username') ?? field('username');
    const password =
      visit.request.parameter('secretkey') ?? visit.request.parameter('password') ?? field('password');
    if (!knowsAccount(visit, 'fortiweb', user, password))
      return { ...html('0'), headers: [['Content-Type', 'text/html']] };
    return {
      ...html('1document.location="/index";'),
      headers: [
        ['Content-Type', 'text/html'],
        [
          'Set-Cookie',
          `APSCOOKIE_FWEB_${visit.token('fortiweb cookie', 16)}=${grant(visit, 'fortiweb', 64)}; path=/; secure; HttpOnly`,
        ],
      ],
    };
  },
  follows: (visit) =>
    (visit.request.path === '/logincheck' && visit.request.method === 'POST') ||
    (visit.request.path.startsWith('/api/v2.0/') &&
      returns(visit, 'fortiweb', cookie(visit, `APSCOOKIE_FWEB_${visit.token('fortiweb cookie', 16)}`))),
};

export const fortiweb: readonly Lure[] = [fabricLure, administratorLure];
