/** Reading files that no page is: path traversal, files of the system, dot files and settings, stream wrappers. */

import { targets, type Field } from '../normalise-request.ts';
import { traits } from '../normalise-percent.ts';
import { matchPatterns, type Analyser, type Findings, type Pattern } from './analyser.ts';

const freely = targets.value | targets.name | targets.cookie | targets.path | targets.query | targets.file;
const everywhere = freely | targets.header | targets.agent | targets.referrer | targets.body;

/** Files of an operating system or a server's settings. Slashes are forward, `/./` and `//` are gone. */
const systemFile =
  /\/etc\/(?:passwd|shadow|group|hosts|hostname|issue|motd|crontab|fstab|sudoers|resolv\.conf|mtab|inetd\.conf|my\.cnf|php(?:\/|\.ini)|httpd\/|apache2?\/|nginx\/|ssh\/|mysql\/|os-release|environment|profile|security|init\.d|master\.passwd|ssl\/|redhat-release|debian_version|samba|proftpd|vsftpd|rc\.d|cron|ld\.so|pam\.d|config)|\/proc\/(?:self|version|cpuinfo|meminfo|mounts|net|sys|cmdline|\d{1,7}|sched_debug|partitions|stat|uptime|modules|filesystems|swaps|loadavg|vmstat|devices)(?:\/|\b)|\/sys\/(?:class|devices|kernel|module|bus|block|firmware|power|fs|dev)\b|\/var\/(?:log|lib\/mlocate|www\/html\/\.\.|mail|spool\/cron|run\/secrets|adm)\b|\/(?:root|home\/[\w.-]{1,32})\/\.(?:ssh|bash|aws|config|profile|mysql|viminfo|netrc)|\/windows\/(?:win\.ini|system\.ini|system32|php\.ini|repair|debug|panther|my\.ini|iis\d?\.log)|\/winnt\/|\bboot\.ini\b|\bwin\.ini\b|\/inetpub\/(?:wwwroot|logs)|\/web-inf\/|\/meta-inf\/|\/usr\/local\/(?:apache|etc|nginx|lsws|php)|\/(?:opt|usr)\/(?:tomcat|lampp|apache)|\bntuser\.dat\b|\/program files|\/boot\/grub|\/dev\/(?:tcp|fd\/|stdin|null|random|zero)|\/system32\/|\/nsconfig\/|\/\.\.\/conf\/|\/apache\/(?:logs|conf)\//;

/** Files at which no page points: what is left lying in a web root. */
const restrictedFile =
  /\/\.(?:env(?:[._-][\w.-]{1,24})?|git(?:\/|ignore|config|attributes|modules|lab-ci\.yml|-credentials|keep)?|svn|hg|bzr|cvs|htaccess|htpasswd|htdigest|ds_store|aws|ssh|azure|gcloud|kube|docker(?:cfg|ignore|env)?|npmrc|yarnrc|pypirc|netrc|pgpass|my\.cnf|bash(?:_history|rc|_profile|_logout)|zsh(?:rc|_history|env)|sh_history|mysql_history|psql_history|php_history|rediscli_history|viminfo|vimrc|idea|vscode(?:-server)?|settings|project|buildpath|classpath|editorconfig|travis\.yml|circleci|github|gitlab|drone\.yml|eslintrc[\w.]{0,8}|babelrc|bower(?:rc|\.json)|composer|config|cache|local|gnupg|pki|password-store|subversion|s3cfg|terraform|tfstate|vagrant|wget-hsts|wgetrc|curlrc|netbeans|history|profile|rhosts|forward|lesshst|node_repl_history|nano_history|python_history|irb_history|aider[\w.-]{0,24}|cursor[\w-]{0,16}|cursorrules|zed|claude[\w.-]{0,16}|codeium|windsurf[\w]{0,12}|copilot[\w-]{0,12}|continue|gemini|mcp\.json|roo[\w]{0,8}|cline[\w]{0,8}|trae|junie|kiro|bedrock|anthropic|openai|vimdir|www_acl|wwwacl|access|hushlogin|user\.ini|well-known\/\.\.|sucuriquarantine|remote-sync\.json|ftpconfig|ftp-access|deployment-config\.json|sftp-config\.json|bundle|gem|cargo|m2|gradle|jenkins|helm|docker-compose\.yml|tool-versions|phpunit[\w.]{0,16}|php_cs[\w.]{0,8}|styleci\.yml|scrutinizer\.yml|dockerenv|mailmap|nvmrc|rspec|ruby-version|python-version|rvmrc|pearrc|proclog|spamassassin|ispell_default|smbpasswd|sqlite_history|sudo_as_admin_successful|mozilla|ansible|atom|apdisk|psqlrc|hgignore|gitea|jshintrc|jestrc|jscsrc|stylelintrc|npmignore|prettierrc|browserslistrc|boto|accesskeys|credentials|secrets?)(?:\/|$|\?|\.(?:bak|old|save|swp|txt|orig|json|ya?ml|zip|gz|local|prod|dev|md))/;

/** Any other name that begins with a dot is hidden by intent. */
const hiddenFile =
  /\/\.(?!well-known(?:\/|$)|netlify\/|vercel\/|auth\/|cdn\/|resources\/|imaging|attach)[a-z][\w.-]{1,60}(?:\/|$)/;

const restrictedName =
  /\/(?:wp-config\.(?:php[.~_-]\w{0,12}|bak|old|txt|inc|save)|(?:error|access|debug|npm-debug|yarn-error|laravel|production|development|install)[_-]?(?:error|access)?\.log|error_log|web\.config|appsettings(?:\.\w{1,20})?\.json|id_(?:rsa|dsa|ecdsa|ed25519)(?:\.pub)?|authorized_keys|known_hosts|docker-compose(?:\.\w{1,12})?\.ya?ml|dockerfile|composer\.(?:json|lock)|package-lock\.json|yarn\.lock|gemfile(?:\.lock)?|pipfile(?:\.lock)?|gruntfile\.js|gulpfile\.js|vagrantfile|jenkinsfile|config\.(?:ini|ya?ml|json|inc(?:\.php)?|php\.\w{2,5})|local_settings\.py|settings\.py|secrets?\.ya?ml|credentials(?:\.\w{2,5})?|database\.ya?ml|parameters\.ya?ml|localsettings\.php|configuration\.php[.~_-]\w{0,8}|config\.php[.~_-]\w{0,8}|phpinfo\.php|sftp-config\.json|ws_ftp\.(?:ini|log)|filezilla\.xml|sitemanager\.xml|recentservers\.xml|auth\.json|server\.key|privatekey\.key|\w{1,40}\.(?:pem|ppk|kdbx|pfx|p12|jks)|terraform\.tfstate|proguard\.txt|php\.ini|my\.cnf|httpd\.conf|nginx\.conf|web-inf\/web\.xml|\$metadata\.json|elmah\.axd|trace\.axd|swagger\.lock|claude\.md|agents\.md|mcp\.json|schema\.rb|core\.\d{3,7}|sess_[a-z0-9]{20,256}|thumbs\.db|desktop\.ini|eula\.txt\.\w{3})$/;

/** The least depth that a path reaches, counted from where it begins: -3 for `../../../x`. */
export function lowestDepth(path: string): number {
  let depth = 0;
  let lowest = 0;
  let start = 0;
  for (let index = 0; index <= path.length; index += 1) {
    const code = index < path.length ? path.charCodeAt(index) : 47;
    if (code !== 47 && code !== 92) continue;
    const length = index - start;
    const dots = /^\.\.(?:;[^/]{0,20}|\.{0,2})$/.test(path.slice(start, Math.min(index, start + 24)));
    if (dots && length > 1) depth -= 1;
    else if (length > 0 && !(length === 1 && path.charCodeAt(start) === 46)) depth += 1;
    if (depth < lowest) lowest = depth;
    start = index + 1;
  }
  return lowest;
}

const patterns: readonly Pattern[] = [
  {
    name: 'lfi-file-scheme',
    class: 'lfi',
    confidence: 0.8,
    pattern:
      /(?:^|[=("'\s,])(?:file|netdoc|local_file|jar:file):\/{0,3}(?:\/|[a-z]:|\$|etc|proc|[\w.${}]{1,20}\/)/,
    targets: freely | targets.agent | targets.header,
    notInProse: true,
  },
  {
    name: 'lfi-stream-wrapper',
    class: 'lfi',
    confidence: 0.9,
    pattern:
      /\b(?:php:\/\/(?:filter|input|fd|memory|temp|stdin)|phar:\/\/|glob:\/\/|zip:\/\/|compress\.(?:zlib|bzip2):\/\/|expect:\/\/|ogg:\/\/|rar:\/\/|ssh2\.\w{3,6}:\/\/)/,
  },
  {
    name: 'lfi-unc-path',
    class: 'lfi',
    confidence: 0.75,
    targets: targets.value | targets.file | targets.cookie,
    pattern: /^\\\\[\w:.-]{1,60}\\[\w$.-]{1,40}\\/,
  },
  { name: 'lfi-unc-path', class: 'lfi', confidence: 0.75, pattern: /\\\\[\w:.-]{1,60}\\[a-z]\$\\/ },
  {
    name: 'lfi-dot-slash-semicolon',
    class: 'lfi',
    confidence: 0.75,
    needs: '..;',
    targets: targets.path,
    pattern: /\/\.\.;\//,
  },
];

function inspectPaths(field: Field, findings: Findings): void {
  const limit = 16_384;
  const folded =
    field.folded.length <= limit
      ? field.folded
      : `${field.folded.slice(0, limit / 2)}${field.folded.slice(-limit / 2)}`;
  const forward = folded.includes('\\') ? folded.replaceAll('\\', '/') : folded;
  const straight =
    forward.includes('/.') || forward.includes('//')
      ? forward.replaceAll(/(?:\/\.{1}(?=\/)|\/(?=\/))/g, '')
      : forward;
  const climbs = (straight.match(/(?:^|[^.])\.{2,4}(?:;[^/]{0,12})?\//g) ?? []).length;
  const encoded =
    (field.traits & (traits.doubleEncoded | traits.overlong | traits.percentU | traits.zeroByte)) !== 0;
  const file = systemFile.exec(straight);
  if (file !== null) {
    const prose = folded.length > 200 && (folded.match(/\b[a-z]{2,} [a-z]{2,} [a-z]{2,}/g) ?? []).length > 4;
    if (climbs > 0) findings.add('lfi-system-file', 'lfi', 0.95, folded);
    else if (
      !prose &&
      !(
        field.target === targets.path &&
        !/etc\/(?:passwd|shadow|group|hosts)|proc\/self|win\.ini|system32|\/winnt\/|web-inf|meta-inf|boot\.ini|ntuser/.test(
          file[0],
        )
      ) &&
      field.target !== targets.referrer
    ) {
      findings.add('lfi-system-file', 'lfi', 0.75, file[0]);
    }
  }
  if (climbs === 0) return;
  if ((field.target & (targets.body | targets.referrer)) !== 0) return;
  // In a path, only what climbs above the root; in a value, what climbs twice or is hidden by an encoding.
  if (field.target === targets.path) {
    const depth = lowestDepth(folded);
    if (depth < 0) findings.add('lfi-traversal', 'lfi', depth < -1 || encoded ? 0.85 : 0.7, folded);
    else if (climbs >= 3 || /%(?:2e|2f|5c|25)/i.test(field.raw))
      findings.add('lfi-traversal', 'lfi', 0.65, folded);
    return;
  }
  const inUrl = /^https?:\/\//.test(folded);
  if (climbs >= 3 && !inUrl) findings.add('lfi-traversal', 'lfi', 0.85, folded);
  else if (climbs === 2 && !inUrl) findings.add('lfi-traversal', 'lfi', 0.65, folded);
  else if (encoded || /%2e%2e|\.{4}\/\/|\.\.\\\\|%c0%/i.test(field.raw))
    findings.add('lfi-traversal', 'lfi', 0.6, folded);
  else if (
    /^(?:\/|\\)?\.\.[/\\]/.test(folded) &&
    /\.(?:php|ini|conf|log|txt|xml|ya?ml|jsp|asp|sh|pl|py|inc|env|key)\b|%00/.test(folded)
  )
    findings.add('lfi-traversal', 'lfi', 0.55, folded);
  else if (/^\.\.[/\\]\.[a-z]/.test(folded)) findings.add('lfi-traversal', 'lfi', 0.6, folded);
  else if (field.target === targets.file) findings.add('lfi-traversal', 'lfi', 0.7, folded);
}

export const lfi: Analyser = {
  name: 'lfi',
  targets: everywhere,
  literals: [
    '../',
    '..\\',
    '..;',
    '/etc/',
    '/etc\\',
    'etc/',
    '/proc/',
    '/sys/',
    '/var/',
    '/root/',
    '/home/',
    'windows',
    'winnt',
    'win.ini',
    'boot.ini',
    'inetpub',
    'web-inf',
    'meta-inf',
    '/usr/local',
    '/opt/',
    'ntuser',
    'program files',
    '/boot/',
    '/dev/',
    'system32',
    'file:',
    'netdoc:',
    'php://',
    'phar://',
    'glob://',
    'zip://',
    'compress.',
    'expect://',
    'ogg://',
    'rar://',
    'ssh2.',
    'jar:file',
    '/.',
    '.log',
    'web.config',
    'id_rsa',
    'id_dsa',
    'id_e',
    'config.',
    'composer.',
    '$\\',
    'package',
    'docker',
    '.pem',
    '.key',
    'wp-config',
    'error_log',
    'appsettings',
    'authorized_keys',
    '.lock',
    'settings.',
    'secret',
    'credential',
    'database.y',
    'parameters.',
    'localsettings',
    'configuration.php',
    'phpinfo',
    'sftp',
    'ws_ftp',
    '.ini',
    '.cnf',
    '.conf',
    'tfstate',
    '.axd',
    'claude',
    'agents.md',
    'mcp.json',
    'vagrantfile',
    'jenkinsfile',
    'requirements.txt',
    'pipfile',
    'gruntfile',
    'gulpfile',
    'auth.json',
    'known_hosts',
    'metadata',
    '.ppk',
    '.kdbx',
    '.pfx',
    '.p12',
    '.jks',
    'gemfile',
    'sess_',
  ],
  marks: ['\\\\'],
  inspect(field, findings) {
    matchPatterns(patterns, field, findings);
    inspectPaths(field, findings);
    if (field.target === targets.path || field.target === targets.value) {
      const folded = field.target === targets.path ? field.folded : `/${field.folded}`;
      if (folded.length > 2048 || (field.target === targets.value && !/^\/[\w./~-]{2,120}$/.test(folded)))
        return;
      const hidden = restrictedFile.exec(folded);
      if (hidden !== null && !folded.startsWith('/.well-known/')) {
        if (field.target === targets.path) findings.add('lfi-restricted-file', 'lfi', 0.6, folded);
      } else if (field.target === targets.path && (restrictedName.test(folded) || hiddenFile.test(folded))) {
        findings.add('lfi-restricted-file', 'lfi', 0.5, folded);
      }
    }
  },
};
