/** Citrix ADC and Gateway (NetScaler). */

import { pick } from '../../../core/random.ts';
import { cookie, grant, returns } from '../created-account.ts';
import type { Lure, Visit } from '../lure.ts';
import { callsFile, fileAnswer, keepFile } from '../uploaded-file.ts';
import { html, json, output, redirect, text, traversedFile } from './answers.ts';

const files: Lure = {
  product: 'citrix-adc',
  summary: 'Citrix ADC: /vpns walks to smb.conf, and to the template scripts',
  signatures: ['citrix-adc-vpns-traversal'],
  answer: (visit) =>
    visit.command === ''
      ? text(
          '# Samba config\n[global]\n\tencrypt passwords = yes\n\tname resolve order = lmhosts wins host bcast\n',
        )
      : output(visit),
};

const bleed: Lure = {
  product: 'citrix-adc',
  summary: 'Citrix ADC: an overlong Host, or a login without a value, gives memory with sessions in it',
  remembers: 'that a session was given away',
  signatures: ['citrix-bleed', 'citrix-bleed-2'],
  follows: (visit) =>
    visit.memory.has('citrix session') && visit.request.path.startsWith('/logon/logonpoint/authentication/'),
  answer: (visit) => {
    if (!visit.matched.has('citrix-bleed') && !visit.matched.has('citrix-bleed-2')) {
      const isKnown = cookie(visit, 'NSC_AAAC').startsWith(visit.token('session', 64));
      const names = ['j.miller', 'a.schmidt', 'm.rossi', 'k.novak', 'p.dubois', 's.larsen'] as const;
      return isKnown ? text(pick(visit.persona.random('citrix user'), names)) : text('', 403);
    }
    visit.memory.set('citrix session', 'given');
    const rest = `${'a'.repeat(4096)}\0\0\0\0${visit.token('aaac', 64)}45525d5f4f58455e445a4a42\0\0pwcount=0;NSC_AAAC=${visit.token('session', 64)}`;
    return visit.matched.has('citrix-bleed')
      ? json({
          issuer: `https://${rest}`,
          authorization_endpoint: `https://${visit.persona.hostname}/oauth/idp/login`,
        })
      : {
          status: 200,
          headers: [['Content-Type', 'application/vnd.citrix.authenticateresponse-1+xml']],
          body: `<InitialValue>${rest.slice(-200)}</InitialValue>`,
        };
  },
};

/** The random number by which the management pages know their own requests. */
const requestKey = (visit: Visit): string =>
  String(100_000_000 + (Number.parseInt(visit.token(`citrix rand of ${visit.source}`, 8), 16) % 900_000_000));

const setupKey = 'citrix setup';

const report: Lure = {
  product: 'citrix-adc',
  summary:
    'Citrix ADC: a report of the management makes a session for its caller, which then downloads any file',
  remembers: 'the session, that its setup was forced',
  signatures: ['citrix-adc-pcidss-bypass'],
  answer: (visit) => {
    const { path } = visit.request;
    const isKnown = returns(visit, 'citrix-adc', cookie(visit, 'SESSID'));
    if (path === '/pcidss/report')
      return {
        status: 406,
        headers: isKnown
          ? []
          : [['Set-Cookie', `SESSID=${grant(visit, 'citrix-adc', 32)}; path=/; HttpOnly`]],
        body: '',
      };
    if (!isKnown) return redirect('/');
    if (path === '/menu/ss') {
      visit.memory.set(setupKey, 'forced');
      return redirect('/menu/neo');
    }
    if (path === '/menu/neo' || path === '/menu/stc')
      return visit.memory.has(setupKey)
        ? html(
            `<!DOCTYPE html>\n<html><head><title>Citrix ADC</title><script type="text/javascript">\nvar rand = "${requestKey(visit)}";\nvar sysid = "450010";\n</script></head><body></body></html>`,
          )
        : redirect('/');
    const key = visit.request.request.headers.find((entry) => entry[0].toLowerCase() === 'rand_key')?.[1];
    if (key === undefined || !key.includes(requestKey(visit))) return text('', 403);
    const file = traversedFile(visit);
    return file === null
      ? text('', 404)
      : { status: 406, headers: [['Content-Type', 'application/octet-stream']], body: file };
  },
  follows: ({ request, memory }) =>
    (request.path === '/menu/neo' || request.path === '/menu/stc') && memory.has('granted citrix-adc'),
};

/** Folders that the gateway serves, and where. */
const served: readonly (readonly [folder: string, path: string])[] = [
  ['/var/netscaler/logon/', '/logon/'],
  ['/netscaler/ns_gui/', '/'],
  ['/var/vpn/', '/vpn/'],
  ['/var/www/', '/'],
];

const overflow: Lure = {
  product: 'citrix-adc',
  summary:
    'Citrix ADC: an overlong target of a form login overflows a stack, and what runs there writes a page',
  remembers: 'the pages written',
  signatures: ['citrix-adc-gwtest-formssso'],
  answer: (visit) => {
    if (callsFile(visit)) return fileAnswer(visit);
    // The machine code is opaque; the shell command that it hands over stands in it as text.
    const sent = (visit.request.parameter('target') ?? '').slice(0, 16_384);
    const command = /(?:echo|printf) [\x20-\x7e]{1,4096}?>{1,2} ?\/[\w./-]{1,200}\.php/.exec(sent)?.[0];
    if (command !== undefined) {
      const [, content = '', target = ''] = /^([^\0]*?)>{1,2} ?(\/[\w./-]+)$/.exec(command) ?? [];
      const place = served.find(([folder]) => target.startsWith(folder));
      const page = visit.run(content);
      if (place !== undefined) keepFile(visit, `${place[1]}${target.slice(place[0].length)}`, page);
    }
    return html('');
  },
  follows: callsFile,
};

export const citrixAdc: readonly Lure[] = [files, bleed, report, overflow];
