/** Cisco IOS XE: the web interface of its agent takes any configuration, and what its users install runs commands. */

import { basicCredentials, createAccount, knowsAccount } from '../created-account.ts';
import type { Answer, Lure, Visit } from '../lure.ts';
import { runOnce } from '../uploaded-file.ts';
import { html, json } from './answers.ts';

const wsma = (inside: string): Answer => ({
  status: 200,
  headers: [['Content-Type', 'text/xml']],
  body: `<?xml version="1.0" encoding="UTF-8"?><SOAP:Envelope xmlns:SOAP="http://schemas.xmlsoap.org/soap/envelope/" xmlns:SOAP-ENC="http://schemas.xmlsoap.org/soap/encoding/" xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><SOAP:Body>${inside}</SOAP:Body></SOAP:Envelope>`,
});

/** What the router's own command line says: a version, and else nothing that a stranger could check. */
function execute(visit: Visit, command: string): string {
  const version = `Cisco IOS XE Software, Version 17.03.05\nCisco IOS Software [Amsterdam], Virtual XE Software (X86_64_LINUX_IOSD-UNIVERSALK9-M), Version 17.3.5, RELEASE SOFTWARE (fc2)\nTechnical Support: http://www.cisco.com/techsupport\nCopyright (c) 1986-2022 by Cisco Systems, Inc.\n${visit.persona.hostname} uptime is 12 weeks, 3 days`;
  return /^sh\w{0,2}\s{1,4}ver/i.test(command)
    ? version
    : `% Invalid input detected at '^' marker. Cisco Systems, Inc.\n[OK]`;
}

export const ciscoXe: Lure = {
  product: 'cisco-ios-xe',
  summary:
    'Cisco IOS XE web UI: wsma takes configuration without a login; its user then installs software, and with it commands',
  remembers: 'users configured, the implant that their commands install',
  signatures: ['cisco-ios-xe-webui-wsma', 'cisco-ios-xe-webui-software'],
  answer: (visit) => {
    const { path, request } = visit.request;
    if (path === '/webui/logoutconfirm.html') {
      // The implant gives its number to who knows to ask; without it the page is the ordinary one.
      return visit.memory.has('cisco implant')
        ? html(visit.token('cisco implant', 18))
        : html(
            '<html><head><script>window.onload=function(){ url ="/webui"; window.location.href=url; }</script></head></html>',
          );
    }
    if (visit.matched.has('cisco-ios-xe-webui-software')) {
      const basic = basicCredentials(visit);
      if (basic === null || !knowsAccount(visit, 'cisco-ios-xe', ...basic))
        return { status: 401, headers: [['WWW-Authenticate', 'Basic realm="level_15_access"']], body: '' };
      runOnce(visit, visit.command);
      if (/cisco_service\.conf|webui_implant/i.test(request.body))
        visit.memory.set('cisco implant', 'installed');
      return json({ installAdd: { status: 'success' } });
    }
    const user =
      /username\s{1,8}([\w.-]{1,64})\s{1,8}privilege\s{1,8}15\s{1,8}(?:secret|password)\s{1,8}(?:0\s{1,8})?([^\s<]{1,128})/i.exec(
        request.body,
      );
    if (user !== null) createAccount(visit, 'cisco-ios-xe', user[1] ?? '', user[2] ?? '');
    const command = /<cmd>([^<]{1,256})<\/cmd>/i.exec(request.body)?.[1] ?? '';
    return /execcli/i.test(request.body)
      ? wsma(
          `<response correlator="exec1" success="1" xmlns="urn:cisco:wsma-exec"><execLog><dialogueLog><sent><text>\n${command}</text></sent><received><text>\n${visit.persona.hostname}[${execute(visit, command)}]</text></received></dialogueLog></execLog></response>`,
        )
      : wsma('<response xmlns="urn:cisco:wsma-config" correlator="exec1" success="1"></response>');
  },
};
