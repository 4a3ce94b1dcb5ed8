/** Web servers, PHP, frameworks of scripting languages, content systems and shops. */

import type { CveSignature } from '../cve-signature.ts';
import { shellMarks } from './shell-marks.ts';

export const webApplications: readonly CveSignature[] = [
  {
    name: 'apache-httpd-path-traversal',
    product: 'apache-httpd',
    cves: ['CVE-2021-41773', 'CVE-2021-42013'],
    class: 'lfi',
    requests: [
      {
        where: [
          { in: 'path', has: ['/../'] },
          {
            in: 'raw-path',
            matches: /\/(?:\.%2e|%2e\.|%2e%2e|%%32%65|\.%%32%65|%%32e|%2%65|%252e)[^\n]{0,4}\//,
          },
          {
            in: 'raw-path',
            matches: /^\/(?:cgi-bin|icons|cgi|manual|assets|uploads|static|scripts|error|images|css|js)\//,
          },
        ],
      },
    ],
    command: ['body'],
  },
  {
    name: 'apache-httpd-proxy-ssrf',
    product: 'apache-httpd',
    cves: ['CVE-2021-40438'],
    class: 'ssrf',
    requests: [
      {
        where: [
          { in: 'query', has: ['unix:a', 'unix:/', 'unix:'] },
          { in: 'query', has: ['|http'] },
        ],
      },
    ],
  },
  {
    name: 'shellshock',
    product: 'cgi-bash',
    cves: ['CVE-2014-6271', 'CVE-2014-6278', 'CVE-2014-7169'],
    class: 'rce',
    requests: [
      {
        where: [
          { in: 'headers', has: ['() {', '(){'] },
          { in: 'headers', matches: /\(\) ?\{[^\r\n]{0,64}[;>_:]/ },
        ],
      },
    ],
    command: ['headers'],
  },
  {
    name: 'php-cgi-argument-best-fit',
    product: 'php-cgi',
    cves: ['CVE-2024-4577'],
    class: 'php',
    requests: [
      {
        where: [
          { in: 'query', has: ['allow_url_include', 'auto_prepend_file', 'cgi.force_redirect'] },
          { in: 'query', matches: /(?:^|[ ?&])\xadd?[ =]?/ },
        ],
      },
    ],
    command: ['body'],
  },
  {
    name: 'php-cgi-argument',
    product: 'php-cgi',
    cves: ['CVE-2012-1823', 'CVE-2012-2311'],
    class: 'php',
    requests: [
      {
        where: [
          {
            in: 'query',
            has: [
              'allow_url_include',
              'auto_prepend_file',
              'auto_append_file',
              'safe_mode',
              'cgi.force_redirect',
            ],
          },
          { in: 'query', matches: /(?:^|\s)-d\s?[a-z_."']/ },
        ],
      },
    ],
    command: ['body'],
  },
  {
    name: 'php-fpm-pathinfo-newline',
    product: 'php-fpm',
    cves: ['CVE-2019-11043'],
    class: 'php',
    requests: [
      {
        where: [
          { in: 'path', has: ['.php/'] },
          { in: 'path', matches: /\.php\/[^\n]{0,128}\n./ },
          { in: 'raw-path', has: ['%0a'] },
        ],
      },
    ],
  },
  {
    name: 'phpunit-eval-stdin',
    product: 'phpunit',
    cves: ['CVE-2017-9841'],
    class: 'php',
    requests: [
      {
        path: [
          '/phpunit/src/util/php/eval-stdin.php',
          '/phpunit/util/php/eval-stdin.php',
          '/util/php/eval-stdin.php',
          '/php/eval-stdin.php',
        ],
      },
    ],
    command: ['body'],
  },
  {
    name: 'thinkphp-invokefunction',
    product: 'thinkphp',
    cves: ['CVE-2018-20062', 'CVE-2019-9082'],
    class: 'php',
    requests: [
      {
        where: [
          {
            in: 'url',
            has: [
              'invokefunction',
              '\\think\\app',
              'think\\app',
              '/think/app',
              'think\\request',
              'think\\container',
              'think\\template',
              'think\\view',
            ],
          },
          { in: 'url', has: ['s=', 'call_user_func', 'vars[', '/index/'] },
          { in: 'url', has: ['function=', 'vars', 'filter', 'driver', 'content='] },
        ],
      },
      {
        where: [
          { in: 'body', has: ['_method=__construct'] },
          { in: 'body', has: ['filter', 'server[request_method]', 'method='] },
        ],
      },
    ],
    command: ['parameter:vars[1][]', 'parameter:data', 'parameter:server[request_method]', 'parameter:get[]'],
  },
  {
    name: 'thinkphp-lang-pearcmd',
    product: 'thinkphp',
    cves: ['CVE-2022-47945'],
    class: 'lfi',
    requests: [
      {
        where: [
          { in: 'input', has: ['lang='] },
          { in: 'url', has: ['pearcmd'] },
        ],
      },
      { where: [{ in: 'header:think-lang', has: ['../'] }] },
    ],
  },
  {
    name: 'laravel-ignition-solution',
    product: 'laravel',
    cves: ['CVE-2021-3129'],
    class: 'php',
    requests: [
      {
        methods: ['POST'],
        path: ['/_ignition/execute-solution'],
        where: [{ in: 'body', has: ['viewfile', 'makeviewvariableoptional', 'solution'] }],
      },
    ],
  },
  {
    name: 'laravel-token-deserialization',
    product: 'laravel',
    cves: ['CVE-2018-15133'],
    class: 'deserialization',
    confidence: 0.7,
    requests: [
      {
        methods: ['POST'],
        where: [
          { in: 'header:x-xsrf-token', has: ['eyjpdii6'] },
          { in: 'header:x-xsrf-token', matches: /^eyjpdii6[a-z0-9+/=]{600}/ },
        ],
      },
    ],
  },
  {
    name: 'laravel-livewire-hydration',
    product: 'laravel',
    cves: ['CVE-2025-54068'],
    class: 'php',
    requests: [
      {
        methods: ['POST'],
        path: ['/livewire/update'],
        where: [{ in: 'body', has: ['gadget', 'phpggc', 'illuminate', 'guzzlehttp', 'monolog'] }],
      },
    ],
  },
  {
    name: 'drupalgeddon2',
    product: 'drupal',
    cves: ['CVE-2018-7600', 'CVE-2018-7602'],
    class: 'php',
    requests: [
      {
        where: [
          {
            in: 'input',
            has: ['#post_render', '#lazy_builder', '#pre_render', '#access_callback', '#markup', '[#type]'],
          },
          {
            in: 'input',
            has: ['element_parents=', 'name[#', 'mail[#', 'timezone[#', 'account/mail', 'q[#', '[#'],
          },
        ],
      },
    ],
    command: [
      'parameter:mail[#markup]',
      'parameter:mail[a][#markup]',
      'parameter:timezone[#lazy_builder][][]',
      'parameter:name[#markup]',
    ],
  },
  {
    name: 'drupal-rest-hal-json',
    product: 'drupal',
    cves: ['CVE-2019-6340'],
    class: 'deserialization',
    requests: [
      {
        path: ['/node/*', '/node'],
        where: [
          { in: 'query', has: ['_format=hal_json'] },
          { in: 'body', has: ['o:24:', 'guzzlehttp', '"options"'] },
        ],
      },
    ],
    command: ['body'],
  },
  {
    name: 'drupalgeddon-sqli',
    product: 'drupal',
    cves: ['CVE-2014-3704'],
    class: 'sqli',
    requests: [
      {
        methods: ['POST'],
        where: [
          { in: 'body', has: ['name[0;', 'name[0 ;', 'name[0 or', 'name[0,'] },
          { in: 'body', has: ['update', 'insert', 'select', 'form_id'] },
        ],
      },
    ],
  },
  {
    name: 'joomla-api-config',
    product: 'joomla',
    cves: ['CVE-2023-23752'],
    class: 'auth-bypass',
    requests: [
      {
        path: ['/api/index.php/v1/*', '/api/v1/config/application'],
        where: [{ in: 'query', has: ['public=true'] }],
      },
    ],
  },
  {
    name: 'joomla-user-agent-object',
    product: 'joomla',
    cves: ['CVE-2015-8562'],
    class: 'deserialization',
    requests: [{ where: [{ in: 'headers', has: ['}__test|o:', 'jdatabasedrivermysqli', '|o:21:'] }] }],
  },
  {
    name: 'joomla-fields-sqli',
    product: 'joomla',
    cves: ['CVE-2017-8917'],
    class: 'sqli',
    requests: [
      {
        where: [
          { in: 'query', has: ['com_fields'] },
          { in: 'query', has: ['list[fullordering]'] },
          { in: 'query', has: ['updatexml', 'select', 'extractvalue', '('] },
        ],
      },
    ],
  },
  {
    name: 'joomla-contenthistory-sqli',
    product: 'joomla',
    cves: ['CVE-2015-7297', 'CVE-2015-7857', 'CVE-2015-7858'],
    class: 'sqli',
    requests: [
      {
        where: [
          { in: 'query', has: ['com_contenthistory'] },
          { in: 'query', has: ['list[select]', 'select'] },
        ],
      },
    ],
  },
  {
    name: 'vbulletin-widget-php',
    product: 'vbulletin',
    cves: ['CVE-2019-16759', 'CVE-2020-17496'],
    class: 'php',
    requests: [
      {
        where: [
          { in: 'input', has: ['widget_php'] },
          { in: 'input', has: ['widgetconfig[code]', '[config][code]', '[code]'] },
        ],
      },
      {
        path: ['/ajax/render/widget_tabbedcontainer_tab_panel'],
        where: [{ in: 'input', has: ['subwidgets'] }],
      },
    ],
    command: ['parameter:widgetconfig[code]', 'parameter:subwidgets[0][config][code]'],
  },
  {
    name: 'vbulletin-protected-method',
    product: 'vbulletin',
    cves: ['CVE-2025-48827', 'CVE-2025-48828'],
    class: 'php',
    requests: [
      {
        where: [
          {
            in: 'input',
            has: ['protectedmethod', 'ajax/api/ad/replaceadtemplate', 'vb_api_ad', 'api/ad/wrapadtemplate'],
          },
          { in: 'input', has: ['routestring', '/ajax/api/ad'] },
        ],
      },
    ],
  },
  {
    name: 'wordpress-file-manager-connector',
    product: 'wordpress',
    cves: ['CVE-2020-25213'],
    class: 'rce',
    requests: [{ path: ['/wp-content/plugins/wp-file-manager/lib/php/connector.minimal.php'] }],
  },
  {
    name: 'wordpress-duplicator-download',
    product: 'wordpress',
    cves: ['CVE-2020-11738'],
    class: 'lfi',
    requests: [
      {
        path: ['/wp-admin/admin-ajax.php'],
        where: [
          { in: 'query', has: ['action=duplicator_download'] },
          { in: 'parameter:file', has: ['..', '/etc'] },
        ],
      },
    ],
  },
  {
    name: 'wordpress-revslider-image',
    product: 'wordpress',
    cves: ['CVE-2014-9734', 'CVE-2015-1579'],
    class: 'lfi',
    requests: [
      {
        path: ['/wp-admin/admin-ajax.php'],
        where: [
          { in: 'query', has: ['action=revslider_show_image'] },
          { in: 'parameter:img', has: ['..', 'wp-config', '/etc'] },
        ],
      },
    ],
  },
  {
    name: 'wordpress-bricks-render',
    product: 'wordpress',
    cves: ['CVE-2024-25600'],
    class: 'php',
    requests: [{ where: [{ in: 'url', has: ['bricks/v1/render_element'] }] }],
    command: ['body'],
  },
  {
    name: 'wordpress-automatic-sqli',
    product: 'wordpress',
    cves: ['CVE-2024-27956'],
    class: 'sqli',
    requests: [
      { path: ['/wp-content/plugins/wp-automatic/inc/csv.php'], where: [{ in: 'input', has: ['q='] }] },
    ],
  },
  {
    name: 'wordpress-ai-engine-upload',
    product: 'wordpress',
    cves: ['CVE-2023-51409'],
    class: 'rce',
    requests: [{ methods: ['POST'], where: [{ in: 'url', has: ['mwai-ui/v1/files/upload'] }] }],
  },
  {
    name: 'wordpress-ajax-sql-injection',
    product: 'wordpress',
    cves: [
      'CVE-2022-1950',
      'CVE-2022-0760',
      'CVE-2022-0781',
      'CVE-2022-0948',
      'CVE-2021-24762',
      'CVE-2022-0412',
      'CVE-2021-24946',
      'CVE-2022-0785',
      'CVE-2022-21661',
    ],
    class: 'sqli',
    confidence: 0.85,
    requests: [
      {
        path: ['/wp-admin/admin-ajax.php'],
        where: [
          { in: 'input', has: ['action='] },
          {
            in: 'input',
            matches:
              /(?:union (?:all )?select|select (?:sleep|\d+ from)|\(select|sleep\(|benchmark\(|extractvalue\(|updatexml\()/,
          },
        ],
      },
    ],
  },
  {
    name: 'wordpress-learnpress-sqli',
    product: 'wordpress',
    cves: ['CVE-2024-8522', 'CVE-2024-8529', 'CVE-2022-45808'],
    class: 'sqli',
    requests: [
      {
        where: [
          { in: 'url', has: ['lp/v1/', 'learnpress/v1/'] },
          { in: 'input', has: ['select', 'sleep(', 'union', 'c_only_fields=', 'order_by='] },
          { in: 'input', matches: /select|sleep\(|union/ },
        ],
      },
    ],
  },
  {
    name: 'wordpress-nextgen-dzs-adaptive-read',
    product: 'wordpress',
    cves: [
      'CVE-2019-9618',
      'CVE-2018-7422',
      'CVE-2020-11738',
      'CVE-2019-14205',
      'CVE-2018-16283',
      'CVE-2018-19326',
    ],
    class: 'lfi',
    confidence: 0.85,
    requests: [
      {
        path: ['/wp-content/plugins/*', '/wp-content/themes/*'],
        where: [{ in: 'query', has: ['../../', '/etc/passwd', 'wp-config.php', 'file:///'] }],
      },
    ],
  },
  {
    name: 'wordpress-really-simple-2fa',
    product: 'wordpress',
    cves: ['CVE-2024-10924'],
    class: 'auth-bypass',
    requests: [{ where: [{ in: 'url', has: ['reallysimplessl/v1/two_fa/skip_onboarding'] }] }],
  },
  {
    name: 'wordpress-givewp-object',
    product: 'wordpress',
    cves: ['CVE-2024-5932', 'CVE-2024-8353'],
    class: 'deserialization',
    requests: [
      {
        path: ['/wp-admin/admin-ajax.php'],
        where: [
          { in: 'body', has: ['give_process_donation', 'give_title'] },
          { in: 'body', has: ['o:'] },
        ],
      },
    ],
  },
  {
    name: 'wordpress-suretriggers-bypass',
    product: 'wordpress',
    cves: ['CVE-2025-3102', 'CVE-2025-27007'],
    class: 'auth-bypass',
    requests: [
      {
        methods: ['POST'],
        where: [
          { in: 'url', has: ['sure-triggers/v1/'] },
          { in: 'body', has: ['create_user', 'selected_options', 'user_email', 'connection/create'] },
        ],
      },
    ],
  },
  {
    name: 'magento-cosmicsting-xxe',
    product: 'magento',
    cves: ['CVE-2024-34102'],
    class: 'xxe',
    requests: [
      {
        methods: ['POST'],
        path: ['/rest/*'],
        where: [
          { in: 'path', has: ['/estimate-shipping-methods', '/guest-carts/'] },
          { in: 'body', has: ['sourcedata', 'dataisurl', 'simplexml', 'sourcedata'] },
        ],
      },
    ],
  },
  {
    name: 'magento-session-reaper',
    product: 'magento',
    cves: ['CVE-2025-54236'],
    class: 'deserialization',
    requests: [
      {
        methods: ['PUT', 'POST'],
        path: ['/rest/*'],
        where: [{ in: 'body', has: ['sessionconfig', 'savepath', 'session_config'] }],
      },
      { methods: ['POST'], path: ['/customer/address_file/upload'] },
    ],
  },
  {
    name: 'magento-mail-template',
    product: 'magento',
    cves: ['CVE-2022-24086', 'CVE-2022-24087'],
    class: 'ssti',
    requests: [
      {
        methods: ['POST', 'PUT'],
        where: [{ in: 'body', has: ['{{var this.get', '{{var this.gettemplatefilter', 'addaftercallback'] }],
      },
    ],
  },
  {
    name: 'magento-shoplift-sqli',
    product: 'magento',
    cves: ['CVE-2015-1397'],
    class: 'sqli',
    requests: [
      {
        methods: ['POST'],
        path: ['/cms_wysiwyg/directive/*'],
        where: [
          { in: 'input', has: ['___directive'] },
          { in: 'input', has: ['filter='] },
        ],
      },
    ],
  },
  {
    name: 'prestashop-tshirtecommerce-sqli',
    product: 'prestashop',
    cves: ['CVE-2023-27637', 'CVE-2023-27638'],
    class: 'sqli',
    requests: [
      {
        where: [
          { in: 'url', has: ['tshirtecommerce'] },
          { in: 'query', has: ['product_id=', 'tshirtecommerce_design_cart_id='] },
          { in: 'query', has: ['select', 'sleep', ' or ', 'union', ';'] },
        ],
      },
    ],
  },
  {
    name: 'cyberpanel-upgrademysqlstatus',
    product: 'cyberpanel',
    cves: ['CVE-2024-51567', 'CVE-2024-51568', 'CVE-2024-51378'],
    class: 'rce',
    requests: [
      { path: ['/databases/upgrademysqlstatus'], where: [{ in: 'body', has: ['statusfile'] }] },
      {
        path: ['/dns/getresetstatus', '/ftp/getresetstatus', '/filemanager/upload'],
        where: [
          { in: 'body', has: ['statusfile', 'completestartingpath'] },
          { in: 'body', has: shellMarks },
        ],
      },
    ],
    command: ['body'],
  },
  {
    name: 'centos-web-panel-login',
    product: 'cwp',
    cves: ['CVE-2022-44877', 'CVE-2025-48703'],
    class: 'rce',
    requests: [
      {
        methods: ['POST'],
        path: ['/login/index.php'],
        where: [{ in: 'parameter:login', has: ['$(', '`', '&&', '||', ';'] }],
      },
      {
        methods: ['POST'],
        where: [
          { in: 'query', has: ['module=filemanager'] },
          { in: 'body', has: ['t_total', 'changeperm'] },
          { in: 'body', has: shellMarks },
        ],
      },
    ],
    command: ['parameter:login', 'parameter:t_total'],
  },
  {
    name: 'webmin-password-change',
    product: 'webmin',
    cves: ['CVE-2019-15107', 'CVE-2019-15231'],
    class: 'rce',
    requests: [
      {
        methods: ['POST'],
        path: ['/password_change.cgi'],
        where: [{ in: 'parameter:old', has: ['|', ';', '`', '$('] }],
      },
    ],
    command: ['parameter:old'],
  },
  {
    name: 'projectsend-options',
    product: 'projectsend',
    cves: ['CVE-2024-11680'],
    class: 'auth-bypass',
    requests: [
      {
        methods: ['POST'],
        path: ['/options.php', '/users-add.php', '/users-edit.php', '/manage-files.php'],
        where: [
          { in: 'body', has: ['this_install_title', 'clients_can_register', 'allowed_file_types'] },
          { in: 'body', has: ['section='] },
        ],
      },
    ],
  },
  {
    name: 'craft-cms-conditions',
    product: 'craft-cms',
    cves: ['CVE-2023-41892', 'CVE-2024-58136', 'CVE-2025-32432'],
    class: 'php',
    requests: [
      {
        methods: ['POST'],
        where: [
          { in: 'input', has: ['conditions/render', 'generate-transform', 'assets/generate-transform'] },
          { in: 'body', has: ['"class"', 'configobject', '__class', 'guzzlehttp', 'phpmanager', '"as '] },
        ],
      },
    ],
  },
  {
    name: 'craft-cms-register-argc',
    product: 'craft-cms',
    cves: ['CVE-2024-56145'],
    class: 'php',
    requests: [{ where: [{ in: 'query', has: ['--templatespath=', '--configpath='] }] }],
  },
  {
    name: 'playsms-template',
    product: 'playsms',
    cves: ['CVE-2020-8644'],
    class: 'ssti',
    requests: [
      {
        methods: ['POST'],
        where: [
          { in: 'query', has: ['core_auth'] },
          { in: 'parameter:username', has: ['{{', '`'] },
        ],
      },
    ],
    command: ['parameter:username'],
  },
  {
    name: 'cockpit-cms-nosql',
    product: 'cockpit-cms',
    cves: ['CVE-2020-35131', 'CVE-2020-35846', 'CVE-2020-35847', 'CVE-2020-35848'],
    class: 'php',
    requests: [
      {
        methods: ['POST'],
        path: ['/auth/check', '/auth/requestreset', '/auth/resetpassword', '/auth/newpassword'],
        where: [{ in: 'body', has: ['"$func"', "'.", '"$eq"', '$func', 'phpinfo'] }],
      },
    ],
  },
  {
    name: 'fuel-cms-filter',
    product: 'fuel-cms',
    cves: ['CVE-2018-16763'],
    class: 'php',
    requests: [
      {
        path: ['/fuel/pages/select'],
        where: [{ in: 'parameter:filter', has: ["'", 'pi(', 'system', '$a='] }],
      },
    ],
    command: ['parameter:filter'],
  },
  {
    name: 'fuel-cms-col-sqli',
    product: 'fuel-cms',
    cves: ['CVE-2020-17463'],
    class: 'sqli',
    requests: [
      {
        path: ['/fuel/pages/items', '/fuel/permissions/items', '/fuel/navigation/items'],
        where: [{ in: 'parameter:col', has: ['select', 'sleep', '(', 'union'] }],
      },
    ],
  },
  {
    name: 'pma-setup-deserialization',
    product: 'phpmyadmin',
    cves: ['CVE-2009-1151', 'CVE-2009-1285', 'CVE-2010-3055'],
    class: 'php',
    requests: [
      {
        methods: ['POST'],
        path: ['/scripts/setup.php', '/setup/config.php'],
        where: [{ in: 'body', has: ['pma_config', 'configuration=', 'o:10:'] }],
      },
    ],
  },
  {
    name: 'phpmyadmin-target-inclusion',
    product: 'phpmyadmin',
    cves: ['CVE-2018-12613'],
    class: 'lfi',
    requests: [
      {
        where: [
          { in: 'parameter:target', has: ['?/../', '?/..', '/etc/'] },
          { in: 'query', has: ['target='] },
          { in: 'query', has: ['db_sql.php', 'sql.php', 'server_', 'tbl_'] },
        ],
      },
    ],
  },
  {
    name: 'xoops-zimbra-autodiscover-xxe',
    product: 'zimbra',
    cves: ['CVE-2019-9670'],
    class: 'xxe',
    requests: [
      {
        methods: ['POST'],
        path: ['/autodiscover/autodiscover.xml', '/autodiscover'],
        where: [{ in: 'body', has: ['<!entity'] }],
      },
    ],
  },
  {
    name: 'zimbra-mboximport',
    product: 'zimbra',
    cves: ['CVE-2022-27925', 'CVE-2022-37042'],
    class: 'rce',
    requests: [{ methods: ['POST'], path: ['/service/extension/backup/mboximport'] }],
  },
  {
    name: 'zimbra-skin-file-read',
    product: 'zimbra',
    cves: ['CVE-2013-7091'],
    class: 'lfi',
    requests: [
      {
        where: [
          { in: 'query', has: ['skin=../', 'skin=..'] },
          { in: 'path', has: ['/zimbra/', '/res/'] },
        ],
      },
    ],
  },
  {
    name: 'zimbra-memcache-injection',
    product: 'zimbra',
    cves: ['CVE-2022-27924'],
    class: 'protocol',
    requests: [
      {
        path: ['/service/soap', '/service/home/*'],
        where: [{ in: 'body', has: ['\r\nadd lui', '\r\nset ', 'route:proto'] }],
      },
    ],
  },
  {
    name: 'zimbra-proxy-ssrf',
    product: 'zimbra',
    cves: ['CVE-2020-7796', 'CVE-2019-9621'],
    class: 'ssrf',
    requests: [
      {
        path: ['/zimlet/com_zimbra_webex/httppost.jsp'],
        where: [{ in: 'input', has: ['companyid', 'http'] }],
      },
      {
        path: ['/service/proxy'],
        where: [{ in: 'parameter:target', has: ['https://127.0.0.1:7071', 'localhost:7071', ':7071'] }],
      },
    ],
  },
  {
    name: 'roundcube-upload-from',
    product: 'roundcube',
    cves: ['CVE-2025-49113'],
    class: 'deserialization',
    requests: [
      {
        methods: ['POST'],
        where: [
          { in: 'query', has: ['_action=upload', '_task=settings'] },
          { in: 'parameter:_from' },
          { in: 'input', matches: /_from=[^&]{0,16}!|filename="[^"]{0,64}\|[oab]:\d/ },
        ],
      },
    ],
  },
  {
    name: 'nextjs-middleware-subrequest',
    product: 'nextjs',
    cves: ['CVE-2025-29927'],
    class: 'auth-bypass',
    requests: [
      { where: [{ in: 'header:x-middleware-subrequest', has: ['middleware', 'pages/_middleware'] }] },
    ],
  },
  {
    name: 'react-server-components-flight',
    product: 'nextjs',
    cves: ['CVE-2025-55182', 'CVE-2025-66478'],
    class: 'js',
    requests: [
      {
        methods: ['POST'],
        where: [
          {
            in: 'body',
            has: [
              '"then":"$',
              '$1:__proto__',
              ':constructor:constructor',
              '"_formdata"',
              '_prefix',
              'resolved_model',
            ],
          },
          { in: 'body', has: ['__proto__', 'constructor:constructor', '"_response"', '$@'] },
        ],
      },
      {
        methods: ['POST'],
        where: [
          { in: 'headers', has: ['next-action', 'rsc-action'] },
          {
            in: 'body',
            has: ['["$1:aa:aa"]', ':a:a"]', '$1:a:a', '$1:__proto__', 'child_process', 'process.mainmodule'],
          },
        ],
      },
    ],
    command: ['body'],
  },
  {
    name: 'langflow-validate-code',
    product: 'langflow',
    cves: ['CVE-2025-3248'],
    class: 'rce',
    requests: [
      {
        methods: ['POST'],
        path: ['/api/v1/validate/code'],
        where: [
          {
            in: 'body',
            has: ['exec(', '__import__', 'subprocess', 'os.system', 'os.popen', 'raise exception', 'import '],
          },
        ],
      },
    ],
    command: ['body'],
  },
  {
    name: 'langflow-build-public',
    product: 'langflow',
    cves: ['CVE-2025-34291', 'CVE-2026-33017'],
    class: 'rce',
    requests: [
      {
        methods: ['POST'],
        path: ['/api/v1/build_public_tmp/*'],
        where: [{ in: 'body', has: ['__import__', 'subprocess', 'os.system', 'os.popen', 'exec('] }],
      },
    ],
    command: ['body'],
  },
  {
    name: 'ray-job-submission',
    product: 'ray',
    cves: ['CVE-2023-48022', 'CVE-2023-6019'],
    class: 'rce',
    requests: [
      {
        methods: ['POST'],
        path: ['/api/jobs', '/api/job_agent/jobs'],
        where: [{ in: 'body', has: ['entrypoint'] }],
      },
      { path: ['/worker/cpu_profile', '/worker/cpu_profile'], where: [{ in: 'query', has: shellMarks }] },
    ],
    command: ['body'],
  },
  {
    name: 'mlflow-artifact-traversal',
    product: 'mlflow',
    cves: ['CVE-2023-1177', 'CVE-2023-2780', 'CVE-2023-6831', 'CVE-2024-3848'],
    class: 'lfi',
    requests: [
      {
        methods: ['POST', 'PATCH'],
        path: ['/ajax-api/2.0/*', '/api/2.0/mlflow/*'],
        where: [{ in: 'body', has: ['file:///', '/etc/', '../', '#/../'] }],
      },
      {
        path: ['/model-versions/get-artifact', '/get-artifact', '/ajax-api/2.0/mlflow-artifacts/artifacts/*'],
        where: [{ in: 'url', has: ['etc/passwd', '..', '/etc/'] }],
      },
    ],
  },
  {
    name: 'openplc-n8n-expression',
    product: 'n8n',
    cves: ['CVE-2025-68613', 'CVE-2026-21858'],
    class: 'rce',
    requests: [
      {
        methods: ['POST', 'PATCH', 'PUT'],
        path: ['/rest/workflows*', '/webhook*', '/form*'],
        where: [
          { in: 'body', has: ['process.mainmodule', 'child_process', "require('child", '"filepath":"/'] },
        ],
      },
    ],
    command: ['body'],
  },
  {
    name: 'flowise-customemcp',
    product: 'flowise',
    cves: ['CVE-2025-59528', 'CVE-2025-8943', 'CVE-2024-31621'],
    class: 'rce',
    requests: [
      {
        path: ['/api/v1/node-load-method/custommcp'],
        where: [{ in: 'body', has: ['child_process', 'mcpserverconfig', 'process.'] }],
      },
      {
        path: ['/api/v1/*'],
        where: [
          { in: 'raw-path', matches: /^\/(?:api\/V1|API|Api)/i },
          { in: 'raw-path', has: ['/api/v1/credentials', '/api/v1/apikey'] },
        ],
      },
    ],
    confidence: 0.8,
    command: ['body'],
  },
  {
    name: 'superset-secret-key-session',
    product: 'superset',
    cves: ['CVE-2023-27524'],
    class: 'auth-bypass',
    requests: [
      {
        path: ['/api/v1/database/1', '/api/v1/*', '/superset/*'],
        where: [
          {
            in: 'header:cookie',
            has: ['session=eyj1c2vyx2lkijox', 'session=eyjfdxnlcl9pzci6mx0', 'session=eyjfdxnlcl9pzci6ij'],
          },
        ],
      },
    ],
  },
  {
    name: 'airflow-example-dag-command',
    product: 'airflow',
    cves: ['CVE-2020-11978', 'CVE-2020-13927', 'CVE-2022-24288'],
    class: 'rce',
    requests: [
      {
        methods: ['POST', 'GET'],
        path: ['/api/experimental/dags/*', '/admin/airflow/trigger', '/api/experimental/*'],
        where: [
          { in: 'input', has: ['example_trigger_target_dag', 'conf'] },
          { in: 'input', has: ['"message"', 'paused/', 'dag_runs', 'conf'] },
        ],
      },
    ],
    command: ['body'],
  },
  {
    name: 'mongo-express-checkvalid',
    product: 'mongo-express',
    cves: ['CVE-2019-10758'],
    class: 'js',
    requests: [
      {
        methods: ['POST'],
        path: ['/checkvalid'],
        where: [{ in: 'parameter:document', has: ['constructor', 'child_process', 'process', 'require('] }],
      },
    ],
    command: ['parameter:document'],
  },
  {
    name: 'kibana-timelion-pollution',
    product: 'kibana',
    cves: ['CVE-2019-7609'],
    class: 'js',
    requests: [
      {
        methods: ['POST'],
        path: ['/api/timelion/run'],
        where: [{ in: 'body', has: ['__proto__', 'label.__proto', '.props('] }],
      },
    ],
    command: ['body'],
  },
  {
    name: 'kibana-console-lfi',
    product: 'kibana',
    cves: ['CVE-2018-17246'],
    class: 'lfi',
    requests: [{ path: ['/api/console/api_server'], where: [{ in: 'parameter:apis', has: ['..'] }] }],
  },
  {
    name: 'elasticsearch-script',
    product: 'elasticsearch',
    cves: ['CVE-2014-3120', 'CVE-2015-1427'],
    class: 'rce',
    requests: [
      {
        path: ['/_search'],
        where: [
          { in: 'input', has: ['script_fields', 'script'] },
          { in: 'input', has: ['java.lang', 'getruntime', 'java.util.scanner', 'java.io', 'forname'] },
        ],
      },
    ],
    command: ['body'],
  },
  {
    name: 'elasticsearch-snapshot-traversal',
    product: 'elasticsearch',
    cves: ['CVE-2015-5531', 'CVE-2015-3337'],
    class: 'lfi',
    requests: [{ path: ['/_snapshot/*', '/_plugin/*'], where: [{ in: 'path', has: ['/../'] }] }],
  },
  {
    name: 'grafana-plugin-traversal',
    product: 'grafana',
    cves: ['CVE-2021-43798'],
    class: 'lfi',
    requests: [
      {
        path: ['/public/plugins/*'],
        where: [{ in: 'path', matches: /\/public\/plugins\/[^\n/]{1,64}\/\.\.\// }],
      },
    ],
  },
  {
    name: 'grafana-snapshot-bypass',
    product: 'grafana',
    cves: ['CVE-2021-39226'],
    class: 'auth-bypass',
    requests: [
      { path: ['/api/snapshots/:key', '/dashboard/snapshot/:key', '/api/snapshots-delete/:deletekey'] },
    ],
  },
  {
    name: 'metabase-geojson-file',
    product: 'metabase',
    cves: ['CVE-2021-41277'],
    class: 'lfi',
    requests: [
      { path: ['/api/geojson'], where: [{ in: 'parameter:url', has: ['file:', '/etc/', 'netdoc:'] }] },
    ],
  },
  {
    name: 'metabase-setup-validate',
    product: 'metabase',
    cves: ['CVE-2023-38646'],
    class: 'rce',
    requests: [
      {
        methods: ['POST'],
        path: ['/api/setup/validate', '/api/setup'],
        where: [{ in: 'body', has: ['init=', 'create trigger', 'runscript', 'zip:/app', 'java.lang'] }],
      },
    ],
    command: ['body'],
  },
  {
    name: 'gitlab-exiftool-djvu',
    product: 'gitlab',
    cves: ['CVE-2021-22205'],
    class: 'rce',
    requests: [
      {
        methods: ['POST'],
        where: [
          { in: 'body', has: ['at&tform', 'djvm', 'djvi', '(metadata'] },
          { in: 'body', has: ['(metadata', 'antz', '\\c${', 'copyright'] },
        ],
      },
    ],
    command: ['body'],
  },
  {
    name: 'gitlab-password-reset-array',
    product: 'gitlab',
    cves: ['CVE-2023-7028'],
    class: 'auth-bypass',
    requests: [
      {
        methods: ['POST'],
        path: ['/users/password'],
        where: [{ in: 'body', has: ['user[email][]', '"email":['] }],
      },
    ],
  },
  {
    name: 'gitlab-ssrf-ci-lint',
    product: 'gitlab',
    cves: ['CVE-2021-22214', 'CVE-2021-39935'],
    class: 'ssrf',
    requests: [
      {
        methods: ['POST'],
        path: ['/api/v4/ci/lint'],
        where: [
          { in: 'body', has: ['include', 'remote'] },
          { in: 'body', has: ['http'] },
        ],
      },
    ],
  },
  {
    name: 'gogs-symlink-api',
    product: 'gogs',
    cves: ['CVE-2025-8110', 'CVE-2024-55947'],
    class: 'rce',
    requests: [
      {
        methods: ['PUT'],
        path: ['/api/v1/repos/*'],
        where: [
          { in: 'path', has: ['/contents/'] },
          { in: 'body', has: ['sshcommand', '.git/config', 'c3nocg9tbwfuza'] },
        ],
      },
    ],
  },
  {
    name: 'cacti-remote-agent',
    product: 'cacti',
    cves: ['CVE-2022-46169'],
    class: 'rce',
    requests: [
      {
        path: ['/remote_agent.php'],
        where: [
          { in: 'query', has: ['action=polldata'] },
          {
            in: 'query',
            matches: /(?:poller_id|host_id|local_data_ids[^=&]{0,8})=[^&]{0,16}(?:;|`|\||\$\()/,
          },
        ],
      },
    ],
    command: ['parameter:poller_id'],
  },
  {
    name: 'zabbix-saml-session',
    product: 'zabbix',
    cves: ['CVE-2022-23131'],
    class: 'auth-bypass',
    requests: [
      {
        path: ['/index_sso.php', '/zabbix/index_sso.php'],
        where: [{ in: 'header:cookie', has: ['zbx_session='] }],
      },
    ],
  },
  {
    name: 'zabbix-setup-bypass',
    product: 'zabbix',
    cves: ['CVE-2022-23134'],
    class: 'auth-bypass',
    requests: [
      {
        path: ['/setup.php', '/zabbix/setup.php'],
        where: [{ in: 'header:cookie', has: ['zbx_session=eyj'] }],
      },
    ],
  },
  {
    name: 'nagios-xi-monitoring-wizard',
    product: 'nagios-xi',
    cves: ['CVE-2021-25296', 'CVE-2021-25297', 'CVE-2021-25298'],
    class: 'rce',
    requests: [
      {
        path: ['/nagiosxi/config/monitoringwizard.php'],
        where: [
          { in: 'query', has: ['plugin_output_len=', 'ip_address='] },
          { in: 'query', has: shellMarks },
        ],
      },
    ],
    command: ['parameter:plugin_output_len'],
  },
  {
    name: 'glpi-htmlawed',
    product: 'glpi',
    cves: ['CVE-2022-35914'],
    class: 'php',
    requests: [
      {
        path: ['/htmlawed/htmlawed/htmlawedtest.php', '/htmlawed/htmlawedtest.php'],
        where: [{ in: 'input', has: ['hhook=', 'text='] }],
      },
    ],
    command: ['parameter:text'],
  },
  {
    name: 'pandora-sugarcrm-png-upload',
    product: 'sugarcrm',
    cves: ['CVE-2023-22952'],
    class: 'php',
    requests: [
      {
        methods: ['POST'],
        path: ['/index.php'],
        where: [
          { in: 'input', has: ['emailtemplates'] },
          { in: 'input', has: ['attachfiles'] },
        ],
      },
    ],
  },
  {
    name: 'rconfig-ajaxserver',
    product: 'rconfig',
    cves: ['CVE-2019-16662'],
    class: 'rce',
    requests: [
      {
        path: ['/ajaxserversettingschk.php', '/install/lib/ajaxhandlers/ajaxserversettingschk.php'],
        where: [{ in: 'parameter:rootuname', has: shellMarks }],
      },
    ],
    command: ['parameter:rootuname'],
  },
  {
    name: 'control-web-freepbx-ajax',
    product: 'freepbx',
    cves: ['CVE-2025-57819', 'CVE-2019-19006'],
    class: 'sqli',
    requests: [
      {
        path: ['/admin/ajax.php'],
        where: [
          { in: 'query', has: ['module=freepbx\\modules\\endpoint', 'endpoint'] },
          { in: 'input', has: ["'", 'insert into', 'select', 'union'] },
        ],
      },
    ],
  },
  {
    name: 'mitel-micollab-traversal',
    product: 'micollab',
    cves: ['CVE-2024-41713', 'CVE-2024-35286'],
    class: 'auth-bypass',
    requests: [{ path: ['/npm-pwg/*'], where: [{ in: 'path', has: ['/..;/', '/..'] }] }],
  },
  {
    name: 'sangoma-elastix-vtiger-lfi',
    product: 'elastix',
    cves: ['CVE-2012-4869', 'CVE-2014-5181', 'CVE-2012-4867'],
    class: 'lfi',
    requests: [
      { path: ['/vtigercrm/graph.php'], where: [{ in: 'parameter:current_language', has: ['../'] }] },
      {
        path: ['/recordings/misc/callme_page.php'],
        where: [{ in: 'parameter:callmenum', has: ['application:', '\n', 'system'] }],
      },
      { path: ['/lastfm-proxy.php'], where: [{ in: 'parameter:snode' }] },
    ],
  },
  {
    name: 'osticket-glpi-adminer-ssrf',
    product: 'adminer',
    cves: ['CVE-2021-21311'],
    class: 'ssrf',
    requests: [
      {
        methods: ['POST'],
        where: [
          { in: 'path', has: ['adminer'] },
          { in: 'body', has: ['auth[driver]'] },
          { in: 'body', has: ['elastic', 'clickhouse'] },
        ],
      },
    ],
  },
];
