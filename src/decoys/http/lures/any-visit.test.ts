/** Visitors who take the steps in any order, cut short and garbled: nothing throws, and what is remembered stays small. */

import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { zipArchive } from '../../../../test/support/sample-archive.ts';
import { createPersona } from '../../../personas/index.ts';
import { matchCveSignatures } from '../../../signatures/cve/index.ts';
import { NormalRequest } from '../../../signatures/normal-request.ts';
import { memoryOf } from '../memory.ts';
import { lureAnswer } from './index.ts';

const made = createPersona('ubuntu-web', 'a seed', { now: 0 });
const persona = { ...made, http: { server: '', title: '', products: ['*'] } };

const paths = fc.constantFrom(
  '/hax?jsp=/app/rest/users/id:1/tokens/A;.jsp',
  '/hax?jsp=/app/rest/users;.jsp',
  '/admin/pluginUpload.html',
  '/app/rest/debug/processes?exePath=id',
  '/server-info.action?bootstrapStatusProvider.applicationConfig.setupComplete=false',
  '/setup/setupadministrator.action',
  '/json/setup-restore.action',
  '/dologin.action',
  '/rest/plugins/1.0/',
  '/plugins/servlet/a',
  '/ui/vropspluginui/rest/services/uploadova',
  '/moveitisapi/moveitisapi.dll?action=m2',
  '/guestaccess.aspx',
  '/api/v1/auth/token',
  '/api/v1/folders/1/files',
  '/Synchronization',
  '/WebInterface/function/?command=setUserItem',
  '/WebInterface/function/?command=zip&path=<INCLUDE>/etc/passwd</INCLUDE>',
  '/loginok.html',
  '/_layouts/15/ToolPane.aspx?DisplayMode=Edit',
  '/_layouts/15/spinstall0.aspx',
  '/ClientWebService/Client.asmx',
  '/storage/t.dn?s=..\\web.config&sid=1',
  '/SetupWizard.aspx/a',
  '/Services/ExtensionService.ashx/InstallExtension',
  '/index.php?p=admin/actions/assets/generate-transform',
  '/?_task=login',
  '/?_task=settings&_action=upload&_from=!x',
  '/customer/address_file/upload',
  '/rest/default/V1/guest-carts/a/order',
  '/admin/ajax.php?module=FreePBX\\modules\\endpoint\\ajax&brand=x%27',
  '/a.session',
  '/fileserver/a.txt',
  '/api/jolokia/',
  '/service/extension/backup/mboximport',
  '/userentry?accountId=/../../../tomcat/webapps/u/&symbolName=a',
  '/api/jobs/',
  '/api/setup/validate',
  '/app?service=page/SetupCompleted',
  '/api/fabric/device/status',
  '/api/v2.0/cmdb/system/admin%3f/../../../../../cgi-bin/fwbcgi',
  '/php/utils/createRemoteAppwebSession.php/a.js.map',
  '/ssl-vpn/hipreport.esp',
  '/webui_wsma_http',
  '/webui/rest/softwareMgmt/installAdd',
  '/options.php',
  '/api/upload',
  '/upload.action',
  '/tmui/login.jsp',
  '/mgmt/shared/authn/login',
  '/mgmt/tm/auth/user/a%ff',
  '/mgmt/tm/util/bash',
  '/pcidss/report?type=allprofiles&username=a',
  '/menu/ss?sid=nsroot&force_setup=1',
  '/menu/neo',
  '/rapi/filedownload?filter=path:/etc/passwd',
  '/gwtest/formssso?event=start&target=echo%20a>/var/vpn/a.php',
  '/cgi-bin/supportInstaller',
  '/cgi-bin/portal',
  '/RPC2_Login',
  '/RPC2',
  '/NmConsole/WugSystemAppSettings/JMXSecurity',
  '/NmConsole/User/LoginAjax',
  '/RestAPI/LogonCustomization',
  '/OA_CGI/FNDWRR.exe',
  '/apisix/batch-requests',
  '/?search=%00{.exec|id|out=a.}{.?a.}',
  '/?routestring=ajax/api/ad/replaceAdTemplate&location=a&template=a',
  '/ajax/render/ad_a',
  '/a.db%3f%ff.css',
  '/',
);
const parts = (name: string, file: string, content: string): string =>
  `--b\r\nContent-Disposition: form-data; name="${name}"; filename="${file}"\r\n\r\n${content}\r\n--b--\r\n`;
const bodies = fc.constantFrom(
  '',
  'username=a&password=b&os_destination=/%0d%0aX-Sent:%201&os_username=a&os_password=b&_user=a&_pass=b&user=`id`',
  '{"username":"a","password":"b","entrypoint":"id","data":{"name":"a"},"IsSysAdmin":"true","NewPassword":"b"}',
  '{"type":"EXEC","mbean":"jdk.management.jfr:type=FlightRecorder","operation":"copyTo","arguments":[1,"webapps/a.jsp"]}',
  parts(
    'uploadFile',
    '../../webapps/ROOT/a.jsp',
    '<% Runtime.getRuntime().exec(request.getParameter("cmd")); %>',
  ),
  parts(
    'plugin',
    'a.zip',
    zipArchive({
      'atlassian-plugin.xml': '<url-pattern>/a/*</url-pattern>',
      'exportDescriptor.properties': '',
      'b.jar': 'PK',
    }),
  ),
  zipArchive({ '../../webapps/a.jsp': '<%= 1+1 %>' }),
  'MSOTlPn_DWP=CompressedDataTable="H4sIAAAAAAAA"&__VIEWSTATE=%2FwEPDw&section=general&clients_can_register=1&this_install_title=a',
  '<soap:Body><ReportEventBatch>SynchronizationUpdateErrorsKey</ReportEventBatch><execCLI><cmd>sh ver</cmd></execCLI></soap:Body>',
);
const headers = fc.constantFrom<readonly (readonly [string, string])[]>(
  [],
  [['Authorization', 'Basic YWRtaW46YWRtaW4=']],
  [['Authorization', "Bearer a'or'1'='1' into outfile 0x2f6367692d62696e2f612e636769"]],
  [['Cookie', 'SESSID=/../../../var/appweb/sslvpndocs/a.txt; JSESSIONID=.a; CrushAuth=a']],
  [
    ['X-PAN-AUTHCHECK', 'off'],
    ['CGIINFO', 'e30='],
    ['VLSync', 'ADD;path="autorun/a.txt"'],
  ],
  [
    ['Authorization', 'AWS4-HMAC-SHA256 Credential=a/'],
    ['Cookie', 'CrushAuth=a'],
    ['Referer', '/_layouts/SignOut.aspx'],
  ],
  [
    ['X-siLock-SessVar0', "A: x'); INSERT INTO activesessions (SessionID) values ('a'); --"],
    ['Host', 'localhost'],
  ],
);
const noise = fc.string({ unit: 'binary-ascii', maxLength: 40 });
const step = fc.record({
  method: fc.constantFrom('GET', 'POST', 'POST', 'PUT', 'MOVE', 'DELETE'),
  path: fc.oneof(
    { weight: 4, arbitrary: paths },
    { weight: 1, arbitrary: fc.tuple(paths, noise).map(([path, tail]) => `${path}${tail}`) },
  ),
  headers,
  body: fc.oneof(
    { weight: 3, arbitrary: bodies },
    {
      weight: 1,
      arbitrary: fc
        .tuple(bodies, fc.nat(400), noise)
        .map(([body, cut, tail]) => `${body.slice(0, cut)}${tail}`),
    },
  ),
});

it('nothing throws, whatever the order of the steps, and memory stays bounded', () => {
  let visitors = 0;
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 12 }), (steps) => {
      visitors += 1;
      const memory = memoryOf(persona, `visitor ${visitors}`);
      for (const request of steps) {
        const answer = lureAnswer({
          request: new NormalRequest(request),
          persona,
          source: `visitor ${visitors}`,
          matched: new Set(matchCveSignatures(request).map(({ name }) => name)),
          command: request.body.includes('`id`') ? 'id' : '',
          memory,
          now: () => visitors,
          run: (command) => `ran ${command}\n`,
          file: (path) => (path === '/etc/passwd' ? 'root:x:0:0::/root:/bin/sh\n' : null),
          token: (_purpose, digits) => 'a1'.repeat(digits).slice(0, digits),
        });
        if (answer === null) continue;
        expect(answer.status).toBeGreaterThanOrEqual(200);
        for (const [name, value] of answer.headers ?? []) expect(`${name}: ${value}`).not.toMatch(/[\r\n]/);
      }
      expect(memory.size).toBeLessThanOrEqual(32);
      expect(
        [...memory].reduce((sum, [key, value]) => sum + key.length + value.length, 0),
      ).toBeLessThanOrEqual(65_536);
    }),
    { numRuns: 200 },
  );
});
