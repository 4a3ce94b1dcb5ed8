/** Consoles and panels that hand a field of the request to a shell, or a file to a folder that is served. */

import { basicCredentials } from '../created-account.ts';
import type { Answer, Lure } from '../lure.ts';
import { callsFile, fileAnswer, keepFile, runOnce, shellCommand } from '../uploaded-file.ts';
import { html, json, text, traversedFile } from './answers.ts';

const ise: Lure = {
  product: 'cisco-ise',
  summary: 'Cisco ISE: the name of a tunnel, in a serialised list, goes into a command line',
  signatures: ['cisco-ise-enablestrongswan'],
  answer: (visit) => {
    // `x;curl${IFS}http://…`: what stands after the separator, its blanks put back.
    const named = /t\0[\0-\xff]([ -~]{2,2048})t\0/.exec(visit.request.request.body)?.[1] ?? visit.command;
    runOnce(visit, named.replaceAll('${IFS}', ' ').replace(/^[^;|&`$]{0,64}[;|&]{1,2}/, ''));
    return json({});
  },
};

const csa: Lure = {
  product: 'ivanti-csa',
  summary:
    'Ivanti CSA: an encoded question mark passes the login of /gsb, and the time zone there goes to a shell',
  signatures: ['ivanti-csa-traversal', 'ivanti-csa-datetime-command'],
  answer: (visit) => {
    if (visit.matched.has('ivanti-csa-datetime-command')) {
      runOnce(visit, visit.command);
      return html(
        '<html><head><title>Ivanti Cloud Services Appliance</title></head><body><h1>Date and Time</h1><p>Changes saved.</p></body></html>',
      );
    }
    return html(
      `<!DOCTYPE html>\n<html><head><title>Ivanti Cloud Services Appliance</title></head><body><h1>Users</h1><form method="post"><input type="hidden" name="LDCSA_CSRF" value="${visit.token('csa form', 40)}"><table><tr><th>User name</th><th>Set Password</th></tr><tr><td>admin</td><td><a href="users.php?user=admin">Set Password</a></td></tr></table></form></body></html>`,
    );
  },
};

const kemp: Lure = {
  product: 'kemp',
  summary: 'Kemp LoadMaster: the user name of the API is put into a command line before it is checked',
  signatures: ['kemp-loadmaster-basic'],
  answer: (visit) => {
    const name = basicCredentials(visit)?.[0] ?? '';
    const command = name.replace(/^[^;]{0,8};/, '').replace(/;[^;]{0,8}$/, '');
    return html(
      `${runOnce(visit, command)}HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm="LoadMaster"\r\n\r\n`,
    );
  },
};

const aviatrix: Lure = {
  product: 'aviatrix',
  summary: 'Aviatrix Controller: the type of a cloud goes into a command line',
  signatures: ['aviatrix-flightpath-command'],
  answer: (visit) => {
    runOnce(visit, visit.command);
    return json({ return: false, reason: '[AVXERR-CLOUD-0001] Invalid cloud type.' });
  },
};

const oneView: Lure = {
  product: 'hpe-oneview',
  summary: 'HPE OneView: executeCommand runs what it is told',
  signatures: ['hpe-oneview-execute-command'],
  answer: (visit) => {
    const command =
      /"cmd"\s{0,8}:\s{0,8}"((?:[^"\\]|\\.){1,2048})"/.exec(visit.request.request.body)?.[1] ?? '';
    runOnce(visit, command.replaceAll('\\"', '"'));
    return json({ type: 'ExecutableCommand', cmd: command, result: '0', uri: null, eTag: null });
  },
};

const cwp: Lure = {
  product: 'cwp',
  summary: 'Control Web Panel: the login and the permissions of a file go to a shell',
  signatures: ['centos-web-panel-login'],
  pages: {
    '/login/index.php': () =>
      html(
        '<!DOCTYPE html>\n<html>\n<head>\n<title>Login | Control WebPanel</title>\n<link href="/cwp/design/css/cwp.css" rel="stylesheet">\n</head>\n<body><form method="post"><input name="username"><input type="password" name="password"></form></body>\n</html>\n',
      ),
  },
  answer: (visit) => {
    const total = visit.request.parameter('t_total');
    const printed = runOnce(
      visit,
      total === null ? visit.command : total.slice(0, 2_048),
      '/usr/local/cwpsrv/htdocs',
    );
    return total === null
      ? html('<script>location="index.php?login=failed"</script>')
      : text(printed === '' ? '' : '1');
  },
};

const magicinfo: Lure = {
  product: 'magicinfo',
  summary: 'Samsung MagicINFO: the name of an update walks to where pages are served',
  remembers: 'the pages uploaded',
  signatures: ['magicinfo-upload'],
  answer: (visit) => {
    if (callsFile(visit)) return fileAnswer(visit);
    const name = (visit.request.parameter('filename') ?? '').replaceAll('\\', '/').split('/').at(-1) ?? '';
    keepFile(visit, `/MagicInfo/${name}`, visit.request.request.body);
    return text('');
  },
  follows: callsFile,
};

const shareFile: Lure = {
  product: 'citrix-sharefile',
  summary: 'Citrix ShareFile: an upload whose padding decrypts is kept where its id leads',
  remembers: 'the pages uploaded',
  signatures: ['citrix-sharefile-upload'],
  answer: (visit) => {
    if (callsFile(visit)) return fileAnswer(visit);
    const folder = (visit.request.parameter('uploadid') ?? '').replaceAll('\\', '/').split('/').at(-1) ?? '';
    const name = visit.request.parameter('filename') ?? '';
    // The padding is that of AES: one in 256 is right, whichever octet is varied.
    const parent = Buffer.from(visit.request.parameter('parentid') ?? '', 'base64');
    const sum = parent.reduce((total, octet) => (total + octet) & 255, 0);
    if (parent.length % 16 !== 0 || sum !== Number.parseInt(visit.token('sharefile padding', 2), 16))
      return html('ERROR: Padding is invalid and cannot be removed.');
    keepFile(visit, `/${folder}/${name}`, visit.request.request.body);
    return html('ERROR: The method or operation is not implemented.');
  },
  follows: callsFile,
};

const commvault: Lure = {
  product: 'commvault',
  summary:
    'Commvault: a package is fetched from whichever server is named, and unpacked where its version leads',
  remembers: 'the folder in which the package would lie',
  signatures: ['commvault-deploy-webpackage'],
  answer: (visit) => {
    const { request, memory } = visit;
    const folder = memory.get('commvault folder');
    if (folder !== undefined && request.path.startsWith(folder))
      return html(runOnce(visit, shellCommand(visit)));
    const pack = (request.parameter('servicepack') ?? '').replaceAll('\\', '/');
    const below = /reports\/metricsupload\/([\w./-]{1,200})$/i.exec(pack)?.[1];
    if (below !== undefined)
      memory.set('commvault folder', `/reports/metricsupload/${below.replace(/\.zip$/i, '').toLowerCase()}/`);
    return json({ errorCode: 0, errorMessage: '' });
  },
  follows: ({ request, memory }) => {
    const folder = memory.get('commvault folder');
    return folder !== undefined && request.path.startsWith(folder) && request.path.endsWith('.jsp');
  },
};

const minio: Lure = {
  product: 'minio',
  summary: 'MinIO: a node of a cluster tells another its whole environment, whoever asks',
  signatures: ['minio-bootstrap-verify'],
  answer: (visit) => ({
    status: 200,
    headers: [['Content-Type', 'text/plain; charset=utf-8']],
    body: JSON.stringify({
      MinioEndpoints: [
        {
          Legacy: false,
          SetCount: 1,
          DrivesPerSet: 4,
          Endpoints: [],
          CmdLine: 'http://minio{1...4}:9000/data',
        },
      ],
      MinioEnv: {
        MINIO_ROOT_USER: 'minio',
        MINIO_ROOT_PASSWORD: visit.token('minio password', 20),
        MINIO_BROWSER: 'on',
        MINIO_UPDATE_MINISIGN_PUBKEY: 'RWTx5Zr1tiHQLwG9keckT0c45M3AGeHD6IvimQHpyRywVWGbP1aVSGav',
      },
    }),
  }),
};

const files = (product: string, summary: string, signature: string): Lure => ({
  product,
  summary,
  signatures: [signature],
  answer: (visit): Answer | null => {
    const content = traversedFile(visit);
    return content === null
      ? null
      : { status: 200, headers: [['Content-Type', 'application/octet-stream']], body: content };
  },
});

const servU: Lure = files(
  'serv-u',
  'SolarWinds Serv-U: the folder of internal files walks to any file',
  'solarwinds-serv-u-traversal',
);
const simpleHelp: Lure = files(
  'simplehelp',
  'SimpleHelp: the toolbox walks to any file',
  'simplehelp-toolbox-traversal',
);

const joomla: Lure = {
  product: 'joomla',
  summary: 'Joomla: a parameter makes the configuration public, with the password of its database',
  signatures: ['joomla-api-config'],
  answer: (visit) => {
    const attribute = (id: number, value: Readonly<Record<string, unknown>>): unknown => ({
      type: 'application',
      id: String(id),
      attributes: { ...value, id },
    });
    const base = `http://${visit.persona.hostname}/api/index.php/v1/config/application?public=true`;
    return {
      ...json({
        links: { self: base },
        data: [
          attribute(224, { dbtype: 'mysqli' }),
          attribute(224, { host: 'localhost' }),
          attribute(224, { user: 'joomla' }),
          attribute(224, { password: visit.token('joomla database password', 16) }),
          attribute(224, { db: 'joomla' }),
          attribute(224, { dbprefix: `${visit.token('joomla prefix', 5)}_` }),
        ],
        meta: { 'total-pages': 4 },
      }),
      headers: [
        ['Content-Type', 'application/vnd.api+json; charset=utf-8'],
        ['X-Powered-By', 'JoomlaAPI/1.0'],
      ],
    };
  },
};

export const managementConsoles: readonly Lure[] = [
  ise,
  csa,
  kemp,
  aviatrix,
  oneView,
  cwp,
  magicinfo,
  shareFile,
  commvault,
  minio,
  servU,
  simpleHelp,
  joomla,
];
