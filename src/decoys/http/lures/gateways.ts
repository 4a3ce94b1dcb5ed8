/** Remote-access gateways and firewalls. */

import { pick } from '../../../core/random.ts';
import { cookie } from '../created-account.ts';
import type { Lure } from '../lure.ts';
import { html, json, output, redirect, text, traversedFile } from './answers.ts';
import { ivanti } from './ivanti.ts';
import { panOs } from './pan-os.ts';

const fortiosFiles: Lure = {
  product: 'fortios',
  summary: 'FortiOS SSL VPN: the language file name walks out of its folder to the session file',
  signatures: ['fortios-sslvpn-traversal'],
  answer: (visit) => ({
    status: 200,
    headers: [['Content-Type', 'application/javascript']],
    body: `var fgt_lang =\n${String.fromCharCode(1)}\0\0\0${visit.token('vpn user', 6)}\0\0${visit.source}\0\0vpn-${visit.token('vpn name', 4)}\0\0${visit.token('vpn password', 12)}\0\0full-access\0\0root\0\0`,
  }),
};

const fortiosAdmin: Lure = {
  product: 'fortios',
  summary: 'FortiOS: a forwarded header makes the caller an administrator of the REST API',
  signatures: ['fortios-authentication-bypass', 'fortios-websocket-bypass'],
  answer: (visit) => {
    const serial = `FGT60FTK${visit.token('serial', 8).toUpperCase()}`;
    if (visit.request.method === 'PUT') {
      return json(
        {
          http_method: 'PUT',
          revision: visit.token('revision', 32),
          error: -651,
          status: 'error',
          cli_error: 'SSH key is good.',
          serial,
          vdom: 'root',
        },
        500,
      );
    }
    return json({
      http_method: 'GET',
      revision: visit.token('revision', 32),
      results: [
        { name: 'admin', accprofile: 'super_admin', vdom: [{ name: 'root' }], 'ssh-public-key1': '' },
      ],
      vdom: 'root',
      path: 'system',
      name: 'admin',
      status: 'success',
      serial,
      version: 'v7.2.1',
      build: 1254,
    });
  },
};

const pulse: Lure = {
  product: 'pulse-secure',
  summary: 'Pulse Connect Secure: /dana/html5acc/guacamole walks out of its folder',
  signatures: ['pulse-secure-traversal', 'pulse-secure-diag-command'],
  answer: (visit) => {
    const file = traversedFile(visit);
    return file === null ? output(visit) : text(file);
  },
};

const citrixFiles: Lure = {
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

const citrixBleed: Lure = {
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

const f5Tmui: Lure = {
  product: 'f5-bigip',
  summary: 'F5 BIG-IP TMUI: ..; reaches the workspace scripts',
  signatures: ['f5-bigip-tmui-traversal'],
  answer: (visit) => {
    if (visit.command !== '') return json({ error: '', output: visit.run(visit.command) });
    return json({ error: '', output: traversedFile(visit) ?? visit.file('/etc/passwd') ?? '' });
  },
};

const f5Icontrol: Lure = {
  product: 'f5-bigip',
  summary: 'F5 BIG-IP iControl: bash for whoever drops the authentication header on the way',
  signatures: ['f5-bigip-icontrol-bash'],
  answer: (visit) =>
    json({
      kind: 'tm:util:bash:runstate',
      command: 'run',
      utilCmdArgs: `-c ${visit.command}`,
      commandResult: visit.run(visit.command),
    }),
};

const ciscoAsa: Lure = {
  product: 'cisco-asa',
  summary: 'Cisco ASA WebVPN: file reads by the translation table',
  signatures: ['cisco-asa-traversal', 'cisco-asa-file-read'],
  answer: () =>
    text(
      '-- Cisco Systems Inc. portal_inc.lua\ndofile("/+CSCOE+/include/common.lua")\n\nlocal function INTERNAL_PASSWORD_ENABLED(name)\n\treturn false\nend\n',
    ),
};

const checkpoint: Lure = {
  product: 'checkpoint',
  summary: 'Check Point gateway: MyCRL walks to any file',
  signatures: ['checkpoint-gateway-file-read'],
  answer: (visit) => text(traversedFile(visit) ?? visit.file('/etc/passwd') ?? ''),
};

const juniper: Lure = {
  product: 'juniper-junos',
  summary: 'Juniper J-Web: PHPRC prepends a file that the request carries',
  signatures: ['juniper-junos-phprc'],
  answer: (visit) => (visit.command === '' ? html(visit.file('/etc/passwd') ?? '') : output(visit)),
};

const exchangeProxylogon: Lure = {
  product: 'exchange',
  summary: 'Exchange: the X-BEResource cookie and autodiscover.json reach the back end',
  signatures: ['exchange-proxylogon', 'exchange-proxyshell', 'exchange-proxynotshell'],
  answer: (visit) =>
    visit.matched.has('exchange-proxylogon')
      ? {
          status: 500,
          headers: [
            ['X-CalculatedBETarget', visit.persona.hostname.toLowerCase()],
            ['X-FEServer', visit.persona.hostname.toUpperCase()],
          ],
          body: 'NegotiateSecurityContext failed with for host',
        }
      : redirect(`https://${visit.persona.hostname}/mapi/`, [
          ['X-FEServer', visit.persona.hostname.toUpperCase()],
        ]),
};

export const gateways: readonly Lure[] = [
  fortiosFiles,
  fortiosAdmin,
  pulse,
  ...ivanti,
  citrixFiles,
  citrixBleed,
  f5Tmui,
  f5Icontrol,
  ...panOs,
  ciscoAsa,
  checkpoint,
  juniper,
  exchangeProxylogon,
];
