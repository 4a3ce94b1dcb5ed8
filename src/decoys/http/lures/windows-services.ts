/** Services of Windows servers: update services, cloud file servers, remote support. */

import {
  createAccount,
  grant,
  granted,
  knowsAccount,
  returns,
  cookie,
  basicCredentials,
} from '../created-account.ts';
import { archiveEntries } from '../../../wire/archive-entries.ts';
import type { Answer, Lure, Visit } from '../lure.ts';
import { nestedCommand } from '../nested-payload.ts';
import { callsFile, fileAnswer, keepFile, runOnce } from '../uploaded-file.ts';
import { windowsFile } from '../windows-prompt.ts';
import { html, json, redirect } from './answers.ts';

const guid = (digits: string): string =>
  digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');

const soap = (body: string, status = 200): Answer => ({
  status,
  headers: [['Content-Type', 'text/xml; charset=utf-8']],
  body: `<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"><soap:Body>${body}</soap:Body></soap:Envelope>`,
});

const soapFault = (message: string): Answer =>
  soap(
    `<soap:Fault><faultcode>soap:Client</faultcode><faultstring>${message}</faultstring><detail /></soap:Fault>`,
    500,
  );

const namespace = 'http://www.microsoft.com/SoftwareDistribution';
const base64 = (visit: Visit, purpose: string, octets: number): string =>
  Buffer.from(visit.token(purpose, octets * 2), 'hex').toString('base64');

/** The cookie is encrypted by a fixed key of every server (CVE-2025-59287); what it decrypts to is deserialised. */
const wsus: Lure = {
  product: 'wsus',
  summary:
    'Windows Server Update Services: a client registers, gets its cookie, and its event is deserialised where it is read',
  remembers: 'that the client registered, and its cookies',
  signatures: ['wsus-event-deserialization', 'wsus-cookie-deserialization'],
  answer: (visit) => {
    const { anywhere, path, request } = visit.request;
    const id = guid(visit.token('wsus server', 32));
    if (anywhere.includes('getrollupconfiguration'))
      return soap(
        `<GetRollupConfigurationResponse xmlns="${namespace}"><GetRollupConfigurationResult><DoRollup>true</DoRollup><RollupResetGuid>${guid(visit.token('wsus rollup', 32))}</RollupResetGuid><ServerId>${id}</ServerId><RollupDownstreamServersMaxBatchSize>10</RollupDownstreamServersMaxBatchSize></GetRollupConfigurationResult></GetRollupConfigurationResponse>`,
      );
    const command = nestedCommand(request.body);
    if (anywhere.includes('getauthorizationcookie')) {
      grant(visit, 'wsus authorization', 64);
      const cookieData = base64(visit, `wsus authorization of ${visit.source}`, 96);
      return soap(
        `<GetAuthorizationCookieResponse xmlns="${namespace}/Server/SimpleAuthWebService"><GetAuthorizationCookieResult><PlugInId>SimpleTargeting</PlugInId><CookieData>${cookieData}</CookieData></GetAuthorizationCookieResult></GetAuthorizationCookieResponse>`,
      );
    }
    const isRegistered = granted(visit, 'wsus authorization') !== null;
    if (path.endsWith('/client.asmx')) {
      if (!isRegistered && command === '') return soapFault('Fault occurred');
      runOnce(visit, command);
      grant(visit, 'wsus cookie', 64);
      const expiration = new Date(visit.now() + 3_600_000).toISOString();
      return soap(
        `<GetCookieResponse xmlns="${namespace}/Server/ClientWebService"><GetCookieResult><Expiration>${expiration}</Expiration><EncryptedData>${base64(visit, `wsus cookie of ${visit.source}`, 128)}</EncryptedData></GetCookieResult></GetCookieResponse>`,
      );
    }
    if (granted(visit, 'wsus cookie') === null) return soapFault('Fault occurred');
    runOnce(visit, command);
    return soap(
      `<ReportEventBatchResponse xmlns="${namespace}"><ReportEventBatchResult>true</ReportEventBatchResult></ReportEventBatchResponse>`,
    );
  },
  follows: ({ request }) =>
    request.method === 'POST' &&
    /^\/(?:reportingwebservice\/reportingwebservice|simpleauthwebservice\/simpleauth|clientwebservice\/client)\.asmx$/.test(
      request.path,
    ),
};

const gladinet: Lure = {
  product: 'gladinet',
  summary:
    'Gladinet CentreStack and Triofox: files are given out with the machine key in them, and a view state signed by it runs',
  remembers:
    'that the configuration with the key was read; administrators made by the setup pages, and their login',
  signatures: ['gladinet-machinekey-viewstate', 'gladinet-storage-handler-lfi', 'gladinet-setup-host'],
  answer: (visit) => {
    const { request } = visit;
    if (visit.matched.has('gladinet-storage-handler-lfi')) {
      const asked = [...request.parameters.values()].flat().join('\n').replaceAll('/', '\\');
      if (!/web\.config/i.test(asked)) {
        const content = windowsFile(/(windows\\[^\n]{1,128})/i.exec(asked)?.[1] ?? '');
        return content === null
          ? html('', 404)
          : { status: 200, headers: [['Content-Type', 'application/octet-stream']], body: content };
      }
      visit.memory.set('gladinet key', 'read');
      const key = visit.token('gladinet validation key', 128).toUpperCase();
      return {
        status: 200,
        headers: [['Content-Type', 'application/octet-stream']],
        body: `<?xml version="1.0"?>\r\n<configuration>\r\n  <system.web>\r\n    <machineKey decryption="AES" decryptionKey="${visit.token('gladinet decryption key', 64).toUpperCase()}" validation="SHA1" validationKey="${key}" />\r\n    <compilation debug="false" targetFramework="4.5" />\r\n  </system.web>\r\n</configuration>\r\n`,
      };
    }
    if (visit.matched.has('gladinet-machinekey-viewstate')) {
      // The key of older versions is the same on every server: whoever knows it need not read it first.
      runOnce(visit, nestedCommand(request.parameter('__viewstate') ?? ''));
      return html(
        "<html><head><title>Runtime Error</title></head><body><h1>Server Error in '/portal' Application.</h1></body></html>",
        500,
      );
    }
    const user = [...request.parameters].find(([name]) => /(?:user|email|login)/.test(name))?.[1][0] ?? '';
    const password = [...request.parameters].find(([name]) => /pass/.test(name))?.[1][0] ?? '';
    if (visit.matched.has('gladinet-setup-host')) {
      if (user !== '' && password !== '') createAccount(visit, 'gladinet', user, password);
      return html(
        `<!DOCTYPE html>\r\n<html><head><title>Triofox Management Console</title></head><body><form method="post" action="./${request.path.split('/').at(-1) ?? ''}"><input type="hidden" name="__VIEWSTATE" value="${base64(visit, 'gladinet view', 60)}" />${user === '' ? '<h2>Step 1: Setup Triofox Database</h2>' : '<h2>Step 3: Create Admin Account</h2>'}</form></body></html>`,
      );
    }
    if (!knowsAccount(visit, 'gladinet', user, password))
      return html(
        '<html><head><title>Login</title></head><body>Invalid user name or password.</body></html>',
      );
    return redirect('/management/clusterui.aspx', [
      ['Set-Cookie', `y-glad-token=${grant(visit, 'gladinet', 64)}; path=/; HttpOnly`],
    ]);
  },
  follows: ({ request }) => request.path === '/portal/loginpage.aspx' && request.method === 'POST',
};

/** The extension is a ZIP in Base64; a name in it that walks out of its folder lands where IIS runs it. */
function extension(visit: Visit): Answer {
  const archive = /"([A-Za-z0-9+/=]{64,65536})"/.exec(visit.request.request.body)?.[1] ?? '';
  for (const entry of archiveEntries(Buffer.from(archive, 'base64').toString('latin1'))) {
    const name = entry.name.replaceAll('\\', '/').replace(/^(?:\.\.\/)+/, '');
    for (const path of [`/App_Extensions/${name}`, `/${name}`]) keepFile(visit, path, entry.content);
  }
  return json(null);
}

const screenconnect: Lure = {
  product: 'screenconnect',
  summary:
    'ConnectWise ScreenConnect: a trailing path segment opens the setup wizard again; who is made there installs an extension',
  remembers: 'administrators made, their login, the files of extensions installed',
  signatures: ['screenconnect-setup-wizard'],
  answer: (visit) => {
    const { request } = visit;
    if (callsFile(visit)) return fileAnswer(visit);
    const state = `<input type="hidden" name="__VIEWSTATE" id="__VIEWSTATE" value="${base64(visit, 'screenconnect view', 72)}" /><input type="hidden" name="__VIEWSTATEGENERATOR" value="${visit.token('screenconnect generator', 8).toUpperCase()}" />`;
    if (visit.matched.has('screenconnect-setup-wizard')) {
      const [user, password] = ['usernamebox', 'passwordbox'].map(
        (name) => [...request.parameters].find(([key]) => key.endsWith(name))?.[1][0] ?? '',
      );
      if (request.method === 'POST' && user !== undefined && user !== '') {
        createAccount(visit, 'screenconnect', user, password ?? '');
        return redirect('/Administration', [
          ['Set-Cookie', `.ASPXAUTH=${grant(visit, 'screenconnect', 96).toUpperCase()}; path=/; HttpOnly`],
        ]);
      }
      return html(
        `<!DOCTYPE html><html><head><title>ScreenConnect Setup Wizard</title></head><body class="SetupWizard"><form method="post">${state}<h2>Welcome</h2><input type="text" name="ctl00$Main$wizard$userNameBox" /><input type="password" name="ctl00$Main$wizard$passwordBox" /></form></body></html>`,
      );
    }
    if (request.path === '/login') {
      const [user, password] = ['usernamebox', 'passwordbox'].map(
        (name) => [...request.parameters].find(([key]) => key.endsWith(name))?.[1][0] ?? '',
      );
      if (!knowsAccount(visit, 'screenconnect', user ?? '', password ?? ''))
        return html(
          `<!DOCTYPE html><html><head><title>Login</title></head><body><form method="post">${state}Invalid credentials. Please try again.</form></body></html>`,
        );
      return redirect('/Administration', [
        ['Set-Cookie', `.ASPXAUTH=${grant(visit, 'screenconnect', 96).toUpperCase()}; path=/; HttpOnly`],
      ]);
    }
    if (request.path.includes('/extensionservice.ashx/')) return extension(visit);
    return html(
      `<!DOCTYPE html><html><head><title>Administration</title><script>SC.context = {"antiForgeryToken":"${visit.token('screenconnect forgery', 64)}","productVersion":"23.9.7.8804"};</script></head><body></body></html>`,
    );
  },
  follows: (visit) => {
    const { path, method } = visit.request;
    if (callsFile(visit)) return true;
    if (path === '/login') return method === 'POST';
    const basic = basicCredentials(visit);
    const isIn =
      returns(visit, 'screenconnect', cookie(visit, '.ASPXAUTH').toLowerCase()) ||
      (basic !== null && knowsAccount(visit, 'screenconnect', ...basic));
    return isIn && /^\/(?:administration|services\/extensionservice\.ashx\/\w+|host)$/.test(path);
  },
};

export const windowsServices: readonly Lure[] = [wsus, gladinet, screenconnect];
