/** Cameras, recorders, routers and gateways of small networks that hand a setting to a shell. */

import { grant, returns } from '../created-account.ts';
import type { Lure, Visit } from '../lure.ts';
import { html, json, output, redirect, text, xml } from './answers.ts';

/** Runs the command where nobody sees what it prints. */
function unseen(visit: Visit): void {
  if (visit.command !== '') visit.run(visit.command);
}

const tbk: Lure = {
  product: 'tbk-dvr',
  summary: 'TBK DVR: device.rsp hands mdc to a shell',
  signatures: ['tbk-dvr-device-rsp'],
  answer: (visit) => {
    unseen(visit);
    return json({ result: 0, info: 'ok' });
  },
};

const avtech: Lure = {
  product: 'avtech',
  summary: 'AVTECH cameras: the brightness goes to a shell, what it prints comes back',
  signatures: ['avtech-factory-brightness'],
  answer: (visit) => text(`0\nOK\n${visit.command === '' ? '' : visit.run(visit.command)}`),
};

/** The calls of a Dahua camera that its own page makes, and what they give. */
function dahuaCall(visit: Visit, method: string): unknown {
  const serial = visit.token('dahua serial', 15).toUpperCase();
  switch (method) {
    case 'magicBox.getSystemInfo':
      return {
        deviceType: 'IPC-HDW4431C-A',
        processor: 'S3LM',
        serialNumber: serial,
        updateSerial: 'IPC-HDW4431C-A',
      };
    case 'magicBox.getDeviceType':
      return { type: 'IPC-HDW4431C-A' };
    case 'magicBox.getSerialNo':
      return { sn: serial };
    case 'magicBox.getSoftwareVersion':
      return { version: { Build: '2018-05-18', Version: '2.622.0000000.18.R', WebVersion: '3.2.1.589711' } };
    case 'userManager.getActiveUserInfoAll':
      return {
        users: [
          { ClientAddress: visit.source, ClientType: 'NetKeyboard', Group: 'admin', Id: 1, Name: 'admin' },
        ],
      };
    case 'userManager.getUserInfoAll':
      return {
        users: [
          { Group: 'admin', Id: 1, Memo: "admin 's account", Name: 'admin', Reserved: true, Sharable: true },
          { Group: 'user', Id: 2, Memo: "888888 's account", Name: '888888', Reserved: true, Sharable: true },
        ],
      };
    default:
      return null;
  }
}

const dahua: Lure = {
  product: 'dahua',
  summary:
    'Dahua: a login that says it is a keyboard or the machine itself needs no password; its session makes calls',
  remembers: 'the session',
  signatures: ['dahua-login-bypass'],
  answer: (visit) => {
    const { body } = visit.request.request;
    const id = Number(/"id"\s{0,8}:\s{0,8}(\d{1,9})/.exec(body)?.[1] ?? '1');
    if (visit.matched.has('dahua-login-bypass'))
      return json({
        id,
        params: { keepAliveInterval: 60 },
        result: true,
        session: grant(visit, 'dahua', 32),
      });
    const session = /"session"\s{0,8}:\s{0,8}"?([\w-]{1,64})/.exec(body)?.[1] ?? '';
    if (!returns(visit, 'dahua', session))
      return json({
        error: { code: 287637505, message: 'Invalid session in request data!' },
        id,
        result: false,
      });
    const method = /"method"\s{0,8}:\s{0,8}"([\w.]{1,64})"/.exec(body)?.[1] ?? '';
    const params = dahuaCall(visit, method);
    return params === null
      ? json({ error: { code: 268894210, message: 'Method not found!' }, id, result: false, session })
      : json({ id, params, result: true, session });
  },
  follows: ({ request, memory }) =>
    request.method === 'POST' && request.path.toLowerCase() === '/rpc2' && memory.has('granted dahua'),
};

const draytek: Lure = {
  product: 'draytek',
  summary: 'DrayTek Vigor: mainfunction.cgi hands the path of a key and the session of an upload to a shell',
  signatures: ['draytek-mainfunction', 'draytek-apmcfgupload'],
  answer: (visit) => output(visit, 'text/plain'),
};

const fourFaith: Lure = {
  product: 'four-faith',
  summary: 'Four-Faith routers: the clock is set by a shell command',
  signatures: ['four-faith-adjust-sys-time'],
  answer: (visit) => {
    unseen(visit);
    return html(
      '<html><head><script type="text/javascript">top.location.href="Status_Router.asp";</script></head></html>',
    );
  },
};

const edimax: Lure = {
  product: 'edimax',
  summary: 'Edimax cameras: the time server’s name goes to a shell',
  signatures: ['edimax-mp-ping'],
  answer: (visit) => {
    unseen(visit);
    return text('OK\r\n');
  },
};

const ruckus: Lure = {
  product: 'ruckus',
  summary: 'Ruckus wireless: the password of a login is put into a command, the login then fails',
  signatures: ['ruckus-dologin-injection'],
  answer: (visit) => {
    unseen(visit);
    return redirect('/index.html?login_err=1');
  },
};

const geovision: Lure = {
  product: 'geovision',
  summary: 'GeoVision: the time server’s address goes to a shell',
  signatures: ['geovision-datesetting-command'],
  answer: (visit) => {
    unseen(visit);
    return html('<html><head><meta http-equiv="refresh" content="0;URL=/DateSetting.asp"></head></html>');
  },
};

const ptzoptics: Lure = {
  product: 'ptzoptics',
  summary: 'PTZOptics: settings are told and set without a login, the time server’s address goes to a shell',
  signatures: ['ptzoptics-system-conf'],
  answer: (visit) => {
    if (!visit.request.rawQuery.includes('get_system_conf')) {
      const value = visit.request.parameter('ntp_addr') ?? visit.request.parameter('ntpaddr') ?? '';
      const command = /(?:\$\(|`|[;|&]{1,2}\s?)([^`)]{1,1024})/.exec(value)?.[1] ?? '';
      visit.run(command);
      return text('{"Response":{"Result":"Success"}}');
    }
    return text(
      `devname="PTZOptics"\ndevtype="VX752A"\nversionno="SOC v7.2.94 - ARM 6.3.40THI"\nserial_num="${visit.token('ptz serial', 12)}"\nadmin_user="admin"\nadmin_pwd="${visit.token('ptz password', 32)}"\nguest_user="guest"\nguest_pwd="${visit.token('ptz guest password', 32)}"\n`,
    );
  },
};

const meteobridge: Lure = {
  product: 'meteobridge',
  summary:
    'Meteobridge: the query string of template.cgi is evaluated by a shell, without a login below public',
  signatures: ['meteobridge-template-command'],
  answer: (visit) => output(visit, 'text/plain'),
};

const recorders: Lure = {
  product: 'qnap',
  summary: 'QNAP VioStor: the time server’s name goes to a shell',
  signatures: ['qnap-viostor-ntp-command'],
  answer: (visit) => {
    unseen(visit);
    return html('<html><head><script>parent.submit_ok();</script></head></html>');
  },
};

const outlet: Lure = {
  product: 'fxc',
  summary: 'FXC AE1021: the time server’s name goes to a shell',
  signatures: ['fxc-outlet-ntp-command'],
  answer: (visit) => {
    unseen(visit);
    return json({ result: 'success' });
  },
};

const linksys: Lure = {
  product: 'linksys',
  summary: 'Linksys E series: tmUnblock.cgi runs what stands in ttcp_ip without a login',
  signatures: ['linksys-tmunblock'],
  answer: (visit) => {
    unseen(visit);
    return html('<html><head></head><body></body></html>');
  },
};

const totolink: Lure = {
  product: 'totolink',
  summary: 'TOTOLINK: cstecgi.cgi hands values to a shell, and says that all went well',
  signatures: ['totolink-cstecgi'],
  answer: (visit) => {
    unseen(visit);
    return json({ success: true, error: null, lan_ip: '192.168.0.1', wtime: '0', reserv: 'reserv' });
  },
};

const tenda: Lure = {
  product: 'tenda',
  summary: 'Tenda AC15: the name of a disk that is put away goes to a shell',
  signatures: ['tenda-setusbunload'],
  answer: (visit) => {
    unseen(visit);
    return text('{"errCode":0}');
  },
};

const dlinkAccounts: Lure = {
  product: 'dlink',
  summary: 'D-Link DIR: getcfg.php and hedwig.cgi give the accounts of the device to whoever asks',
  signatures: ['dlink-getcfg-accounts', 'dlink-hedwig-getcfg'],
  answer: (visit) =>
    xml(
      `<?xml version="1.0" encoding="utf-8"?>\n<postxml>\n<module>\n\t<service>DEVICE.ACCOUNT</service>\n\t<device>\n\t\t<gw_name>DIR-859</gw_name>\n\t\t<account>\n\t\t\t<seqno>2</seqno>\n\t\t\t<max>2</max>\n\t\t\t<count>1</count>\n\t\t\t<entry>\n\t\t\t\t<uid>USR-</uid>\n\t\t\t\t<name>Admin</name>\n\t\t\t\t<usrid></usrid>\n\t\t\t\t<password>${visit.token('admin password', 10)}</password>\n\t\t\t\t<group>0</group>\n\t\t\t\t<description></description>\n\t\t\t</entry>\n\t\t</account>\n\t\t<session>\n\t\t\t<captcha>0</captcha>\n\t\t\t<timeout>600</timeout>\n\t\t</session>\n\t</device>\n</module>\n</postxml>\n`,
    ),
};

export const deviceCommands: readonly Lure[] = [
  tbk,
  avtech,
  dahua,
  draytek,
  fourFaith,
  edimax,
  ruckus,
  geovision,
  ptzoptics,
  meteobridge,
  recorders,
  outlet,
  linksys,
  totolink,
  tenda,
  dlinkAccounts,
];
