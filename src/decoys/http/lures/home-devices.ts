/** Routers, cameras and network disks of homes and small offices. */

import type { Lure } from '../lure.ts';
import { html, json, output, text, xml } from './answers.ts';

const soapEnvelope = (inside: string): string =>
  `<?xml version="1.0"?>\n<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" s:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/">\n<s:Body>\n${inside}\n</s:Body>\n</s:Envelope>\n`;

const tplink: Lure = {
  product: 'tplink-archer',
  summary: 'TP-Link Archer: the locale form runs what stands in country',
  remembers: 'the value stored, which the next request runs',
  signatures: ['tplink-archer-ax21-locale', 'tplink-wr840n-oid-str'],
  // The first request stores the value, the second runs it; both answer with what was stored.
  answer: (visit) => {
    const again = visit.memory.get('tplink-locale') === visit.command;
    visit.memory.set('tplink-locale', visit.command);
    return again ? output(visit) : text('OK');
  },
};

const tplinkCredentials: Lure = {
  product: 'tplink-archer',
  summary: 'TP-Link TL-WR841N: gives its credentials to whoever asks dropbearpwd',
  signatures: ['tplink-wr841n-userrpm-credentials'],
  answer: (visit) => text(`username:admin\npassword:${visit.token('admin password', 8)}\n`),
};

const netgear: Lure = {
  product: 'netgear',
  summary: 'NETGEAR R7000 and DGN: commands in the path and in setup.cgi',
  signatures: [
    'netgear-cgi-bin-command',
    'netgear-setup-cgi-syscmd',
    'netgear-ping-diagnostics',
    'netgear-boardid-injection',
  ],
  answer: (visit) => output(visit),
};

const dlink: Lure = {
  product: 'dlink',
  summary: 'D-Link DIR: HNAP, ping test and command.php run commands',
  signatures: [
    'dlink-hnap-soapaction',
    'dlink-apply-sec-ping',
    'dlink-soap-cgi-service',
    'dlink-command-php',
    'dlink-tools-vct-ping',
  ],
  answer: (visit) =>
    visit.matched.has('dlink-hnap-soapaction')
      ? xml(
          soapEnvelope(
            `<GetDeviceSettingsResponse xmlns="http://purenetworks.com/HNAP1/"><GetDeviceSettingsResult>OK</GetDeviceSettingsResult></GetDeviceSettingsResponse>`,
          ),
        )
      : output(visit),
};

const dlinkNas: Lure = {
  product: 'dlink-nas',
  summary: 'D-Link DNS: nas_sharing.cgi with its hard-coded user, account_mgr.cgi',
  signatures: ['dlink-nas-sharing-system', 'dlink-nas-account-name', 'dlink-dns320-system-mgr'],
  answer: (visit) => ({
    status: 200,
    headers: [['Content-Type', 'text/xml']],
    body: `${visit.command === '' ? '' : visit.run(visit.command)}<?xml version="1.0" encoding="UTF-8"?><config><nas_sharing><auth_state>1</auth_state></nas_sharing></config>`,
  }),
};

const huawei: Lure = {
  product: 'huawei-hg532',
  summary: 'Huawei HG532: DeviceUpgrade runs what stands in NewStatusURL',
  signatures: ['huawei-hg532-deviceupgrade'],
  answer: () =>
    xml(
      soapEnvelope(
        '<u:UpgradeResponse xmlns:u="urn:schemas-upnp-org:service:WANPPPConnection:1"></u:UpgradeResponse>',
      ),
    ),
};

const realtek: Lure = {
  product: 'realtek-sdk',
  summary: 'Realtek SDK: UPnP AddPortMapping and formWsc run commands',
  signatures: ['realtek-sdk-upnp-addportmapping', 'realtek-sdk-formwsc', 'realtek-boafrm-firmware'],
  answer: (visit) =>
    visit.matched.has('realtek-sdk-upnp-addportmapping')
      ? xml(
          soapEnvelope(
            '<u:AddPortMappingResponse xmlns:u="urn:schemas-upnp-org:service:WANIPConnection:1"></u:AddPortMappingResponse>',
          ),
        )
      : output(visit),
};

const gpon: Lure = {
  product: 'dasan-gpon',
  summary: 'Dasan GPON: the image suffix passes the login, diag_action runs commands and shows them later',
  remembers: 'what the diagnosis printed',
  signatures: ['dasan-gpon-auth-bypass', 'dasan-gpon-diag-command'],
  answer: (visit) => {
    if (visit.command !== '') visit.memory.set('gpon-diag', visit.run(visit.command));
    const result = visit.memory.get('gpon-diag') ?? '';
    return html(
      `<html><head><title>GPON Home Gateway</title></head><body><script>var diag_result = "${result.replaceAll('\n', '\\n').replaceAll('"', '\\"')}";</script></body></html>`,
    );
  },
};

const hikvision: Lure = {
  product: 'hikvision',
  summary: 'Hikvision: webLanguage runs what stands in language; what it wrote can be fetched',
  remembers: 'the files that commands wrote for the web server',
  signatures: ['hikvision-weblanguage-command'],
  answer: (visit) => {
    const drop = /^(.{1,2000}?)>\s*(?:\/?webLib\/|webLib)([\w./-]{1,64})\s*$/.exec(visit.command);
    if (drop !== null) visit.memory.set(`hikvision ${drop[2] ?? ''}`, visit.run(drop[1] ?? ''));
    if (visit.command !== '') return html('', 500);
    const name = visit.request.path.replace(/^\//, '');
    return text(visit.memory.get(`hikvision ${name}`) ?? '');
  },
  follows: (visit) => visit.memory.has(`hikvision ${visit.request.path.replace(/^\//, '')}`),
};

const hikvisionUsers: Lure = {
  product: 'hikvision',
  summary: 'Hikvision: the auth parameter opens the user list',
  signatures: ['hikvision-auth-parameter'],
  answer: () =>
    xml(
      '<?xml version="1.0" encoding="UTF-8" ?>\n<UserList version="1.0" xmlns="http://www.hikvision.com/ver10/XMLSchema">\n<User version="1.0" xmlns="http://www.hikvision.com/ver10/XMLSchema">\n<id>1</id>\n<userName>admin</userName>\n<priority>high</priority>\n<userLevel>Administrator</userLevel>\n</User>\n</UserList>\n',
    ),
};

const zyxel: Lure = {
  product: 'zyxel',
  summary: 'Zyxel USG and P660: ztp/cgi-bin/handler and ViewLog.asp run commands',
  signatures: ['zyxel-usg-ztp-handler', 'zyxel-p660-remote-host'],
  answer: (visit) =>
    visit.matched.has('zyxel-usg-ztp-handler') ? json({ ERROR: 0, code: 0 }) : output(visit),
};

const zyxelNas: Lure = {
  product: 'zyxel-nas',
  summary: 'Zyxel NAS: weblogin.cgi runs what stands in username',
  signatures: ['zyxel-nas-weblogin-username', 'zyxel-nas-setcookie'],
  answer: (visit) => output(visit),
};

export const homeDevices: readonly Lure[] = [
  tplink,
  tplinkCredentials,
  netgear,
  dlink,
  dlinkNas,
  huawei,
  realtek,
  gpon,
  hikvision,
  hikvisionUsers,
  zyxel,
  zyxelNas,
];
