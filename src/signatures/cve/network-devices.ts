/** Further access points, modems and recorders. */

import type { CveSignature } from '../cve-signature.ts';
import { shellMarks } from './shell-marks.ts';

export const networkDevices: readonly CveSignature[] = [
  {
    name: 'mvpower-dvr-jaws-shell',
    product: 'mvpower-dvr',
    cves: ['CVE-2016-20016'],
    class: 'rce',
    requests: [
      {
        path: ['^/shell$'],
        where: [{ in: 'query', matches: /^(?:cd |cat|busybox|wget|id|ls|uname|echo|curl|tftp|rm |\/)/ }],
      },
    ],
    command: ['query'],
  },
  {
    name: 'linksys-tmunblock',
    product: 'linksys',
    cves: ['CVE-2025-34037', 'CVE-2014-125121'],
    class: 'rce',
    requests: [{ path: ['/tmunblock.cgi', '/hndunblock.cgi'], where: [{ in: 'parameter:ttcp_ip' }] }],
    command: ['parameter:ttcp_ip'],
  },
  {
    name: 'linksys-apply-ping',
    product: 'linksys',
    cves: ['CVE-2013-5122', 'CVE-2013-3307'],
    class: 'rce',
    confidence: 0.9,
    requests: [
      {
        path: ['/apply.cgi'],
        where: [
          { in: 'input', has: ['ping_ip=', 'ping_size='] },
          { in: 'input', matches: /ping_(?:ip|size)=[^&]{0,64}(?:;|`|\||\$\()/ },
        ],
      },
    ],
    command: ['parameter:ping_ip', 'parameter:ping_size'],
  },
  {
    name: 'draytek-mainfunction',
    product: 'draytek',
    cves: ['CVE-2020-8515', 'CVE-2020-15415', 'CVE-2020-14472'],
    class: 'rce',
    requests: [
      {
        path: ['/cgi-bin/mainfunction.cgi'],
        where: [
          { in: 'parameter:keypath' },
          { in: 'parameter:keypath', has: ["'", '`', ';', '|', '$(', '\n', '${ifs}'] },
        ],
      },
      {
        path: ['/cgi-bin/mainfunction.cgi/cvmcfgupload'],
        where: [{ in: 'body', matches: /filename="[^"]{0,200}(?:;|`|\||\$\()/ }],
      },
      {
        path: ['/cgi-bin/mainfunction.cgi'],
        where: [{ in: 'input', matches: /(?:rtick|option=terminate)[^&]{0,64}(?:'|;|`|\$\(|\|)/ }],
      },
    ],
    command: ['parameter:keypath', 'parameter:rtick', 'body'],
  },
  {
    name: 'draytek-apmcfgupload',
    product: 'draytek',
    cves: ['CVE-2024-12987', 'CVE-2024-12986'],
    class: 'rce',
    requests: [
      {
        path: ['/cgi-bin/mainfunction.cgi/apmcfgupload', '/cgi-bin/mainfunction.cgi/apmcfgupptim'],
        where: [
          { in: 'input', has: ['session='] },
          { in: 'input', matches: /session=[^&\r\n]{0,128}(?:`|;|\||\$\(|\x00)/ },
        ],
      },
    ],
    command: ['parameter:session'],
  },
  {
    name: 'arcadyan-path-traversal',
    product: 'arcadyan',
    cves: ['CVE-2021-20090'],
    class: 'auth-bypass',
    requests: [
      { path: ['/images/../*', '/js/../*', '/css/../*'], where: [{ in: 'path', has: ['.htm', '.cgi'] }] },
    ],
  },
  {
    name: 'tenda-setusbunload',
    product: 'tenda',
    cves: ['CVE-2020-10987', 'CVE-2018-14558', 'CVE-2020-15916'],
    class: 'rce',
    requests: [{ path: ['/goform/setusbunload*'], where: [{ in: 'parameter:devicename', has: shellMarks }] }],
    command: ['parameter:devicename'],
  },
  {
    name: 'totolink-cstecgi',
    product: 'totolink',
    cves: ['CVE-2022-26210', 'CVE-2022-25075', 'CVE-2023-30013', 'CVE-2024-51151'],
    class: 'rce',
    requests: [
      {
        methods: ['POST', 'GET'],
        path: ['/cgi-bin/cstecgi.cgi', '/cgi-bin/downloadflile.cgi'],
        where: [
          {
            in: 'input',
            matches:
              /(?:"(?:filename|command|ip|hosttime|langtype|webwlanidx|mac|ugh|payload|desc|ping_host)":\s?"[^"]{0,64}(?:`|\$\(|;|\|))|(?:\?payload=[^&]{0,8}[`;$])/,
          },
        ],
      },
    ],
    command: ['body'],
  },
  {
    name: 'wavlink-adm-command',
    product: 'wavlink',
    cves: [
      'CVE-2022-35526',
      'CVE-2022-2488',
      'CVE-2022-2486',
      'CVE-2022-2487',
      'CVE-2020-10973',
      'CVE-2022-34045',
      'CVE-2022-48165',
    ],
    class: 'rce',
    requests: [
      {
        path: [
          '/cgi-bin/adm.cgi',
          '/cgi-bin/nightled.cgi',
          '/cgi-bin/wireless.cgi',
          '/cgi-bin/mesh.cgi',
          '/cgi-bin/touchlist_sync.cgi',
          '/cgi-bin/login.cgi',
        ],
        where: [
          {
            in: 'input',
            has: [
              '=;',
              '=`',
              '=$(',
              '=|',
              ';wget',
              ';id',
              ';cat',
              ';ls',
              ';ping',
              '`wget',
              '`id',
              "';",
              '=1;',
              '=1|',
            ],
          },
        ],
      },
    ],
    command: ['body', 'query'],
  },
  {
    name: 'comtrend-ping-iptraceroute',
    product: 'comtrend',
    cves: ['CVE-2020-10173'],
    class: 'rce',
    requests: [
      {
        path: ['/ping.cgi', '/dumpmdm.cmd', '/ping.html'],
        where: [{ in: 'query', matches: /pingipaddress=[^&]{0,64}(?:;|`|\||\$\()/ }],
      },
    ],
    command: ['parameter:pingipaddress'],
  },
  {
    name: 'seagate-blackarmor-routers-send-event',
    product: 'seagate-nas',
    cves: ['CVE-2014-3206'],
    class: 'rce',
    requests: [
      { path: ['/backupmgt/localjob.php'], where: [{ in: 'parameter:session', has: [';', '`', '|', '$('] }] },
    ],
    command: ['parameter:session'],
  },
  {
    name: 'asus-rt-apply-diagnostics',
    product: 'asus-rt',
    cves: ['CVE-2018-14714', 'CVE-2018-6000', 'CVE-2023-39780'],
    class: 'rce',
    requests: [
      {
        path: ['/appget.cgi'],
        where: [
          { in: 'input', has: ['load_script'] },
          { in: 'input', has: [';', '`', '$(', '|'] },
        ],
      },
      { methods: ['POST'], path: ['/vpnupload.cgi'], where: [{ in: 'body', has: ['atecommand_flag'] }] },
      {
        methods: ['POST'],
        path: ['/start_apply.htm', '/start_apply2.htm'],
        where: [{ in: 'body', matches: /oauth_google_refresh_token=[^&]{0,64}(?:`|\$\(|;)/ }],
      },
    ],
    command: ['parameter:hook'],
  },
  {
    name: 'ruijie-guest-auth-exec',
    product: 'ruijie',
    cves: ['CVE-2023-3306', 'CVE-2021-43164'],
    class: 'rce',
    requests: [
      {
        methods: ['POST'],
        path: ['/guest_auth/guestisup.php'],
        where: [
          { in: 'body', has: ['ip=', 'mac='] },
          { in: 'body', has: ['|', ';', '`', '$('] },
        ],
      },
      {
        methods: ['POST'],
        path: ['/cgi-bin/luci/api/auth', '/cgi-bin/luci/api/cmd'],
        where: [{ in: 'body', matches: /"(?:params|data|shell)"[^\r\n]{0,256}(?:`|\$\(|;)/ }],
      },
    ],
    command: ['body'],
  },
  {
    name: 'four-faith-adjust-sys-time',
    product: 'four-faith',
    cves: ['CVE-2024-12856'],
    class: 'rce',
    requests: [
      {
        methods: ['POST'],
        path: ['/apply.cgi'],
        where: [
          { in: 'body', has: ['adjust_sys_time'] },
          { in: 'body', matches: /adj_time_[a-z]{3,6}=[^&]{0,32}(?:\$\(|`|;|\|)/ },
        ],
      },
    ],
    command: ['parameter:adj_time_year'],
  },
  {
    name: 'edimax-mp-ping',
    product: 'edimax',
    cves: ['CVE-2025-1316', 'CVE-2020-26879'],
    class: 'rce',
    confidence: 0.9,
    requests: [
      {
        path: ['/camera-cgi/admin/param.cgi'],
        where: [{ in: 'input', matches: /ntp_servername=[^&]{0,64}(?:;|`|\||\$\()/ }],
      },
    ],
    command: ['parameter:ntp_servername'],
  },
  {
    name: 'tbk-dvr-device-rsp',
    product: 'tbk-dvr',
    cves: ['CVE-2024-3721'],
    class: 'rce',
    requests: [
      { path: ['/device.rsp'], where: [{ in: 'query', has: ['s_o_s_t_r_e_a_m'] }] },
      {
        path: ['/device.rsp'],
        where: [
          { in: 'query', has: ['cmd='] },
          { in: 'input', matches: /mdc=[^&]{0,64}(?:;|`|\||\$\(|cd )/ },
        ],
      },
    ],
    command: ['parameter:mdc'],
  },
  {
    name: 'tbk-dvr-device-rsp-credentials',
    product: 'tbk-dvr',
    cves: ['CVE-2018-9995'],
    class: 'auth-bypass',
    requests: [
      {
        path: ['/device.rsp'],
        where: [
          { in: 'query', has: ['opt=user'] },
          { in: 'query', has: ['cmd=list'] },
        ],
      },
    ],
  },
  {
    name: 'cisco-rv-upload-cookie',
    product: 'cisco-rv',
    cves: ['CVE-2021-1472', 'CVE-2021-1473', 'CVE-2023-20026'],
    class: 'rce',
    requests: [
      {
        methods: ['POST'],
        path: ['/upload'],
        where: [{ in: 'header:cookie', matches: /sessionid=[^;]{0,16}(?:'|`|\$\()/ }],
      },
      {
        methods: ['POST'],
        path: ['/upload'],
        where: [
          { in: 'header:cookie', has: ['sessionid='] },
          { in: 'body', has: ['filename', 'fileparam'] },
          {
            in: 'body',
            matches: /(?:filename|fileparam|destination|option)"\r?\n\r?\n[^\r\n]{0,64}(?:`|\$\(|;)/,
          },
        ],
      },
    ],
    command: ['header:cookie'],
  },
  {
    name: 'cisco-rv320-config',
    product: 'cisco-rv',
    cves: ['CVE-2019-1653', 'CVE-2019-1652'],
    class: 'auth-bypass',
    requests: [{ path: ['/cgi-bin/config.exp', '/cgi-bin/export_debug_msg.exp'] }],
  },
  {
    name: 'netis-netcore-skk-set',
    product: 'netis',
    cves: ['CVE-2024-22729'],
    class: 'rce',
    requests: [
      {
        methods: ['POST'],
        path: ['/cgi-bin/skk_set.cgi', '/cgi-bin-igd/netcore_set.cgi'],
        where: [
          { in: 'body', has: ['password=', 'newpass='] },
          { in: 'body', has: ['quick_set', 'app='] },
        ],
      },
    ],
    confidence: 0.85,
  },
  {
    name: 'mitrastar-lb-link-command',
    product: 'lb-link',
    cves: ['CVE-2023-26801'],
    class: 'rce',
    requests: [
      {
        methods: ['POST'],
        path: ['/goform/set_limitclient_cfg', '/goform/set_hidessid_cfg'],
        where: [{ in: 'body', matches: /(?:mac|time1|time2)=[^&]{0,64}(?:;|`|\||\$\(|\n)/ }],
      },
    ],
    command: ['parameter:mac', 'parameter:time1', 'parameter:time2'],
  },
  {
    name: 'yealink-dm-premise-ssrf',
    product: 'yealink',
    cves: ['CVE-2021-27561', 'CVE-2021-27562'],
    class: 'rce',
    requests: [
      {
        path: ['/premise/front/getpingdata'],
        where: [{ in: 'parameter:url', has: ['zone=', '0.0.0.0:9600', '127.0.0.1', ';'] }],
      },
    ],
    command: ['parameter:url'],
  },
  {
    name: 'ruckus-dologin-injection',
    product: 'ruckus',
    cves: ['CVE-2023-25717'],
    class: 'rce',
    requests: [
      { path: ['/forms/dologin'], where: [{ in: 'parameter:password', has: ['$(', '`', ';', '|'] }] },
    ],
    command: ['parameter:password'],
  },
  {
    name: 'ruckus-createuser-vriot',
    product: 'ruckus',
    cves: ['CVE-2020-26878', 'CVE-2020-26879'],
    class: 'rce',
    requests: [
      {
        methods: ['POST'],
        path: ['/service/v1/createuser'],
        where: [
          { in: 'body', has: ['username'] },
          { in: 'headers', has: ['authorization: onchq', 'onchq5ph', 'authorization: oldkr+oocz'] },
        ],
      },
      {
        methods: ['POST'],
        path: ['/service/v1/createuser'],
        where: [{ in: 'body', matches: /"(?:username|password)":\s?"[^"]{0,64}(?:;|`|\$\(|\|)/ }],
      },
    ],
    command: ['body'],
  },
];
