/** URLs within parameters: another's file to include (RFI), or an address that only the server can reach (SSRF). */

import { targets, type Field } from '../normalise-request.ts';
import { traits } from '../normalise-percent.ts';
import type { Analyser, Findings } from './analyser.ts';

const freely = targets.value | targets.name | targets.cookie | targets.path | targets.file;

const scheme =
  /(?:^|[\s=(,"'<>|;@])((?:[a-z][a-z0-9+.-]{1,15}:){0,2}[a-z][a-z0-9+.-]{1,15}):(?:\/{1,3}|\\\\)?([^\s"'<>]{0,300})/g;

/** Schemes with which an includer or a fetcher reaches more than web pages. */
const fetchSchemes = new Set(
  'gopher dict ldap ldaps tftp sftp ftp ftps imap imaps irc ircs pop3 pop3s smtp smtps smb rtsp rtmp telnet ssh ssh2 mongodb mysql redis jar netdoc svn svn+ssh git data ws wss rsync sip rmi iiop dns cvs nfs ni xmpp view-source xri feed magnet mms rtsps'.split(
    ' ',
  ),
);

/** What the clouds keep their machines' credentials at. */
const metadataHost =
  /^(?:169\.254\.169\.254|169\.254\.170\.2|metadata\.google\.internal|metadata\.goog|metadata|100\.100\.100\.200|192\.0\.0\.192|169\.254\.169\.253|instance-data|metadata\.azure\.internal|rancher-metadata|kubernetes\.default(?:\.svc)?|fd00:ec2::254)$/;
const localHost =
  /^(?:localhost[46]?|localhost\.localdomain|ip6-localhost|(?:[\w-]{1,40}\.)?(?:docker|kubernetes\.docker)\.internal|localdomain|(?:[\w.-]{1,60}\.)?(?:nip\.io|sslip\.io|xip\.io|localtest\.me|lvh\.me|vcap\.me|lacolhost\.com|spoofed\.burpcollaborator\.net)|kubernetes|host\.docker\.internal|gateway\.docker\.internal|(?:[\w-]{1,40}\.)?svc\.cluster\.local|broadcasthost|loopback)$/;
const outOfBandHost =
  /(?:^|\.)(?:oast\.(?:me|fun|live|pro|site|online|us)|interact\.sh|burpcollaborator\.net|oastify\.com|dnslog\.cn|ceye\.io|requestbin\.(?:net|com)|webhook\.site|canarytokens\.com|ngrok\.io|bxss\.me|r87\.(?:me|com)|dnslog\.\w{2,6}|xss\.ht|burpcollab\.net)$/;
const numberHost = /^(?:0x[0-9a-f]{1,16}|0[0-7]{6,22}|\d{7,20})$/;
const oddQuad =
  /^(?=.{0,80}(?:0x|(?:^|\.)0\d))(?:0x[0-9a-f]{1,16}|\d{1,12})(?:\.(?:0x[0-9a-f]{1,16}|\d{1,12})){1,3}$/;
const privateQuad =
  /^(?:127(?:\.\d{1,3}){1,3}|0(?:\.0){1,3}|0|10(?:\.\d{1,3}){3}|192\.168(?:\.\d{1,3}){2}|172\.(?:1[6-9]|2\d|3[01])(?:\.\d{1,3}){2}|169\.254(?:\.\d{1,3}){2}|127)$/;

function hostOf(rest: string): string {
  let authority = /^[^/?\\]{0,253}/.exec(rest)?.[0] ?? '';
  if (authority.includes('#') && !authority.includes('@'))
    authority = authority.slice(0, authority.indexOf('#'));
  const at = authority.lastIndexOf('@');
  if (at >= 0) authority = authority.slice(at + 1);
  if (authority.startsWith('[')) return authority.slice(0, authority.indexOf(']') + 1);
  const colon = authority.indexOf(':');
  return (colon < 0 ? authority : authority.slice(0, colon)).replace(/\.$/, '').trim();
}

/** Parameters that tell where a visitor came from or shall return to: browsers and sign-ins put any address there. */
const comeAndGo =
  /(?:ref(?:err?er)?|redirect(?:_?ur[il])?|redir|return(?:_?(?:to|url|uri))?|callback|continue|next|origin|dl|dr|location|back|from|goto|dest(?:ination)?|source_url|page_?url|landing|u|q|query|search|url_?referr?er|service|target_?url)$/;

/** Names of parameters that take a place to go to, not a page to say. */
const includeName =
  /(?:^|[[_.-])(?:file|page|path|include|inc|template|tpl|dir|root|base|config|conf|load|src|lang|module|mod|plugin|site|skin|theme|doc|document|show|content|view|folder|mosconfig\w{0,30}|_conf|abspath|absolute_path|pathtoroot|basepath|class_path|gallery_basedir|phpbb_root_path|x|url|uri)\]?$/;

function inspectUrls(field: Field, findings: Findings): void {
  const { folded, target } = field;
  let looked = 0;
  const name = field.name.toLowerCase();
  for (const match of folded.slice(0, 8192).matchAll(scheme)) {
    looked += 1;
    if (looked > 32) return;
    const protocol = match[1] ?? '';
    const rest = match[2] ?? '';
    const whole = match[0];
    const last = protocol.slice(protocol.lastIndexOf(':') + 1);
    const host = hostOf(rest);
    const web = last === 'http' || last === 'https';
    const slashed = whole.includes('//') || whole.includes('\\\\');
    if (!web && !fetchSchemes.has(last) && !fetchSchemes.has(protocol.split(':')[0] ?? '')) continue;
    if (metadataHost.test(host)) findings.add('ssrf-metadata', 'ssrf', 0.95, whole);
    else if (localHost.test(host) && target !== targets.path && !comeAndGo.test(name))
      findings.add('ssrf-local-name', 'ssrf', 0.7, whole);
    else if (numberHost.test(host) || oddQuad.test(host))
      findings.add('ssrf-number-host', 'ssrf', 0.85, whole);
    else if (privateQuad.test(host) && target !== targets.path && !comeAndGo.test(name))
      findings.add('ssrf-private-address', 'ssrf', 0.65, whole);
    else if (
      /^\[(?:[0:]{1,40}|[0-9a-f:]{0,40}:(?:ffff:)?[0-9a-f.:]{1,20}|[0-9a-f:.]{2,45})(?:%\w{1,10})?\]/.test(
        host,
      ) &&
      slashed
    ) {
      findings.add(/\.php|\.txt|\.js/.test(rest) ? 'rfi-address' : 'ssrf-ipv6-host', 'ssrf', 0.65, whole);
      findings.add('rfi-address', 'rfi', 0.6, whole);
    } else if (outOfBandHost.test(host)) findings.add('ssrf-out-of-band', 'ssrf', 0.8, whole);
    if (
      /^(?:gopher|dict|ldaps?|tftp|netdoc|jar|rmi|iiop|redis|mongodb)$/.test(last) ||
      protocol.startsWith('jar:')
    ) {
      if (slashed || protocol.startsWith('jar:'))
        findings.add('ssrf-scheme', 'ssrf', /^ldaps?$/.test(last) ? 0.55 : 0.8, whole);
      if (protocol.startsWith('jar:')) findings.add('rfi-jar', 'rfi', 0.7, whole);
    } else if (fetchSchemes.has(last) && slashed && (field.traits & traits.widened) !== 0) {
      findings.add('ssrf-widened-host', 'ssrf', 0.85, whole);
    } else if (
      /^(?:imaps?|ircs?|pop3s?|smtps?|smb|telnet|sftp|rsync|ssh2?|git|svn|nfs|feed|view-source)$/.test(
        last,
      ) &&
      slashed &&
      target === targets.value &&
      /^(?:[\w-]{0,20})$/.test(name)
    ) {
      findings.add('ssrf-scheme', 'ssrf', 0.55, whole);
    }
    if (web && (field.traits & traits.widened) !== 0) findings.add('ssrf-widened-host', 'ssrf', 0.85, whole);
    if (/#[^/]{0,60}@|&@|@[^/]{1,100}@/.test(rest)) findings.add('ssrf-confused-host', 'ssrf', 0.75, whole);
    if (
      last === 'data' &&
      (target === targets.value || target === targets.cookie) &&
      /^(?:text\/plain|application\/|,|;base64|text\/x?html)/.test(rest) &&
      !name.startsWith('image')
    ) {
      findings.add('rfi-data', 'rfi', 0.6, whole);
      findings.add('ssrf-data', 'ssrf', 0.55, whole);
    }
    // A remote file to include: an address in numbers, a script's or text's name, a question mark to cut off what is added.
    if (
      (web || last === 'ftp' || last === 'ftps') &&
      match.index <= 1 &&
      !comeAndGo.test(name) &&
      (target === targets.value || target === targets.name)
    ) {
      const script =
        /\.(?:php\d?|phtml|txt|asp|jsp|sh|pl|cgi|inc|gif|jpg|dat|log)\?{0,3}(?:%00)?$/.test(rest) &&
        !/\.(?:gif|jpg)$/.test(rest);
      if (/^\d{1,3}(?:\.\d{1,3}){3}$/.test(host)) findings.add('rfi-address', 'rfi', 0.7, whole);
      else if (/\?{1,4}$/.test(rest)) findings.add('rfi-question-mark', 'rfi', 0.7, whole);
      else if (script && includeName.test(name) && !/^(?:url|uri|x)$/.test(name))
        findings.add('rfi-script', 'rfi', 0.7, whole);
      else if (
        /^(?:_conf|mosconfig|abspath|absolute_path|phpbb_root|pathtoroot|basepath|_server|globals|_session|_request|dir$|include|inc$|template$|absolute)/.test(
          name,
        ) ||
        /\[(?:path|dir|root|file)/.test(name)
      )
        findings.add('rfi-parameter', 'rfi', 0.55, whole);
      if (/(?:%2f|\/|\.):?[^/]{0,40}@[\w.-]{3}/.test(rest) || /^[\w.-]{1,60}[/%:][^@]{0,60}@/.test(rest))
        findings.add('rfi-confused-host', 'rfi', 0.65, whole);
    }
  }
  if (
    /^(?:url|uri|src|dest|destination|target|host|server|endpoint|callback|webhook|feed|link|redirect|proxy|api|site|domain|fetch|ssrf)$/.test(
      name,
    )
  ) {
    const host = hostOf(folded.replace(/^\/\//, ''));
    if (metadataHost.test(host) && host.includes('.')) findings.add('ssrf-metadata', 'ssrf', 0.8, folded);
    else if (localHost.test(host) && /[/:]/.test(folded))
      findings.add('ssrf-local-name', 'ssrf', 0.6, folded);
    else if (
      /^\/{0,4}[\\@]|^[\\/]{2,8}[\w.-]{3,253}\.\w{2}|^\/[\t\\]|^https?:\/{0,1}(?:[^/]|\/{3})|^\/{3}/.test(
        folded,
      ) &&
      /redirect|dest|url|link|target/.test(name)
    ) {
      findings.add('open-redirect', 'other', 0.55, folded);
    }
  }
}

const localCall =
  /(?:latest\/(?:meta-data|user-data|dynamic)|computemetadata\/v1|\/metadata\/instance|opc\/v[12]\/|metadata\/v1(?:\.json|\/)|\/openstack\/latest)/;

export const urlValues: Analyser = {
  name: 'url-values',
  targets: freely | targets.header | targets.referrer | targets.agent,
  literals: [
    '://',
    ':\\\\',
    ':/',
    'gopher',
    'jar:',
    'data:',
    'http:',
    'localhost',
    '169.254',
    'metadata',
    'meta-data',
    'docker.internal',
    'cluster.local',
    'localtest.me',
    'nip.io',
    'sslip.io',
    'xip.io',
    'lvh.me',
    'unix:',
    '//',
    '@',
  ],
  marks: ['\\\\'],
  inspect(field, findings) {
    const { folded, target } = field;
    if (target === targets.referrer || target === targets.agent) {
      // An agent's "+http://…" says who it is.
      const call = /(?:gopher|dict|tftp):\/\/|169\.254\.169\.254/.exec(folded);
      if (call !== null) findings.add('ssrf-scheme', 'ssrf', 0.7, folded);
      return;
    }
    if (localCall.test(folded) && folded.includes('169.254'))
      findings.add('ssrf-metadata', 'ssrf', 0.9, folded);
    if (
      target === targets.header &&
      !/^(?:x-forwarded-host|forwarded|x-original-url|x-rewrite-url|x-host|destination|x-http-destinationurl|proxy|x-proxy-url)$/.test(
        field.name,
      )
    )
      return;
    if (target === targets.name && /^unix:[^|]{1,512}\|/.test(folded))
      findings.add('ssrf-unix-socket', 'ssrf', 0.9, folded);
    if (target === targets.path) {
      const inner = /^\/(?:[\w.-]{1,40}\/){0,3}(?:https?|ftp):\/{1,2}([^/]{1,120})/.exec(folded);
      const host = inner === null ? '' : hostOf(inner[1] ?? '');
      if (
        inner !== null &&
        (metadataHost.test(host) ||
          localHost.test(host) ||
          privateQuad.test(host) ||
          outOfBandHost.test(host))
      )
        findings.add('ssrf-path-url', 'ssrf', 0.7, folded);
      return;
    }
    inspectUrls(field, findings);
  },
};
