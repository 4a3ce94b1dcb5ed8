/** Ivanti: Connect Secure, Sentry, Endpoint Manager Mobile. */

import { percentDecode } from '../../../signatures/normal-text.ts';
import type { Answer, Lure } from '../lure.ts';
import { runOnce } from '../uploaded-file.ts';
import { html, json, output } from './answers.ts';

const ivantiBypass: Lure = {
  product: 'ivanti-connect-secure',
  summary: 'Ivanti Connect Secure: the REST API behind a traversal, and commands in it',
  signatures: ['ivanti-connect-secure-bypass', 'ivanti-connect-secure-command'],
  answer: (visit) =>
    visit.command === ''
      ? json({
          'software-inventory': {
            software: { software: [{ name: 'IVE', version: '22.3R1', build: '1647' }] },
          },
        })
      : json({ result: visit.run(visit.command), message: 'license key accepted' }),
};

const welcome = (): Answer =>
  html(
    '<html><head><title>Ivanti Connect Secure</title></head><body><OBJECT id="NeoterisSetup"><PARAM NAME="ProductName" VALUE="IVE"><PARAM NAME="ProductVersion" VALUE="22.3.1.1647"></OBJECT></body></html>',
  );

/** The server-side request goes to the machine's own licence service, in whose path commands are run. */
const ivantiSaml: Lure = {
  product: 'ivanti-connect-secure',
  summary:
    'Ivanti Connect Secure: a signature’s reference is fetched, from the machine’s own services too; long headers overflow',
  signatures: [
    'ivanti-connect-secure-saml-ssrf',
    'ivanti-connect-secure-saml-xxe',
    'ivanti-connect-secure-clientip-overflow',
  ],
  pages: { '/dana-na/auth/url_admin/welcome.cgi': welcome, '/dana-na/auth/url_default/welcome.cgi': welcome },
  answer: (visit) => {
    // The process that is overrun starts again; the client sees nothing of it.
    if (visit.matched.has('ivanti-connect-secure-clientip-overflow')) return null;
    const own =
      /127\.0\.0\.1[^"'<>\s]{0,128}\/(?:keys-status|license-keys)[^"'<>\s/]{0,8}\/([^"'<>\s]{1,2048})/.exec(
        visit.request.request.body,
      )?.[1] ?? '';
    runOnce(
      visit,
      percentDecode(own)
        .replace(/^[;|&]{1,4}/, '')
        .replace(/[;|&#]{1,4}$/, ''),
    );
    return {
      status: 500,
      headers: [['Content-Type', 'text/xml']],
      body: '<?xml version="1.0" encoding="UTF-8"?>\n<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/"><SOAP-ENV:Body><SOAP-ENV:Fault><faultcode>SOAP-ENV:Client</faultcode><faultstring>Invalid SAML request</faultstring></SOAP-ENV:Fault></SOAP-ENV:Body></SOAP-ENV:Envelope>\n',
    };
  },
};

const ivantiSentry: Lure = {
  product: 'ivanti-sentry',
  summary: 'Ivanti Sentry: MICS takes commands without a login',
  signatures: ['ivanti-sentry-mics'],
  answer: (visit) => output(visit, 'application/xml'),
};

const ivantiEpmm: Lure = {
  product: 'ivanti-epmm',
  summary: 'Ivanti EPMM: the API answers without a login, and says of a format, evaluated, that it is none',
  signatures: [
    'ivanti-epmm-api-bypass',
    'ivanti-mobileiron-core-bypass',
    'ivanti-epmm-format-injection',
    'ivanti-epmm-appstore-command',
  ],
  answer: (visit) => {
    const printed = runOnce(visit, visit.command).trimEnd();
    if (visit.matched.has('ivanti-epmm-appstore-command')) return { status: 404, body: '' };
    if (!visit.matched.has('ivanti-epmm-format-injection'))
      return json({ apiVersion: 2, vspVersion: 'VSP 11.10.0.1 Build 2' });
    const reads = /inputstream|ioutils|scanner|readall/i.test(visit.request.parameter('format') ?? '');
    const pid = 2_000 + (Number.parseInt(visit.token(`process at ${visit.now()}`, 4), 16) % 30_000);
    const value = reads ? printed : `Process[pid=${pid}, exitValue="not exited"]`;
    const localizedMessage = `Format '${value}' is invalid. Valid formats are 'json', 'csv'.`;
    const messageKey = 'com.mobileiron.vsp.messages.validation.global.error';
    return json({ messages: [{ type: 'Error', messageKey, localizedMessage }] }, 400);
  },
};

export const ivanti: readonly Lure[] = [ivantiBypass, ivantiSaml, ivantiSentry, ivantiEpmm];
