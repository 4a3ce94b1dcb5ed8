/** Microsoft servers, file transfer, remote management, storage and backup products. */

import type { CveSignature } from '../cve-signature.ts';
import { shellMarks, shellMarksOfInput } from './shell-marks.ts';

export const serverProducts: readonly CveSignature[] = [
  {
    name: 'exchange-proxylogon',
    product: 'exchange',
    cves: ['CVE-2021-26855', 'CVE-2021-27065'],
    class: 'ssrf',
    requests: [
      {
        where: [
          { in: 'header:cookie', has: ['x-beresource=', 'x-anonresource-backend='] },
          {
            in: 'header:cookie',
            matches: /(?:x-beresource|x-anonresource-backend)=[^;]{0,200}(?:~|\/|#|\]@)/,
          },
        ],
      },
      {
        path: ['/ecp/ddi/ddiservice.svc/setobject'],
        where: [{ in: 'body', has: ['oabvirtualdirectory', 'externalurl', '<script', 'filepathname'] }],
      },
    ],
  },
  {
    name: 'exchange-proxyshell',
    product: 'exchange',
    cves: ['CVE-2021-34473', 'CVE-2021-34523', 'CVE-2021-31207'],
    class: 'ssrf',
    requests: [
      {
        path: ['/autodiscover/autodiscover.json'],
        where: [
          { in: 'url', has: ['@'] },
          {
            in: 'url',
            has: [
              '/mapi/',
              '/ews/',
              '/powershell',
              '/autodiscover/autodiscover.xml',
              'email=autodiscover',
              '/ecp/',
              '/owa/',
            ],
          },
          { in: 'url', lacks: ['powershell/?x='] },
        ],
      },
    ],
  },
  {
    name: 'exchange-proxynotshell',
    product: 'exchange',
    cves: ['CVE-2022-41040', 'CVE-2022-41082'],
    class: 'ssrf',
    requests: [
      {
        path: ['/autodiscover/autodiscover.json'],
        where: [
          { in: 'url', has: ['powershell'] },
          { in: 'url', has: ['@', 'email='] },
        ],
      },
    ],
  },
  {
    name: 'exchange-ecp-viewstate',
    product: 'exchange',
    cves: ['CVE-2020-0688'],
    class: 'deserialization',
    requests: [{ path: ['/ecp/*'], where: [{ in: 'query', has: ['__viewstategenerator=b97b4e27'] }] }],
  },
  {
    name: 'sharepoint-toolshell',
    product: 'sharepoint',
    cves: ['CVE-2025-53770', 'CVE-2025-53771', 'CVE-2025-49704', 'CVE-2025-49706'],
    class: 'deserialization',
    requests: [
      {
        methods: ['POST'],
        path: ['/_layouts/15/toolpane.aspx', '/_layouts/16/toolpane.aspx'],
        where: [{ in: 'headers', has: ['signout.aspx', 'start.aspx'] }],
      },
      {
        methods: ['POST'],
        path: ['/_layouts/15/toolpane.aspx', '/_layouts/16/toolpane.aspx'],
        where: [{ in: 'body', has: ['compresseddatatable', 'msotlpn_dwp', 'scorecard:'] }],
      },
      // The pages that the campaigns of July 2025 left behind.
      {
        path: [
          '/_layouts/15/spinstall*',
          '/_layouts/16/spinstall*',
          '/_layouts/15/info3.aspx',
          '/_layouts/15/debug_dev.js',
        ],
      },
    ],
  },
  {
    name: 'sharepoint-jwt-none',
    product: 'sharepoint',
    cves: ['CVE-2023-29357'],
    class: 'auth-bypass',
    requests: [
      {
        path: ['/_api/*'],
        where: [
          {
            in: 'header:authorization',
            has: ['eyjhbgcioiaibm9uzsj9', 'eyjhbgcioijub25lin0', 'eyjhbgcioijub25l', 'eyjhbgcioiaibm9uz'],
          },
        ],
      },
    ],
  },
  {
    name: 'sharepoint-picker-deserialization',
    product: 'sharepoint',
    cves: ['CVE-2019-0604'],
    class: 'deserialization',
    requests: [
      {
        path: ['/_layouts/15/picker.aspx', '/_layouts/picker.aspx', '/_layouts/14/picker.aspx'],
        where: [
          { in: 'input', has: ['itempickerdialog', 'hiddenspandata'] },
          { in: 'input', has: ['__bp', '__cp', 'hiddenspandata'] },
        ],
      },
    ],
  },
  {
    name: 'iis-webdav-propfind-overflow',
    product: 'iis',
    cves: ['CVE-2017-7269'],
    class: 'protocol',
    requests: [
      {
        methods: ['PROPFIND'],
        where: [
          { in: 'header:if', has: ['<http://'] },
          { in: 'header:if', matches: /^<http:.{128}/s },
        ],
      },
    ],
  },
  {
    name: 'iis-range-overflow',
    product: 'iis',
    cves: ['CVE-2015-1635'],
    class: 'protocol',
    requests: [{ where: [{ in: 'header:range', has: ['18446744073709551615'] }] }],
  },
  {
    name: 'omigod-omi',
    product: 'azure-omi',
    cves: ['CVE-2021-38647'],
    class: 'rce',
    requests: [
      {
        methods: ['POST'],
        path: ['/wsman'],
        where: [{ in: 'body', has: ['executeshellcommand', 'scx_operatingsystem', 'executescript'] }],
      },
    ],
    command: ['body'],
  },
  {
    name: 'screenconnect-setup-wizard',
    product: 'screenconnect',
    cves: ['CVE-2024-1709', 'CVE-2024-1708'],
    class: 'auth-bypass',
    requests: [{ path: ['/setupwizard.aspx/*'] }],
  },
  {
    name: 'solarwinds-orion-i18n',
    product: 'solarwinds-orion',
    cves: ['CVE-2020-10148'],
    class: 'auth-bypass',
    requests: [
      {
        path: ['/webresource.axd', '/scriptresource.axd', '/i18n.ashx', '/skipi18n'],
        where: [
          { in: 'url', has: ['skipi18n', '/i18n.ashx', 'i18n'] },
          {
            in: 'url',
            has: ['web.config', '.axd', '.config', 'swnetperfmon', 'skipi18n', 'l=nl', '/orion/'],
          },
        ],
      },
    ],
  },
  {
    name: 'solarwinds-serv-u-traversal',
    product: 'serv-u',
    cves: ['CVE-2024-28995'],
    class: 'lfi',
    requests: [
      {
        where: [
          { in: 'query', has: ['internaldir='] },
          { in: 'parameter:internaldir', has: ['..', '/etc', '\\'] },
        ],
      },
    ],
  },
  {
    name: 'solarwinds-whd-hardcoded',
    product: 'web-help-desk',
    cves: ['CVE-2024-28987', 'CVE-2024-28986'],
    class: 'auth-bypass',
    requests: [
      {
        where: [
          {
            in: 'header:authorization',
            has: ['agvszgvza0ludgvncmf0aw9uvxnlcj', 'agvscgrlc2tjbnrlz3jhdglvbl'],
          },
        ],
      },
      {
        path: ['/helpdesk/webobjects/helpdesk.woa/ra/oriontickets'],
        where: [{ in: 'header:authorization' }],
      },
    ],
  },
  {
    name: 'moveit-guestaccess-sqli',
    product: 'moveit',
    cves: ['CVE-2023-34362', 'CVE-2023-35036', 'CVE-2023-35708'],
    class: 'sqli',
    requests: [
      { path: ['/moveitisapi/moveitisapi.dll'], where: [{ in: 'query', has: ['action=m2'] }] },
      {
        path: ['/guestaccess.aspx'],
        where: [{ in: 'body', has: ['arg06=', 'transaction=secmsgpost', 'arg12=promptaccesscode'] }],
      },
      { path: ['/human2.aspx'] },
    ],
  },
  {
    name: 'crushftp-auth-race',
    product: 'crushftp',
    cves: ['CVE-2025-31161', 'CVE-2025-2825'],
    class: 'auth-bypass',
    requests: [
      {
        path: ['/webinterface/function*'],
        where: [
          { in: 'header:authorization', has: ['aws4-hmac-sha256 credential='] },
          { in: 'headers', has: ['crushauth='] },
        ],
      },
    ],
  },
  {
    name: 'crushftp-as2-bypass',
    product: 'crushftp',
    cves: ['CVE-2025-54309', 'CVE-2023-43177'],
    class: 'auth-bypass',
    requests: [{ path: ['/webinterface/function*'], where: [{ in: 'headers', has: ['as2-to', 'as2_to'] }] }],
  },
  {
    name: 'crushftp-vfs-escape',
    product: 'crushftp',
    cves: ['CVE-2024-4040'],
    class: 'lfi',
    requests: [
      {
        path: ['/webinterface/function*', '/webinterface*'],
        where: [{ in: 'input', has: ['<include>', '{working_dir}', '{hostname}', '{user_name}'] }],
      },
    ],
  },
  {
    name: 'cleo-synchronization',
    product: 'cleo',
    cves: ['CVE-2024-50623', 'CVE-2024-55956'],
    class: 'rce',
    requests: [
      {
        path: ['/synchronization'],
        where: [
          { in: 'anywhere', has: ['vlsync:'] },
          { in: 'anywhere', has: ['autorun', 'receivedreceipt', 'retrieve', 'path=', '..'] },
        ],
      },
    ],
  },
  {
    name: 'wingftp-lua-injection',
    product: 'wing-ftp',
    cves: ['CVE-2025-47812'],
    class: 'rce',
    requests: [
      {
        methods: ['POST'],
        path: ['/loginok.html'],
        where: [{ in: 'parameter:username', matches: /\x00|\]\]/ }],
      },
    ],
    command: ['parameter:username'],
  },
  {
    name: 'commvault-deploy-webpackage',
    product: 'commvault',
    cves: ['CVE-2025-34028'],
    class: 'ssrf',
    requests: [{ path: ['/commandcenter/deploywebpackage.do', '/commandcenter/deployservicecommcell.do'] }],
  },
  {
    name: 'gladinet-machinekey-viewstate',
    product: 'gladinet',
    cves: ['CVE-2025-30406'],
    class: 'deserialization',
    confidence: 0.85,
    requests: [
      {
        methods: ['POST'],
        path: ['/portal/loginpage.aspx', '/portal/*'],
        where: [
          { in: 'parameter:__viewstate', has: ['aaeaaad', '/weyo', '/weyn', '/wfy', '/weya', '/weyi'] },
          { in: 'parameter:__viewstate', matches: /[a-z0-9+/=]{1024}/ },
        ],
      },
    ],
  },
  {
    name: 'gladinet-storage-handler-lfi',
    product: 'gladinet',
    cves: ['CVE-2025-11371', 'CVE-2025-14611'],
    class: 'lfi',
    requests: [
      { path: ['/storage/t.dn', '/storage/filesvr.dn'], where: [{ in: 'query', has: ['s=', 't=', 'sid='] }] },
    ],
  },
  {
    name: 'veeam-nakivo-backup-logo',
    product: 'nakivo',
    cves: ['CVE-2024-48248'],
    class: 'lfi',
    requests: [
      {
        methods: ['POST'],
        path: ['/c/router'],
        where: [
          { in: 'body', has: ['stpreloadmanagement'] },
          { in: 'body', has: ['getimagebypath'] },
        ],
      },
    ],
  },
  {
    name: 'aspera-faspex-yaml',
    product: 'aspera-faspex',
    cves: ['CVE-2022-47986'],
    class: 'deserialization',
    requests: [
      {
        methods: ['POST'],
        path: ['/aspera/faspex/package_relay/relay_package', '/package_relay/relay_package'],
        where: [{ in: 'body', has: ['ruby/object', 'gem::', '!ruby', 'external_emails'] }],
      },
    ],
    command: ['body'],
  },
  {
    name: 'telerik-rau-upload',
    product: 'telerik',
    cves: ['CVE-2017-11317', 'CVE-2017-11357', 'CVE-2019-18935'],
    class: 'deserialization',
    requests: [
      {
        methods: ['POST'],
        path: ['/telerik.web.ui.webresource.axd'],
        where: [
          { in: 'query', has: ['type=rau'] },
          { in: 'body', has: ['raupostdata'] },
        ],
      },
    ],
  },
  {
    name: 'telerik-report-server-register',
    product: 'telerik-report-server',
    cves: ['CVE-2024-4358', 'CVE-2024-1800'],
    class: 'auth-bypass',
    requests: [
      { methods: ['POST'], path: ['/startup/register'], where: [{ in: 'body', has: ['username'] }] },
    ],
  },
  {
    name: 'dotnetnuke-profile-cookie',
    product: 'dotnetnuke',
    cves: ['CVE-2017-9822', 'CVE-2018-15811', 'CVE-2018-18325'],
    class: 'deserialization',
    requests: [
      {
        where: [
          { in: 'header:cookie', has: ['dnnpersonalization='] },
          { in: 'header:cookie', has: ['<profile', 'objectdataprovider', 'expandedwrapper', 'system.data'] },
        ],
      },
    ],
  },
  {
    name: 'sitecore-report-deserialization',
    product: 'sitecore',
    cves: ['CVE-2021-42237'],
    class: 'deserialization',
    requests: [{ methods: ['POST'], path: ['/sitecore/shell/clientbin/reporting/report.ashx'] }],
  },
  {
    name: 'sitecore-viewstate-blocked',
    product: 'sitecore',
    cves: ['CVE-2025-53690', 'CVE-2019-9874', 'CVE-2019-9875'],
    class: 'deserialization',
    confidence: 0.8,
    requests: [
      { methods: ['POST'], path: ['/sitecore/blocked.aspx'], where: [{ in: 'parameter:__viewstate' }] },
    ],
  },
  {
    name: 'kentico-staging-sync',
    product: 'kentico',
    cves: ['CVE-2019-10068', 'CVE-2025-2746', 'CVE-2025-2747'],
    class: 'deserialization',
    requests: [
      {
        methods: ['POST'],
        path: ['/cmspages/staging/syncserver.asmx*'],
        where: [
          { in: 'body', has: ['soap', 'stagingtaskdata', 'processsynchronizationtask', 'usernametoken'] },
        ],
      },
    ],
  },
  {
    name: 'progress-whatsup-gold',
    product: 'whatsup-gold',
    cves: ['CVE-2024-4885', 'CVE-2024-6670', 'CVE-2024-46909'],
    class: 'rce',
    requests: [
      {
        path: [
          '/nmconsole/reportservice*',
          '/nmapi/recurringreport*',
          '/nmapi/*',
          '/nmconsole/performancemonitorerrors/hastoppolls*',
          '/nmconsole/platform/performancemonitorerrors/*',
          '/nmconsole/wugsystemappsettings/*',
        ],
        where: [
          {
            in: 'input',
            has: [
              'baseurl',
              'getfilewithoutzip',
              'classid',
              'renderoptions',
              'hastoppolls',
              'javakeystorepwd',
              'keystorepassword',
            ],
          },
        ],
      },
    ],
  },
  {
    name: 'simplehelp-toolbox-traversal',
    product: 'simplehelp',
    cves: ['CVE-2024-57727'],
    class: 'lfi',
    requests: [{ path: ['/toolbox-resource/*'], where: [{ in: 'path', has: ['..'] }] }],
  },
  {
    name: 'beyondtrust-websocket',
    product: 'beyondtrust',
    cves: ['CVE-2024-12356', 'CVE-2026-1731'],
    class: 'rce',
    confidence: 0.8,
    requests: [
      {
        path: ['/nw'],
        where: [{ in: 'headers', has: ['sec-websocket-protocol: ingredi', 'ingredi support desk'] }],
      },
    ],
  },
  {
    name: 'prtg-traversal-login',
    product: 'prtg',
    cves: ['CVE-2018-19410'],
    class: 'auth-bypass',
    requests: [
      {
        path: ['/public/login.htm', '/public/*'],
        where: [{ in: 'parameter:file', has: ['/api/', 'addusers', '..'] }],
      },
    ],
  },
  {
    name: 'dahua-tvt-nvms-traversal',
    product: 'tvt-nvms',
    cves: ['CVE-2019-20085'],
    class: 'lfi',
    requests: [
      {
        path: ['^/windows/win.ini$', '^/winnt/win.ini$'],
        where: [{ in: 'path', matches: /^\/\.\.\/|\n\/\.\.\// }],
      },
    ],
  },
  {
    name: 'intel-amt-empty-digest',
    product: 'intel-amt',
    cves: ['CVE-2017-5689'],
    class: 'auth-bypass',
    requests: [
      {
        where: [
          { in: 'header:authorization', has: ['digest'] },
          { in: 'header:authorization', has: ['username="admin"', 'username=admin'] },
          { in: 'header:authorization', has: ['response=""', 'response="",'] },
        ],
      },
    ],
  },
  {
    name: 'hp-ilo4-connection-overflow',
    product: 'hp-ilo',
    cves: ['CVE-2017-12542'],
    class: 'auth-bypass',
    requests: [
      {
        where: [
          { in: 'header:connection', matches: /^a{20}/ },
          { in: 'header:connection', has: ['aaaaaaaaaaaaaaaaaaaa'] },
        ],
      },
    ],
  },
  {
    name: 'ami-megarac-host-header',
    product: 'ami-megarac',
    cves: ['CVE-2024-54085', 'CVE-2023-34329'],
    class: 'auth-bypass',
    requests: [
      { path: ['/redfish/v1/*'], where: [{ in: 'header:x-server-addr', has: ['169.254.0.17', ':'] }] },
    ],
  },
  {
    name: 'goahead-cgi-ld-preload',
    product: 'goahead',
    cves: ['CVE-2017-17562', 'CVE-2021-42342'],
    class: 'rce',
    requests: [
      {
        path: ['/cgi-bin/*'],
        where: [
          { in: 'input', has: ['ld_preload', 'ld_debug'] },
          { in: 'input', matches: /(?:^|[?&"\s\n])ld_(?:preload|debug)[="]/ },
        ],
      },
    ],
  },
  {
    name: 'goahead-ipcam-bypass',
    product: 'goahead',
    cves: ['CVE-2017-8225', 'CVE-2017-8224'],
    class: 'auth-bypass',
    requests: [
      {
        path: ['/system.ini', '/set_ftp.cgi', '/ftptest.cgi'],
        where: [{ in: 'url', has: ['?loginuse&loginpas', 'loginuse=&loginpas=', '?loginuse='] }],
      },
    ],
    command: ['parameter:pwd'],
  },
  {
    name: 'hikvision-weblanguage-command',
    product: 'hikvision',
    cves: ['CVE-2021-36260'],
    class: 'rce',
    requests: [
      {
        methods: ['PUT', 'POST'],
        path: ['/sdk/weblanguage'],
        where: [{ in: 'body', has: ['$(', '`', ';', '|'] }],
      },
    ],
    command: ['body'],
  },
  {
    name: 'hikvision-auth-parameter',
    product: 'hikvision',
    cves: ['CVE-2017-7921'],
    class: 'auth-bypass',
    requests: [{ where: [{ in: 'query', has: ['auth=ywrtaw46mt'] }] }],
  },
  {
    name: 'dahua-login-bypass',
    product: 'dahua',
    cves: ['CVE-2021-33044', 'CVE-2021-33045'],
    class: 'auth-bypass',
    requests: [
      {
        methods: ['POST'],
        path: ['/rpc2_login'],
        where: [{ in: 'body', has: ['netkeyboard', '"ipaddr":"127.0.0.1"', 'loopback', '"local"'] }],
      },
    ],
  },
  {
    name: 'dahua-configuration-file',
    product: 'dahua',
    cves: ['CVE-2017-7925', 'CVE-2013-6117'],
    class: 'auth-bypass',
    requests: [{ path: ['/current_config/passwd', '/current_config/account1', '/mnt/mtd/config/account1'] }],
  },
  {
    name: 'avtech-factory-brightness',
    product: 'avtech',
    cves: ['CVE-2024-7029'],
    class: 'rce',
    requests: [
      { path: ['/cgi-bin/supervisor/factory.cgi'], where: [{ in: 'parameter:brightness', has: shellMarks }] },
    ],
    command: ['parameter:brightness'],
  },
  {
    name: 'avtech-cloudsetup',
    product: 'avtech',
    cves: ['CVE-2016-15047', 'CVE-2013-4981'],
    class: 'rce',
    requests: [
      {
        path: ['/supervisor/cloudsetup.cgi', '/cgi-bin/nobody/search.cgi', '/cgi-bin/nobody/machine.cgi'],
        where: [
          {
            in: 'input',
            matches: /(?:exefile|username|queryb64str)=[^&]{0,128}(?:;|`|\||\$\(|wget|busybox|xmldir)/,
          },
        ],
      },
    ],
    command: ['parameter:exefile', 'parameter:username'],
  },
  {
    name: 'vacron-nvr-board',
    product: 'vacron',
    cves: [],
    class: 'rce',
    confidence: 0.9,
    requests: [{ path: ['/board.cgi'], where: [{ in: 'parameter:cmd' }] }],
    command: ['parameter:cmd'],
  },
  {
    name: 'netgear-readynas-upgrade-handle',
    product: 'netgear-readynas',
    cves: ['CVE-2017-18377', 'CVE-2018-14933'],
    class: 'rce',
    confidence: 0.9,
    requests: [
      {
        path: ['/upgrade_handle.php'],
        where: [
          { in: 'query', has: ['cmd=writeuploaddir'] },
          { in: 'parameter:uploaddir', has: [';', "'", '`', '$('] },
        ],
      },
    ],
    command: ['parameter:uploaddir'],
  },
  {
    name: 'lilin-dvr-zyxel-cctv-xmlparser',
    product: 'lilin-dvr',
    cves: ['CVE-2020-8987', 'CVE-2021-31755'],
    class: 'rce',
    requests: [
      {
        path: ['/z/zbin/net_html.cgi', '/dvr/cmd', '/cn/cmd'],
        where: [
          { in: 'body', has: ['ntp', 'server', 'ntpupdate'] },
          { in: 'body', has: ['$(', '`', ';', '&'] },
        ],
      },
      { path: ['/goform/setmac'], where: [{ in: 'parameter:mac', has: shellMarks }] },
    ],
    command: ['body'],
  },
  {
    name: 'contec-solarview-conf-mail',
    product: 'solarview',
    cves: ['CVE-2022-29303', 'CVE-2022-40881', 'CVE-2023-23333', 'CVE-2023-40924'],
    class: 'rce',
    requests: [
      { path: ['/conf_mail.php'], where: [{ in: 'parameter:mail_address', has: shellMarks }] },
      { path: ['/network_test.php'], where: [{ in: 'input', matches: /host=[^&]{0,32}(?:;|`|\||\$\(|\n)/ }] },
      { path: ['/downloader.php'], where: [{ in: 'parameter:file', has: ['`', ';', '$(', '|', '..'] }] },
    ],
    command: ['parameter:mail_address', 'parameter:host', 'parameter:file'],
  },
  {
    name: 'qnap-photo-station',
    product: 'qnap',
    cves: ['CVE-2022-27593', 'CVE-2019-7192', 'CVE-2019-7193', 'CVE-2019-7194', 'CVE-2019-7195'],
    class: 'lfi',
    requests: [
      {
        path: ['/photo/combine.php', '/photo/p/api/video.php', '/photo/slideshow.php'],
        where: [{ in: 'input', has: ['..', 'g=core-r7rules', 'filename=/', 'ac=f'] }],
      },
    ],
  },
  {
    name: 'qnap-qts-command',
    product: 'qnap',
    cves: ['CVE-2020-2509', 'CVE-2017-6361', 'CVE-2023-47218', 'CVE-2024-21899'],
    class: 'rce',
    requests: [
      {
        path: ['/cgi-bin/filemanager/wfm2login.cgi', '/cgi-bin/authlogin.cgi'],
        where: [{ in: 'input', has: ['$(', '`', ';wget', '|sh'] }],
      },
      {
        path: ['/cgi-bin/quick/quick.cgi'],
        where: [{ in: 'query', has: ['switch_os', 'uploaf_firmware_image', 'upload_firmware'] }],
      },
    ],
    command: ['query'],
  },
  {
    name: 'terramaster-tos-api',
    product: 'terramaster',
    cves: ['CVE-2022-24990', 'CVE-2022-24989'],
    class: 'rce',
    requests: [
      { path: ['/module/api.php'], where: [{ in: 'query', has: ['mobile/webnasips', 'mobile/createraid'] }] },
    ],
    command: ['body'],
  },
  {
    name: 'terramaster-tos-include',
    product: 'terramaster',
    cves: ['CVE-2020-28188', 'CVE-2020-15568', 'CVE-2020-35665'],
    class: 'rce',
    requests: [
      {
        path: ['/include/makecvs.php', '/tos/index.php'],
        where: [{ in: 'parameter:event', has: shellMarks }],
      },
      { path: ['/include/exportuser.php'], where: [{ in: 'query', has: ['cla=application', 'func=_exec'] }] },
    ],
    command: ['parameter:event', 'parameter:opt'],
  },
  {
    name: 'iomega-lg-nas-login',
    product: 'lg-nas',
    cves: ['CVE-2018-14839'],
    class: 'rce',
    requests: [
      {
        methods: ['POST'],
        path: ['/system/sharedir.php', '/en/php/usb_sync.php'],
        where: [{ in: 'input', has: [';', '`', '$(', '|'] }],
      },
    ],
    command: ['parameter:uid', 'parameter:sync'],
  },
  {
    name: 'western-digital-mycloud-cookie',
    product: 'wd-mycloud',
    cves: ['CVE-2018-17153', 'CVE-2016-10108'],
    class: 'auth-bypass',
    requests: [
      {
        path: ['/cgi-bin/network_mgr.cgi', '/web/google_analytics.php', '/cgi-bin/home_mgr.cgi'],
        where: [{ in: 'header:cookie', has: ['username=admin', 'isadmin=1'] }],
      },
    ],
    command: ['parameter:arg'],
  },
  {
    name: 'crestron-airmedia-file-transfer',
    product: 'crestron',
    cves: ['CVE-2019-3929'],
    class: 'rce',
    requests: [
      {
        path: ['/cgi-bin/file_transfer.cgi'],
        where: [{ in: 'input', has: ['pa_note', "'", '`', '$(', ';'] }],
      },
    ],
    command: ['parameter:dir'],
  },
  {
    name: 'kyocera-address-book',
    product: 'kyocera',
    cves: ['CVE-2022-1026'],
    class: 'auth-bypass',
    requests: [{ methods: ['POST'], path: ['/ws/km-wsdl/setting/address_book'] }],
  },
  {
    name: 'rosewill-sunhillo-ipaddr',
    product: 'sunhillo',
    cves: ['CVE-2021-36380'],
    class: 'rce',
    requests: [
      {
        methods: ['POST'],
        path: ['/cgi/networkdiag.cgi'],
        where: [
          { in: 'input', has: shellMarksOfInput },
          { in: 'body', has: ['ipaddr=', 'dnsaddr='] },
        ],
      },
    ],
    command: ['parameter:ipaddr', 'parameter:dnsaddr'],
  },
  {
    name: 'jetson-draytek-acs-traversal',
    product: 'vigoracs',
    cves: ['CVE-2021-20123', 'CVE-2021-20124'],
    class: 'lfi',
    requests: [
      { path: ['/acsserver/downloadfileservlet'], where: [{ in: 'query', has: ['..'] }] },
      { path: ['/acsserver/webservlet'], where: [{ in: 'parameter:filename', has: ['..'] }] },
    ],
  },
  {
    name: 'mobileiron-hessian',
    product: 'mobileiron',
    cves: ['CVE-2020-15505'],
    class: 'deserialization',
    requests: [
      { path: ['/mifs/.;/services/*', '/mifs/services/*'], where: [{ in: 'path', has: ['.;/', '/..;/'] }] },
    ],
  },
  {
    name: 'eyesofnetwork-pbx-bitrix-upload',
    product: 'bitrix',
    cves: ['CVE-2022-27228', 'CVE-2022-29268'],
    class: 'rce',
    requests: [
      {
        methods: ['POST'],
        path: ['/bitrix/tools/vote/uf.php', '/bitrix/tools/html_editor_action.php'],
        where: [{ in: 'input', has: ['attachid', 'bxu_', 'bxu_files'] }],
      },
    ],
  },
  {
    name: 'yongyou-landray-weaver-beanshell',
    product: 'china-oa',
    cves: ['CVE-2021-30461', 'CVE-2021-4045'],
    class: 'rce',
    requests: [
      {
        path: ['/servlet/~ic/bsh.servlet.bshservlet', '/weaver/bsh.servlet.bshservlet'],
        where: [{ in: 'input', has: ['bsh.script'] }],
      },
      {
        path: ['/recordings/pwned.php', '/vb.rec.php', '/recordings/index.php'],
        where: [{ in: 'input', has: ['spooldir=|', '|echo', 'st=1'] }],
      },
      {
        path: ['^/$', '/admin'],
        where: [
          { in: 'body', has: ['"method":"set_cmd"', "';", '"method": "login"'] },
          { in: 'body', matches: /"(?:username|password)":\s?"'?;/ },
        ],
      },
    ],
    command: ['parameter:bsh.script', 'body'],
  },
  {
    name: 'xwiki-solrsearch-groovy',
    product: 'xwiki',
    cves: ['CVE-2025-24893'],
    class: 'ssti',
    requests: [
      {
        where: [
          { in: 'url', has: ['solrsearch'] },
          { in: 'query', has: ['{{groovy', '{{async', '{{/groovy'] },
        ],
      },
    ],
    command: ['parameter:text'],
  },
  {
    name: 'erlang-eclipse-jetty-webinf',
    product: 'jetty',
    cves: ['CVE-2021-28164', 'CVE-2021-28169', 'CVE-2021-34429'],
    class: 'lfi',
    confidence: 0.85,
    requests: [
      {
        path: ['/web-inf/*'],
        where: [{ in: 'raw-path', has: ['/%2e/', '%u002e', '/./', '%2e%00', '%57', '..%00'] }],
      },
      { path: ['/concat', '/static'], where: [{ in: 'url', has: ['web-inf', '%2557eb-inf'] }] },
    ],
  },
  {
    name: 'lighttpd-kaseya-dlldownload',
    product: 'kaseya',
    cves: ['CVE-2021-30116', 'CVE-2021-30117'],
    class: 'auth-bypass',
    requests: [
      {
        path: ['/dl.asp', '/kupload.dll', '/userfiltertablerpt.asp'],
        where: [{ in: 'input', has: ['agentid', 'pathname', 'agentguid'] }],
      },
    ],
  },
  {
    name: 'sysaid-upload-userentry',
    product: 'sysaid',
    cves: ['CVE-2023-47246', 'CVE-2025-2775', 'CVE-2025-2776'],
    class: 'rce',
    requests: [
      {
        methods: ['POST'],
        path: ['/userentry'],
        where: [
          { in: 'query', has: ['accountid=', 'accountid='] },
          { in: 'query', has: ['../', '..\\', 'symbolname'] },
        ],
      },
      {
        methods: ['POST'],
        path: ['/mdm/checkin', '/mdm/serverurl'],
        where: [
          { in: 'body', has: ['<!doctype', '<!entity'] },
          { in: 'body', has: ['<!entity', ' system "http'] },
        ],
      },
    ],
  },
  {
    name: 'papercut-setup-completed',
    product: 'papercut',
    cves: ['CVE-2023-27350'],
    class: 'auth-bypass',
    requests: [
      {
        path: ['/app'],
        where: [{ in: 'query', has: ['page/setupcompleted', 'service=page/setupcompleted'] }],
      },
      {
        methods: ['POST'],
        path: ['/app'],
        where: [{ in: 'parameter:service', has: ['/setupcompleted/$form'] }],
      },
    ],
  },
  {
    name: 'netscaler-console-vmware-aria-log-upload',
    product: 'qlik',
    cves: ['CVE-2023-41265', 'CVE-2023-41266', 'CVE-2023-48365'],
    class: 'auth-bypass',
    requests: [
      { path: ['/resources/qmc/fonts/*'], where: [{ in: 'path', has: ['..'] }] },
      {
        where: [
          { in: 'header:x-qlik-user', has: ['internal'] },
          { in: 'headers', has: ['transfer-encoding'] },
        ],
      },
    ],
  },
  {
    name: 'apache-superset-zk-ownfile',
    product: 'zk',
    cves: ['CVE-2022-36537'],
    class: 'lfi',
    requests: [{ methods: ['POST'], path: ['/zkau/upload'], where: [{ in: 'input', has: ['nexturi'] }] }],
  },
  {
    name: 'f-secure-motorola-pingaddress',
    product: 'motorola-cx2l',
    cves: ['CVE-2019-11322', 'CVE-2019-11319'],
    class: 'rce',
    requests: [
      {
        methods: ['POST'],
        path: ['/hnap1'],
        where: [
          { in: 'body', has: ['startrequestlogging', 'setsmartqossettings', 'setsysteminfosettings'] },
          { in: 'body', has: ['$(', '`', ';', '|'] },
        ],
      },
    ],
    command: ['body'],
  },
];
