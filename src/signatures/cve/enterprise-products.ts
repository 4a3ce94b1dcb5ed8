/** Enterprise servers and applications whose weaknesses are exploited but whose products are rarer on the open Internet. */

import type { CveSignature } from '../cve-signature.ts';
import { shellMarks, shellMarksOfInput } from './shell-marks.ts';

const entity: readonly string[] = ['<!entity', '<!doctype'];
const dots: readonly string[] = ['../', '..\\'];

export const enterpriseProducts: readonly CveSignature[] = [
  {
    name: 'spark-doas-command',
    product: 'spark',
    cves: ['CVE-2022-33891'],
    class: 'rce',
    requests: [{ where: [{ in: 'parameter:doas', has: ['`', '$(', ';', '|'] }] }],
    command: ['parameter:doas'],
  },
  {
    name: 'apisix-batch-requests',
    product: 'apisix',
    cves: ['CVE-2022-24112'],
    class: 'auth-bypass',
    requests: [
      {
        methods: ['POST'],
        path: ['/apisix/batch-requests'],
        where: [
          { in: 'body', has: ['x-real-ip', '/apisix/admin'] },
          { in: 'body', has: ['pipeline'] },
        ],
      },
    ],
    command: ['body'],
  },
  {
    name: 'minio-bootstrap-verify',
    product: 'minio',
    cves: ['CVE-2023-28432'],
    class: 'other',
    requests: [{ methods: ['POST'], path: ['/minio/bootstrap/v1/verify'] }],
  },
  {
    name: 'owncloud-graphapi-phpinfo',
    product: 'owncloud',
    cves: ['CVE-2023-49103'],
    class: 'other',
    requests: [{ path: ['/apps/graphapi/vendor/microsoft/microsoft-graph/tests/getphpinfo.php'] }],
  },
  {
    name: 'rejetto-hfs-template',
    product: 'rejetto-hfs',
    cves: ['CVE-2024-23692', 'CVE-2014-6287'],
    class: 'ssti',
    requests: [
      {
        where: [
          {
            in: 'query',
            has: ['{.exec|', '{.save|', '{.load|', '{.cookie|', '{.?n.}', '{.?cmd.}', '{.set|'],
          },
        ],
      },
      {
        where: [
          { in: 'parameter:search', has: ['%url%', '\0{.'], matches: /%url%:?[^&]{0,32}\}\{\.|\x00\{\./ },
        ],
      },
    ],
    command: ['parameter:cmd', 'parameter:search'],
  },
  {
    name: 'pentaho-ldap-spel',
    product: 'pentaho',
    cves: ['CVE-2022-43769', 'CVE-2022-43939'],
    class: 'ssti',
    requests: [
      {
        path: ['/api/ldap/config/*'],
        where: [{ in: 'path', has: ['/require.js', '/require-cfg.js', '/require-js'] }],
      },
    ],
    command: ['parameter:url'],
  },
  {
    name: 'servicenow-jelly-template',
    product: 'servicenow',
    cves: ['CVE-2024-4879', 'CVE-2024-5217', 'CVE-2024-5178'],
    class: 'ssti',
    requests: [
      {
        where: [
          { in: 'input', has: ['jvar_page_title'] },
          { in: 'input', has: ['<j:', '<g:', 'jelly:', '<style'] },
        ],
      },
    ],
  },
  {
    name: 'saltstack-api-command',
    product: 'saltstack',
    cves: ['CVE-2020-16846', 'CVE-2020-25592', 'CVE-2021-25281'],
    class: 'rce',
    requests: [
      {
        methods: ['POST'],
        path: ['/run', '^/$'],
        where: [
          { in: 'body', has: ['client'] },
          { in: 'body', has: ['ssh_priv', 'wheel_async', 'pillar_roots.write', 'thin_dir'] },
        ],
      },
    ],
    command: ['parameter:ssh_priv', 'body'],
  },
  {
    name: 'ibm-data-risk-manager',
    product: 'ibm-drm',
    cves: ['CVE-2020-4427', 'CVE-2020-4428', 'CVE-2020-4430'],
    class: 'auth-bypass',
    requests: [
      { path: ['/albatross/saml/idpselection'] },
      { path: ['/albatross/eurekaservice/fetchlogfiles'], where: [{ in: 'body', has: dots }] },
      { path: ['/albatross/restapi/v2/nmap/run/scan/*'] },
    ],
  },
  {
    name: 'sap-crash-file-download',
    product: 'sap-netweaver',
    cves: ['CVE-2016-3976'],
    class: 'lfi',
    requests: [{ path: ['/crashfiledownloadservlet'], where: [{ in: 'parameter:filename', has: dots }] }],
  },
  {
    name: 'sap-uiutil-traversal',
    product: 'sap-netweaver',
    cves: ['CVE-2017-12637'],
    class: 'lfi',
    requests: [{ path: ['/scheduler/ui/js/*'], where: [{ in: 'query', has: ['..'] }] }],
  },
  {
    name: 'sap-bpem-xxe',
    product: 'sap-netweaver',
    cves: ['CVE-2016-9563'],
    class: 'xxe',
    requests: [
      {
        methods: ['POST'],
        path: ['/sap.com~tc~bpem~him~uwlconn~provider~web/*'],
        where: [{ in: 'body', has: entity }],
      },
    ],
  },
  {
    name: 'sap-crm-logging',
    product: 'sap-crm',
    cves: ['CVE-2018-2380'],
    class: 'rce',
    requests: [
      {
        path: ['/admin/logging.jsp'],
        where: [
          { in: 'input', has: ['location=', 'logfilename'] },
          { in: 'input', has: ['.jsp', '..'] },
        ],
      },
    ],
  },
  {
    name: 'jasperreports-resource-traversal',
    product: 'jasperreports',
    cves: ['CVE-2018-18809', 'CVE-2018-5430'],
    class: 'lfi',
    requests: [
      {
        path: ['/reportresource/*', '/flow.html'],
        where: [
          { in: 'query', has: ['..'] },
          { in: 'query', has: ['resource='] },
        ],
      },
    ],
  },
  {
    name: 'blazeds-messagebroker-xxe',
    product: 'coldfusion',
    cves: ['CVE-2009-3960', 'CVE-2017-3066'],
    class: 'xxe',
    requests: [
      {
        methods: ['POST'],
        path: ['/messagebroker/*', '/flex2gateway/*'],
        where: [{ in: 'body', has: entity }],
      },
      {
        methods: ['POST'],
        path: ['/messagebroker/*', '/flex2gateway/*'],
        where: [{ in: 'body', has: ['\xac\xed\0\x05', 'org.apache.axis2', 'sun.rmi'] }],
      },
    ],
  },
  {
    name: 'coldfusion-rds-login',
    product: 'coldfusion',
    cves: ['CVE-2013-0632', 'CVE-2013-0625', 'CVE-2013-0629'],
    class: 'auth-bypass',
    requests: [
      {
        path: ['/cfide/adminapi/administrator.cfc'],
        where: [
          { in: 'input', has: ['method=login'] },
          { in: 'input', has: ['rdspasswordallowed'] },
        ],
      },
    ],
  },
  {
    name: 'oracle-reports-servlet',
    product: 'oracle-reports',
    cves: ['CVE-2012-3152', 'CVE-2012-3153'],
    class: 'lfi',
    requests: [
      {
        path: ['/reports/rwservlet'],
        where: [
          { in: 'url', has: ['urlparameter'] },
          { in: 'url', has: ['file:', 'http:', 'ftp:', 'jobtype=rwurl'] },
        ],
      },
      { path: ['/reports/rwservlet/showenv', '/reports/rwservlet/parsequery'] },
    ],
  },
  {
    name: 'ssrs-report-viewer-viewstate',
    product: 'sql-server-reporting',
    cves: ['CVE-2020-0618'],
    class: 'deserialization',
    requests: [
      {
        methods: ['POST'],
        path: ['/pages/reportviewer.aspx'],
        where: [{ in: 'body', has: ['navigationcorrector$viewstate'] }],
      },
    ],
  },
  {
    name: 'sharepoint-dataset-cache',
    product: 'sharepoint',
    cves: ['CVE-2020-1147'],
    class: 'deserialization',
    requests: [
      {
        methods: ['POST'],
        where: [
          { in: 'body', has: ['__suggestionscache__', 'viewstategenerator'] },
          { in: 'body', has: ['<dataset', 'msdata:', 'expandedwrapper'] },
        ],
      },
    ],
  },
  {
    name: 'exchange-proxytoken',
    product: 'exchange',
    cves: ['CVE-2021-33766'],
    class: 'auth-bypass',
    requests: [
      {
        path: ['/ecp/*'],
        where: [
          { in: 'header:cookie', has: ['securitytoken='] },
          { in: 'path', has: ['.slab', 'inboxrules', 'ruleseditor', '.svc'] },
        ],
      },
    ],
  },
  {
    name: 'ws-ftp-adhoc-deserialization',
    product: 'ws-ftp',
    cves: ['CVE-2023-40044'],
    class: 'deserialization',
    requests: [
      {
        methods: ['POST'],
        path: ['/aht/*'],
        where: [{ in: 'body', has: ['aaeaaad', '::aht_', 'name="::'] }],
      },
    ],
  },
  {
    name: 'telerik-dialog-handler',
    product: 'telerik',
    cves: ['CVE-2017-9248'],
    class: 'other',
    confidence: 0.7,
    requests: [
      {
        path: ['/telerik.web.ui.dialoghandler.aspx'],
        where: [{ in: 'parameter:dp', matches: /^[a-z0-9+/ =]{4,}/ }],
      },
    ],
  },
  {
    name: 'kaseya-managed-it-sync',
    product: 'kaseya-vsa',
    cves: ['CVE-2017-18362'],
    class: 'sqli',
    requests: [{ path: ['/kaseyacwwebservice/managedit.asmx'] }],
  },
  {
    name: 'vmware-connector-certificate-command',
    product: 'workspace-one',
    cves: ['CVE-2020-4006'],
    class: 'rce',
    requests: [
      {
        methods: ['POST'],
        path: ['/cfg/ssl/installselfsignedcertificate'],
        where: [{ in: 'parameter:san', has: shellMarks }],
      },
    ],
    command: ['parameter:san'],
  },
  {
    name: 'sonicwall-email-security-createou',
    product: 'sonicwall',
    cves: ['CVE-2021-20021', 'CVE-2021-20022', 'CVE-2021-20023'],
    class: 'auth-bypass',
    requests: [
      { path: ['/createou'], where: [{ in: 'input', has: ['data='] }] },
      { path: ['/dload_apps'], where: [{ in: 'query', has: ['..'] }] },
    ],
  },
  {
    name: 'sonicwall-sma-waf-redirect',
    product: 'sonicwall',
    cves: ['CVE-2019-7483'],
    class: 'lfi',
    requests: [{ path: ['/cgi-bin/handlewafredirect'], where: [{ in: 'parameter:hdl', has: dots }] }],
  },
  {
    name: 'apache-rewrite-question-mark',
    product: 'apache-httpd',
    cves: ['CVE-2024-38475'],
    class: 'lfi',
    confidence: 0.85,
    requests: [
      {
        // An encoded question mark cuts the suffix off that the rewrite rule asked for.
        where: [
          {
            in: 'path',
            has: ['.db?', '.conf?', '.sh?', '.key?', '.pem?', '.log?', '.sqlite?', '.bak?', '/passwd?'],
          },
          { in: 'raw-path', matches: /%3f[^?]{0,64}\.(?:css|js|png|gif|jpg|html)$/ },
        ],
      },
    ],
  },
  {
    name: 'sophos-web-appliance-blocked',
    product: 'sophos-swa',
    cves: ['CVE-2023-1671'],
    class: 'rce',
    requests: [
      {
        path: ['/index.php'],
        where: [
          { in: 'input', has: ['args_reason=filetypewarn', 'args_reason'] },
          { in: 'input', has: ['user_encoded='] },
        ],
      },
    ],
    command: ['parameter:user_encoded'],
  },
  {
    name: 'citrix-sdwan-session-cookie',
    product: 'citrix-sd-wan',
    cves: ['CVE-2017-6316'],
    class: 'rce',
    requests: [
      { where: [{ in: 'header:cookie', has: ['cgisessid='], matches: /cgisessid=[^;]{0,64}[`|$]/ }] },
    ],
    command: ['header:cookie'],
  },
  {
    name: 'microfocus-obr-logon',
    product: 'microfocus-obr',
    cves: ['CVE-2021-22502'],
    class: 'rce',
    requests: [
      {
        methods: ['POST'],
        path: ['/adminservice/urest/v1/logonresource'],
        where: [{ in: 'body', has: shellMarks }],
      },
    ],
    command: ['body'],
  },
  {
    name: 'fatpipe-upload-config',
    product: 'fatpipe',
    cves: ['CVE-2021-27860'],
    class: 'rce',
    requests: [{ methods: ['POST'], path: ['/fpui/uploadconfigservlet'] }],
  },
  {
    name: 'mivoice-connect-vtest',
    product: 'mitel',
    cves: ['CVE-2022-29499'],
    class: 'rce',
    requests: [
      {
        path: ['/scripts/vtest.php', '/ucbsync.php'],
        where: [
          { in: 'input', has: ['get_url=', 'cmd='] },
          { in: 'input', has: shellMarksOfInput },
        ],
      },
    ],
    command: ['parameter:cmd', 'parameter:get_url'],
  },
  {
    name: 'billquick-login-sqli',
    product: 'billquick',
    cves: ['CVE-2021-42258'],
    class: 'sqli',
    requests: [
      {
        methods: ['POST'],
        path: ['/ws2020/default.aspx', '/ws2021/default.aspx', '/ws2022/default.aspx'],
        where: [{ in: 'parameter:txtid', has: ["'"] }],
      },
    ],
  },
  {
    name: 'magicinfo-upload',
    product: 'magicinfo',
    cves: ['CVE-2024-7399', 'CVE-2025-4632'],
    class: 'rce',
    requests: [
      {
        methods: ['POST', 'PUT'],
        path: ['/magicinfo/servlet/swupdatefileuploader', '/swupdatefileuploader'],
        where: [{ in: 'url', has: ['..', '.jsp'] }],
      },
    ],
  },
  {
    name: 'wazuh-run-as-deserialization',
    product: 'wazuh',
    cves: ['CVE-2025-24016'],
    class: 'deserialization',
    requests: [
      {
        methods: ['POST'],
        where: [
          { in: 'body', has: ['__unhandled_exc__', '__callable__'] },
          { in: 'body', has: ['__class__', '__args__', '__name__'] },
        ],
      },
    ],
    command: ['body'],
  },
  {
    name: 'hpe-oneview-execute-command',
    product: 'hpe-oneview',
    cves: ['CVE-2025-37164'],
    class: 'rce',
    requests: [{ methods: ['PUT', 'POST'], path: ['/rest/id-pools/executecommand'] }],
    command: ['body'],
  },
  {
    name: 'ivanti-epmm-appstore-command',
    product: 'ivanti-epmm',
    cves: ['CVE-2026-1281', 'CVE-2026-1340'],
    class: 'rce',
    requests: [
      {
        path: ['/mifs/c/appstore/fob/*', '/mifs/c/aftstore/fob/*'],
        where: [{ in: 'url', has: ['$(', '`', 'gpath', 'thevalue'] }],
      },
    ],
    command: ['raw-path'],
  },
  {
    name: 'smartermail-unauthenticated',
    product: 'smartermail',
    cves: ['CVE-2026-23760', 'CVE-2026-24423', 'CVE-2025-52691'],
    class: 'auth-bypass',
    requests: [
      {
        methods: ['POST'],
        path: ['/api/v1/auth/force-reset-password'],
        where: [{ in: 'body', has: ['issysadmin', 'newpassword'] }],
      },
      {
        methods: ['POST'],
        path: ['/api/v1/settings/sysadmin/connect-to-hub'],
        where: [{ in: 'body', has: ['hubaddress'] }],
      },
      {
        methods: ['POST'],
        path: ['/api/upload'],
        where: [
          { in: 'body', has: ['contextdata', 'guid'] },
          { in: 'body', has: dots },
        ],
      },
    ],
  },
  {
    name: 'veracore-pmsess-sqli',
    product: 'veracore',
    cves: ['CVE-2025-25181'],
    class: 'sqli',
    requests: [
      {
        path: ['/timeoutwarning.asp'],
        where: [{ in: 'parameter:pmsess1', has: ["'", 'select', 'waitfor'] }],
      },
    ],
  },
  {
    name: 'zimbra-servlet-include',
    product: 'zimbra',
    cves: ['CVE-2025-68645'],
    class: 'lfi',
    requests: [
      {
        where: [
          { in: 'input', has: ['javax.servlet.include.servlet_path', 'javax.servlet.include.path_info'] },
        ],
      },
    ],
  },
  {
    name: 'zimbra-momoveto-xss',
    product: 'zimbra',
    cves: ['CVE-2023-37580'],
    class: 'xss',
    requests: [{ path: ['/m/momoveto', '/h/momoveto'], where: [{ in: 'parameter:st', has: ['"', '<'] }] }],
  },
  {
    name: 'shiro-remember-me',
    product: 'shiro',
    cves: ['CVE-2016-4437'],
    class: 'deserialization',
    confidence: 0.6,
    // A first request that brings nothing but a long remembered identity, and no session beside it.
    requests: [
      { where: [{ in: 'header:cookie', has: ['rememberme='], matches: /^rememberme=[a-z0-9+/=]{300,}$/ }] },
    ],
  },
  {
    name: 'phpmailer-sender-arguments',
    product: 'phpmailer',
    cves: ['CVE-2016-10033', 'CVE-2016-10045', 'CVE-2016-10034'],
    class: 'rce',
    requests: [
      {
        methods: ['POST'],
        where: [
          {
            in: 'body',
            has: ['queuedirectory', '-x/', '-x /'],
            matches: /\s-o\s?queuedirectory=|\s-x\s?\/[^&\s]{0,128}\.php/,
          },
        ],
      },
    ],
  },
  {
    name: 'rails-render-traversal',
    product: 'rails',
    cves: ['CVE-2014-0130', 'CVE-2016-0752', 'CVE-2019-5418'],
    class: 'lfi',
    confidence: 0.9,
    requests: [{ where: [{ in: 'header:accept', has: ['../', '{{'] }] }],
  },
  {
    name: 'couchdb-duplicate-roles',
    product: 'couchdb',
    cves: ['CVE-2017-12635'],
    class: 'auth-bypass',
    requests: [
      {
        methods: ['PUT', 'POST'],
        path: ['/_users/*'],
        where: [{ in: 'body', matches: /"roles"\s{0,4}:\s{0,4}\[\s{0,4}"_admin"/ }],
      },
    ],
  },
  {
    name: 'wordpress-social-warfare-options',
    product: 'wordpress',
    cves: ['CVE-2019-9978'],
    class: 'rfi',
    requests: [
      {
        where: [
          { in: 'query', has: ['swp_debug=load_options', 'swp_url='] },
          { in: 'parameter:swp_url', has: ['//'] },
        ],
      },
    ],
  },
  {
    name: 'wordpress-hotel-booking-object',
    product: 'wordpress',
    cves: ['CVE-2020-29047'],
    class: 'deserialization',
    requests: [
      {
        where: [
          {
            in: 'header:cookie',
            has: ['thimpress_hotel_booking_'],
            matches: /thimpress_hotel_booking_[^=]{0,16}=[^;]{0,8}[oc]:\d/,
          },
        ],
      },
    ],
  },
  {
    name: 'pihole-dhcp-mac-command',
    product: 'pihole',
    cves: ['CVE-2020-8816'],
    class: 'rce',
    requests: [
      {
        methods: ['POST'],
        path: ['/admin/settings.php'],
        where: [{ in: 'parameter:addmac', has: [';', '&', '|', '$', '`'] }],
      },
    ],
    command: ['parameter:addmac'],
  },
  {
    name: 'eyesofnetwork-api-key-sqli',
    product: 'eyesofnetwork',
    cves: ['CVE-2020-8657', 'CVE-2020-8656'],
    class: 'sqli',
    requests: [
      { path: ['/eonapi/getapikey'], where: [{ in: 'parameter:username', has: ["'", 'union', 'sleep('] }] },
    ],
  },
  {
    name: 'node-systeminformation-array',
    product: 'node',
    cves: ['CVE-2021-21315'],
    class: 'rce',
    requests: [
      {
        path: ['/api/getservices'],
        where: [
          { in: 'query', has: ['name[]='] },
          { in: 'query', has: ['$(', '`', ';', '|'] },
        ],
      },
    ],
    command: ['query'],
  },
  {
    name: 'nagios-xi-profile-command',
    product: 'nagios-xi',
    cves: ['CVE-2019-15949'],
    class: 'rce',
    requests: [
      { path: ['/includes/components/profile/profile.php'], where: [{ in: 'query', has: ['cmd=download'] }] },
    ],
  },
  {
    name: 'rconfig-template-upload',
    product: 'rconfig',
    cves: ['CVE-2020-10221', 'CVE-2020-10220', 'CVE-2019-19509'],
    class: 'rce',
    requests: [
      {
        path: ['/lib/ajaxhandlers/ajaxaddtemplate.php'],
        where: [
          { in: 'input', has: shellMarksOfInput },
          { in: 'input', has: ['filename'] },
        ],
      },
      {
        path: ['/lib/ajaxhandlers/ajaxarchivefiles.php'],
        where: [{ in: 'parameter:path', has: shellMarks }],
      },
      { path: ['/commands.inc.php'], where: [{ in: 'query', has: ["'", 'union'] }] },
    ],
    command: ['parameter:filename', 'parameter:path'],
  },
];
