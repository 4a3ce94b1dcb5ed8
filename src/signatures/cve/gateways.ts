/** Gateways and firewalls of Fortinet, Citrix, F5, Palo Alto Networks. */

import type { CveSignature } from '../cve-signature.ts';
import { shellMarks, shellMarksOfInput } from './shell-marks.ts';

export const gateways: readonly CveSignature[] = [
  {
    name: 'fortios-sslvpn-traversal',
    product: 'fortios',
    cves: ['CVE-2018-13379'],
    class: 'lfi',
    requests: [
      {
        path: ['/remote/fgt_lang'],
        where: [{ in: 'parameter:lang', has: ['../', 'sslvpn_websession', '//////'] }],
      },
    ],
  },
  {
    name: 'fortios-authentication-bypass',
    product: 'fortios',
    cves: ['CVE-2022-40684'],
    class: 'auth-bypass',
    requests: [
      {
        path: ['/api/v2/*'],
        where: [
          { in: 'header:user-agent', has: ['report runner', 'node.js'] },
          { in: 'header:forwarded', has: ['127.0.0.1', 'localhost'] },
        ],
      },
      { path: ['/api/v2/cmdb/system/admin'], where: [{ in: 'header:forwarded', has: ['for=', 'by='] }] },
    ],
  },
  {
    name: 'fortios-websocket-bypass',
    product: 'fortios',
    cves: ['CVE-2024-55591', 'CVE-2025-24472'],
    class: 'auth-bypass',
    requests: [
      { path: ['/ws/cli/*', '/ws/cli'], where: [{ in: 'url', has: ['local_access_token'] }] },
      { path: ['/service-worker.js', '/login'], where: [{ in: 'parameter:local_access_token' }] },
    ],
  },
  {
    name: 'fortios-sslvpn-chunk-overflow',
    product: 'fortios',
    cves: ['CVE-2024-21762'],
    class: 'protocol',
    confidence: 0.8,
    requests: [
      {
        methods: ['POST'],
        path: ['/remote/*'],
        where: [
          { in: 'header:transfer-encoding', has: ['chunked'] },
          { in: 'body', matches: /^0{16,}/ },
        ],
      },
    ],
  },
  {
    name: 'fortios-sslvpn-hostcheck-overflow',
    product: 'fortios',
    cves: ['CVE-2023-27997', 'CVE-2022-42475'],
    class: 'protocol',
    requests: [
      {
        methods: ['POST', 'GET'],
        path: ['/remote/hostcheck_validate', '/remote/logincheck', '/remote/error'],
        where: [{ in: 'parameter:enc', matches: /^[0-9a-f]{512}/ }],
      },
    ],
  },
  {
    name: 'fortios-magic-password-change',
    product: 'fortios',
    cves: ['CVE-2018-13382'],
    class: 'auth-bypass',
    requests: [{ path: ['/remote/logincheck'], where: [{ in: 'parameter:magic' }] }],
  },
  {
    name: 'fortinac-keyupload',
    product: 'fortinac',
    cves: ['CVE-2022-39952'],
    class: 'rce',
    requests: [{ methods: ['POST'], path: ['/configwizard/keyupload.jsp'] }],
  },
  {
    name: 'fortiweb-saml-command',
    product: 'fortiweb',
    cves: ['CVE-2021-22123'],
    class: 'rce',
    requests: [
      {
        methods: ['POST'],
        path: ['/api/v2.0/user/remoteserver.saml'],
        where: [{ in: 'body', has: ['`', '$('] }],
      },
    ],
    command: ['body'],
  },
  {
    name: 'fortiweb-fabric-sqli',
    product: 'fortiweb',
    cves: ['CVE-2025-25257'],
    class: 'sqli',
    requests: [
      {
        path: ['/api/fabric/device/status', '/api/fabric/authenticate', '/api/fabric/widget'],
        where: [{ in: 'header:authorization', matches: /bearer [^\r\n]{0,16}'/ }],
      },
    ],
  },
  {
    name: 'fortiweb-fwbcgi-traversal',
    product: 'fortiweb',
    cves: ['CVE-2025-64446'],
    class: 'auth-bypass',
    requests: [
      { path: ['/cgi-bin/fwbcgi'], where: [{ in: 'path', has: ['/../'] }] },
      { path: ['/cgi-bin/fwbcgi'], where: [{ in: 'header:cgiinfo' }] },
    ],
  },
  {
    name: 'forticlient-ems-fctid-sqli',
    product: 'forticlient-ems',
    cves: ['CVE-2023-48788'],
    class: 'sqli',
    requests: [
      {
        where: [
          { in: 'anywhere', has: ['fctid='] },
          { in: 'anywhere', matches: /fctid=[^|\r\n]{0,64}'/ },
        ],
      },
    ],
  },
  {
    name: 'fortivoice-auth-hash-cookie',
    product: 'fortivoice',
    cves: ['CVE-2025-32756'],
    class: 'protocol',
    requests: [
      {
        path: ['/module/admin.fe', '/remote/hostcheck_validate'],
        where: [
          { in: 'header:cookie', has: ['apscookie='] },
          { in: 'header:cookie', matches: /authhash=[^;&]{64}/ },
        ],
      },
    ],
  },
  {
    name: 'citrix-adc-vpns-traversal',
    product: 'citrix-adc',
    cves: ['CVE-2019-19781'],
    class: 'lfi',
    requests: [
      { path: ['/vpns/*'], where: [{ in: 'path', has: ['/vpn/../vpns/'] }] },
      { path: ['/vpns/portal/scripts/*', '/vpns/cfg/smb.conf'] },
      { path: ['/vpns/*'], where: [{ in: 'header:nsc_user', has: ['../'] }] },
    ],
  },
  {
    name: 'citrix-adc-pcidss-bypass',
    product: 'citrix-adc',
    cves: ['CVE-2020-8193', 'CVE-2020-8195', 'CVE-2020-8196'],
    class: 'auth-bypass',
    requests: [
      {
        path: ['/pcidss/report'],
        where: [{ in: 'parameter:sid', has: ['loginchallengeresponse', 'nsroot'] }],
      },
      {
        path: ['/pcidss/report'],
        where: [{ in: 'parameter:type', has: ['allprofiles'] }, { in: 'parameter:username' }],
      },
      {
        path: ['/menu/ss'],
        where: [{ in: 'parameter:sid', has: ['nsroot'] }, { in: 'parameter:force_setup' }],
      },
      { path: ['/rapi/filedownload'], where: [{ in: 'parameter:filter', has: ['path:'] }] },
    ],
  },
  {
    name: 'citrix-adc-gwtest-formssso',
    product: 'citrix-adc',
    cves: ['CVE-2023-3519'],
    class: 'rce',
    requests: [
      {
        path: ['/gwtest/formssso'],
        where: [{ in: 'parameter:target' }, { in: 'query', matches: /target=.{128}/s }],
      },
      { path: ['/gwtest/formssso'], where: [{ in: 'query', has: ['event=start'] }] },
    ],
  },
  {
    name: 'citrix-bleed',
    product: 'citrix-adc',
    cves: ['CVE-2023-4966'],
    class: 'protocol',
    requests: [
      {
        path: ['/oauth/idp/.well-known/openid-configuration', '/oauth/rp/.well-known/openid-configuration'],
        where: [{ in: 'header:host', matches: /^.{512}/s }],
      },
    ],
  },
  {
    name: 'citrix-bleed-2',
    product: 'citrix-adc',
    cves: ['CVE-2025-5777'],
    class: 'protocol',
    requests: [
      {
        methods: ['POST'],
        path: ['/p/u/doauthentication.do'],
        where: [{ in: 'body', matches: /^login(?:&|\s*$)/ }],
      },
    ],
  },
  {
    name: 'citrix-sharefile-upload',
    product: 'citrix-sharefile',
    cves: ['CVE-2023-24489'],
    class: 'rce',
    requests: [
      {
        methods: ['POST'],
        path: ['/documentum/upload.aspx'],
        where: [
          { in: 'query', has: ['parentid=', 'uploadid='] },
          { in: 'query', has: ['..', 'unzip='] },
        ],
      },
    ],
  },
  {
    name: 'citrix-xenmobile-traversal',
    product: 'citrix-xenmobile',
    cves: ['CVE-2020-8209'],
    class: 'lfi',
    requests: [
      {
        path: ['/jsp/help-sb-download.jsp'],
        where: [{ in: 'parameter:sbfilename', has: ['../', '/etc/', '/opt/'] }],
      },
    ],
  },
  {
    name: 'f5-bigip-tmui-traversal',
    product: 'f5-bigip',
    cves: ['CVE-2020-5902'],
    class: 'rce',
    requests: [
      {
        path: ['/tmui/login.jsp/..;/*', '/tmui/locallb/workspace/*', '/tmui/system/user/authproperties.jsp'],
        where: [
          {
            in: 'path',
            has: [
              '..;/',
              '/workspace/filer',
              '/workspace/files',
              '/workspace/tmshcmd',
              '/workspace/directorylist',
            ],
          },
        ],
      },
      { path: ['/hsqldb;*', '/hsqldb\n*'] },
      { path: ['/hsqldb'], where: [{ in: 'path', has: [';'] }] },
    ],
    command: ['parameter:command'],
  },
  {
    name: 'f5-bigip-icontrol-bash',
    product: 'f5-bigip',
    cves: ['CVE-2022-1388', 'CVE-2021-22986'],
    class: 'rce',
    requests: [
      {
        path: ['/mgmt/tm/util/bash'],
        where: [
          { in: 'headers', has: ['connection: '] },
          { in: 'header:connection', has: ['x-f5-auth-token', 'x-forwarded-host'] },
        ],
      },
      {
        methods: ['POST'],
        path: ['/mgmt/tm/util/bash'],
        where: [{ in: 'header:authorization', matches: /^basic ywrtaw46/ }],
      },
      {
        methods: ['POST'],
        path: ['/mgmt/shared/authn/login'],
        where: [{ in: 'body', has: ['loginreference'] }],
      },
      {
        methods: ['POST'],
        path: ['/mgmt/tm/access/bundle-install-tasks'],
        where: [
          { in: 'body', has: ['filepath'] },
          { in: 'body', has: shellMarks },
        ],
      },
    ],
    command: ['body'],
  },
  {
    name: 'f5-bigip-ajp-smuggling',
    product: 'f5-bigip',
    cves: ['CVE-2023-46747'],
    class: 'auth-bypass',
    requests: [
      { methods: ['POST'], path: ['/tmui/login.jsp'], where: [{ in: 'body', has: ['/tmui/control/form'] }] },
      {
        methods: ['POST'],
        path: ['/tmui/*'],
        where: [{ in: 'header:transfer-encoding', has: ['chunked, chunked'] }],
      },
      { methods: ['PATCH'], path: ['/mgmt/tm/auth/user/*'], where: [{ in: 'body', has: ['"password"'] }] },
    ],
  },
  {
    name: 'f5-bigip-next-odata',
    product: 'f5-bigip',
    cves: ['CVE-2024-21793', 'CVE-2024-26026'],
    class: 'sqli',
    requests: [
      {
        path: ['/api/login', '/api/v1/*'],
        where: [
          { in: 'query', has: ['$filter='] },
          { in: 'query', has: ['startswith(password', 'password,'] },
        ],
      },
    ],
  },
  {
    name: 'panos-globalprotect-sessid',
    product: 'pan-os',
    cves: ['CVE-2024-3400'],
    class: 'rce',
    requests: [
      {
        where: [
          { in: 'header:cookie', has: ['sessid='] },
          { in: 'header:cookie', matches: /sessid=[^;]{0,8}\/(?:\.\.\/|[a-z.]{0,16}\/)/ },
        ],
      },
      {
        path: ['/ssl-vpn/hipreport.esp', '/global-protect/login.esp'],
        where: [
          { in: 'header:cookie', has: ['sessid='] },
          { in: 'header:cookie', matches: /sessid=[^\r\n]{0,256}(?:`|\$\(|\$\{ifs\}|\.\.\/)/ },
        ],
      },
    ],
    command: ['header:cookie'],
  },
  {
    name: 'panos-auth-bypass-header',
    product: 'pan-os',
    cves: ['CVE-2024-0012'],
    class: 'auth-bypass',
    requests: [{ where: [{ in: 'header:x-pan-authcheck', has: ['off'] }] }],
  },
  {
    name: 'panos-remote-appweb-session',
    product: 'pan-os',
    cves: ['CVE-2024-9474', 'CVE-2024-0012'],
    class: 'rce',
    requests: [
      { path: ['/php/utils/createremoteappwebsession.php*'] },
      { path: ['/php/utils/cmsgetdevicesoftwareversion.php/.js.map'] },
    ],
    command: ['parameter:user'],
  },
  {
    name: 'panos-nginx-apache-confusion',
    product: 'pan-os',
    cves: ['CVE-2025-0108'],
    class: 'auth-bypass',
    requests: [
      {
        path: ['/php/*', '/unauth/*'],
        where: [{ in: 'path', matches: /\/unauth\/(?:[^\n]{0,64}\/)?\.\.\/php\// }],
      },
      { path: ['/php/ztp_gate.php*'] },
    ],
  },
  {
    name: 'panos-management-router',
    product: 'pan-os',
    cves: ['CVE-2017-15944'],
    class: 'auth-bypass',
    requests: [
      {
        path: ['/esp/cms_changedevicecontext.esp'],
        where: [{ in: 'parameter:device', has: ['";', "'", '|s.'] }],
      },
    ],
  },
  {
    name: 'panos-globalprotect-slpubapi',
    product: 'pan-os',
    cves: ['CVE-2019-1579'],
    class: 'protocol',
    confidence: 0.8,
    requests: [
      { methods: ['POST'], path: ['/sslmgr'], where: [{ in: 'parameter:scep-profile-name', has: ['%'] }] },
    ],
  },
  {
    name: 'expedition-admin-reset',
    product: 'pan-expedition',
    cves: ['CVE-2024-5910'],
    class: 'auth-bypass',
    requests: [{ path: ['/os/startup/restore/restoreadmin.php'] }],
  },
  {
    name: 'expedition-sqli-checkpoint',
    product: 'pan-expedition',
    cves: ['CVE-2024-9465', 'CVE-2024-9463', 'CVE-2024-9464'],
    class: 'sqli',
    requests: [
      {
        path: ['/bin/configurations/parsers/checkpoint/checkpoint.php'],
        where: [{ in: 'input', has: ['signatureid', 'routename'] }],
      },
      {
        path: ['/api/convertcsvtoparquet.php', '/bin/cronjobs.php'],
        where: [{ in: 'input', has: shellMarksOfInput }],
      },
    ],
    command: ['body'],
  },
];
