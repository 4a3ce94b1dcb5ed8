/** Remote-access gateways and firewalls. */

import type { Lure } from '../lure.ts';
import { html, json, output, redirect, text, traversedFile } from './answers.ts';
import { citrixAdc } from './citrix-adc.ts';
import { f5Bigip } from './f5-bigip.ts';
import { ivanti } from './ivanti.ts';
import { panOs } from './pan-os.ts';
import { sonicwall } from './sonicwall.ts';

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
  ...citrixAdc,
  ...f5Bigip,
  ...panOs,
  ciscoAsa,
  checkpoint,
  juniper,
  ...sonicwall,
  exchangeProxylogon,
];
