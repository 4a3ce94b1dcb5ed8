/** Java application servers, frameworks and enterprise products. */

import type { CveSignature } from '../cve-signature.ts';
import { shellMarks } from './shell-marks.ts';

/** OGNL, SpEL and EL as an attacker writes them, not as a visitor searches. */
const expressionMarks: readonly string[] = [
  '${',
  '#{',
  '%{',
  '\\u0027',
  "'+{",
  "' {",
  '@java.lang',
  'java.lang',
  '#context',
  '#request',
  'getruntime',
];

export const javaProducts: readonly CveSignature[] = [
  {
    name: 'log4shell-jndi-lookup',
    product: 'log4j',
    cves: ['CVE-2021-44228', 'CVE-2021-45046'],
    class: 'java',
    requests: [{ where: [{ in: 'anywhere', has: ['${jndi:'] }] }],
  },
  {
    name: 'confluence-ognl-path',
    product: 'confluence',
    cves: ['CVE-2022-26134'],
    class: 'rce',
    requests: [
      {
        path: ['/${*', '/%{*', '/#{*'],
        where: [
          {
            in: 'path',
            has: [
              '@java',
              'java.lang',
              'getruntime',
              '@com.',
              '#a=',
              'class.forname',
              '(#',
              'javax.script',
              '@org.apache',
              'webwork',
            ],
          },
        ],
      },
    ],
    command: ['raw-path'],
  },
  {
    name: 'confluence-ognl-querystring',
    product: 'confluence',
    cves: ['CVE-2021-26084'],
    class: 'rce',
    requests: [
      {
        path: [
          '/pages/createpage-entervariables.action',
          '/pages/doenterpagevariables.action',
          '/pages/createpage.action',
          '/pages/templates2/viewpagetemplate.action',
          '/createpage-entervariables.action',
          '/template/custom/content-editor',
          '/templates/editor-preload-container',
          '/users/user-dark-features',
        ],
        where: [
          { in: 'input', has: ["'", '#{', '${', "\\'"] },
          {
            in: 'input',
            matches:
              /(?:querystring|linkcreation|featurekey|sourcetemplateid|spacekey)=[^&]{0,64}(?:'|#\{|\$\{)/,
          },
        ],
      },
    ],
    command: ['parameter:querystring'],
  },
  {
    name: 'confluence-setup-reset',
    product: 'confluence',
    cves: ['CVE-2023-22515'],
    class: 'auth-bypass',
    requests: [
      { where: [{ in: 'input', has: ['bootstrapstatusprovider.applicationconfig.setupcomplete'] }] },
      {
        path: [
          '/setup/setupadministrator.action',
          '/setup/setupadministrator-start.action',
          '/setup/finishsetup.action',
        ],
      },
    ],
  },
  {
    name: 'confluence-template-injection',
    product: 'confluence',
    cves: ['CVE-2023-22527'],
    class: 'ssti',
    requests: [
      {
        methods: ['POST'],
        path: ['/template/aui/text-inline.vm'],
        where: [{ in: 'input', has: ['label='] }],
      },
      {
        path: ['/template/aui/text-inline.vm'],
        where: [{ in: 'input', has: ['#request', 'ognl', "\\'", 'freemarker'] }],
      },
    ],
    command: ['parameter:x', 'parameter:label'],
  },
  {
    name: 'confluence-setup-restore',
    product: 'confluence',
    cves: ['CVE-2023-22518'],
    class: 'auth-bypass',
    requests: [
      {
        path: [
          '/json/setup-restore.action',
          '/json/setup-restore-local.action',
          '/json/setup-restore-progress.action',
          '/server-info.action/json/setup-restore.action',
        ],
      },
    ],
  },
  {
    name: 'confluence-widget-template',
    product: 'confluence',
    cves: ['CVE-2019-3396'],
    class: 'ssti',
    requests: [
      {
        methods: ['POST'],
        path: ['/rest/tinymce/1/macro/preview'],
        where: [{ in: 'body', has: ['_template'] }],
      },
    ],
  },
  {
    name: 'confluence-hardcoded-user',
    product: 'confluence',
    cves: ['CVE-2022-26138'],
    class: 'auth-bypass',
    requests: [
      {
        path: ['/dologin.action', '/login.action', '/httpauth*', '/rest/*'],
        where: [{ in: 'input', has: ['disabledsystemuser', 'disabled1system1user6708'] }],
      },
    ],
  },
  {
    name: 'crowd-pdkinstall-upload',
    product: 'crowd',
    cves: ['CVE-2019-11580'],
    class: 'rce',
    requests: [{ path: ['/crowd/admin/uploadplugin.action', '/admin/uploadplugin.action'] }],
  },
  {
    name: 'jira-contact-administrators-template',
    product: 'jira',
    cves: ['CVE-2019-11581'],
    class: 'ssti',
    requests: [
      {
        path: ['/secure/contactadministrators.jspa', '/secure/contactadministrators!default.jspa'],
        where: [{ in: 'body', has: ['$i18n', '.getclass()', '#set(', 'forname('] }],
      },
    ],
    command: ['parameter:subject'],
  },
  {
    name: 'jira-file-read',
    product: 'jira',
    cves: ['CVE-2021-26086', 'CVE-2019-8442', 'CVE-2021-26085', 'CVE-2020-29448'],
    class: 'lfi',
    requests: [
      {
        path: ['/s/*'],
        where: [{ in: 'path', matches: /\/s\/[^\n]{0,128}\/_\/[;.]?[^\n]{0,32}\/?(?:web-inf|meta-inf)\// }],
      },
    ],
  },
  {
    name: 'bitbucket-archive-command',
    product: 'bitbucket',
    cves: ['CVE-2022-36804'],
    class: 'rce',
    requests: [
      {
        path: ['/archive'],
        where: [
          { in: 'path', has: ['/rest/api/'] },
          { in: 'query', has: ['--exec=', '--remote=', '--output='] },
        ],
      },
    ],
    command: ['query'],
  },
  {
    name: 'struts-content-type-ognl',
    product: 'struts',
    cves: ['CVE-2017-5638'],
    class: 'rce',
    requests: [
      {
        where: [
          { in: 'header:content-type', has: ['%{', '${'] },
          {
            in: 'header:content-type',
            has: ['ognl', '#_member', '#context', '#cmd', '@java', '(#', 'multipart/form-data'],
          },
        ],
      },
      { where: [{ in: 'header:content-length', has: ['%{', '${'] }] },
      {
        where: [
          { in: 'body', has: ['filename="%{', 'filename="${', "filename='%{"] },
          { in: 'body', has: ['ognl', '#_member', '#context', '(#', '@java'] },
        ],
      },
    ],
    command: ['header:content-type'],
  },
  {
    name: 'struts-ognl-parameter',
    product: 'struts',
    cves: [
      'CVE-2017-9791',
      'CVE-2018-11776',
      'CVE-2020-17530',
      'CVE-2013-2251',
      'CVE-2019-0230',
      'CVE-2021-31805',
      'CVE-2016-3081',
      'CVE-2012-0391',
    ],
    class: 'rce',
    requests: [
      {
        where: [
          {
            in: 'input',
            has: [
              '#_memberaccess',
              '@ognl.ognlcontext',
              '#application.get',
              "#request['struts",
              '#context[',
              'com.opensymphony.xwork2',
              '#_sessionmap',
              'instancemanager',
            ],
          },
          { in: 'input', has: ['%{', '${', '(#', 'redirect:', 'action:', 'method:'] },
        ],
      },
      {
        where: [
          {
            in: 'query',
            has: [
              'redirect:${',
              'redirectaction:${',
              'redirect:%{',
              'action:${',
              'action:%{',
              'method:#_member',
              'redirectaction:%{',
            ],
          },
        ],
      },
    ],
    command: ['query', 'body'],
  },
  {
    name: 'struts-rest-xstream',
    product: 'struts',
    cves: ['CVE-2017-9805'],
    class: 'deserialization',
    requests: [
      {
        methods: ['POST'],
        where: [
          {
            in: 'body',
            has: [
              'jdk.nashorn.internal.objects.nativestring',
              'javax.imageio.imageio$containsfilter',
              'java.lang.processbuilder</class>',
            ],
          },
          { in: 'body', has: ['<map>', '<entry>'] },
        ],
      },
    ],
    command: ['body'],
  },
  {
    name: 'struts-upload-traversal',
    product: 'struts',
    cves: ['CVE-2023-50164', 'CVE-2024-53677'],
    class: 'rce',
    requests: [
      {
        methods: ['POST'],
        path: ['/*'],
        where: [
          { in: 'path', has: ['.action'] },
          { in: 'body', has: ['uploadfilename', 'top.uploadfilename', 'filename'] },
          { in: 'body', matches: /name="?(?:top\.)?upload(?:ed)?filename"?[^\0]{0,64}\.\.\// },
        ],
      },
    ],
  },
  {
    name: 'spring4shell-class-loader',
    product: 'spring',
    cves: ['CVE-2022-22965'],
    class: 'rce',
    requests: [
      {
        where: [
          {
            in: 'input',
            has: ['class.module.classloader', 'class.classloader', 'class[module]', "class['module']"],
          },
        ],
      },
    ],
  },
  {
    name: 'spring-cloud-gateway-spel',
    product: 'spring-cloud-gateway',
    cves: ['CVE-2022-22947'],
    class: 'rce',
    requests: [
      { methods: ['POST'], path: ['/actuator/gateway/routes/*'], where: [{ in: 'body', has: ['#{'] }] },
      { methods: ['POST'], path: ['/actuator/gateway/refresh'] },
    ],
    command: ['body'],
  },
  {
    name: 'spring-cloud-function-spel',
    product: 'spring',
    cves: ['CVE-2022-22963'],
    class: 'rce',
    requests: [{ where: [{ in: 'header:spring.cloud.function.routing-expression' }] }],
    command: ['header:spring.cloud.function.routing-expression'],
  },
  {
    name: 'spring-cloud-config-traversal',
    product: 'spring',
    cves: ['CVE-2020-5410', 'CVE-2020-5405'],
    class: 'lfi',
    requests: [
      {
        where: [
          { in: 'raw-path', has: ['%252f..', '(_)..', '..%252f', '%2523', '..(_)'] },
          { in: 'path', has: ['..'] },
          { in: 'path', has: ['etc/', '%23', '#', 'windows', '(_)'] },
        ],
      },
    ],
  },
  {
    name: 'spring-data-rest-patch',
    product: 'spring',
    cves: ['CVE-2017-8046'],
    class: 'rce',
    requests: [
      {
        methods: ['PATCH'],
        where: [
          { in: 'body', has: ['t(java.lang', 't(org.springframework'] },
          { in: 'body', has: ['"path"'] },
        ],
      },
    ],
    command: ['body'],
  },
  {
    name: 'spring-data-commons-spel',
    product: 'spring',
    cves: ['CVE-2018-1273'],
    class: 'rce',
    requests: [
      {
        where: [
          { in: 'input', has: ['[#this.getclass()', '[t(java.lang', 'username[#', '[#'] },
          { in: 'input', has: ['java.lang', 'forname', 'getruntime'] },
        ],
      },
    ],
    command: ['body'],
  },
  {
    name: 'weblogic-wls-wsat-xmldecoder',
    product: 'weblogic',
    cves: ['CVE-2017-10271', 'CVE-2017-3506'],
    class: 'deserialization',
    requests: [
      {
        methods: ['POST'],
        path: ['/wls-wsat/*'],
        where: [{ in: 'body', has: ['<java', 'xmldecoder', 'workcontext', 'processbuilder', '<void'] }],
      },
    ],
    command: ['body'],
  },
  {
    name: 'weblogic-async-xmldecoder',
    product: 'weblogic',
    cves: ['CVE-2019-2725', 'CVE-2019-2729'],
    class: 'deserialization',
    requests: [
      {
        methods: ['POST'],
        path: ['/_async/*'],
        where: [{ in: 'body', has: ['<java', '<class', 'workcontext', '<void', 'processbuilder'] }],
      },
    ],
    command: ['body'],
  },
  {
    name: 'weblogic-console-bypass',
    product: 'weblogic',
    cves: ['CVE-2020-14882', 'CVE-2020-14750'],
    class: 'auth-bypass',
    requests: [
      {
        path: ['/console/*'],
        where: [
          {
            in: 'path',
            matches:
              /\/console\/(?:images|css|framework|bea-helpsets|jsp|common)\/[^\n]{0,32}\.\.[^\n]{0,16}consol(?:e|esource|ejndi)?[^\n]{0,16}\.portal/,
          },
        ],
      },
    ],
  },
  {
    name: 'weblogic-console-handle-rce',
    product: 'weblogic',
    cves: ['CVE-2020-14883', 'CVE-2020-14882'],
    class: 'rce',
    requests: [
      {
        path: ['/console/*', '/console.portal'],
        where: [
          {
            in: 'input',
            has: [
              'com.tangosol.coherence.mvel2',
              'filesystemxmlapplicationcontext',
              'classpathxmlapplicationcontext',
            ],
          },
        ],
      },
    ],
    command: ['parameter:test_handle', 'parameter:handle', 'header:cmd'],
  },
  {
    name: 'weblogic-jndi-console',
    product: 'weblogic',
    cves: ['CVE-2021-2109'],
    class: 'java',
    requests: [
      {
        path: ['/console/*'],
        where: [
          { in: 'input', has: ['jndibindinghandle', 'jndibinding'] },
          { in: 'input', has: ['ldap:', 'ldap;'] },
        ],
      },
    ],
  },
  {
    name: 'weblogic-ssrf-uddi',
    product: 'weblogic',
    cves: ['CVE-2014-4210'],
    class: 'ssrf',
    requests: [
      {
        path: ['/uddiexplorer/searchpublicregistries.jsp'],
        where: [{ in: 'parameter:operator', has: ['http'] }],
      },
    ],
  },
  {
    name: 'weblogic-begin-trust-file-upload',
    product: 'weblogic',
    cves: ['CVE-2018-2894'],
    class: 'rce',
    requests: [
      {
        methods: ['POST'],
        path: ['/ws_utc/resources/setting/keystore', '/ws_utc/resources/setting/options'],
      },
    ],
  },
  {
    name: 'oracle-ebs-forwarded-ssrf',
    product: 'oracle-ebs',
    cves: ['CVE-2025-61882', 'CVE-2025-61884'],
    class: 'ssrf',
    requests: [
      {
        path: ['/oa_html/configurator/uiservlet', '/oa_html/syncservlet', '/oa_html/help/*'],
        where: [{ in: 'input', has: ['return_url', 'getuitype', '../', '_fnd_'] }],
      },
    ],
  },
  {
    name: 'oracle-ebs-bne-upload',
    product: 'oracle-ebs',
    cves: ['CVE-2022-21587'],
    class: 'rce',
    requests: [
      {
        methods: ['POST'],
        path: [
          '/oa_html/bneviewerxmlservice',
          '/oa_html/bneofflinelovservice',
          '/oa_html/bneuploaderservice',
        ],
        where: [{ in: 'input', has: ['bne:uueupload', 'begin 6', 'uueupload'] }],
      },
    ],
  },
  {
    name: 'oracle-access-manager-deserialization',
    product: 'oracle-oam',
    cves: ['CVE-2021-35587'],
    class: 'deserialization',
    requests: [
      {
        path: ['/oam/server/opensso/sessionservice'],
        where: [{ in: 'input', has: ['requester', 'request'] }],
      },
    ],
  },
  {
    name: 'oracle-identity-manager-groovy',
    product: 'oracle-oim',
    cves: ['CVE-2025-61757'],
    class: 'auth-bypass',
    requests: [
      { path: ['/iam/governance/*'], where: [{ in: 'raw-path', has: [';.wadl', '%3b.wadl'] }] },
      {
        path: ['/iam/governance/*'],
        where: [
          { in: 'url', has: ['?wsdl'] },
          { in: 'path', has: ['groovyscriptstatus', '/applications/'] },
        ],
      },
    ],
    command: ['body'],
  },
  {
    name: 'oracle-bi-publisher-xxe',
    product: 'oracle-bi',
    cves: ['CVE-2019-2616'],
    class: 'xxe',
    requests: [{ path: ['/xmlpserver/*'], where: [{ in: 'body', has: ['<!doctype', '<!entity'] }] }],
  },
  {
    name: 'oracle-bi-traversal',
    product: 'oracle-bi',
    cves: ['CVE-2019-2588', 'CVE-2020-14864'],
    class: 'lfi',
    requests: [
      {
        path: ['/xmlpserver/servlet/adfresource', '/analytics/saw.dll'],
        where: [{ in: 'query', has: ['..', '/etc/', 'previewfilepath=/'] }],
      },
    ],
  },
  {
    name: 'goanywhere-license-deserialization',
    product: 'goanywhere',
    cves: ['CVE-2023-0669', 'CVE-2025-10035'],
    class: 'deserialization',
    requests: [
      {
        methods: ['POST'],
        path: ['/goanywhere/lic/accept*', '/lic/accept*'],
        where: [{ in: 'parameter:bundle' }],
      },
    ],
  },
  {
    name: 'goanywhere-initial-account',
    product: 'goanywhere',
    cves: ['CVE-2024-0204'],
    class: 'auth-bypass',
    requests: [{ path: ['/wizard/initialaccountsetup.xhtml'], where: [{ in: 'path', has: ['..', ';'] }] }],
  },
  {
    name: 'tomcat-put-jsp',
    product: 'tomcat',
    cves: ['CVE-2017-12615', 'CVE-2017-12617'],
    class: 'rce',
    requests: [
      {
        methods: ['PUT'],
        path: ['/*'],
        where: [{ in: 'path', has: ['.jsp'], matches: /\.jspx?(?:\/|::\$data|%20| )(?:\n|$)/ }],
      },
    ],
  },
  {
    name: 'tomcat-partial-put-session',
    product: 'tomcat',
    cves: ['CVE-2025-24813'],
    class: 'deserialization',
    requests: [
      {
        methods: ['PUT'],
        path: ['/*'],
        where: [{ in: 'path', has: ['.session'] }, { in: 'header:content-range' }],
      },
      // In a log, which has no headers, the name must do.
      {
        methods: ['PUT'],
        path: ['/*'],
        where: [{ in: 'path', has: ['.session'], matches: /\/[\w-]{1,64}\.session$/m }],
      },
    ],
  },
  {
    name: 'jboss-invoker-deserialization',
    product: 'jboss',
    cves: ['CVE-2017-12149', 'CVE-2015-7501', 'CVE-2013-4810'],
    class: 'deserialization',
    requests: [
      {
        methods: ['POST', 'HEAD', 'PUT'],
        path: [
          '/invoker/readonly',
          '/invoker/jmxinvokerservlet',
          '/invoker/ejbinvokerservlet',
          '/jbossmq-httpil/httpserverilservlet',
        ],
        where: [{ in: 'body', has: ['\xac\xed', 'sr\0', 'java.', 'mgmt'] }],
      },
    ],
  },
  {
    name: 'jboss-jmx-console-verb',
    product: 'jboss',
    cves: ['CVE-2010-0738', 'CVE-2010-1428'],
    class: 'auth-bypass',
    requests: [
      {
        path: ['/jmx-console/htmladaptor'],
        where: [{ in: 'query', has: ['action=invokeop', 'action=inspectmbean', 'invokeopbyname'] }],
      },
    ],
  },
  {
    name: 'jboss-seam-actionoutcome',
    product: 'jboss',
    cves: ['CVE-2010-1871'],
    class: 'rce',
    requests: [
      {
        where: [
          { in: 'input', has: ['actionoutcome='] },
          { in: 'input', has: ['#{', '?pwned', 'getclass'] },
        ],
      },
    ],
  },
  {
    name: 'primefaces-dynamiccontent',
    product: 'primefaces',
    cves: ['CVE-2017-1000486'],
    class: 'rce',
    requests: [
      {
        path: [
          '/javax.faces.resource/dynamiccontent.properties.xhtml',
          '/javax.faces.resource/dynamiccontent.properties.jsf',
        ],
        where: [{ in: 'input', has: ['pfdrid='] }],
      },
      {
        path: ['/javax.faces.resource/dynamiccontent.properties*'],
        where: [{ in: 'input', has: ['pfdrt=sc'] }],
      },
    ],
  },
  {
    name: 'richfaces-el-deserialization',
    product: 'jboss',
    cves: ['CVE-2018-14667', 'CVE-2015-0279'],
    class: 'deserialization',
    requests: [
      {
        path: ['/rfres/*', '/a4j/*'],
        where: [
          { in: 'path', matches: /userresource|\/n\/n\/[-_a-z0-9!]{64}|mediaoutputresource|\/data\// },
          { in: 'path', matches: /[-_a-z0-9!]{128}/ },
        ],
      },
    ],
  },
  {
    name: 'openam-forgerock-jato',
    product: 'openam',
    cves: ['CVE-2021-35464'],
    class: 'deserialization',
    requests: [
      {
        path: ['/ccversion/version', '/ccversion/masthead', '/oauth2/..;/ccversion/version'],
        where: [{ in: 'input', has: ['jato.pagesession'] }],
      },
    ],
  },
  {
    name: 'solr-velocity-template',
    product: 'solr',
    cves: ['CVE-2019-17558'],
    class: 'ssti',
    requests: [
      {
        path: ['/select'],
        where: [
          { in: 'query', has: ['v.template'] },
          { in: 'query', has: ['wt=velocity', 'v.template.custom'] },
        ],
      },
      { methods: ['POST'], path: ['/config'], where: [{ in: 'body', has: ['velocityresponsewriter'] }] },
    ],
    command: ['parameter:v.template.custom'],
  },
  {
    name: 'solr-dataimport-script',
    product: 'solr',
    cves: ['CVE-2019-0193'],
    class: 'rce',
    requests: [
      {
        path: ['/dataimport'],
        where: [
          { in: 'input', has: ['dataconfig'] },
          { in: 'input', has: ['<script', 'script:', 'urldatasource', 'runtime'] },
        ],
      },
    ],
    command: ['parameter:dataconfig'],
  },
  {
    name: 'solr-replication-ssrf',
    product: 'solr',
    cves: ['CVE-2017-3164', 'CVE-2021-27905'],
    class: 'ssrf',
    requests: [
      {
        path: ['/replication', '/select', '/query'],
        where: [{ in: 'query', has: ['masterurl=http', 'leaderurl=http', 'shards=http'] }],
      },
    ],
  },
  {
    name: 'solr-auth-key-suffix',
    product: 'solr',
    cves: ['CVE-2024-45216'],
    class: 'auth-bypass',
    requests: [
      { path: ['/solr/*'], where: [{ in: 'path', has: [':/admin/info/key', ':/admin/info/health'] }] },
    ],
  },
  {
    name: 'druid-javascript-filter',
    product: 'druid',
    cves: ['CVE-2021-25646'],
    class: 'rce',
    requests: [
      {
        path: ['/druid/indexer/v1/sampler'],
        where: [
          { in: 'body', has: ['javascript'] },
          { in: 'body', has: ['function', 'runtime', 'java.lang'] },
        ],
      },
    ],
    command: ['body'],
  },
  {
    name: 'kylin-migrate-command',
    product: 'kylin',
    cves: ['CVE-2020-1956', 'CVE-2020-13925'],
    class: 'rce',
    requests: [
      {
        path: ['/kylin/api/cubes/*', '/kylin/api/diag/*'],
        where: [{ in: 'path', has: ['`', '$(', '|', ';', '&&'] }],
      },
    ],
    command: ['raw-path'],
  },
  {
    name: 'ofbiz-auth-bypass-groovy',
    product: 'ofbiz',
    cves: [
      'CVE-2023-51467',
      'CVE-2023-49070',
      'CVE-2024-38856',
      'CVE-2024-32113',
      'CVE-2024-45195',
      'CVE-2024-36104',
    ],
    class: 'rce',
    requests: [
      { path: ['/webtools/control/*'], where: [{ in: 'input', has: ['groovyprogram='] }] },
      { path: ['/webtools/control/*'], where: [{ in: 'query', has: ['requirepasswordchange=y'] }] },
      { path: ['/webtools/control/programexport'], where: [{ in: 'path', has: ['/programexport'] }] },
      { path: ['/webtools/control/xmlrpc*'], where: [{ in: 'body', has: ['serializable', 'methodcall'] }] },
      {
        path: ['/webtools/control/forgotpassword/*'],
        where: [{ in: 'path', has: ['..', 'programexport', 'viewdatafile', 'statsincereset'] }],
      },
      {
        path: ['/webtools/control/viewdatafile', '/webtools/control/main/viewdatafile'],
        where: [{ in: 'input', has: ['datafile_location', 'definition_location'] }],
      },
    ],
    command: ['parameter:groovyprogram'],
  },
  {
    name: 'ofbiz-xmlrpc-deserialization',
    product: 'ofbiz',
    cves: ['CVE-2020-9496', 'CVE-2021-26295', 'CVE-2021-30128'],
    class: 'deserialization',
    requests: [
      {
        methods: ['POST'],
        path: ['/webtools/control/xmlrpc', '/webtools/control/soapservice'],
        where: [{ in: 'body', has: ['serializable', 'cus-obj', 'aced00', 'methodcall'] }],
      },
    ],
  },
  {
    name: 'geoserver-property-evaluation',
    product: 'geoserver',
    cves: ['CVE-2024-36401'],
    class: 'rce',
    requests: [
      {
        path: ['/geoserver/*', '/wfs', '/ows', '/wms'],
        where: [{ in: 'input', has: ['exec(', 'java.lang', 'getruntime', 'javax.script', 'jxpath'] }],
      },
    ],
    command: ['parameter:valuereference', 'body'],
  },
  {
    name: 'geoserver-jiffle-wms',
    product: 'geoserver',
    cves: ['CVE-2022-24816'],
    class: 'rce',
    requests: [
      {
        path: ['/geoserver/wms', '/geoserver/ows', '/wms'],
        where: [
          { in: 'body', has: ['ras:jiffle', 'jiffle'] },
          { in: 'body', has: ['java.lang', '*/', 'public class'] },
        ],
      },
    ],
  },
  {
    name: 'geoserver-testwfspost-ssrf',
    product: 'geoserver',
    cves: ['CVE-2021-40822', 'CVE-2023-43795', 'CVE-2024-29198'],
    class: 'ssrf',
    requests: [
      { path: ['/testwfspost'], where: [{ in: 'parameter:url', has: ['http'] }] },
      {
        path: ['/wms', '/wps', '/ows'],
        where: [
          { in: 'body', has: ['<wps:reference', 'wps:reference '] },
          { in: 'body', has: ['xlink:href="http'] },
        ],
      },
    ],
  },
  {
    name: 'geoserver-xxe-wfs',
    product: 'geoserver',
    cves: ['CVE-2025-58360', 'CVE-2025-30220'],
    class: 'xxe',
    requests: [{ path: ['/geoserver/*'], where: [{ in: 'body', has: ['<!entity'] }] }],
  },
  {
    name: 'sap-metadata-uploader',
    product: 'sap-netweaver',
    cves: ['CVE-2025-31324'],
    class: 'rce',
    requests: [
      { path: ['/developmentserver/metadatauploader'], where: [{ in: 'path', has: ['metadatauploader'] }] },
      // Web shells that were found where the uploader leaves its files.
      {
        path: ['^/irj/helper.jsp', '^/irj/cache.jsp', '^/irj/forwardsap.jsp', '^/irj/servlet_jsp/irj/root/*'],
      },
    ],
  },
  {
    name: 'sap-ctc-config-servlet',
    product: 'sap-netweaver',
    cves: ['CVE-2010-5326'],
    class: 'rce',
    requests: [
      {
        path: ['/ctc/servlet/*', '/ctc/configservlet*'],
        where: [{ in: 'url', has: ['executecmd', 'cmdline', 'com.sap.ctc.util'] }],
      },
    ],
    command: ['query'],
  },
  {
    name: 'sap-recon-ctc-webservice',
    product: 'sap-netweaver',
    cves: ['CVE-2020-6287', 'CVE-2020-6286'],
    class: 'auth-bypass',
    requests: [
      { path: ['/ctcwebservice/ctcwebservicebean'], where: [{ in: 'path', has: ['ctcwebservicebean'] }] },
    ],
  },
  {
    name: 'sap-solman-eem',
    product: 'sap-solman',
    cves: ['CVE-2020-6207'],
    class: 'auth-bypass',
    requests: [{ path: ['/eemadminservice/eemadmin'] }],
  },
  {
    name: 'sap-mpi-smuggling',
    product: 'sap-netweaver',
    cves: ['CVE-2022-22536'],
    class: 'protocol',
    requests: [
      {
        path: ['/sap/admin/public/default.html'],
        where: [{ in: 'header:content-length', matches: /^8[0-9]{4}$/ }],
      },
    ],
    confidence: 0.8,
  },
  {
    name: 'vmware-workspace-one-ssti',
    product: 'workspace-one',
    cves: ['CVE-2022-22954'],
    class: 'ssti',
    requests: [{ path: ['/catalog-portal/*'], where: [{ in: 'query', has: ['${', 'freemarker'] }] }],
    command: ['parameter:deviceudid'],
  },
  {
    name: 'vmware-vcenter-uploadova',
    product: 'vcenter',
    cves: ['CVE-2021-21972', 'CVE-2021-21973'],
    class: 'rce',
    requests: [
      {
        path: [
          '/ui/vropspluginui/rest/services/uploadova',
          '/ui/vropspluginui/rest/services/getstatus',
          '/ui/vropspluginui/rest/services/getvcdetails',
        ],
      },
      // The application ships no pages among its resources: what is there was uploaded.
      { path: ['^/ui/resources/*'], where: [{ in: 'path', has: ['.jsp'] }] },
    ],
  },
  {
    name: 'vmware-vcenter-analytics-upload',
    product: 'vcenter',
    cves: ['CVE-2021-22005', 'CVE-2021-22017'],
    class: 'rce',
    requests: [
      { path: ['/analytics/telemetry/ph/api/hyper/send'], where: [{ in: 'path', has: ['hyper/send'] }] },
      {
        path: ['/analytics/ceip/sdk/*', '/analytics/ph/api/dataapp/agent'],
        where: [{ in: 'url', has: ['..;/', '/..', 'action=collect', '_c='] }],
      },
    ],
  },
  {
    name: 'vmware-vcenter-vsan-h5',
    product: 'vcenter',
    cves: ['CVE-2021-21985'],
    class: 'rce',
    requests: [{ methods: ['POST'], path: ['/ui/h5-vsan/rest/proxy/service/*'] }],
  },
  {
    name: 'vmware-vcenter-eam-file-read',
    product: 'vcenter',
    cves: ['CVE-2020-3952', 'CVE-2021-21980'],
    class: 'lfi',
    requests: [{ path: ['/eam/vib'], where: [{ in: 'parameter:id' }] }],
  },
  {
    name: 'vmware-vrealize-casa-ssrf',
    product: 'vrealize',
    cves: ['CVE-2021-21975', 'CVE-2021-21983'],
    class: 'ssrf',
    requests: [
      { methods: ['POST'], path: ['/casa/nodes/thumbprints', '/casa/private/config/slice/ha/certificate'] },
    ],
  },
  {
    name: 'vmware-nsx-xstream',
    product: 'vmware-nsx',
    cves: ['CVE-2021-39144'],
    class: 'deserialization',
    requests: [
      {
        methods: ['PUT', 'POST'],
        path: ['/api/2.0/services/usermgmt/password/*'],
        where: [{ in: 'body', has: ['dynamic-proxy', 'sorted-set', 'eventhandler'] }],
      },
    ],
    command: ['body'],
  },
  {
    name: 'vmware-aria-operations-saas',
    product: 'vrealize',
    cves: ['CVE-2023-20887'],
    class: 'rce',
    requests: [{ path: ['/saas./resttosaasservlet', '/saas/resttosaasservlet'] }],
    command: ['body'],
  },
  {
    name: 'vmware-horizon-broker-xml',
    product: 'workspace-one',
    cves: ['CVE-2022-22972', 'CVE-2022-31656', 'CVE-2022-22973'],
    class: 'auth-bypass',
    requests: [{ path: ['/saas/t/_/;/*', '/saas/t/_/*'], where: [{ in: 'path', has: ['/;/'] }] }],
  },
  {
    name: 'mirth-connect-xstream',
    product: 'mirth-connect',
    cves: ['CVE-2023-43208', 'CVE-2023-37679'],
    class: 'deserialization',
    requests: [
      {
        methods: ['POST', 'PUT'],
        path: ['/api/users', '/api/*'],
        where: [
          {
            in: 'body',
            has: ['dynamic-proxy', 'sorted-set', 'java.beans.eventhandler', 'chainedtransformer'],
          },
        ],
      },
    ],
    command: ['body'],
  },
  {
    name: 'fastjson-autotype',
    product: 'fastjson',
    cves: ['CVE-2017-18349', 'CVE-2022-25845'],
    class: 'deserialization',
    requests: [
      {
        where: [
          { in: 'input', has: ['"@type"'] },
          {
            in: 'input',
            has: [
              'com.sun.rowset',
              'jdbcrowsetimpl',
              'templatesimpl',
              'java.lang.autocloseable',
              'java.net.inet',
              'java.lang.class',
              'org.apache.',
              'ldap://',
              'rmi://',
              'java.net.url',
            ],
          },
        ],
      },
    ],
  },
  {
    name: 'xstream-generic-gadget',
    product: 'xstream',
    cves: ['CVE-2021-39141', 'CVE-2021-39152', 'CVE-2021-21345', 'CVE-2020-26217', 'CVE-2013-7285'],
    class: 'deserialization',
    confidence: 0.85,
    requests: [
      {
        methods: ['POST', 'PUT'],
        where: [
          {
            in: 'body',
            has: [
              '<dynamic-proxy>',
              'javax.naming.ldap.rdn_-rdnentry',
              'java.beans.eventhandler',
              'com.sun.xml.internal.ws',
              'sun.awt.datatransfer.datatransferer',
            ],
          },
        ],
      },
    ],
    command: ['body'],
  },
  {
    name: 'shiro-path-bypass',
    product: 'shiro',
    cves: ['CVE-2020-1957', 'CVE-2020-11989', 'CVE-2020-13933', 'CVE-2023-34478'],
    class: 'auth-bypass',
    confidence: 0.6,
    requests: [
      {
        path: ['/..;/*', '/;/*'],
        where: [
          {
            in: 'path',
            matches: /\/(?:xxx|xx|[a-z]{1,8})\/?(?:\.\.)?;\/(?:admin|manage|actuator|system|user)/,
          },
        ],
      },
    ],
  },
  {
    name: 'liferay-jsonws-deserialization',
    product: 'liferay',
    cves: ['CVE-2020-7961'],
    class: 'deserialization',
    requests: [
      {
        path: ['/api/jsonws/invoke', '/api/jsonws/*'],
        where: [
          {
            in: 'input',
            has: ['defaultdata', 'wrapperconnectionpooldatasource', 'useroverridesasstring', ':com.mchange'],
          },
        ],
      },
    ],
  },
  {
    name: 'dotcms-content-upload',
    product: 'dotcms',
    cves: ['CVE-2022-26352'],
    class: 'rce',
    requests: [
      {
        methods: ['POST', 'PUT'],
        path: ['/api/content'],
        where: [{ in: 'body', has: ['filename="../', 'filename="..\\', '/webapps/', '../../'] }],
      },
    ],
  },
  {
    name: 'coldfusion-deserialization',
    product: 'coldfusion',
    cves: ['CVE-2023-29300', 'CVE-2023-38203', 'CVE-2023-38204', 'CVE-2023-26360', 'CVE-2023-26359'],
    class: 'deserialization',
    requests: [
      {
        path: ['/cfide/adminapi/*', '/cfide/wizards/*', '/cf_scripts/scripts/ajax/*', '/*'],
        where: [
          { in: 'input', has: ['_cfclient=true', 'argumentcollection', '_variables='] },
          { in: 'input', has: ['wddxpacket', '_metadata', 'classname', '_variables'] },
        ],
      },
    ],
  },
  {
    name: 'coldfusion-filemanager-upload',
    product: 'coldfusion',
    cves: ['CVE-2018-15961', 'CVE-2009-2265'],
    class: 'rce',
    requests: [
      {
        methods: ['POST'],
        path: [
          '/cf_scripts/scripts/ajax/ckeditor/plugins/filemanager/upload.cfm',
          '/cfide/scripts/ajax/fckeditor/editor/filemanager/connectors/cfm/upload.cfm',
        ],
      },
    ],
  },
  {
    name: 'coldfusion-admin-bypass',
    product: 'coldfusion',
    cves: ['CVE-2023-29298', 'CVE-2023-38205', 'CVE-2024-20767'],
    class: 'auth-bypass',
    requests: [
      {
        path: ['/cfide/wizards/*', '/cfide/adminapi/*', '/cfide/administrator/*'],
        where: [{ in: 'raw-path', matches: /^\/\/|\/\.\.;?\/+cfide|\/\.\/|hax\/\.\./ }],
      },
      {
        path: ['/pms'],
        where: [
          { in: 'query', has: ['module=logging'] },
          { in: 'query', has: ['file_name='] },
        ],
      },
    ],
  },
  {
    name: 'coldfusion-traversal-locale',
    product: 'coldfusion',
    cves: ['CVE-2010-2861'],
    class: 'lfi',
    requests: [
      { path: ['/cfide/administrator/*'], where: [{ in: 'parameter:locale', has: ['../', '..\\'] }] },
    ],
  },
  {
    name: 'jenkins-cli-file-read',
    product: 'jenkins',
    cves: ['CVE-2024-23897'],
    class: 'lfi',
    requests: [
      {
        methods: ['POST'],
        path: ['/cli'],
        where: [{ in: 'query', has: ['remoting=false'] }, { in: 'header:side' }],
      },
    ],
  },
  {
    name: 'jenkins-checkscript-groovy',
    product: 'jenkins',
    cves: ['CVE-2018-1000861', 'CVE-2019-1003000', 'CVE-2019-1003029', 'CVE-2019-1003005'],
    class: 'rce',
    requests: [
      {
        path: ['/securityrealm/user/*', '/descriptorbyname/*'],
        where: [
          { in: 'path', has: ['checkscript'] },
          { in: 'input', has: ['value='] },
        ],
      },
    ],
    command: ['parameter:value'],
  },
  {
    name: 'jenkins-stapler-file-read',
    product: 'jenkins',
    cves: ['CVE-2018-1999002'],
    class: 'lfi',
    requests: [{ where: [{ in: 'header:accept-language', has: ['../'] }] }],
  },
  {
    name: 'nexus-extdirect-jexl',
    product: 'nexus',
    cves: ['CVE-2019-7238'],
    class: 'rce',
    requests: [
      {
        methods: ['POST'],
        path: ['/service/extdirect'],
        where: [{ in: 'body', has: ['jexl', '.class.forname', "''.class", 'java.lang'] }],
      },
    ],
    command: ['body'],
  },
  {
    name: 'nexus-el-injection',
    product: 'nexus',
    cves: ['CVE-2020-10199', 'CVE-2020-10204'],
    class: 'rce',
    requests: [
      {
        methods: ['POST', 'PUT'],
        path: ['/service/rest/beta/repositories/*', '/service/extdirect'],
        where: [{ in: 'body', has: ['$\\{', '${', '$\\a{', '$\\b{', '$\\x{', '$\\c{'] }],
      },
    ],
    command: ['body'],
  },
  {
    name: 'nexus-path-traversal',
    product: 'nexus',
    cves: ['CVE-2024-4956'],
    class: 'lfi',
    requests: [
      {
        where: [
          { in: 'path', has: ['/../'] },
          { in: 'raw-path', has: ['%2f%2f%2f%2f', '/////'] },
        ],
      },
    ],
  },
  {
    name: 'oracle-jdwp-skywalking-graphql-sqli',
    product: 'skywalking',
    cves: ['CVE-2020-9483', 'CVE-2020-13921'],
    class: 'sqli',
    requests: [
      {
        methods: ['POST'],
        path: ['/graphql'],
        where: [
          { in: 'body', has: ['querylogs', 'getlinearintvalues', 'metricname'] },
          { in: 'body', has: ['union', 'information_schema', 'insert into', "' or"] },
        ],
      },
    ],
  },
  {
    name: 'hugegraph-gremlin',
    product: 'hugegraph',
    cves: ['CVE-2024-27348'],
    class: 'rce',
    requests: [
      {
        methods: ['POST', 'GET'],
        path: ['/gremlin'],
        where: [
          { in: 'input', has: ['java.lang', 'processbuilder', 'class.forname', 'runtime', 'thread thread'] },
        ],
      },
    ],
    command: ['body'],
  },
  {
    name: 'openmetadata-spel',
    product: 'openmetadata',
    cves: ['CVE-2024-28255', 'CVE-2024-28253', 'CVE-2024-28848', 'CVE-2024-28254'],
    class: 'rce',
    requests: [
      {
        path: ['/api/v1/*'],
        where: [{ in: 'raw-path', matches: /\/api\/v1;v1(?:%2f|\/)users(?:%2f|\/)login/ }],
      },
      { path: ['/events/subscriptions/validation/condition/*', '/policies/validation/condition/*'] },
    ],
    command: ['raw-path'],
  },
  {
    name: 'activemq-fileserver-put',
    product: 'activemq',
    cves: ['CVE-2016-3088'],
    class: 'rce',
    requests: [{ methods: ['PUT', 'MOVE'], path: ['/fileserver/*'] }],
  },
  {
    name: 'activemq-jolokia-mbean',
    product: 'activemq',
    cves: ['CVE-2022-41678'],
    class: 'rce',
    requests: [
      {
        methods: ['POST'],
        path: ['/api/jolokia'],
        where: [{ in: 'body', has: ['jdk.management.jfr', 'log4j2', 'setconfigtext'] }],
      },
    ],
  },
  {
    name: 'camel-header-injection',
    product: 'camel',
    cves: ['CVE-2025-27636', 'CVE-2025-29891'],
    class: 'rce',
    requests: [
      { where: [{ in: 'headers', has: ['camelexeccommand', 'camelexeccommandargs'] }] },
      { where: [{ in: 'query', has: ['camelexeccommand'] }] },
    ],
    command: ['header:camelexeccommandexecutable'],
  },
  {
    name: 'manageengine-restapi-logoncustomization',
    product: 'manageengine',
    cves: ['CVE-2021-40539'],
    class: 'rce',
    requests: [
      {
        path: ['/restapi/logoncustomization', '/restapi/connection'],
        where: [{ in: 'input', has: ['methodtocall', 'unspecified', 'openssltool', 'smartcard'] }],
      },
    ],
  },
  {
    name: 'manageengine-importtechnicians',
    product: 'manageengine',
    cves: ['CVE-2021-44077'],
    class: 'rce',
    requests: [{ path: ['/restapi/importtechnicians'] }],
  },
  {
    name: 'manageengine-saml-xslt',
    product: 'manageengine',
    cves: ['CVE-2022-47966'],
    class: 'rce',
    requests: [
      {
        methods: ['POST'],
        path: ['/samlresponseservlet', '/samllogin'],
        where: [
          { in: 'parameter:samlresponse' },
          { in: 'parameter:samlresponse', matches: /^[a-z0-9+/= ]{512}/ },
        ],
      },
    ],
    confidence: 0.8,
  },
  {
    name: 'manageengine-desktop-central-deserialization',
    product: 'manageengine',
    cves: ['CVE-2020-10189'],
    class: 'deserialization',
    requests: [
      {
        methods: ['POST'],
        path: ['/mdm/client/v1/mdmloguploader'],
        where: [{ in: 'query', has: ['filename='] }],
      },
      { path: ['/cewolf/logger.zip', '/cewolf'], where: [{ in: 'query', has: ['img='] }] },
    ],
  },
  {
    name: 'manageengine-adselfservice-servicedesk-bypass',
    product: 'manageengine',
    cves: ['CVE-2021-37415', 'CVE-2021-44515'],
    class: 'auth-bypass',
    requests: [
      {
        path: ['/fos/statecheck', '/statuscheck', '/statupdate'],
        where: [{ in: 'query', has: ['action=', 'computername='] }],
      },
    ],
    confidence: 0.7,
  },
  {
    name: 'manageengine-opmanager-xmlrpc',
    product: 'manageengine',
    cves: ['CVE-2022-35405'],
    class: 'deserialization',
    requests: [
      {
        methods: ['POST'],
        path: ['/xmlrpc'],
        where: [
          { in: 'body', has: ['serializable'] },
          { in: 'body', has: ['methodcall'] },
        ],
      },
    ],
  },
  {
    name: 'teamcity-jsp-parameter',
    product: 'teamcity',
    cves: ['CVE-2024-27198'],
    class: 'auth-bypass',
    requests: [
      {
        where: [
          { in: 'parameter:jsp', has: ['/app/rest/', '/app/pipelines', '/admin/'] },
          { in: 'query', has: ['jsp='] },
        ],
      },
    ],
  },
  {
    name: 'teamcity-traversal-endpoints',
    product: 'teamcity',
    cves: ['CVE-2024-27199'],
    class: 'lfi',
    requests: [
      {
        path: ['/res/../*', '/update/../*', '/.well-known/acme-challenge/../*'],
        where: [{ in: 'path', has: ['.jsp', '.html', 'admin'] }],
      },
    ],
  },
  {
    name: 'teamcity-rpc2-token',
    product: 'teamcity',
    cves: ['CVE-2023-42793'],
    class: 'auth-bypass',
    requests: [
      { path: ['/rpc2'], where: [{ in: 'path', has: ['/app/rest/'] }] },
      { path: ['/app/rest/debug/processes'] },
    ],
    command: ['parameter:exepath', 'parameter:params'],
  },
  {
    name: 'java-el-expression-search',
    product: 'spring',
    cves: ['CVE-2018-1260', 'CVE-2016-4977'],
    class: 'ssti',
    requests: [
      {
        path: ['/oauth/authorize'],
        where: [
          { in: 'input', has: ['response_type=${', 'scope=${', 'client_id=${', 't(java.lang', '${'] },
          { in: 'input', has: expressionMarks },
        ],
      },
    ],
    command: ['query'],
  },
  {
    name: 'unomi-mvel',
    product: 'unomi',
    cves: ['CVE-2020-13942', 'CVE-2020-11975'],
    class: 'rce',
    requests: [
      {
        methods: ['POST'],
        path: ['/context.json'],
        where: [{ in: 'body', has: ['script::', 'getruntime', 'ognl', 'java.lang', '(#'] }],
      },
    ],
    command: ['body'],
  },
  {
    name: 'apache-storm-nimbus-user',
    product: 'storm',
    cves: ['CVE-2021-38294'],
    class: 'rce',
    confidence: 0.7,
    requests: [
      {
        where: [
          { in: 'body', has: ['gettopologyhistory'] },
          { in: 'body', has: shellMarks },
        ],
      },
    ],
  },
];
