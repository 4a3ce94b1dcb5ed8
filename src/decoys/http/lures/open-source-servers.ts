/** Free server software: dashboards, clouds, gateways, forums, data platforms. */

import { percentDecode } from '../../../signatures/normal-text.ts';
import { plantedAwsKey, plantedPassword } from '../../../wire/planted-credential.ts';
import type { Answer, Lure, Visit } from '../lure.ts';
import { luaCommand } from '../nested-payload.ts';
import { phpOutput } from '../php-evaluation.ts';
import { html, json, text, traversedFile, xml } from './answers.ts';

const password = ({ persona, source }: Visit): string => plantedPassword(persona, 'a web file', source);

const grafana: Lure = {
  product: 'grafana',
  summary: 'Grafana: the folder of a plugin walks to any file, its own settings among them',
  signatures: ['grafana-plugin-traversal'],
  answer: (visit) => {
    const path = visit.request.lexicalPath.toLowerCase();
    if (path.endsWith('/grafana.ini') || path.endsWith('/defaults.ini'))
      return text(
        `app_mode = production\n\n[database]\ntype = mysql\nhost = 127.0.0.1:3306\nname = grafana\nuser = grafana\npassword = ${password(visit)}\n\n[security]\nadmin_user = admin\nadmin_password = ${password(visit)}\nsecret_key = ${visit.token('grafana secret', 20)}\n`,
      );
    const file = traversedFile(visit);
    return file === null ? json({ message: 'Plugin file not found' }, 404) : text(file);
  },
};

const geojson: Lure = {
  product: 'metabase',
  summary: 'Metabase: a map is loaded from any address, those of files included',
  signatures: ['metabase-geojson-file'],
  answer: (visit) => {
    const file = traversedFile(visit);
    return file === null
      ? json('Connection refused', 400)
      : { status: 200, headers: [['Content-Type', 'application/json']], body: file };
  },
};

const owncloud: Lure = {
  product: 'owncloud',
  summary: 'ownCloud: a page of a library’s tests shows the environment with the administrator’s password',
  signatures: ['owncloud-graphapi-phpinfo'],
  answer: (visit) => {
    const key = plantedAwsKey(visit.persona, 'a web file', visit.source);
    const rows = [
      ['OWNCLOUD_DOMAIN', visit.persona.hostname],
      ['OWNCLOUD_ADMIN_USERNAME', 'admin'],
      ['OWNCLOUD_ADMIN_PASSWORD', password(visit)],
      ['OWNCLOUD_DB_TYPE', 'mysql'],
      ['OWNCLOUD_DB_USERNAME', 'owncloud'],
      ['OWNCLOUD_DB_PASSWORD', password(visit)],
      ['OWNCLOUD_OBJECTSTORE_KEY', key.accessKeyId],
      ['OWNCLOUD_OBJECTSTORE_SECRET', key.secretAccessKey],
    ] as const;
    const shown = rows
      .map(([name, value]) => `<tr><td class="e">${name} </td><td class="v">${value} </td></tr>\n`)
      .join('');
    return html(
      `<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "DTD/xhtml1-transitional.dtd">\n<html xmlns="http://www.w3.org/1999/xhtml"><head><title>PHP 7.4.33 - phpinfo()</title></head>\n<body><div class="center">\n<table>\n<tr class="h"><td><h1 class="p">PHP Version 7.4.33</h1></td></tr>\n</table>\n<h2>Environment</h2>\n<table>\n<tr class="h"><th>Variable</th><th>Value</th></tr>\n${shown}</table>\n</div></body></html>`,
    );
  },
};

const cacti: Lure = {
  product: 'cacti',
  summary: 'Cacti: the poller’s number goes to a shell, for whoever says that it is the server itself',
  signatures: ['cacti-remote-agent'],
  answer: (visit) => {
    const forwarded = visit.request.request.headers.some(
      ([name, value]) =>
        /^(?:x-forwarded|x-forwarded-for|x-client-ip|x-real-ip|client-ip|http_client_ip|x-cluster-client-ip|forwarded-for|forwarded)$/i.test(
          name,
        ) && /127\.0\.0\.1|localhost|::1/i.test(value),
    );
    if (!forwarded) return html('FATAL: You are not authorized to use this service');
    if (visit.command !== '') visit.run(visit.command);
    return html(
      JSON.stringify([
        { value: '0', rrd_name: 'proc', local_data_id: visit.request.parameter('local_data_ids[0]') ?? '1' },
      ]),
    );
  },
};

const htmlawed: Lure = {
  product: 'glpi',
  summary: 'GLPI: the demonstration of a filter for HTML calls the function that the form names',
  signatures: ['glpi-htmlawed'],
  answer: (visit) => {
    const { request } = visit;
    const hook = (request.parameter('hhook') ?? '').toLowerCase();
    const called = hook === 'array_map' ? (request.parameter('hexec') ?? '').toLowerCase() : hook;
    const command = request.parameter('text') ?? '';
    const isShell = ['exec', 'system', 'passthru', 'shell_exec', 'popen', 'proc_open'].includes(called);
    const printed = isShell ? visit.run(command) : '';
    const escaped = printed.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
    const lines = escaped
      .split('\n')
      .slice(0, -1)
      .map((line, index) => `    [${index}] =&gt; ${line}\n`)
      .join('');
    return html(
      `<!DOCTYPE html>\n<html lang="en">\n<head>\n<title>htmLawed (1.2.6) test</title>\n</head>\n<body>\n<div id="topmost">${called === 'system' || called === 'passthru' ? printed : ''}</div>\n<pre>Array\n(\n${lines})\n</pre>\n</body>\n</html>\n`,
    );
  },
};

const spark: Lure = {
  product: 'spark',
  summary: 'Apache Spark: the groups of the user in doAs are asked of a shell',
  signatures: ['spark-doas-command'],
  answer: (visit) => {
    if (visit.command !== '') visit.run(visit.command);
    return html(
      '<html>\n<head>\n<meta http-equiv="Content-Type" content="text/html;charset=utf-8"/>\n<title>Error 403 User root is not authorized to access this page.</title>\n</head>\n<body><h2>HTTP ERROR 403</h2>\n<p>Reason:\n<pre>    User root is not authorized to access this page.</pre></p>\n</body>\n</html>\n',
      403,
    );
  },
};

const hugegraph: Lure = {
  product: 'hugegraph',
  summary: 'Apache HugeGraph: a Gremlin query is Java that reflection sets free',
  signatures: ['hugegraph-gremlin'],
  answer: (visit) =>
    json({
      requestId: visit
        .token(`hugegraph ${visit.now()}`, 32)
        .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
      status: { message: '', code: 200, attributes: {} },
      result: { data: visit.command === '' ? [] : [visit.run(visit.command)], meta: {} },
    }),
};

const routeLimit = 8;

const apisix: Lure = {
  product: 'apisix',
  summary:
    'Apache APISIX: a batch says that its requests come from the server itself; the route that it makes runs Lua',
  remembers: 'the routes made, with the command of their Lua',
  signatures: ['apisix-batch-requests'],
  answer: (visit): Answer => {
    const { request, memory } = visit;
    if (!visit.matched.has('apisix-batch-requests')) {
      const printed = visit.run(memory.get(`apisix route ${request.path}`) ?? '');
      return printed === '' ? json({ error_msg: '404 Route Not Found' }, 404) : text(printed);
    }
    const body = request.request.body.replaceAll('\\\\', '\\').replaceAll('\\"', '"').replaceAll("\\'", "'");
    const uri = /"uri"\s{0,8}:\s{0,8}"(\/[\w./*-]{1,256})"/.exec(body)?.[1];
    const command = luaCommand(body);
    const routes = [...memory.keys()].filter((key) => key.startsWith('apisix route ')).length;
    if (uri !== undefined && command !== '' && routes < routeLimit)
      memory.set(`apisix route ${uri.toLowerCase()}`, command);
    return json([
      {
        status: 201,
        reason: 'Created',
        headers: { 'Content-Type': 'application/json', Server: 'APISIX/2.12.0' },
        body: JSON.stringify({
          action: 'set',
          node: { key: '/apisix/routes/index', value: { uri: uri ?? '/', status: 1 } },
        }),
      },
    ]);
  },
  follows: ({ request, memory }) => memory.has(`apisix route ${request.path}`),
};

/** The macros of a page of HFS: line ends, and what commands printed by the names that they were given. */
function hfsPage(visit: Visit, template: string): string {
  const printed = new Map<string, string>();
  return template.replaceAll(
    /\{\.([^{}]{1,1024}(?:\{\.\?cmd\.\}[^{}]{0,256})?)\.\}/g,
    (_macro, inner: string) => {
      if (inner === '?n') return '\n';
      if (inner.startsWith('?')) return printed.get(inner.slice(1)) ?? '';
      const [name, command = ''] = inner.split('|');
      if (name !== 'exec') return '';
      const given = command === '{.?cmd.}' ? (visit.request.parameter('cmd') ?? '') : command;
      const output = visit.run(given);
      const into = /\bout=(\w{1,32})/.exec(inner)?.[1];
      if (into !== undefined) printed.set(into, output);
      return '';
    },
  );
}

const hfs: Lure = {
  product: 'rejetto-hfs',
  summary: 'Rejetto HFS: what is searched for is put into the page’s template, whose macros run commands',
  signatures: ['rejetto-hfs-template'],
  answer: (visit) => {
    const search = visit.request.parameter('search') ?? '';
    return html(
      `<!DOCTYPE html>\n<html>\n<head>\n<title>HFS /</title>\n</head>\n<body>\n<div id='wrapper'>No match for ${hfsPage(visit, search.slice(0, 4_096))}</div>\n</body>\n</html>\n`,
    );
  },
};

const faspex: Lure = {
  product: 'aspera-faspex',
  summary: 'Aspera Faspex: the addresses of a relayed package are YAML, which builds Ruby objects',
  signatures: ['aspera-faspex-yaml'],
  answer: (visit) => {
    const command =
      visit.command === ''
        ? (/git_set:\s{0,8}["']?([^"'\\\r\n]{1,1024})/.exec(visit.request.request.body)?.[1] ?? '')
        : visit.command;
    visit.run(command);
    return html(
      "<!DOCTYPE html>\n<html>\n<head>\n  <title>We're sorry, but something went wrong (500)</title>\n</head>\n<body>\n  <h1>We're sorry, but something went wrong.</h1>\n</body>\n</html>\n",
      500,
    );
  },
};

const flowise: Lure = {
  product: 'flowise',
  summary: 'Flowise: the configuration of an MCP server is JavaScript, and lists no actions',
  signatures: ['flowise-customemcp'],
  answer: (visit) => {
    if (visit.command !== '') visit.run(visit.command);
    return visit.request.path.endsWith('/custommcp')
      ? json([
          {
            label: 'No Available Actions',
            name: 'error',
            description: 'No available actions, please check your API key and refresh',
          },
        ])
      : json([{ id: visit.token('flowise key', 32), keyName: 'DefaultKey', apiKey: password(visit) }]);
  },
};

const vbulletin: Lure = {
  product: 'vbulletin',
  summary:
    'vBulletin: protected methods of the API can be called; the template that one keeps is PHP when it is shown',
  remembers: 'the templates kept',
  signatures: ['vbulletin-protected-method'],
  answer: (visit): Answer => {
    const { request, memory } = visit;
    const route = (request.parameter('routestring') ?? request.path).toLowerCase();
    const location = /[\w-]{1,64}/.exec(request.parameter('location') ?? '')?.[0];
    if (/\/ad\/replaceadtemplate/.test(route) && location !== undefined) {
      memory.set(
        `vbulletin ad_${location.toLowerCase()}`,
        (request.parameter('template') ?? '').slice(0, 4_096),
      );
      return json(true);
    }
    const template = memory.get(`vbulletin ${renderedBy(visit) ?? ''}`);
    if (template === undefined) return json({ errors: [['unexpected_error', 'Call to protected method']] });
    const input = /\$_(?:POST|GET|REQUEST)\[\\?["']?(\w{1,32})/i.exec(template)?.[1];
    const fixed = /(?:system|passthru|shell_exec|exec)["']?\s{0,4}\(\s{0,4}["']([^"']{1,1024})["']/i.exec(
      template,
    )?.[1];
    const printed =
      input === undefined
        ? fixed === undefined
          ? phpOutput(`<?php ${template.replaceAll(/<[^>]{0,1024}>/g, '')}`, (text) => visit.run(text))
          : visit.run(fixed)
        : visit.run(request.parameter(input.toLowerCase()) ?? '');
    return json({ template: printed, css_links: [] });
  },
  follows: (visit) => {
    const name = renderedBy(visit);
    return name !== null && visit.memory.has(`vbulletin ${name}`);
  },
};

/** The template that a request shows: `ajax/render/ad_x`. */
const renderedBy = ({ request }: Visit): string | null =>
  /ajax\/render\/([\w-]{1,70})/.exec((request.parameter('routestring') ?? request.path).toLowerCase())?.[1] ??
  null;

const bricks: Lure = {
  product: 'wordpress',
  summary: 'WordPress: the Bricks theme shows its nonce to everybody, and with it evaluates PHP',
  signatures: ['wordpress-bricks-render'],
  answer: (visit) => {
    const { body } = visit.request.request;
    const code =
      /"code"\s{0,8}:\s{0,8}"((?:[^"\\]|\\.){1,4096})"/.exec(body)?.[1]?.replaceAll(/\\(["'\\/])/g, '$1') ??
      '';
    const thrown = /throw\s{1,8}new\s{1,8}Exception\(\s{0,8}`([^`]{1,1024})`/i.exec(code)?.[1];
    const printed =
      thrown === undefined ? phpOutput(code, (text) => visit.run(text)) : `Exception: ${visit.run(thrown)}`;
    return json({ data: { html: `<div id="brxe-code" class="brxe-code">${printed}</div>` } });
  },
};

const wmsEntities: Lure = {
  product: 'geoserver',
  summary: 'GeoServer: an entity in a map’s request names a file, and the error repeats it',
  signatures: ['geoserver-xxe-wfs'],
  answer: (visit) => {
    const { body } = visit.request.request;
    const path = /<!ENTITY\s[^>]{0,64}SYSTEM\s{1,8}["'](?:file:\/{0,3})?\/?([\w./-]{1,256})["']/i.exec(
      body,
    )?.[1];
    const file = path === undefined ? null : visit.file(`/${path}`);
    return xml(
      `<?xml version="1.0" encoding="UTF-8" standalone="no"?><!DOCTYPE ServiceExceptionReport SYSTEM "http://${visit.persona.hostname}/geoserver/schemas/wms/1.1.1/WMS_exception_1_1_1.dtd"> <ServiceExceptionReport version="1.1.1" >   <ServiceException code="LayerNotDefined" locator="MapPreProcessor">\nUnknown layer: ${(file ?? '').replaceAll('&', '&amp;').replaceAll('<', '&lt;')}\n</ServiceException></ServiceExceptionReport>`,
    );
  },
};

const rewrite: Lure = {
  product: 'apache-httpd',
  summary:
    'Apache: an encoded question mark cuts off what a rewrite rule adds, and the path is the file system’s',
  signatures: ['apache-rewrite-question-mark'],
  answer: (visit) => {
    const path = percentDecode((visit.request.rawPath.split(/%3f/i, 1)[0] ?? '').slice(0, 512));
    const file = visit.file(path);
    return file === null ? null : { status: 200, headers: [['Content-Type', 'text/css']], body: file };
  },
};

export const openSourceServers: readonly Lure[] = [
  grafana,
  geojson,
  owncloud,
  cacti,
  htmlawed,
  spark,
  hugegraph,
  apisix,
  hfs,
  faspex,
  flowise,
  vbulletin,
  bricks,
  wmsEntities,
  rewrite,
];
