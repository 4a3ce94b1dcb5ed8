/** TP-Link, Netgear, Huawei, Realtek-based, Dasan and Zyxel devices: what botnets spread through. */

import type { CveSignature } from '../cve-signature.ts';
import { shellMarks } from './shell-marks.ts';

export const homeRouters: readonly CveSignature[] = [
  {
    name: 'tplink-archer-ax21-locale',
    product: 'tplink-archer',
    cves: ['CVE-2023-1389'],
    class: 'rce',
    requests: [
      {
        path: ['/cgi-bin/luci/;stok=*', '/cgi-bin/luci'],
        where: [{ in: 'parameter:country', has: shellMarks }],
      },
    ],
    command: ['parameter:country'],
  },
  {
    name: 'tplink-wr840n-oid-str',
    product: 'tplink-archer',
    cves: ['CVE-2022-25060', 'CVE-2022-25064', 'CVE-2020-35576'],
    class: 'rce',
    requests: [
      {
        methods: ['POST'],
        path: ['/cgi*'],
        where: [
          { in: 'body', matches: /host=[^\r\n]{0,64}(?:`|\$\()/, has: ['traceroute_diag', 'ipping_diag'] },
        ],
      },
    ],
    command: ['body'],
  },
  {
    name: 'tplink-wr841n-userrpm-credentials',
    product: 'tplink-archer',
    cves: ['CVE-2023-50224'],
    class: 'auth-bypass',
    requests: [
      { path: ['/userrpm/loginrpm.htm'], where: [{ in: 'url', has: ['get=', 'dropbear'] }] },
      { path: ['/tmp/dropbear/dropbearpwd'] },
    ],
  },
  {
    name: 'netgear-cgi-bin-command',
    product: 'netgear',
    cves: ['CVE-2016-6277'],
    class: 'rce',
    requests: [{ path: ['^/cgi-bin/;*'], where: [{ in: 'raw-path', matches: /^\/cgi-bin\/(?:;|%3b)/ }] }],
    command: ['raw-path'],
  },
  {
    name: 'netgear-setup-cgi-syscmd',
    product: 'netgear',
    cves: ['CVE-2024-12847'],
    class: 'rce',
    requests: [
      { path: ['/setup.cgi'], where: [{ in: 'parameter:todo', has: ['syscmd'] }, { in: 'parameter:cmd' }] },
    ],
    command: ['parameter:cmd'],
  },
  {
    name: 'netgear-boardid-injection',
    product: 'netgear',
    cves: ['CVE-2016-1555'],
    class: 'rce',
    requests: [
      {
        path: [
          '/boarddata102.php',
          '/boarddata103.php',
          '/boarddatana.php',
          '/boarddataww.php',
          '/boarddatajp.php',
        ],
        where: [{ in: 'parameter:macaddress', has: shellMarks }],
      },
    ],
    command: ['parameter:macaddress'],
  },
  {
    name: 'netgear-ping-diagnostics',
    product: 'netgear',
    cves: ['CVE-2017-6077', 'CVE-2017-6334'],
    class: 'rce',
    requests: [
      { methods: ['POST'], path: ['/ping.cgi'], where: [{ in: 'parameter:ping_ipaddr', has: shellMarks }] },
      {
        methods: ['POST'],
        path: ['/dnslookup.cgi'],
        where: [{ in: 'parameter:host_name', has: shellMarks }],
      },
    ],
    command: ['parameter:ping_ipaddr', 'parameter:host_name'],
  },
  {
    name: 'netgear-passwordrecovered',
    product: 'netgear',
    cves: ['CVE-2017-5521'],
    class: 'auth-bypass',
    confidence: 0.8,
    requests: [{ path: ['/passwordrecovered.cgi'], where: [{ in: 'parameter:id' }] }],
  },
  {
    name: 'huawei-hg532-deviceupgrade',
    product: 'huawei-hg532',
    cves: ['CVE-2017-17215'],
    class: 'rce',
    requests: [
      {
        methods: ['POST'],
        path: ['/ctrlt/deviceupgrade_1'],
        where: [
          { in: 'body', has: ['newstatusurl', 'newdownloadurl'] },
          { in: 'body', has: ['$(', '`', ';'] },
        ],
      },
    ],
    command: ['body'],
  },
  {
    name: 'realtek-sdk-upnp-addportmapping',
    product: 'realtek-sdk',
    cves: ['CVE-2014-8361'],
    class: 'rce',
    requests: [
      {
        path: [
          '/picsdesc.xml',
          '/wanipcn.xml',
          '/picdesc.xml',
          '/upnp/control/wanipconn1',
          '/upnp/control/wanipconnection',
        ],
        where: [
          {
            in: 'body',
            matches:
              /<new(?:internalclient|externalport|portmappingdescription|internalport|protocol)>[^<]{0,16}(?:`|\$\(|;|\|)/,
          },
        ],
      },
    ],
    command: ['body'],
  },
  {
    name: 'realtek-sdk-formwsc',
    product: 'realtek-sdk',
    cves: ['CVE-2021-35395'],
    class: 'rce',
    requests: [
      {
        path: [
          '/goform/formwsc',
          '/goform/formsyscmd',
          '/boafrm/formwsc',
          '/goform/formwlsitesurvey',
          '/goform/formrebootcheck',
        ],
        where: [
          { in: 'input', matches: /(?:peerpin|localpin|syscmd|ifname|submit-url)=[^&]{0,64}(?:`|;|\||\$\()/ },
        ],
      },
      { path: ['/goform/formsyscmd', '/boafrm/formsyscmd'], where: [{ in: 'parameter:syscmd' }] },
    ],
    command: ['parameter:peerpin', 'parameter:syscmd', 'parameter:ifname'],
  },
  {
    name: 'realtek-boafrm-firmware',
    product: 'realtek-sdk',
    cves: ['CVE-2019-19823', 'CVE-2019-19824'],
    class: 'rce',
    requests: [
      { path: ['/boafrm/formsyscmd'], where: [{ in: 'parameter:syscmd', has: shellMarks }] },
      { path: ['/config.dat$'] },
    ],
    command: ['parameter:syscmd'],
    confidence: 0.7,
  },
  {
    name: 'dasan-gpon-auth-bypass',
    product: 'dasan-gpon',
    cves: ['CVE-2018-10561'],
    class: 'auth-bypass',
    requests: [
      {
        path: ['/gponform/*', '/menu.html', '/diag.html'],
        where: [{ in: 'url', has: ['?images/', '?script/', '?style/'] }],
      },
      { path: ['/gponform/diag_form/*', '/diag.html/images/*', '/menu.html/images/*'] },
    ],
  },
  {
    name: 'dasan-gpon-diag-command',
    product: 'dasan-gpon',
    cves: ['CVE-2018-10562'],
    class: 'rce',
    requests: [
      { path: ['/gponform/diag_form*'], where: [{ in: 'parameter:dest_host', has: ['`', ';', '$(', '|'] }] },
    ],
    command: ['parameter:dest_host'],
  },
  {
    name: 'zyxel-usg-ztp-handler',
    product: 'zyxel',
    cves: ['CVE-2022-30525'],
    class: 'rce',
    requests: [
      {
        methods: ['POST'],
        path: ['/ztp/cgi-bin/handler'],
        where: [
          { in: 'body', has: ['setwanportst'] },
          { in: 'body', has: [';', '`', '$(', '|'] },
        ],
      },
    ],
    command: ['body'],
  },
  {
    name: 'zyxel-nas-weblogin-username',
    product: 'zyxel-nas',
    cves: ['CVE-2020-9054'],
    class: 'rce',
    requests: [
      {
        path: ['/adv,/cgi-bin/weblogin.cgi', '/cgi-bin/weblogin.cgi', '/weblogin.cgi'],
        where: [{ in: 'parameter:username', has: ["'", ';', '`', '$('] }],
      },
    ],
    command: ['parameter:username'],
  },
  {
    name: 'zyxel-nas-setcookie',
    product: 'zyxel-nas',
    cves: ['CVE-2023-27992', 'CVE-2024-29972', 'CVE-2024-29973'],
    class: 'rce',
    requests: [
      { path: ['/cmd,/simzysh/register_main/setcookie', '/simzysh/register_main/setcookie*'] },
      { path: ['/cmd,/ck6fup6/*', '/ck6fup6/*'] },
      { path: ['/adv,/cgi-bin/remote_help-cgi'], where: [{ in: 'query', has: ['type=sshd_tdc'] }] },
    ],
    command: ['body'],
  },
  {
    name: 'zyxel-p660-remote-host',
    product: 'zyxel',
    cves: ['CVE-2017-18368', 'CVE-2017-18372'],
    class: 'rce',
    requests: [
      {
        path: ['/cgi-bin/viewlog.asp'],
        where: [{ in: 'parameter:remote_host', has: ['`', ';', '$(', '|'] }],
      },
    ],
    command: ['parameter:remote_host'],
  },
  {
    name: 'zyxel-export-log-traversal',
    product: 'zyxel',
    cves: ['CVE-2022-38547', 'CVE-2023-28771'],
    class: 'lfi',
    requests: [{ path: ['/export_log'], where: [{ in: 'query', has: ['../', '/etc/', '/var/', ';'] }] }],
  },
];
