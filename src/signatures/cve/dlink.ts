/** D-Link routers, cameras and storage. */

import type { CveSignature } from '../cve-signature.ts';
import { shellMarks } from './shell-marks.ts';

export const dlink: readonly CveSignature[] = [
  {
    name: 'dlink-hnap-soapaction',
    product: 'dlink',
    cves: ['CVE-2015-2051', 'CVE-2019-10891'],
    class: 'rce',
    requests: [
      {
        path: ['/hnap1'],
        where: [
          { in: 'header:soapaction', has: ['purenetworks.com/hnap1'] },
          { in: 'header:soapaction', has: ['`', '$(', ';', '|'] },
        ],
      },
    ],
    command: ['header:soapaction'],
  },
  {
    name: 'dlink-apply-sec-ping',
    product: 'dlink',
    cves: ['CVE-2019-16920'],
    class: 'rce',
    requests: [
      {
        methods: ['POST', 'GET'],
        path: ['/apply_sec.cgi'],
        where: [
          { in: 'input', has: ['ping_test'] },
          { in: 'parameter:ping_ipaddr', has: shellMarks },
        ],
      },
    ],
    command: ['parameter:ping_ipaddr'],
  },
  {
    name: 'dlink-nas-sharing-system',
    product: 'dlink-nas',
    cves: ['CVE-2024-3273', 'CVE-2024-3272'],
    class: 'rce',
    requests: [
      { path: ['/cgi-bin/nas_sharing.cgi'], where: [{ in: 'parameter:user', has: ['messagebus'] }] },
      { path: ['/cgi-bin/nas_sharing.cgi'], where: [{ in: 'parameter:system' }] },
    ],
    command: ['parameter:system'],
  },
  {
    name: 'dlink-nas-account-name',
    product: 'dlink-nas',
    cves: ['CVE-2024-10914'],
    class: 'rce',
    requests: [
      {
        path: ['/cgi-bin/account_mgr.cgi'],
        where: [
          { in: 'parameter:cmd', has: ['cgi_user_add'] },
          { in: 'parameter:name', has: [...shellMarks, "'"] },
        ],
      },
    ],
    command: ['parameter:name'],
  },
  {
    name: 'dlink-dns320-system-mgr',
    product: 'dlink-nas',
    cves: ['CVE-2020-25506', 'CVE-2019-16057'],
    class: 'rce',
    requests: [
      {
        path: ['/cgi-bin/system_mgr.cgi'],
        where: [
          { in: 'query', has: ['cgi_ntp_time', 'cmd='] },
          { in: 'input', matches: /f_ntp_server=[^&]{0,64}[`;|$]/ },
        ],
      },
      { path: ['/cgi-bin/login_mgr.cgi'], where: [{ in: 'parameter:port', has: shellMarks }] },
    ],
    command: ['parameter:f_ntp_server', 'parameter:port'],
  },
  {
    name: 'dlink-soap-cgi-service',
    product: 'dlink',
    cves: ['CVE-2018-6530'],
    class: 'rce',
    requests: [
      { path: ['/soap.cgi'], where: [{ in: 'query', matches: /service=[^&]{0,128}(?:;|`|\||&&|\$\()/ }] },
    ],
    command: ['parameter:service'],
  },
  {
    name: 'dlink-login-mtd-write',
    product: 'dlink',
    cves: ['CVE-2022-26258', 'CVE-2022-28958'],
    class: 'rce',
    requests: [
      {
        path: ['/lan.asp', '/shareport.php'],
        where: [{ in: 'input', matches: /(?:devicename|value)=[^&]{0,64}(?:`|\$\(|;)/ }],
      },
    ],
    command: ['parameter:devicename', 'parameter:value'],
  },
  {
    name: 'dlink-getcfg-accounts',
    product: 'dlink',
    cves: ['CVE-2018-7034', 'CVE-2019-17506', 'CVE-2013-7389', 'CVE-2021-40655'],
    class: 'auth-bypass',
    requests: [
      {
        path: ['/getcfg.php'],
        where: [
          { in: 'input', has: ['device.account', 'authorized_group', 'services='] },
          { in: 'input', has: ['authorized_group', 'auth_level'] },
        ],
      },
      { path: ['/getcfg.php'], where: [{ in: 'input', has: ['device.account'] }] },
    ],
  },
  {
    name: 'dlink-command-php',
    product: 'dlink',
    cves: ['CVE-2013-10048', 'CVE-2013-7471', 'CVE-2020-9377'],
    class: 'rce',
    requests: [
      { methods: ['POST'], path: ['/command.php'], where: [{ in: 'parameter:cmd' }] },
      {
        path: ['/diagnostic.php'],
        where: [
          { in: 'input', has: ['act=ping'] },
          { in: 'parameter:dst', has: shellMarks },
        ],
      },
    ],
    command: ['parameter:cmd', 'parameter:dst'],
  },
  {
    name: 'dlink-backdoor-user-agent',
    product: 'dlink',
    cves: ['CVE-2013-6026'],
    class: 'auth-bypass',
    requests: [{ where: [{ in: 'header:user-agent', has: ['xmlset_roodkcableoj28840ybtide'] }] }],
  },
  {
    name: 'dlink-dcs-getuser',
    product: 'dlink',
    cves: ['CVE-2020-25078'],
    class: 'auth-bypass',
    requests: [{ path: ['/config/getuser'], where: [{ in: 'parameter:index' }] }],
  },
  {
    name: 'dlink-tools-vct-ping',
    product: 'dlink',
    cves: ['CVE-2018-10823', 'CVE-2015-1187'],
    class: 'rce',
    requests: [
      { path: ['/chkisg.htm*'], where: [{ in: 'input', matches: /sip=[^&]{0,64}(?:\||;|`|\$\()/ }] },
      { path: ['/ping.ccp'], where: [{ in: 'parameter:ping_addr', has: shellMarks }] },
    ],
    command: ['parameter:sip', 'parameter:ping_addr'],
  },
  {
    name: 'dlink-dir-traversal-uir',
    product: 'dlink',
    cves: ['CVE-2018-10822'],
    class: 'lfi',
    requests: [{ path: ['/uir//*', '/uir/etc/*', '/uir/../*'] }],
  },
];
