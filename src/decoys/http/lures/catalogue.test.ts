/** What the list of lures as a whole holds to. */

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { stranger, webMachine } from '../../../../test/support/http-visitor.ts';
import { cveSignatures } from '../../../signatures/cve/index.ts';
import { lures } from './index.ts';

const cvesOf = new Map(cveSignatures.map(({ name, cves }) => [name, cves]));
const weaknesses = (names: readonly string[]): readonly string[] =>
  names.flatMap((name) => cvesOf.get(name) ?? []);

/** What visitors of these very products ask for: logins, pages, interfaces. */
const ordinary: readonly (readonly [method: string, path: string, body?: string])[] = [
  ['GET', '/'],
  ['GET', '/login.html'],
  ['GET', '/favicon.ico'],
  ['GET', '/app/rest/server'],
  ['GET', '/admin/admin.html?item=plugins'],
  ['GET', '/login.action?os_destination=%2Findex.action'],
  ['POST', '/dologin.action', 'os_username=a&os_password=b&login=Log+in'],
  ['GET', '/rest/api/content?limit=10'],
  ['GET', '/ui/login'],
  ['GET', '/WebInterface/login.html'],
  ['POST', '/WebInterface/function/', 'command=login&username=a&password=b'],
  ['GET', '/human.aspx'],
  ['GET', '/api/v1/folders'],
  ['GET', '/_layouts/15/start.aspx'],
  ['GET', '/_api/web/currentuser'],
  ['POST', '/_layouts/15/viewlsts.aspx', '__VIEWSTATE=%2FwEPDwUKMTY&__VIEWSTATEGENERATOR=CA0B0334'],
  [
    'POST',
    '/ReportingWebService/ReportingWebService.asmx',
    '<soap:Envelope><soap:Body><GetRollupConfiguration/></soap:Body></soap:Envelope>',
  ],
  [
    'POST',
    '/ClientWebService/Client.asmx',
    '<soap:Envelope><soap:Body><GetConfig/></soap:Body></soap:Envelope>',
  ],
  ['GET', '/management/AdminDatabase.aspx'],
  ['GET', '/portal/loginpage.aspx'],
  ['GET', '/SetupWizard.aspx'],
  ['POST', '/Login', 'ctl00%24Main%24userNameBox=a&ctl00%24Main%24passwordBox=b'],
  ['GET', '/index.php?p=admin/dashboard'],
  ['POST', '/?_task=login', '_task=login&_action=login&_user=a&_pass=b'],
  ['GET', '/?_task=mail&_mbox=INBOX'],
  ['GET', '/rest/default/V1/guest-carts/abc/totals'],
  ['GET', '/admin/config.php'],
  ['GET', '/api/jobs/'],
  ['GET', '/api/session/properties'],
  ['GET', '/app?service=page/Home'],
  ['GET', '/bin/view/Main/SolrSearch?text=report'],
  ['GET', '/OA_HTML/AppsLogin'],
  ['GET', '/api/v2.0/system/status'],
  ['POST', '/logincheck', 'ajax=1&username=a&secretkey=b'],
  ['GET', '/global-protect/login.esp'],
  ['GET', '/php/login.php'],
  ['GET', '/logon/LogonPoint/index.html'],
  ['GET', '/mifs/rs/api/v2/featureusage?adminDeviceSpaceId=131&format=csv'],
  ['GET', '/zimbraAdmin/'],
  ['GET', '/loginok.html'],
  ['GET', '/goanywhere/auth/Login.xhtml'],
  ['PUT', '/files/report.txt', 'a report'],
  ['GET', '/tmui/login.jsp'],
  ['POST', '/tmui/logmein.html', 'username=a&passwd=b'],
  ['POST', '/mgmt/shared/authn/login', '{"username":"a","password":"b","loginProviderName":"tmos"}'],
  ['GET', '/vpn/index.html'],
  ['GET', '/menu/neo'],
  ['GET', '/cgi-bin/welcome'],
  ['POST', '/cgi-bin/userLogin', 'username=a&password=b&domain=LocalDomain'],
  ['POST', '/cgi-bin/supportInstaller', 'fromEmailInvite=1&customerTID=1234567890'],
  ['POST', '/RPC2', '{"method":"global.keepAlive","params":{"timeout":300},"id":4,"session":"a"}'],
  ['POST', '/getcfg.php', 'SERVICES=RUNTIME.DEVICE.INFO'],
  ['GET', '/NmConsole/'],
  ['POST', '/NmConsole/User/LoginAjax', 'username=a&password=b'],
  ['GET', '/login.do'],
  [
    'POST',
    '/c/router',
    '{"action":"AuthenticationManagement","method":"getCurrentUser","data":null,"tid":1}',
  ],
  ['GET', '/npm-pwg/index.html'],
  ['POST', '/RestAPI/WC/Integration', 'a=b'],
  ['GET', '/portalapi/v1/system/status'],
  ['GET', '/iam/governance/selfservice/'],
  ['GET', '/public/plugins/text/img/icn-text-panel.svg'],
  ['GET', '/api/geojson?url=https%3A%2F%2Fa.example%2Fmap.json'],
  ['GET', '/remote_agent.php?action=ping'],
  ['GET', '/jobs/?showIncomplete=false'],
  ['POST', '/gremlin', '{"gremlin":"g.V().limit(10)","bindings":{},"language":"gremlin-groovy"}'],
  ['POST', '/apisix/batch-requests', '{"pipeline":[{"path":"/a"},{"path":"/b"}]}'],
  ['GET', '/?search=report'],
  ['POST', '/', 'routestring=ajax%2Frender%2Fwidget_php&a=b'],
  ['GET', '/geoserver/wms?service=WMS&version=1.1.0&request=GetMap&layers=a'],
];

describe('the lures as a whole', () => {
  it('answer for at least 180 weaknesses of the web found since 2023', () => {
    const late = new Set(
      lures.flatMap((lure) => weaknesses(lure.signatures)).filter((cve) => /^CVE-202[3-9]-/.test(cve)),
    );
    expect(late.size).toBeGreaterThanOrEqual(180);
  });

  it('answer each signature once', () => {
    const names = lures.flatMap((lure) => lure.signatures);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  it('are each played by a test, step by step, where they remember a visitor', () => {
    const tests = readdirSync(import.meta.dirname)
      .filter((name) => name.endsWith('.test.ts'))
      .map((name) => readFileSync(`${import.meta.dirname}/${name}`, 'utf8'))
      .join('\n');
    const untried = lures.filter(
      (lure) =>
        lure.remembers !== undefined &&
        lure.signatures.length > 0 &&
        !weaknesses(lure.signatures).some((cve) => tests.includes(cve)),
    );
    expect(untried.map(({ product, summary }) => `${product}: ${summary}`)).toEqual([]);
  });

  it('take nobody for an attacker who asks for what visitors of these products ask', () => {
    const everything = webMachine('ubuntu-web', ['iis', ...new Set(lures.map((lure) => lure.product))]);
    for (const [method, path, body = ''] of ordinary) {
      const seen = stranger(everything).send(
        method,
        path,
        { 'Content-Type': 'application/x-www-form-urlencoded' },
        body,
      );
      expect(seen.cves, `${method} ${path}`).toEqual([]);
      expect(
        seen.facts.some((fact) => fact.kind === 'command'),
        `${method} ${path}`,
      ).toBe(false);
      expect(seen.status, `${method} ${path}`).toBeGreaterThanOrEqual(200);
    }
  });
});
