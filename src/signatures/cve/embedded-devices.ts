/** Further routers, cameras and controllers whose web interfaces are exploited. */

import type { CveSignature } from '../cve-signature.ts';
import { shellMarks, shellMarksOfInput } from './shell-marks.ts';

export const embeddedDevices: readonly CveSignature[] = [
  {
    name: 'dlink-upnp-gena-subscribe',
    product: 'dlink',
    cves: ['CVE-2019-17621', 'CVE-2020-15893', 'CVE-2024-23625'],
    class: 'rce',
    requests: [
      {
        path: ['/gena.cgi', '/ssdpcgi'],
        where: [
          { in: 'anywhere', has: ['`', '$(', ';', '|', '&&'] },
          { in: 'query', has: ['service='] },
        ],
      },
    ],
    command: ['parameter:service'],
  },
  {
    name: 'dlink-hedwig-getcfg',
    product: 'dlink',
    cves: ['CVE-2024-0769', 'CVE-2018-10106'],
    class: 'lfi',
    requests: [
      { path: ['/hedwig.cgi', '/pigwidgeon.cgi'], where: [{ in: 'anywhere', has: ['../'] }] },
      { path: ['/hedwig.cgi'], where: [{ in: 'header:cookie', matches: /uid=[^;]{128}/ }] },
    ],
  },
  {
    name: 'dlink-ccp-act-command',
    product: 'dlink',
    cves: ['CVE-2021-45382', 'CVE-2023-25280', 'CVE-2022-26258'],
    class: 'rce',
    requests: [
      {
        methods: ['POST'],
        path: ['/ddns_check.ccp', '/ping.ccp', '/get_set.ccp'],
        where: [
          { in: 'body', has: ['ccp_act='] },
          { in: 'body', has: [';', '`', '$(', '|', '\n'] },
        ],
      },
    ],
    command: [
      'parameter:ddnshostname',
      'parameter:ping_addr',
      'parameter:landevice_lanhostconfigmanagement_lanipaddress',
    ],
  },
  {
    name: 'dlink-dcs-system-command',
    product: 'dlink',
    cves: ['CVE-2016-11021', 'CVE-2017-17020'],
    class: 'rce',
    requests: [{ path: ['/setsystemcommand'], where: [{ in: 'input', has: ['systemcommand'] }] }],
    command: ['parameter:systemcommand'],
  },
  {
    name: 'dlink-dwl-config-save',
    product: 'dlink',
    cves: ['CVE-2019-20499', 'CVE-2019-20500', 'CVE-2019-20501'],
    class: 'rce',
    requests: [
      {
        methods: ['POST'],
        path: ['/admin.cgi'],
        where: [
          { in: 'url', has: ['action=config_save', 'action=config_restore', 'action=upgrade'] },
          { in: 'input', has: shellMarksOfInput },
        ],
      },
    ],
    command: ['parameter:configbackup', 'parameter:configserverip', 'parameter:downloadserverip'],
  },
  {
    name: 'tplink-login-traversal',
    product: 'tplink',
    cves: ['CVE-2015-3035'],
    class: 'lfi',
    requests: [
      {
        path: ['/login/*', '/help/*', '/images/*'],
        where: [
          { in: 'path', matches: /\/(?:login|help|images)\/(?:\.\.\/){2}[^\n]{0,64}(?:etc|proc|tmp)\// },
        ],
      },
    ],
    confidence: 0.8,
  },
  {
    name: 'netgear-apply-noauth',
    product: 'netgear',
    cves: ['CVE-2016-10174', 'CVE-2016-10175', 'CVE-2016-10176'],
    class: 'rce',
    requests: [{ methods: ['POST'], path: ['/apply_noauth.cgi'] }],
  },
  {
    name: 'netgear-switch-debug-command',
    product: 'netgear',
    cves: ['CVE-2020-26919'],
    class: 'rce',
    requests: [
      {
        path: ['/login.htm'],
        where: [
          { in: 'input', has: ['submitid=debug'] },
          { in: 'input', has: ['debugcmd='] },
        ],
      },
    ],
    command: ['parameter:debugcmd'],
  },
  {
    name: 'netis-tools-ip-command',
    product: 'netis',
    cves: ['CVE-2019-19356'],
    class: 'rce',
    requests: [
      {
        methods: ['POST'],
        path: ['/cgi-bin-igd/netcore_set.cgi'],
        where: [{ in: 'parameter:tools_ip_url', has: shellMarks }],
      },
    ],
    command: ['parameter:tools_ip_url'],
  },
  {
    name: 'asus-router-agent-bypass',
    product: 'asus',
    cves: ['CVE-2021-32030', 'CVE-2023-39780'],
    class: 'auth-bypass',
    requests: [
      {
        where: [
          { in: 'header:user-agent', has: ['asusrouter--'] },
          { in: 'header:cookie', matches: /asus_token=(?:\\?0|%00|null|\x00|;|$)/ },
        ],
      },
    ],
  },
  {
    name: 'grandstream-ucm-email-sqli',
    product: 'grandstream',
    cves: ['CVE-2020-5722'],
    class: 'sqli',
    requests: [
      {
        path: ['/cgi'],
        where: [
          { in: 'input', has: ['action=sendpasswordemail'] },
          { in: 'parameter:user_name', has: ["'", ' or ', '`', ';'] },
        ],
      },
    ],
    command: ['parameter:user_name'],
  },
  {
    name: 'sumavision-emr-user',
    product: 'sumavision',
    cves: ['CVE-2020-10181'],
    class: 'auth-bypass',
    requests: [{ path: ['/goform/formemr30'], where: [{ in: 'input', has: ['type=2', 'cmd=new', '<*'] }] }],
  },
  {
    name: 'geovision-datesetting-command',
    product: 'geovision',
    cves: ['CVE-2024-6047', 'CVE-2024-11120'],
    class: 'rce',
    requests: [
      {
        methods: ['POST'],
        path: ['/datesetting.cgi'],
        where: [
          { in: 'input', has: ['szsrvipaddr'] },
          { in: 'input', has: shellMarksOfInput },
        ],
      },
    ],
    command: ['parameter:szsrvipaddr'],
  },
  {
    name: 'ptzoptics-system-conf',
    product: 'ptzoptics',
    cves: ['CVE-2024-8956', 'CVE-2024-8957'],
    class: 'auth-bypass',
    requests: [
      { path: ['/cgi-bin/param.cgi'], where: [{ in: 'query', has: ['get_system_conf'] }] },
      {
        path: ['/cgi-bin/param.cgi'],
        where: [
          { in: 'input', has: ['ntp_addr', 'ntpaddr'] },
          { in: 'input', has: shellMarksOfInput },
        ],
      },
    ],
  },
  {
    name: 'meteobridge-template-command',
    product: 'meteobridge',
    cves: ['CVE-2025-4008'],
    class: 'rce',
    requests: [
      {
        path: ['/cgi-bin/template.cgi', '/public/template.cgi'],
        where: [{ in: 'query', has: ['$(', '`', ';', '|'] }],
      },
    ],
    command: ['query'],
  },
  {
    name: 'zyxel-nslookup-command',
    product: 'zyxel',
    cves: ['CVE-2017-6884'],
    class: 'rce',
    requests: [
      {
        path: ['/maintenance/diagnostic/nslookup'],
        where: [
          { in: 'input', has: ['nslookup_button', 'ping_ip'] },
          { in: 'parameter:ping_ip', has: shellMarks },
        ],
      },
    ],
    command: ['parameter:ping_ip'],
  },
  {
    name: 'qnap-viostor-ntp-command',
    product: 'qnap',
    cves: ['CVE-2023-47565'],
    class: 'rce',
    requests: [
      {
        path: ['/cgi-bin/server/server.cgi'],
        where: [
          { in: 'input', has: ['func=server02_main_submit', 'specific_server'] },
          { in: 'input', has: shellMarksOfInput },
        ],
      },
    ],
    command: ['parameter:specific_server'],
  },
  {
    name: 'fxc-outlet-ntp-command',
    product: 'fxc',
    cves: ['CVE-2023-49897'],
    class: 'rce',
    requests: [
      {
        path: ['/cgi-bin/action'],
        where: [
          { in: 'input', has: ['ntp_server', 'ntpserver', 'ntp'] },
          { in: 'input', has: ['$(', '`', ';', '|'] },
        ],
      },
    ],
    command: ['body'],
  },
  {
    name: 'zeroshell-kerbynet-command',
    product: 'zeroshell',
    cves: ['CVE-2019-12725', 'CVE-2009-0545'],
    class: 'rce',
    requests: [
      {
        path: ['/cgi-bin/kerbynet'],
        where: [
          { in: 'input', has: ['section=noauthreq', 'noauthreq'] },
          { in: 'input', has: ['\n', ';', '|', '`', '$('] },
        ],
      },
    ],
    command: ['parameter:type', 'parameter:x509type'],
  },
];
