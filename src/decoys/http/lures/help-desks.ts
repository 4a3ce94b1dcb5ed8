/** Software with which IT departments watch and help: consoles, monitors, backups, conferences. */

import { plantedPassword } from '../../../wire/planted-credential.ts';
import { createAccount, grant, knowsAccount } from '../created-account.ts';
import type { Answer, Lure, Visit } from '../lure.ts';
import { nestedCommand } from '../nested-payload.ts';
import { arithmetic } from '../php-evaluation.ts';
import { callsFile, fileAnswer, keepFile, pageWithin } from '../uploaded-file.ts';
import { formParts } from '../form-parts.ts';
import { html, json, text, traversedFile } from './answers.ts';

const password = ({ persona, source }: Visit): string => plantedPassword(persona, 'a web file', source);

const field = (body: string, name: string): string =>
  new RegExp(`"${name}"\\s{0,8}:\\s{0,8}"([^"]{0,1024})"`, 'i').exec(body)?.[1] ?? '';

const webHelpDesk: Lure = {
  product: 'web-help-desk',
  summary:
    'SolarWinds Web Help Desk: a user for integrations with a password that is the same everywhere reads the tickets',
  signatures: ['solarwinds-whd-hardcoded'],
  answer: (visit) =>
    json([
      {
        id: 4_211,
        displayClient: 'J. Miller',
        shortSubject: 'New service account',
        shortDetail: `Please set up svc_backup with ${password(visit)} on the file server.`,
        displayTechnician: 'A. Schmidt',
        status: { id: 1, type: 'StatusType', statusTypeName: 'Open' },
        lastUpdated: new Date(visit.now() - 86_400_000).toISOString().replace(/\.\d+/, ''),
      },
    ]),
};

const whatsup: Lure = {
  product: 'whatsup-gold',
  summary:
    'WhatsUp Gold: a class id is put into SQL, which copies a password that the visitor had enciphered to the administrator, who logs in',
  remembers: 'the password enciphered, that it is the administrator’s, the session',
  signatures: ['progress-whatsup-gold'],
  answer: (visit) => {
    const { request, memory } = visit;
    const { body } = request.request;
    if (request.path.endsWith('/user/loginajax') || request.path === '/nmconsole/user/login') {
      const [user, shown] = [request.parameter('username') ?? '', request.parameter('password') ?? ''];
      if (!knowsAccount(visit, 'whatsup-gold', user, shown))
        return json({ authenticated: false, reason: 'Invalid username or password.' });
      return {
        status: 200,
        headers: [
          ['Content-Type', 'application/json; charset=utf-8'],
          ['Set-Cookie', `ASPXAUTH=${grant(visit, 'whatsup-gold', 96)}; path=/; HttpOnly`],
        ],
        body: JSON.stringify({ authenticated: true, username: user, reason: '' }),
      };
    }
    if (request.path.includes('/wugsystemappsettings/')) {
      const chosen = field(body, 'keystorepassword') || field(body, 'truststorepassword');
      if (chosen !== '') memory.set('whatsup-gold enciphered', chosen.slice(0, 256));
      return json({ success: true });
    }
    const chosen = memory.get('whatsup-gold enciphered');
    if (chosen !== undefined && /\bupdate\s{1,8}webuser\b/i.test(body))
      createAccount(visit, 'whatsup-gold', 'admin', chosen);
    const command = nestedCommand(body);
    if (command !== '') visit.run(command);
    return text('false');
  },
  follows: ({ request, memory }) =>
    request.method === 'POST' &&
    request.path.startsWith('/nmconsole/user/login') &&
    memory.has('whatsup-gold enciphered'),
};

/** What the template prints: the argument of the messages that its script adds. */
function jellyOutput(visit: Visit, template: string): string {
  const called = /addErrorMessage\(\s{0,4}([^)]{1,256})\)/i.exec(template)?.[1]?.trim();
  if (called === undefined) return '';
  const number = /^(\d{1,9})\.(\d{1,6})\s{0,4}\*\s{0,4}(\d{1,9})$/.exec(called);
  if (number !== null) {
    const scale = 10 ** (number[2]?.length ?? 0);
    return String((Number(`${number[1]}${number[2]}`) * Number(number[3])) / scale);
  }
  return arithmetic(called) ?? /^['"]([^'"]*)['"]$/.exec(called)?.[1] ?? '';
}

const servicenow: Lure = {
  product: 'servicenow',
  summary:
    'ServiceNow: the title of a page is a template, whose script reads the file with the database’s password',
  signatures: ['servicenow-jelly-template'],
  answer: (visit) => {
    const template = visit.request.parameter('jvar_page_title') ?? '';
    const printed = /glide\.db\.properties|SecurelyAccess/i.test(template)
      ? `glide.db.name = instance_1<br/>glide.db.rdbms = mysql<br/>glide.db.url = jdbc:mysql://127.0.0.1:3306/<br/>glide.db.user = instance<br/>glide.db.password = ${password(visit)}`
      : jellyOutput(visit, template);
    return html(
      `<!DOCTYPE html><html><head><title></title></head><body><div class="outputmsg_div"><div id="output_messages" class="outputmsg_container"><div class="outputmsg outputmsg_error notification notification-error"><div class="outputmsg_text">${printed}</div></div></div></div></body></html>`,
    );
  },
};

const nakivo: Lure = {
  product: 'nakivo',
  summary: 'NAKIVO Backup: the picture of a tenant is read from any path, octet by octet',
  signatures: ['veeam-nakivo-backup-logo'],
  answer: (visit) => {
    const { body } = visit.request.request;
    const path = (/"data"\s{0,8}:\s{0,8}\[\s{0,8}"([^"]{1,512})"/.exec(body)?.[1] ?? '').replaceAll(
      '\\\\',
      '\\',
    );
    const file = visit.file(path) ?? visit.file(path.replaceAll('\\', '/'));
    const base = { action: 'STPreLoadManagement', method: 'getImageByPath', tid: 1, type: 'rpc' };
    return file === null
      ? json({ ...base, message: null, where: null, cause: null, data: null })
      : json({
          ...base,
          message: null,
          where: null,
          cause: null,
          data: [...Buffer.from(file.slice(0, 16_384), 'latin1')],
        });
  },
};

const micollab: Lure = {
  product: 'micollab',
  summary: 'Mitel MiCollab: ..; reaches the wizard behind the login, whose report may be any file',
  signatures: ['mitel-micollab-traversal'],
  answer: (visit) => {
    const named = /<reportName>([^<]{1,512})</i.exec(
      [...visit.request.parameters.values()].flat().join('\n').slice(0, 16_384),
    )?.[1];
    const path = named === undefined ? null : `/${named.replace(/^(?:\/?\.\.)+\//, '').replace(/^\/+/, '')}`;
    const file = path === null ? traversedFile(visit) : visit.file(path);
    return file === null
      ? html('<html><head><title>Reconcile Wizard</title></head><body></body></html>')
      : text(file);
  },
};

/** Text of an upload that is a page of JSP. */
const jspWithin = (body: string): { readonly name: string; readonly content: string } | null => {
  for (const part of formParts(body))
    if (part.file !== null && /\.jspx?$/i.test(part.file)) return { name: part.file, content: part.content };
  const page = pageWithin(body);
  return page === undefined ? null : { name: 'ReportGenerate.jsp', content: page };
};

const adSelfService: Lure = {
  product: 'manageengine',
  summary:
    'ManageEngine: a dot in the path opens the REST API, a certificate uploaded there is a JSP, and a tool is started beside it',
  remembers: 'the JSPs uploaded',
  signatures: ['manageengine-restapi-logoncustomization'],
  answer: (visit): Answer => {
    if (callsFile(visit)) return fileAnswer(visit) ?? html('', 404);
    const { request } = visit;
    const action = request.parameter('methodtocall') ?? '';
    if (/previewMobLogo/i.test(action))
      return html(
        '<script type="text/javascript">var d = new Date();window.parent.$("#mobLogo").attr("src","/temp/tempMobPreview.jpeg?"+d.getTime());window.parent.$("#tabLogo").attr("src","/temp/tempMobPreview.jpeg?"+d.getTime());</script>',
      );
    const page = jspWithin(request.request.body);
    const name = page?.name.replaceAll('\\', '/').split('/').at(-1) ?? '';
    if (page !== null && /^[\w.-]{1,64}$/.test(name)) {
      keepFile(visit, `/help/admin-guide/Reports/${name}`, page.content);
      keepFile(visit, `/help/admin-guide/${name}`, page.content);
    }
    return html('', 404);
  },
  follows: callsFile,
};

const samlServlet: Lure = {
  product: 'manageengine',
  summary: 'ManageEngine: the transform in a SAML answer runs what it names, and the login then fails',
  signatures: ['manageengine-saml-xslt'],
  answer: (visit) => {
    const command = nestedCommand(visit.request.parameter('samlresponse') ?? '');
    if (command !== '') visit.run(command);
    return html(
      '<html><head><title>Error</title></head><body><h1>Unknown error occurred while processing your request</h1></body></html>',
      500,
    );
  },
};

const aria: Lure = {
  product: 'vrealize',
  summary:
    'VMware Aria Operations for Networks: a dot in the path passes the rule of the proxy, and a support bundle’s name goes to a shell',
  signatures: ['vmware-aria-operations-saas'],
  answer: (visit) => {
    if (visit.command !== '') visit.run(visit.command);
    return {
      status: 200,
      headers: [['Content-Type', 'application/x-thrift']],
      body: '[1,"createSupportBundle",2,0,{"0":{"rec":{"1":{"i32":0}}}}]',
    };
  },
};

const smartLicensing: Lure = {
  product: 'cisco-cslu',
  summary: 'Cisco Smart Licensing Utility: an account of its own with a known password',
  signatures: ['cisco-smart-license-credentials'],
  answer: (visit) =>
    json({
      jobs: [
        {
          id: visit.token('cslu job', 32),
          name: 'usage-report-upload',
          state: 'SCHEDULED',
          nextRun: new Date(visit.now() + 3_600_000).toISOString(),
        },
      ],
      credentials: { user: 'cslu', password: password(visit) },
    }),
};

const concerto: Lure = {
  product: 'versa-concerto',
  summary:
    'Versa Concerto: a header that is dropped on the way opens the actuators, with the environment in them',
  signatures: ['versa-concerto-encoded-slash'],
  answer: (visit) => {
    const { path } = visit.request;
    const type = 'application/vnd.spring-boot.actuator.v3+json';
    const value = path.endsWith('/env')
      ? {
          activeProfiles: ['production'],
          propertySources: [
            {
              name: 'systemEnvironment',
              properties: {
                DB_USERNAME: { value: 'concerto' },
                DB_PASSWORD: { value: password(visit) },
              },
            },
          ],
        }
      : path.endsWith('/health')
        ? { status: 'UP' }
        : {
            _links: Object.fromEntries(
              ['self', 'health', 'env', 'heapdump', 'threaddump', 'mappings'].map((name) => [
                name,
                {
                  href: `https://${visit.persona.hostname}/portalapi/actuator${name === 'self' ? '' : `/${name}`}`,
                  templated: false,
                },
              ]),
            ),
          };
    return { status: 200, headers: [['Content-Type', type]], body: JSON.stringify(value) };
  },
};

const array: Lure = {
  product: 'array-ag',
  summary: 'Array AG: flags in a header read any file, and reach the server’s own pages',
  signatures: ['array-networks-flags-header'],
  answer: (visit) => {
    const header =
      visit.request.request.headers.find((entry) => entry[0].toLowerCase() === 'x_an_fileshare')?.[1] ?? '';
    const path = /fshare_template=(?:\.{0,2}\/)*([\w./-]{1,256})/.exec(header)?.[1];
    const file = path === undefined ? null : visit.file(`/${path}`);
    return text(file ?? '');
  },
};

const identityManager: Lure = {
  product: 'oracle-oim',
  summary:
    'Oracle Identity Manager: a path that ends as a description of services needs no login; Groovy is compiled to see whether it does, and annotations run',
  signatures: ['oracle-identity-manager-groovy'],
  answer: (visit) => {
    if (visit.command !== '') visit.run(visit.command);
    return visit.request.path.includes('groovyscriptstatus')
      ? text('Script Compilation Successful.')
      : json({ count: 0, applications: [] });
  },
};

const bundle: Lure = {
  product: 'oracle-ebs',
  summary:
    'Oracle E-Business Suite: a spreadsheet’s upload unpacks an archive, and a script in it takes commands by a header',
  remembers: 'that a script was uploaded',
  signatures: ['oracle-ebs-bne-upload'],
  answer: (visit) => {
    const { request, memory } = visit;
    if (visit.matched.has('oracle-ebs-bne-upload')) {
      if (/\bbegin 6\d\d /i.test(request.request.body)) memory.set('oracle-ebs script', 'there');
      return {
        status: 200,
        headers: [['Content-Type', 'text/xml']],
        body: '<?xml version="1.0" encoding="UTF-8"?><bne:messages xmlns:bne="http://xmlns.oracle.com/apps/bne"><bne:message bne:type="ERROR" bne:text="Cannot be logged in as GUEST." bne:cause="" bne:action=""></bne:message></bne:messages>',
      };
    }
    const command =
      request.request.headers.find((entry) => /^(?:cmd|command)$/i.test(entry[0]))?.[1] ??
      request.parameter('cmd') ??
      '';
    return text(visit.run(command));
  },
  follows: ({ request, memory }) => request.path === '/oa_cgi/fndwrr.exe' && memory.has('oracle-ebs script'),
};

export const helpDesks: readonly Lure[] = [
  webHelpDesk,
  whatsup,
  servicenow,
  nakivo,
  micollab,
  adSelfService,
  samlServlet,
  aria,
  smartLicensing,
  concerto,
  array,
  identityManager,
  bundle,
];
