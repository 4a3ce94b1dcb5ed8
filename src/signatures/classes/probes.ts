/** Probes by path and parameter: web shells, back-ups, ways round a login, a session given by a link. */

import { targets } from '../normalise-request.ts';
import { matchPatterns, type Analyser, type Pattern } from './analyser.ts';

const patterns: readonly Pattern[] = [
  {
    name: 'web-shell',
    class: 'other',
    confidence: 0.65,
    targets: targets.path,
    pattern:
      /\/(?:c99|r57|b374k|wso\d?(?:\.\d)?|wso2|shell\d{0,2}|cmd|cmdshell|alfa\w{0,8}|alfashell|webshell|indoxploit|mini\d?shell|leaf(?:mailer)?|marijuana|x{3,8}|0x\w{2,8}|bypass\d?|priv8|up(?:l|load)?shell|phpspy|antichat|filesman|adminer-\d[\w.-]{0,12}|gelso|wp-?shell|aspxspy|antsword|behinder|godzilla|cknife|chopper|simattacker|locus7s|safe0ver|h4ntu|ironshell|predator|weevely|uploader\d?|backdoor|evil|hax(?:or)?|hacked|0day|ws[o0]|lufix|tryag|madspot|ajaxshell|kacak|zehir4?|cybershell|rootshell|jspspy|cmdjsp|jsp-?reverse|pwn(?:ed|dora)?|sh3ll|shellx|wp-conflg|xleet\w{0,8}|wso112233|anone\w{0,4})\.(?:php\d?|phtml|asp|aspx|jsp|jspx|ashx|cfm|pl|cgi)$/,
  },
  {
    name: 'web-shell',
    class: 'other',
    confidence: 0.6,
    targets: targets.path,
    pattern:
      /\/\.(?:suspected|shell|backdoor)(?:\/|$)|\.(?:php\d?|asp|aspx|jsp)\.suspected$|\.(?:php|asp|aspx|jsp);\.(?:jpg|png|gif|txt)$|\.(?:php|asp|jsp)(?:#|%00|\u0000)\.?(?:png|jpe?g|gif|txt)$|\.(?:php|asp|jsp)#\./,
  },
  {
    name: 'backup-file',
    class: 'other',
    confidence: 0.55,
    targets: targets.path,
    pattern:
      /\/(?:backups?|dump|db|database|sql|mysql|site|www|web|website|htdocs|public_html|wwwroot|back|bak|old|wordpress|wp)(?:[_-]\w{0,16})?\.(?:zip|rar|tar|tar\.gz|tgz|7z|sql(?:\.gz|\.zip)?|bak|gz|db|mdb|dump|rdb|sqlite3?)$|\.(?:php\d?|asp|aspx|jsp|inc|conf|config|ini|env|html?|py|rb|ya?ml|json|xml)(?:\.|_)?(?:bak|old|orig|save|swp|swo|backup|~|bkp)$|\.(?:php|asp|jsp|conf|env)~$/,
  },
  {
    name: 'restricted-extension',
    class: 'protocol',
    confidence: 0.55,
    targets: targets.path,
    pattern:
      /\/[^/]{1,100}\.(?:asa|asax|bak|bck|bkp|cdx|csr|dbf|dump|htr|htw|ida|idc|idq|licx|mdb|old|pass|pfx|pol|printer|pwd|rdb|sql|swp|vsdisco|webinfo|xsx|hta|sqlite3?|kdbx?|p12)$/,
  },
  {
    name: 'auth-bypass-path',
    class: 'auth-bypass',
    confidence: 0.7,
    targets: targets.path,
    pattern:
      /\/(?:admin|login|manager|console|api|actuator|secure|user|users|portal)[\w/]{0,60}(?:;[\w.-]{0,30}(?:\.(?:css|js|png|ico|jpg))|%2e|\/\.\/|\/;\/|\/\.\.;\/|\.\.%2f)|\/;\/(?:admin|login|api|manager)|^\/(?:\.;|;\w{0,10})\/\w|\/%2e\/|^\/[\w-]{1,30}\/%2e%2e/,
  },
];

/** Parameters by which an application is told whose session to use; ordinary only in links of the site itself. */
const sessionName =
  /^(?:jsessionid|phpsessid|phpsessionid|aspsessionid\w{0,12}|asp\.net_sessionid|aspsession|cfid|cftoken|cfsid|jservsession|jwsession|viewstate|weblogicsession|session[_-]?id|sessid|session-id|next-auth\.session-token|connect\.sid|laravel_session|sid_token|ci_session|__session|_session_id|sails\.sid|express\.sid|\w{1,20}_session(?:_id)?)$/;

export const probes: Analyser = {
  name: 'probes',
  targets:
    targets.path |
    targets.name |
    targets.value |
    targets.cookie |
    targets.query |
    targets.body |
    targets.header,
  literals: [
    '.php',
    '.phtml',
    '.asp',
    '.jsp',
    '.ashx',
    '.cfm',
    '.pl',
    '.cgi',
    '.suspected',
    '.zip',
    '.rar',
    '.tar',
    '.tgz',
    '.7z',
    '.sql',
    '.bak',
    '.gz',
    '.db',
    '.mdb',
    '.dump',
    '.rdb',
    '.sqlite',
    '.old',
    '.orig',
    '.save',
    '.swp',
    '.swo',
    '.backup',
    '.copy',
    '.tmp',
    '.inc',
    '.cfg',
    '.conf',
    '.config',
    '.csr',
    '.dat',
    '.dll',
    '.ini',
    '.key',
    '.log',
    '.pwd',
    '.pass',
    '.sys',
    '.vb',
    '.asa',
    '.cs',
    '.ida',
    '.idq',
    '.idc',
    '.htr',
    '.htw',
    '.printer',
    '.pol',
    '.lnk',
    '.resx',
    '.resources',
    '.xsx',
    '.webinfo',
    '.vsdisco',
    '.dos',
    '.drv',
    '.cer',
    '.cdx',
    '.bck',
    '.bkp',
    '.mod',
    '.axd',
    '.hta',
    '.dist',
    '.pdb',
    '.pfx',
    '.kdb',
    '.p12',
    '~',
    ';',
    '/.',
    'set-cookie',
    '.cookie',
    'sess',
    'cfid',
    'cftoken',
    'connect.sid',
    '.sid',
    'http-equiv',
    'viewstate',
    '/%2e',
  ],
  marks: [],
  inspect(field, findings) {
    if (field.target === targets.path) {
      matchPatterns(patterns, field, findings);
      if (/%2e(?:\/|$)/i.test(field.raw) && !/%2e%2e/i.test(field.raw))
        findings.add('encoded-dot-path', 'other', 0.55, field.raw);
      return;
    }
    if (
      /\.cookie\b.{0,60}?=|set-cookie:?.{0,60}=|http-equiv\W{1,4}set-cookie|(?:domain|expires|path)=.{0,20};.{0,30}set-cookie/.test(
        field.folded,
      ) &&
      (field.target & (targets.value | targets.name | targets.cookie | targets.header)) !== 0
    ) {
      if (
        /\bdocument\.cookie|\.cookie ?=|set-cookie|\.cookie\b[^=]{0,40};? ?(?:expires|path|domain)/.test(
          field.folded,
        )
      )
        findings.add('session-fixation', 'other', 0.65, field.folded);
    }
  },
};

/** Session fixation by a link from elsewhere: a session parameter while the referrer is another host, or none at all. */
export function sessionByLink(names: Iterable<string>, referrer: string, host: string): string | null {
  for (const name of names) {
    if (!sessionName.test(name)) continue;
    if (referrer === '') continue;
    const from = /^https?:\/\/([^/:?#]{1,253})/i.exec(referrer)?.[1]?.toLowerCase() ?? '';
    const to = host.toLowerCase().replace(/:\d{1,5}$/, '');
    const family = (name: string): string => name.split('.').slice(-2).join('.');
    // The host is unknown in access logs: then nothing is claimed.
    if (/(?:^|\.)(?:google|bing|yahoo|yandex|duckduckgo|baidu|ecosia|qwant)\./.test(from)) continue;
    if (from === '' || to === '' || family(from) === family(to)) continue;
    return name;
  }
  return null;
}
