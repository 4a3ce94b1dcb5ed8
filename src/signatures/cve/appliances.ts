/** Remote access, device management and network appliances of Ivanti, Cisco, SonicWall, Sophos, Juniper, Zyxel and others. */

import type { CveSignature } from '../cve-signature.ts';
import { shellMarks } from './shell-marks.ts';

export const appliances: readonly CveSignature[] = [
  {
    name: 'pulse-secure-traversal',
    product: 'pulse-secure',
    cves: ['CVE-2019-11510'],
    class: 'lfi',
    requests: [
      {
        path: ['/dana-na/*', '/dana/html5acc/guacamole/*'],
        where: [
          {
            in: 'path',
            has: ['/dana/html5acc/guacamole/../', '/dana-na/../', '/dana/html5acc/guacamole/..'],
          },
          { in: 'path', has: ['..'] },
        ],
      },
    ],
  },
  {
    name: 'pulse-secure-diag-command',
    product: 'pulse-secure',
    cves: ['CVE-2019-11539'],
    class: 'rce',
    requests: [
      {
        path: ['/dana-admin/diag/diag.cgi'],
        where: [{ in: 'parameter:options', has: ['-r', ';', '|', '`', '$'] }],
      },
    ],
    command: ['parameter:options'],
  },
  {
    name: 'ivanti-connect-secure-bypass',
    product: 'ivanti-connect-secure',
    cves: ['CVE-2023-46805'],
    class: 'auth-bypass',
    requests: [
      {
        path: ['/api/v1/*'],
        where: [{ in: 'path', matches: /\/api\/v1\/(?:totp\/user-backup-code|cav\/client\/status)\/\.\.\// }],
      },
    ],
  },
  {
    name: 'ivanti-connect-secure-command',
    product: 'ivanti-connect-secure',
    cves: ['CVE-2024-21887', 'CVE-2023-46805'],
    class: 'rce',
    requests: [
      { path: ['/api/v1/license/keys-status/*'], where: [{ in: 'path', has: [';', '`', '$(', '|'] }] },
      {
        path: ['/api/v1/system/maintenance/archiving/cloud-server-test-connection'],
        where: [{ in: 'path', has: ['..'] }],
      },
      {
        path: ['/api/v1/system/maintenance/archiving/cloud-server-test-connection'],
        where: [{ in: 'body', has: shellMarks }],
      },
    ],
    command: ['raw-path', 'body'],
  },
  {
    name: 'ivanti-connect-secure-saml-ssrf',
    product: 'ivanti-connect-secure',
    cves: ['CVE-2024-21893'],
    class: 'ssrf',
    requests: [
      {
        methods: ['POST'],
        path: ['/dana-ws/saml20.ws', '/dana-ws/saml.ws', '/dana-ws/samlecp.ws'],
        where: [{ in: 'body', has: ['retrievalmethod', 'keyinfo'] }],
      },
    ],
  },
  {
    name: 'ivanti-connect-secure-saml-xxe',
    product: 'ivanti-connect-secure',
    cves: ['CVE-2024-22024'],
    class: 'xxe',
    requests: [
      {
        methods: ['POST'],
        path: ['/dana-na/auth/saml-sso.cgi'],
        where: [
          { in: 'parameter:samlrequest' },
          { in: 'parameter:samlrequest', has: ['pd94bwwgdmvyc2lvbj0', 'pcfet0nuwvbf'] },
        ],
      },
    ],
  },
  {
    name: 'ivanti-connect-secure-clientip-overflow',
    product: 'ivanti-connect-secure',
    cves: ['CVE-2025-22457', 'CVE-2025-0282'],
    class: 'protocol',
    requests: [
      {
        where: [
          { in: 'header:x-forwarded-for', matches: /^[0-9.]{96}/ },
          { in: 'headers', has: ['x-forwarded-for: '] },
        ],
      },
    ],
  },
  {
    name: 'ivanti-epmm-api-bypass',
    product: 'ivanti-epmm',
    cves: ['CVE-2023-35078'],
    class: 'auth-bypass',
    requests: [{ path: ['/mifs/aad/api/*'] }],
  },
  {
    name: 'ivanti-mobileiron-core-bypass',
    product: 'ivanti-epmm',
    cves: ['CVE-2023-35082'],
    class: 'auth-bypass',
    requests: [{ path: ['/mifs/asfv3/api/*'] }],
  },
  {
    name: 'ivanti-epmm-format-injection',
    product: 'ivanti-epmm',
    cves: ['CVE-2025-4427', 'CVE-2025-4428'],
    class: 'ssti',
    requests: [
      {
        path: [
          '/mifs/rs/api/v2/featureusage*',
          '/mifs/admin/rest/api/v2/featureusage*',
          '/api/v2/featureusage*',
        ],
        where: [{ in: 'parameter:format', has: ['${', '#{'] }],
      },
    ],
    command: ['parameter:format'],
  },
  {
    name: 'ivanti-sentry-mics',
    product: 'ivanti-sentry',
    cves: ['CVE-2023-38035'],
    class: 'rce',
    requests: [
      {
        path: ['/mics/services/micslogservice', '/mics/services/configservice'],
        where: [{ in: 'path', has: ['micslogservice', 'configservice'] }],
      },
    ],
    command: ['body'],
  },
  {
    name: 'ivanti-csa-traversal',
    product: 'ivanti-csa',
    cves: ['CVE-2024-8963'],
    class: 'auth-bypass',
    requests: [
      {
        path: ['/gsb/*', '/client/index.php*'],
        where: [
          { in: 'path', has: ['/client/index.php?.php', '/client/index.php?'] },
          { in: 'path', has: ['/gsb/'] },
        ],
      },
      { path: ['/client/index.php/*', '/client/index.php?*'], where: [{ in: 'path', has: ['/gsb/'] }] },
    ],
  },
  {
    name: 'ivanti-csa-datetime-command',
    product: 'ivanti-csa',
    cves: ['CVE-2024-8190'],
    class: 'rce',
    requests: [
      {
        methods: ['POST'],
        path: ['/gsb/datetime.php'],
        where: [{ in: 'parameter:timezone', has: shellMarks }],
      },
    ],
    command: ['parameter:timezone'],
  },
  {
    name: 'ivanti-csa-cookie-code',
    product: 'ivanti-csa',
    cves: ['CVE-2021-44529'],
    class: 'php',
    requests: [
      {
        path: ['/client/index.php'],
        where: [{ in: 'header:cookie', matches: /(?:^|;\s?)(?:e|ab)=(?:ab|[a-z0-9+/=]{8,}|;|c=)/ }],
      },
      { path: ['/client/index.php'], where: [{ in: 'header:cookie', matches: /\bc=[a-z0-9+/]{8,}/ }] },
    ],
  },
  {
    name: 'ivanti-epm-record-sqli',
    product: 'ivanti-epm',
    cves: ['CVE-2024-29824'],
    class: 'sqli',
    requests: [
      {
        path: ['/wsstatusevents/eventhandler.asmx'],
        where: [{ in: 'body', matches: /(?:goodapp|md5)[=>][^<]{0,64}'/ }],
      },
    ],
  },
  {
    name: 'ivanti-epm-credential-coercion',
    product: 'ivanti-epm',
    cves: ['CVE-2024-10811', 'CVE-2024-13159', 'CVE-2024-13160', 'CVE-2024-13161'],
    class: 'lfi',
    requests: [
      {
        path: ['/wsvulnerabilitycore/vulcore.asmx'],
        where: [
          { in: 'body', has: ['gethashforwildcard', 'gethashforsinglefile', 'gethashforfile'] },
          { in: 'body', has: ['\\\\', '//', 'wildcard', 'path'] },
        ],
      },
    ],
  },
  {
    name: 'ivanti-vtm-wizard-bypass',
    product: 'ivanti-vtm',
    cves: ['CVE-2024-7593'],
    class: 'auth-bypass',
    requests: [
      {
        path: ['/apps/zxtm/wizard.fcgi', '/zxtm/wizard.fcgi'],
        where: [
          { in: 'query', has: ['localusers'] },
          { in: 'input', has: ['error=1', 'create_user'] },
        ],
      },
    ],
  },
  {
    name: 'ivanti-avalanche-getsetting',
    product: 'ivanti-avalanche',
    cves: ['CVE-2021-22962', 'CVE-2021-30497'],
    class: 'lfi',
    requests: [
      {
        path: ['/avalancheweb/image'],
        where: [{ in: 'parameter:imagefilepath', has: [':/', '/etc', '..', ':\\'] }],
      },
    ],
  },
  {
    name: 'cisco-asa-traversal',
    product: 'cisco-asa',
    cves: ['CVE-2018-0296'],
    class: 'lfi',
    requests: [
      {
        path: ['/+cscoe+/*'],
        where: [{ in: 'path', has: ['/+cscou+/../', '/+cscot+/../', '/+cscoe+/../'] }],
      },
    ],
  },
  {
    name: 'cisco-asa-file-read',
    product: 'cisco-asa',
    cves: ['CVE-2020-3452'],
    class: 'lfi',
    requests: [
      {
        path: ['/+cscot+/translation-table', '/+cscot+/oem-customization'],
        where: [{ in: 'query', has: ['..', '+cscoe+', ' cscoe '] }],
      },
      { path: ['/+cscoe+/*'], where: [{ in: 'query', has: ['textdomain=/', 'platform=..'] }] },
    ],
  },
  {
    name: 'cisco-asa-file-delete',
    product: 'cisco-asa',
    cves: ['CVE-2020-3187'],
    class: 'lfi',
    requests: [
      {
        path: ['/+cscoe+/session_password.html'],
        where: [{ in: 'header:cookie', has: ['token=..', 'token=/', 'token='] }],
      },
    ],
  },
  {
    name: 'cisco-asa-saml-xss',
    product: 'cisco-asa',
    cves: ['CVE-2020-3580'],
    class: 'xss',
    requests: [
      {
        methods: ['POST'],
        path: ['/+cscoe+/saml/sp/acs'],
        where: [{ in: 'body', has: ['<svg', '<script', '"><', 'onload='] }],
      },
    ],
  },
  {
    name: 'cisco-asa-webvpn-2025',
    product: 'cisco-asa',
    cves: ['CVE-2025-20362', 'CVE-2025-20333'],
    class: 'auth-bypass',
    requests: [
      {
        path: ['/+cscou+/../+cscoe+/files/*', '/+cscoe+/files/file_action.html'],
        where: [{ in: 'input', has: ['mode=upload', 'fa=', 'path='] }],
      },
    ],
    confidence: 0.85,
  },
  {
    name: 'cisco-ios-xe-webui-wsma',
    product: 'cisco-ios-xe',
    cves: ['CVE-2023-20198'],
    class: 'auth-bypass',
    requests: [
      { path: ['/webui_wsma_http', '/webui_wsma_https'] },
      { methods: ['POST'], path: ['/webui/logoutconfirm.html'], where: [{ in: 'parameter:logon_hash' }] },
    ],
    command: ['body'],
  },
  {
    name: 'cisco-ios-xe-webui-software',
    product: 'cisco-ios-xe',
    cves: ['CVE-2023-20273'],
    class: 'rce',
    requests: [
      {
        methods: ['POST'],
        path: ['/webui/rest/softwaremgmt/installadd'],
        where: [
          { in: 'body', has: ['ipaddress', 'filename'] },
          { in: 'body', has: shellMarks },
        ],
      },
    ],
    command: ['body'],
  },
  {
    name: 'cisco-hyperflex-auth-change',
    product: 'cisco-hyperflex',
    cves: ['CVE-2021-1497', 'CVE-2021-1498'],
    class: 'rce',
    requests: [
      {
        methods: ['POST'],
        path: ['/auth/change', '/auth'],
        where: [{ in: 'parameter:password', has: ['import os', 'os.system', '"));', '));import', '$$'] }],
      },
      {
        methods: ['POST'],
        path: ['/storfs-asup'],
        where: [
          { in: 'input', has: ['action='] },
          { in: 'input', has: ['token=`', 'mode=`', '`', '$('] },
        ],
      },
    ],
    command: ['parameter:password', 'parameter:token', 'parameter:mode'],
  },
  {
    name: 'cisco-ise-enablestrongswan',
    product: 'cisco-ise',
    cves: ['CVE-2025-20281', 'CVE-2025-20337'],
    class: 'rce',
    requests: [
      {
        path: ['/deployment-rpc/enablestrongswantunnel'],
        where: [{ in: 'body', has: ['$', '`', ';', 'bash', 'hardcoded', '|'] }],
      },
    ],
    command: ['body'],
  },
  {
    name: 'cisco-smart-license-credentials',
    product: 'cisco-cslu',
    cves: ['CVE-2024-20439'],
    class: 'auth-bypass',
    requests: [
      {
        path: ['/cslu/v1/*'],
        where: [{ in: 'header:authorization', has: ['y3nsds13aw5kb3dzlwnsawvuddpmawjyyxj5'] }],
      },
    ],
  },
  {
    name: 'sonicwall-sslvpn-sessid-sqli',
    product: 'sonicwall',
    cves: ['CVE-2019-7481', 'CVE-2021-20016'],
    class: 'sqli',
    requests: [
      { path: ['/cgi-bin/supportinstaller'], where: [{ in: 'input', has: ['union', 'select', "'"] }] },
    ],
  },
  {
    name: 'sonicwall-jarrewrite-shellshock',
    product: 'sonicwall',
    cves: ['CVE-2014-6271'],
    class: 'rce',
    confidence: 0.9,
    requests: [{ path: ['/cgi-bin/jarrewrite.sh'], where: [{ in: 'headers', has: ['() {', '(){'] }] }],
    command: ['header:user-agent'],
  },
  {
    name: 'sonicwall-sma-environment-overflow',
    product: 'sonicwall',
    cves: ['CVE-2021-20038'],
    class: 'rce',
    // A query string that is no query: addresses over and over, beside a path that is a command.
    requests: [
      {
        where: [
          { in: 'path', has: ['/;'] },
          { in: 'raw-path', matches: /^\/(?:;|%3b)/ },
          { in: 'query', matches: /^[^=&]{256}/s },
        ],
      },
    ],
    command: ['raw-path'],
  },
  {
    name: 'sonicwall-sma-swap-cookie',
    product: 'sonicwall',
    cves: ['CVE-2024-53704'],
    class: 'auth-bypass',
    requests: [
      {
        path: ['/cgi-bin/sslvpnclient'],
        where: [{ in: 'header:cookie', has: ['swap=aaaaaa', 'swap=qufb', 'swap=aaa'] }],
      },
    ],
  },
  {
    name: 'sophos-sg-webadmin-sid',
    product: 'sophos-sg',
    cves: ['CVE-2020-25223'],
    class: 'rce',
    requests: [
      {
        methods: ['POST'],
        path: ['/var'],
        where: [
          { in: 'body', has: ['"sid"'] },
          { in: 'body', matches: /"sid":\s?"[^"]{0,8}\|/ },
        ],
      },
    ],
    command: ['body'],
  },
  {
    name: 'sophos-xg-json-mode',
    product: 'sophos-xg',
    cves: ['CVE-2022-1040', 'CVE-2020-12271'],
    class: 'auth-bypass',
    requests: [
      {
        path: ['/webconsole/controller', '/userportal/controller'],
        where: [
          { in: 'input', has: ['mode='] },
          { in: 'input', matches: /\x00|"_discriminator"|\\x00|u0000/ },
        ],
      },
    ],
  },
  {
    name: 'juniper-junos-phprc',
    product: 'juniper-junos',
    cves: ['CVE-2023-36844', 'CVE-2023-36845', 'CVE-2023-36846', 'CVE-2023-36847'],
    class: 'php',
    requests: [
      { path: ['/webauth_operation.php'], where: [{ in: 'input', has: ['phprc', 'ld_preload'] }] },
      { path: ['/webauth_operation.php'], where: [{ in: 'input', has: ['do_upload', 'rs=do_'] }] },
      { where: [{ in: 'input', has: ['phprc=/dev/fd/0', 'phprc"'] }] },
    ],
  },
  {
    name: 'checkpoint-gateway-file-read',
    product: 'checkpoint',
    cves: ['CVE-2024-24919'],
    class: 'lfi',
    requests: [
      { methods: ['POST'], path: ['/clients/mycrl'], where: [{ in: 'body', has: ['../', 'acsha'] }] },
    ],
  },
  {
    name: 'watchguard-xpath-login',
    product: 'watchguard',
    cves: ['CVE-2022-26318'],
    class: 'protocol',
    requests: [
      {
        methods: ['POST'],
        path: ['/agent/login', '/agent/*'],
        where: [{ in: 'header:content-encoding', has: ['gzip'] }],
      },
    ],
    confidence: 0.85,
  },
  {
    name: 'barracuda-esg-attachment',
    product: 'barracuda',
    cves: ['CVE-2020-5847', 'CVE-2020-5849'],
    class: 'rce',
    requests: [
      {
        path: ['/webgui/images/green-on.jpg/', '/webgui/images/green-on.jpg'],
        where: [{ in: 'parameter:path' }],
      },
    ],
    command: ['query'],
  },
  {
    name: 'array-networks-flags-header',
    product: 'array-ag',
    cves: ['CVE-2023-28461'],
    class: 'rce',
    requests: [
      { where: [{ in: 'header:x_an_fileshare', has: ['uname='] }] },
      { path: ['/prx/000/http/localhost/*'] },
    ],
  },
  {
    name: 'silverpeak-nginx-traversal',
    product: 'silver-peak',
    cves: ['CVE-2020-12145', 'CVE-2020-12146'],
    class: 'lfi',
    requests: [
      {
        path: ['/gms/rest/debugfiles/delete', '/gms/rest/sqlexecution'],
        where: [{ in: 'input', has: ['..', '/home/', 'select', 'insert'] }],
      },
    ],
  },
  {
    name: 'versa-concerto-encoded-slash',
    product: 'versa-concerto',
    cves: ['CVE-2025-34026', 'CVE-2025-34027'],
    class: 'auth-bypass',
    requests: [
      { path: ['/portalapi/actuator*'], where: [{ in: 'headers', has: ['x-real-ip'] }] },
      {
        path: ['/portalapi/v1/package/spack/upload*'],
        where: [{ in: 'raw-path', has: ['%2f', '%252f', '%3b', ';'] }],
      },
    ],
  },
  {
    name: 'accellion-fta-sqli',
    product: 'accellion-fta',
    cves: ['CVE-2021-27101', 'CVE-2021-27104'],
    class: 'sqli',
    requests: [
      {
        path: ['/document_root.html', '/courier/document_root.html'],
        where: [{ in: 'headers', has: ["'", 'select'] }],
      },
    ],
  },
  {
    name: 'aviatrix-flightpath-command',
    product: 'aviatrix',
    cves: ['CVE-2024-50603'],
    class: 'rce',
    requests: [
      {
        path: ['/v1/api'],
        where: [
          {
            in: 'input',
            has: ['list_flightpath_destination_instances', 'flightpath_connection_test', 'cloud_type='],
          },
          { in: 'input', matches: /(?:cloud_type|src_cloud_type|dst_cloud_type)=[^&]{0,16}(?:\||;|`|\$\()/ },
        ],
      },
    ],
    command: ['parameter:cloud_type', 'parameter:src_cloud_type'],
  },
  {
    name: 'aviatrix-upload-traversal',
    product: 'aviatrix',
    cves: ['CVE-2021-40870'],
    class: 'php',
    requests: [{ path: ['/v1/backend1'], where: [{ in: 'input', has: ['../', 'account_name=/'] }] }],
  },
  {
    name: 'kemp-loadmaster-basic',
    product: 'kemp',
    cves: ['CVE-2024-1212'],
    class: 'rce',
    requests: [
      {
        path: ['/access/set', '/access/*'],
        where: [
          { in: 'query', has: ['param=enableapi'] },
          { in: 'header:authorization', has: ['basic j', 'basic ij', 'basic o'] },
        ],
      },
    ],
  },
  {
    name: 'netmotion-nortek-card-scan',
    product: 'nortek-linear',
    cves: ['CVE-2019-7256'],
    class: 'rce',
    requests: [
      {
        path: ['/card_scan.php', '/card_scan_decoder.php'],
        where: [{ in: 'query', matches: /(?:no|readerno|door)=[^&]{0,16}(?:`|\$\(|;|\|)/ }],
      },
    ],
    command: ['parameter:readerno', 'parameter:no', 'parameter:door'],
  },
];
