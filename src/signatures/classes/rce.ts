/**
 * Command injection into Unix and Windows shells, and code execution in the languages behind the web server: what stands
 * where a shell would begin a command, read as the shell would read it.
 */

import { targets, type Field } from '../normalise-request.ts';
import { matchPatterns, readsAsProse, type Analyser, type Findings, type Pattern } from './analyser.ts';
import { hiddenCommand, plainCommands, shellUnquoted, wildcardGoal, wordCommands } from './shell-words.ts';

const freely = targets.value | targets.name | targets.cookie | targets.path | targets.query | targets.file;
const everywhere = freely | targets.header | targets.agent | targets.referrer | targets.body;

const patterns: readonly Pattern[] = [
  {
    name: 'rce-shellshock',
    class: 'rce',
    confidence: 0.98,
    needs: '{',
    pattern:
      /\(\s?\)\s?\{\s?(?::|_|[a-z]{1,8})?\s?;|\(\s?\)\s?\{\s?[^;|]{0,20};\s?\}\s?;|\(\) \{ :|\(\)\{\s?_?;\}>_\[\$/,
  },
  {
    name: 'rce-fork-bomb',
    class: 'rce',
    confidence: 0.95,
    needs: '{',
    pattern: /[\w:]{1,20}\(\)\s?\{\s?[\w:]{1,20}\s?\|\s?[\w:]{1,20}\s?&\s?\}\s?;/,
  },
  {
    name: 'rce-reverse-shell',
    class: 'rce',
    confidence: 0.97,
    pattern:
      /\/dev\/(?:tcp|udp)\/[\w.$]|bash -i ?>&|nc(?:at)? (?:-\w{1,8} ){0,3}-e|mkfifo \/tmp|socket\.socket\(|0<&196|exec \d{1,3}<>/,
  },
  {
    name: 'rce-windows-for',
    class: 'rce',
    confidence: 0.85,
    needs: 'for',
    pattern:
      /\bfor(?: ?\/[dflr]{1,2}){0,4}(?: ?["'][^"']{0,60}["']| ?\/?[a-z]{1,2}\b| \S{1,60}){0,3} ?%{1,2}[^\s%]{1,20} in ?\(.{0,300}?\) ?\(?do\b/,
  },
  {
    name: 'rce-windows-if',
    class: 'rce',
    confidence: 0.75,
    needs: 'if',
    pattern:
      /\bif ?(?:\/i )(?:not )?\S|\bif ?(?:\/i )?(?:not )?\(?(?:"[^"]{0,60}"|'[^']{0,60}'|[^\s=]{1,40}) ?(?:==|equ\b|neq\b|lss\b|leq\b|gtr\b|geq\b) ?(?:"[^"]{0,60}"|'[^']{0,60}'|[^\s=]{1,40}?)\)? ?\(?@?(?:echo|set|goto|call|del|erase|copy|move|cmd|start|type|md|rd|mkdir|net|exit|dir|ren|reg|for|if|ping|powershell|command)\b|\bif ?(?:not )?(?:defined|exist|errorlevel|cmdextversion) \S{1,60} \(?@?(?:echo|set|goto|call|del|copy|move|cmd|command|start|type|md|rd|net|exit|dir|ren|rem|for|if|ping|\w{1,12}\.exe)\b/,
    notInProse: true,
  },
  {
    name: 'rce-powershell',
    class: 'rce',
    confidence: 0.85,
    pattern:
      /powershell(?:\.exe)? ?[-/"']|\b(?:invoke-(?:expression|webrequest|command|restmethod|item|shellcode|mimikatz)|new-object (?:system\.)?net\.|get-(?:childitem|content|process|service|wmiobject|ciminstance|itemproperty|hotfix|acl|host|command)|set-(?:executionpolicy|content|item|mppreference)|start-(?:process|bitstransfer|job|sleep)|add-(?:content|type|mppreference)|remove-item|copy-item|write-(?:output|host)|select-string|convertto-\w{3,12}|out-file|import-module|downloadstring ?\(|downloadfile ?\(|frombase64string)\b|-enc(?:odedcommand)? [a-z0-9+/=]{16}|\biex ?\(|\bstart-sleep\b/,
    notInProse: true,
  },
  {
    name: 'rce-windows-program',
    class: 'rce',
    confidence: 0.8,
    pattern:
      /\b(?:cmd(?:\.exe)? ?\/[ckr]\b|certutil(?:\.exe)? .{0,40}-?urlcache|bitsadmin(?:\.exe)? ?\/|mshta(?:\.exe)? http|regsvr32(?:\.exe)? ?\/|rundll32(?:\.exe)? \w|wmic(?:\.exe)? \w{2,12} (?:get|list|call)|c:\\windows\\system32\\cmd|%comspec%|\|\s?set \/a|net (?:user|localgroup|view|share|use)\b|systeminfo|tasklist|reg (?:query|add) hk)/,
    notInProse: true,
  },
  {
    name: 'rce-substitution',
    class: 'rce',
    confidence: 0.8,
    targets: freely | targets.agent | targets.referrer | targets.header,
    pattern:
      /\$\((?:[a-z/]{2,24}(?:\.[a-z]{2,4})?)(?: [^()]{1,200})?(?:\)|\$\()|\$\(\(? ?\d{1,8} ?[*+] ?\d|\$\(<|`[a-z/]{2,40}(?: [^`]{1,200}|\$\{?ifs[^`]{0,200})?`\s?(?:$|[;|&`-]|\w)|<\([a-z]{2,10} |\$\{ifs\}?|\$ifs\b|\$shell -c|\$\(echo\b|\$\(printf\b/,
    notInProse: true,
  },
  {
    name: 'rce-here-string',
    class: 'rce',
    confidence: 0.8,
    pattern:
      /<<<|\| ?(?:ba|da|k|z|c)?sh\b ?(?:$|[-;|&<'"`)])|\| ?(?:rev|base64 -d|xxd -r|tac|xargs|tee|bash|python\d?|perl|php|nc)\b ?(?:$|[-|;/])/,
    notInProse: true,
  },
  {
    name: 'rce-brace',
    class: 'rce',
    confidence: 0.8,
    targets: freely | targets.header,
    pattern:
      /\{[a-z/$?\\"'*]{1,20},[-/?*$a-z"'\\][^{}"]{0,80}\}(?:$|[;|&\s]|[a-z]$)|\{,?[a-z]{2,12},[^{}":]{0,80}\}$|\w\w\[[a-z]\]; ?\$\w|=[a-z]{2,12}\[[a-z]\];|\$\w{1,12}\\\w\$/,
    notInProse: true,
  },
  {
    name: 'rce-python',
    class: 'rce',
    confidence: 0.85,
    pattern:
      /__import__ ?\(|\bos\.(?:system|popen|exec[lv]p?e?|environ|listdir|getcwd)\b ?[([]|\bsubprocess\.(?:popen|call|run|check_output|check_call|getoutput)|\bimport (?:os|socket|subprocess|pty)\b ?[;,\]\n]|pty\.spawn|getattr\(__|!!python\/|exec\(compile\(|open\('\/etc/,
  },
  {
    name: 'rce-ruby',
    class: 'rce',
    confidence: 0.8,
    pattern:
      /\bprocess\s?\.\s?(?:spawn|exec|clock_gettime|kill|fork|wait)|\bkernel\s?\.\s?(?:exec|system|open|spawn|fork)|\bio\s?\.\s?(?:popen|read|sysopen|binread|readlines)|%x ?[{(["'|][^}]{1,80}|\bfile\.(?:read|open) ?\(? ?['"]\/|\bopen3\.|\bpty\.spawn|<%=? ?(?:system|`|file|dir|io)|send ?\(? ?:(?:system|eval|exec)|\beval\(gets|\binstance_eval\b|\bclass_eval\b|\.constantize\b|"\| ?(?:id|ls|cat|whoami)/,
    notInProse: true,
  },
  {
    name: 'rce-perl',
    class: 'rce',
    confidence: 0.85,
    needs: '@',
    pattern: /[@$]\{ ?[[\\] ?[^}]{1,200}\] ?\}?|@\{ ?\[ ?(?:system|exec|open|eval|qx|core::|`)/,
    targets: freely | targets.header,
  },
  {
    name: 'rce-script-host',
    class: 'rce',
    confidence: 0.85,
    pattern:
      /\bexecute ?\(? ?(?:request|unescape|"")|ev ?al ?\(? ?(?:request|\("ex")|wscript\.shell|server\.createobject|scripting\.filesystemobject|response\.write ?\(|<%[^>]{0,40}(?:eval|execute|runtime|response\.write)|adodb\.stream|createobject\(/,
  },
  {
    name: 'rce-include-directive',
    class: 'rce',
    confidence: 0.9,
    needs: '<!--',
    pattern: /<!-- ?# ?(?:exec|include|echo|printenv|config|set|fsize|flastmod|if)\b/,
  },
  {
    name: 'rce-mail-command',
    class: 'rce',
    confidence: 0.75,
    targets: targets.value | targets.name | targets.header | targets.path | targets.cookie,
    pattern:
      /(?:\r|\n) {0,2}(?:rcpt to ?:|mail from ?:|data ?(?:\r|\n|$)|helo |ehlo |vrfy |expn |bcc ?:|cc ?:|starttls|auth (?:plain|login|cram-md5)|quit ?$|rset ?$|noop ?$|[a-z]{1,3}\d{1,5} (?:fetch|capability|login|select|list|logout|copy|create|delete|examine|expunge|rename|search|status|store|subscribe|uid|append|authenticate|check|close|lsub|noop|starttls|unsubscribe)\b|(?:retr|dele|list|top|uidl|user|pass|apop|stat) ?\d{0,9} ?(?:\d{1,5} ?)?(?:$|[\r\n]))/,
  },
  {
    name: 'rce-memcached-command',
    class: 'rce',
    confidence: 0.75,
    pattern:
      /(?:\r|\n) {0,2}(?:set|add|get|gets|delete|incr|flush_all|stats|cas|append|prepend|replace) \S{1,80}(?: \d{1,10}){2,4}/,
  },
  {
    name: 'rce-sqlite-shell',
    class: 'rce',
    confidence: 0.7,
    pattern: /; ?\.(?:sh|shell|system|load|import|open|read|output|once|dump|archive|excel)\b/,
  },
  {
    name: 'rce-alias',
    class: 'rce',
    confidence: 0.65,
    targets: targets.value | targets.name,
    pattern: /(?:^|[;|&] ?)(?:un)?alias (?:[a-z] ?=|[\w-]{1,20}=\S)/,
    notInProse: true,
  },
  {
    name: 'rce-history',
    class: 'rce',
    confidence: 0.6,
    targets: targets.value | targets.name,
    pattern: /^!(?:-?\d{1,4}|!|[a-z]{1,8}:\w?|:\w)$|^~[+-]\d{0,3}$|^~\d{1,3}$/,
  },
  {
    name: 'rce-separated-option',
    class: 'rce',
    confidence: 0.6,
    targets: targets.value | targets.name,
    pattern: /(?:^|[^&])(?:;|\|) ?["'`]?[a-z][\w.-]{1,20}["'`]? --[a-z]{2}/,
    notInProse: true,
  },
  {
    name: 'rce-variable-command',
    class: 'rce',
    confidence: 0.65,
    targets: targets.value | targets.name | targets.cookie,
    pattern:
      /\b[a-z_]\w{0,10}=[^\s&;|]{1,24} ?(?:&&|;) ?[^$]{0,60}\$\{?[a-z_]\w{0,10}\b|\$\(\( ?(?:\$\(|\d|[a-z])/,
    notInProse: true,
  },
  {
    name: 'rce-argument',
    class: 'rce',
    confidence: 0.75,
    pattern:
      /--(?:exec|upload-pack|remote|use-askpass|receive-pack|checkpoint-action|to-command|rsh|compress-program)=|-oproxycommand=|-wrapper sh|ext::sh/,
  },
  {
    name: 'rce-polyglot-path',
    class: 'rce',
    confidence: 0.85,
    targets: freely | targets.agent | targets.referrer | targets.header,
    pattern:
      /\b(?:cat|type|more|less|head|tail|nl|tac|vi|vim|nano|strings|sed|awk|grep|cp|mv|rm|ls|dd|wget|curl|sh|bash|find|php|perl|python\d?|comm|file|source|\.) (?:-{1,2}[\w=.-]{1,20} ){0,4}["']?(?:\/(?:etc|proc|bin|usr|var|tmp|dev|root|home|opt|sys|boot)\b|\.\.\/|~\/|c:\\)/,
    notInProse: true,
  },
  {
    name: 'rce-download',
    class: 'rce',
    confidence: 0.85,
    targets: freely | targets.agent | targets.referrer | targets.header | targets.body,
    pattern:
      /\b(?:wget|curl|fetch|lwp-download|lwp-request|tftp|ftpget|lynx|axel|aria2c|powershell)(?:\+| )(?:-{1,2}[\w.=/]{1,24} ?(?:\S{1,80} )?){0,4}["']?(?:https?|ftp):\/\/|\bwget\b.{0,60}\b(?:chmod|sh)\b|\btftp -\w{1,3} |\bbusybox (?:wget|tftp|ftpget|nc|sh)\b|\/bin\/busybox\b/,
  },
  {
    name: 'rce-interpreter',
    class: 'rce',
    confidence: 0.85,
    pattern:
      /\b(?:bash|sh|zsh|ksh|dash|python\d?(?:\.\d{1,2})?|perl|ruby|php|node|lua|awk|pwsh) -(?:c|e|r|i|n|pe|ne) ?["'\\a-z(`{]|\/(?:usr\/)?(?:local\/)?s?bin\/(?:ba|da|z|k|c)?sh\b|\/(?:usr\/)?(?:local\/)?s?bin\/[a-z][\w.-]{1,20} |^\/(?:usr\/)?(?:local\/)?s?bin\/[a-z][\w.-]{1,20}$|[;|&`(] ?\/(?:usr\/)?(?:local\/)?s?bin\/[a-z]/,
    notInProse: true,
  },
];

// Where a shell begins a command: after these, and past assignments and the words that run another.
const commandStart =
  /(?:;|\|\|?|&&?|`|\$\(|\n|\r|[<>]\(|\{ ?|^ ?(?=['"]?[a-z/.]))[\s'"\\@(]{0,4}(?:(?:time|sudo|nohup|exec|command|env|nice|builtin|eval|strace|xargs|then|do|else|!|busybox|doas|setsid|start|\w{1,12}=[^\s;|&]{0,40};?) )?['"\\]{0,2}((?:\/?[\w.]{1,12}\/){0,4}[a-z][\w.+-]{0,24})['"]?/g;

/** Commands whose argument is a host or a file, and whose names are nobody's search words. */
const networkCommands =
  /^(?:curl|wget|ping6?|nslookup|dig|traceroute|telnet|nc|ncat|netcat|ssh|scp|tftp|nmap|rm|chmod|xxd|lwp-download)$/;

/** Programs that name themselves in User-Agent. */
const libraries =
  /^(?:curl|wget|python\d?|perl|php\d?|ruby|node|nodejs|lua|aria2c|w3m|lwp-\w{1,12}|docker|npm|yarn|composer|pip3?|gem|cpan|apt|brew|expect|git|powershell|pwsh|hostname|route|ash|fish|make|dash|snap|puppet|vagrant|salt|knife|helm|julia|octave|mtr)$/;

const argumentAfter =
  /^(?: |\t)?(?:--?[a-z]|%\w|[a-z]:\\|\/|~|\$|https?:|<|>|\||;|&|`|\\|\.\/|\.\.|\d{1,3}\.\d{1,3}\.|'[^']{0,40}'|"[^"$]{0,40}"|\*|[\w-]{1,30}\.[a-z]{2,4}(?:$|[\s;|&]))/;
const endAfter = /^ ?(?:$|[;|&)`}<>'"#\n])/;

function commandsIn(field: Field, line: string, findings: Findings): void {
  const agent = (field.target & (targets.agent | targets.referrer)) !== 0;
  let looked = 0;
  let prose: boolean | null = null;
  for (const match of line.matchAll(commandStart)) {
    looked += 1;
    if (looked > 200) return;
    const path = match[1] ?? '';
    const slash = path.lastIndexOf('/');
    const name = path.slice(slash + 1);
    const bare = name.replace(/(?:-?\d[\d.]{0,8}|\.exe)$/, '');
    const plain = plainCommands.has(name) || (bare.length > 2 && plainCommands.has(bare));
    const word = wordCommands.has(name);
    if (!plain && !word) continue;
    const at = match.index + match[0].length;
    const rest = line.slice(at, at + 120);
    const start = match.index === 0 && !/^[;|&`$<>{\n\r]/.test(match[0].trimStart());
    const ends = endAfter.test(rest);
    const argued = rest.startsWith(' ') && argumentAfter.test(rest);
    if (!ends && !argued && !/^[\s/<>$('"`{+;]/.test(rest)) continue;
    let confidence = 0;
    if (start) {
      // The whole value is a command: it must have the arguments of one.
      if (
        field.target === targets.path ||
        field.target === targets.query ||
        field.target === targets.header ||
        field.target === targets.referrer
      ) {
        if (!(field.target === targets.referrer && argued && plain)) continue;
      }
      if (field.target === targets.name && !argued) continue;
      if (
        argued &&
        (plain
          ? /^ ?(?:--?[a-z]|\/|~|\$|https?:|<|>|\||;|&|`|\\|\.\.|\d)/.test(rest)
          : /^ ?(?:--[a-z]|-[a-z]{1,3}(?: |$)|\/\w)/.test(rest))
      )
        confidence = slash >= 0 ? 0.8 : 0.65;
      else if (ends && slash >= 0 && plain) confidence = 0.7;
      else if (
        networkCommands.test(name) &&
        /^ [\w-]{1,40}(?:\.[\w-]{1,40}){1,4}(?:$|[\s;|&/:])/.test(rest) &&
        !agent
      )
        confidence = 0.6;
      else if (
        plain &&
        /^(?:time|nohup|sudo|exec|xargs|doas|setsid) ['"]?[a-z]/.test(line) &&
        field.target === targets.value &&
        /^ ?(?:$|[\w.-]{1,60}$)/.test(rest)
      )
        confidence = 0.6;
      else if (
        field.target === targets.agent &&
        plain &&
        !libraries.test(name) &&
        /^ [a-z-]{2,20}(?: [a-z.-]{1,40}){0,2}$/.test(rest)
      )
        confidence = 0.55;
      else if (
        field.target !== targets.agent &&
        field.target !== targets.referrer &&
        ends &&
        plain &&
        name.length > 4 &&
        rest.trim() === '' &&
        !/^(?:docker|mysql|python\d?|nodejs|puppet|vagrant|terraform|helm|gcloud|composer|gimp|julia|latex|ansible|podman|knife|snap|expect|passwd|mongo|yarn|emacs|octave|openssl|openvpn|timeout|hostname|route)$/.test(
          name,
        )
      )
        confidence = 0.55;
      else if (
        agent &&
        rest.trim() === '' &&
        /^(?:visudo|whoami|ifconfig|printenv|netstat|chef-\w{2,20}|ansible-\w{2,20})$/.test(name)
      )
        confidence = 0.6;
    } else {
      const separator = match[0].trimStart().charAt(0);
      if (separator === '{' && !argued) continue;
      if (agent) {
        // "(Macintosh; U; …; ps-AF)" is an ordinary agent.
        if (
          plain &&
          argued &&
          /^ ?(?:--?[a-z]|\/|\$|https?:|`|\.\.)/.test(rest) &&
          !line.startsWith('mozilla/')
        )
          confidence = 0.75;
      } else if (
        separator === '&' &&
        (field.target === targets.query || field.target === targets.body) &&
        !argued
      )
        confidence = 0;
      else if (argued) confidence = plain ? 0.85 : 0.7;
      else if (ends) confidence = plain ? (name.length > 2 || separator !== ';' ? 0.75 : 0.7) : 0;
      else if (plain && name.length > 3 && rest.startsWith(' ')) confidence = 0.65;
      else if (plain && rest.startsWith(' ') && /^ [\w.-]{1,40}(?:$|[;|&'"`)])/.test(rest)) confidence = 0.6;
      else if (
        word &&
        /^ (?:\d{1,4}|[a-z]{1,20})(?:$|[;|&`)])/.test(rest) &&
        /^(?:sleep|echo|touch|kill|exec)$/.test(name)
      )
        confidence = 0.65;
      else if (rest.startsWith('<') || rest.startsWith('$')) confidence = 0.7;
    }
    if (confidence === 0) continue;
    if (confidence < 0.85) {
      prose ??= readsAsProse(field.folded);
      if (prose) continue;
    }
    findings.add(
      start ? 'rce-command' : 'rce-separated-command',
      'rce',
      confidence,
      line.slice(match.index, at + 80),
    );
    if (confidence >= 0.8) return;
  }
}

export const rce: Analyser = {
  name: 'rce',
  targets: everywhere,
  literals: [
    '$(',
    '${',
    '$ifs',
    '<<<',
    '/bin/',
    '/dev/tcp',
    '/dev/udp',
    'wget',
    'curl',
    'powershell',
    'cmd.exe',
    'cmd /',
    '() {',
    '(){',
    '() { ',
    ') {',
    'invoke-',
    'new-object',
    'get-',
    'set-',
    'start-',
    'add-',
    'remove-item',
    'copy-item',
    'write-',
    'select-string',
    'out-file',
    'import-module',
    'downloadstring',
    'frombase64',
    'iex',
    'os.system',
    'os.popen',
    'subprocess',
    '__import__',
    'import ',
    '!!python',
    'popen',
    'spawn',
    'kernel',
    '%x',
    '@{',
    '<!--',
    'wscript',
    'createobject',
    'execute(',
    'ev al',
    'passwd',
    'shadow',
    '/etc/',
    '/proc/',
    '/tmp/',
    'uname',
    'whoami',
    'ifconfig',
    'netstat',
    'rcpt to',
    'mail from',
    'nslookup',
    'ping ',
    'ping',
    'bash',
    'python',
    'perl',
    'ruby ',
    'certutil',
    'mshta',
    'systeminfo',
    'net user',
    '--exec',
    '--upload',
    '-oproxy',
    'ext::',
    '.sh',
    '.shell',
    'alias ',
    'for ',
    'if ',
    'cat ',
    'ls ',
    ' -',
    ' /',
    '| ',
    ';',
    '<%',
    'eval',
    'env',
    '`',
    'visudo',
    'chef',
    'ansible',
    'capability',
    'fetch',
    'busybox',
    'stats',
    'nohup',
    'process.',
    'process .',
    'io.',
    'file.',
    'response.write',
    '/?',
    '?/',
    '[s]',
    '*/',
    '/*',
    '/[',
    'set /a',
    'dev/tcp',
    'systeminfo',
    '{',
    'data',
    'quit',
    'cscli',
  ],
  marks: [';', '|', '&', '`', '$', '{', '~', '!', '<(', '\n', '\r', '*', '?', '['],
  inspect(field, findings) {
    if (
      field.target === targets.agent &&
      /^mozilla\/[45]\.0 \([^)$`{<]{0,300}\)[^;|&$`{<]{0,300}$/.test(field.folded)
    )
      return;
    if (field.target === targets.referrer && /^https?:\/\//.test(field.folded)) return;
    // Between the fields of a query there is always an ampersand; a command needs more than that.
    if (field.target === targets.query && !/[;|`$<{(\n\r]|&[& ]/.test(field.folded)) return;
    matchPatterns(patterns, field, findings);
    if (/[\r\n]/.test(field.text)) matchLines(field, findings);
    if ((field.target & (targets.body | targets.header)) !== 0) return;
    const folded =
      field.folded.length <= 8192
        ? field.folded
        : `${field.folded.slice(0, 4096)} ${field.folded.slice(-4096)}`;
    // A value that was encoded twice may still hold form spaces.
    const line = shellUnquoted(folded.includes(' ') ? folded : folded.replaceAll('+', ' '));
    commandsIn(field, line, findings);
    const hidden = /['"\\]/.test(folded) ? hiddenCommand(folded) : null;
    if (hidden !== null) findings.add('rce-hidden-command', 'rce', 0.8, hidden);
    if (field.target === targets.agent || field.target === targets.referrer) return;
    const goal = wildcardGoal(folded);
    if (goal !== null) findings.add('rce-wildcard-path', 'rce', 0.85, goal);
  },
};

/** Line breaks begin commands too, in shells and in mail servers; `folded` has none, so the text is read again as it was. */
function matchLines(field: Field, findings: Findings): void {
  const lines = field.text.toLowerCase().slice(0, 65_536);
  const ofLines = patterns.filter(
    (pattern) => pattern.name === 'rce-mail-command' || pattern.name === 'rce-memcached-command',
  );
  matchPatterns(ofLines, { ...field, folded: lines }, findings);
}
