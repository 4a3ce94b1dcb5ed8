/** JetBrains TeamCity 2023.05.3, which both ways past the login reach: a token or an administrator, then a plugin or a process. */

import { archiveEntries } from '../../../wire/archive-entries.ts';
import { basicCredentials, bearerToken, createAccount, knowsAccount } from '../created-account.ts';
import { formParts } from '../form-parts.ts';
import type { Answer, Lure, Visit } from '../lure.ts';
import { callsFile, fileAnswer, keepFile, runOnce } from '../uploaded-file.ts';
import { html, json, text } from './answers.ts';

const product = 'teamcity';
const declaration = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';

const xml = (body: string): Answer => ({
  status: 200,
  headers: [
    ['TeamCity-Node-Id', 'MAIN_SERVER'],
    ['Content-Type', 'application/xml;charset=ISO-8859-1'],
  ],
  body: `${declaration}${body}`,
});

const escaped = (value: string): string =>
  value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

/** As TeamCity writes times: `20230921T101112+0000`. */
const stamp = (now: number): string =>
  new Date(now)
    .toISOString()
    .replace(/\.\d{3}Z$/, '+0000')
    .replaceAll(/[-:]/g, '');

/** The path that the request reaches once its disguise is off: the `jsp` parameter of CVE-2024-27198 is forwarded to. */
function reached({ request }: Visit): string {
  const jsp = request.parameter('jsp');
  return (jsp === null ? request.rawPath : jsp).replace(/;\.jsp.*$/i, '').slice(0, 1_024);
}

function token(visit: Visit, name: string): Answer {
  const bytes = Buffer.from(visit.token(`teamcity token ${name} for ${visit.source}`, 126), 'hex');
  const value = `eyJ0eXAiOiAiVENWMiJ9.${bytes.subarray(0, 27).toString('base64url')}.${bytes.subarray(27).toString('base64url')}`;
  visit.memory.set(`teamcity token ${name}`, value);
  return xml(`<token name="${escaped(name)}" creationTime="${stamp(visit.now())}" value="${value}"/>`);
}

const isToken = ({ memory }: Visit, value: string): boolean =>
  value !== '' && [...memory].some(([key, known]) => key.startsWith('teamcity token ') && known === value);

/** An administrator by a token or an account that this visitor made. */
function isAdministrator(visit: Visit): boolean {
  const basic = basicCredentials(visit);
  return (
    isToken(visit, bearerToken(visit)) ||
    (basic !== null && (knowsAccount(visit, product, ...basic) || isToken(visit, basic[1])))
  );
}

function field(body: string, name: string): string {
  const found = new RegExp(`["' <]${name}["']?\\s{0,4}[:=]\\s{0,4}["']([^"']{1,128})["']`, 'i').exec(body);
  return found?.[1] ?? '';
}

function user(visit: Visit): Answer {
  const { body } = visit.request.request;
  const name = field(body, 'username');
  if (name === '') return text('Error has occurred during request processing (Bad Request).\n', 400);
  createAccount(visit, product, name, field(body, 'password'));
  const id = 11 + [...visit.memory.keys()].filter((key) => key.startsWith(`account ${product}`)).length;
  const about = `username="${escaped(name)}" id="${id}" email="${escaped(field(body, 'email'))}" href="/app/rest/users/id:${id}"`;
  return xml(
    `<user ${about}><properties count="0" href="/app/rest/users/id:${id}/properties"/><roles><role roleId="SYSTEM_ADMIN" scope="g" href="/app/rest/users/id:${id}/roles/SYSTEM_ADMIN/g"/></roles></user>`,
  );
}

/** A plugin is an archive of archives; its JSPs stand below /plugins/NAME/. */
function plugin(visit: Visit): Answer {
  for (const part of formParts(visit.request.request.body)) {
    if (part.file === null) continue;
    const name = (/([\w.-]{1,64})\.zip$/i.exec(part.file)?.[1] ?? 'plugin').toLowerCase();
    visit.memory.set('teamcity plugin', name);
    for (const entry of archiveEntries(part.content)) {
      for (const inner of [entry, ...archiveEntries(entry.content)]) {
        const file = /(?:^|\/)buildServerResources\/([\w./-]{1,200})$/.exec(inner.name)?.[1];
        if (file !== undefined) keepFile(visit, `/plugins/${name}/${file}`, inner.content);
      }
    }
  }
  return html('<script type="text/javascript">BS.PluginUpload.closeDialog();\nBS.reload();</script>');
}

function administration(visit: Visit, path: string): Answer | null {
  if (/^\/admin\/pluginupload\.html/i.test(path)) return plugin(visit);
  const name = visit.memory.get('teamcity plugin');
  if (/^\/admin\/plugins\.html/i.test(path)) {
    return xml('<response>Plugin loaded successfully</response>');
  }
  if (/^\/admin\/datadir\.html/i.test(path)) {
    if (/rest\.debug\.processes\.enable\s{0,4}=\s{0,4}true/i.test(visit.request.anywhere))
      visit.memory.set('teamcity processes', 'enabled');
    return html('');
  }
  if (!/^\/admin\/admin\.html/i.test(path)) return null;
  const id = visit.token('teamcity plugin', 32).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  const listed =
    name === undefined
      ? ''
      : `<script type="text/javascript">BS.Plugins.registerPlugin('/plugins/${name}', '${name}', false, '${id}');</script>`;
  return html(
    `<!DOCTYPE html>\n<html><head><title>Administration &mdash; TeamCity</title></head><body>${listed}</body></html>\n`,
  );
}

function process(visit: Visit): Answer {
  if (!visit.memory.has('teamcity processes')) {
    return text(
      "Error has occurred during request processing (Bad Request).\nError: jetbrains.buildServer.server.rest.errors.BadRequestException: This server is not configured to allow process debug launch via 'rest.debug.processes.enable' internal property\n",
      400,
    );
  }
  const { parameters } = visit.request;
  const words = [...(parameters.get('exepath') ?? []), ...(parameters.get('params') ?? [])];
  // `cmd.exe /c X` and `/bin/sh -c X` hand over X.
  const command = words
    .join(' ')
    .replace(/^(?:\S{0,64}\/)?(?:ba)?sh -c /, '')
    .slice(0, 4_096);
  const output = runOnce(visit, command);
  return text(`StdOut:${output}\nStdErr: \nExit code: 0\nTime: ${12 + command.length}ms`);
}

const server = (): Answer =>
  xml(
    '<server version="2023.05.3 (build 129390)" versionMajor="2023" versionMinor="5" startTime="20230921T061803+0000" currentTime="20231010T101112+0000" buildNumber="129390" buildDate="20230823T000000+0000" internalId="" role="main_node" webUrl="http://localhost:8111"/>',
  );

function api(visit: Visit, path: string): Answer | null {
  const { method } = visit.request;
  const named = /\/tokens\/([^/?]{1,64})$/i.exec(path)?.[1];
  if (named !== undefined) {
    if (method === 'POST') return token(visit, named);
    visit.memory.delete(`teamcity token ${named}`);
    return { status: 204, body: '' };
  }
  if (/\/app\/rest\/users\/?$/i.test(path)) {
    if (method === 'POST') return user(visit);
    return xml(
      '<users count="1"><user username="admin" name="" id="1" href="/app/rest/users/id:1"/></users>',
    );
  }
  if (/\/app\/rest\/debug\/processes$/i.test(path)) return process(visit);
  if (/\/app\/rest\/server$/i.test(path)) return server();
  if (/\/app\/rest\/(?:users\/|projects)/i.test(path))
    return /\/projects/i.test(path)
      ? json({
          count: 1,
          project: [{ id: '_Root', name: '<Root project>', href: '/app/rest/projects/id:_Root' }],
        })
      : xml('<user username="admin" name="" id="1" href="/app/rest/users/id:1"/>');
  return administration(visit, path);
}

const refused: Answer = {
  status: 401,
  headers: [
    ['TeamCity-Node-Id', 'MAIN_SERVER'],
    ['WWW-Authenticate', 'Basic realm="TeamCity"'],
    ['Content-Type', 'text/plain;charset=UTF-8'],
  ],
  body: 'Authentication required\nTo login manually go to "/login.html" page',
};

export const teamcity: Lure = {
  product,
  summary:
    'TeamCity: the jsp parameter and RPC2 pass the login; tokens and users are made, plugins loaded, processes run',
  remembers:
    'tokens and administrators made, the plugin loaded with its JSPs, the property that allows processes',
  signatures: ['teamcity-jsp-parameter', 'teamcity-rpc2-token', 'teamcity-traversal-endpoints'],
  answer: (visit) => {
    if (callsFile(visit)) return fileAnswer(visit);
    const path = reached(visit).replace(/^\/httpauth/i, '');
    const passes =
      visit.matched.has('teamcity-jsp-parameter') ||
      /\/rpc2$/i.test(path) ||
      visit.matched.has('teamcity-traversal-endpoints');
    return passes || isAdministrator(visit) ? api(visit, path) : refused;
  },
  follows: (visit) =>
    callsFile(visit) ||
    (/^\/(?:httpauth\/)?(?:app\/rest|admin)\//.test(visit.request.path) &&
      (isAdministrator(visit) || visit.request.path.includes('/app/rest/'))),
};
