/** PHP: code, functions by name, wrappers, serialised objects and uploads of scripts. */

import { targets } from '../normalise-request.ts';
import { matchPatterns, type Analyser, type Pattern } from './analyser.ts';

const freely = targets.value | targets.name | targets.cookie | targets.path | targets.query | targets.file;
const everywhere = freely | targets.header | targets.agent | targets.referrer | targets.body;

/** Functions that run code or commands, read or write files, or tell of the machine. With arguments they are no prose. */
const dangerous =
  'system|exec|shell_exec|file_\\w{2,20}|assert_options|checkdate|passthru|popen|proc_open|pcntl_exec|eval|assert|create_function|call_user_func(?:_array)?|preg_replace(?:_callback)?|base64_decode|base64_encode|gzinflate|gzuncompress|gzdecode|str_rot13|convert_uuencode|convert_uudecode|file_get_contents|file_put_contents|fopen|fwrite|fputs|fread|fsockopen|readfile|show_source|highlight_file|phpinfo|phpversion|php_uname|get_current_user|getenv|putenv|ini_set|ini_get|ini_alter|set_time_limit|error_reporting|move_uploaded_file|unserialize|var_dump|print_r|parse_str|extract|include|include_once|require|require_once|md5|sha1|crc32|chr|hex2bin|bin2hex|strrev|array_map|array_filter|array_walk|usort|uasort|uksort|register_shutdown_function|ob_start|dl|symlink|link|chmod|chown|chgrp|chroot|unlink|rename|copy|mkdir|rmdir|opendir|readdir|scandir|glob|tempnam|tmpfile|posix_\\w{2,20}|mysql_\\w{2,24}|mysqli_\\w{2,24}|pg_\\w{2,24}|curl_\\w{2,16}|ftp_\\w{2,16}|stream_\\w{2,32}|sqlite_\\w{2,24}|odbc_\\w{2,24}|openssl_\\w{2,24}|socket_\\w{2,20}|simplexml_\\w{2,20}|xml_\\w{2,24}|zend_\\w{2,40}|zip_\\w{2,20}|tidy_\\w{2,20}|ldap_\\w{2,20}|imap_\\w{2,20}|image\\w{2,20}|apc_\\w{2,20}|array_\\w{2,24}|str_\\w{2,16}|is_(?:array|a|callable|dir|executable|file|int|link|numeric|object|readable|string|writable|writeable|null|bool|uploaded_file)|get_(?:class|object|defined|cfg|loaded|included|required|resource|parent|extension|html|meta|headers|magic)\\w{0,24}|func_get_args?|fileperms|fileowner|filegroup|fileinode|filesize|filetype|filectime|filemtime|fileatime|disk_\\w{2,16}|ctype_\\w{2,10}|date_\\w{2,24}|debug_\\w{2,24}|define|constant|curl_exec|serialize|session_\\w{2,24}|setcookie|setlocale|sleep|usleep|substr|strpos|strstr|strtolower|strtoupper|str_replace|implode|explode|json_decode|json_encode|urldecode|rawurldecode|htmlspecialchars|gethostbyname\\w?|gethostname|getmypid|getmyuid|getcwd|chdir|dirname|basename|fileglob|audiofile|escapeshell\\w{3}|error_log|exif_\\w{2,20}|iptcembed|mail|mb_\\w{2,24}|finfo_open|fgetcss?|fgets|fputcsv|fpassthru|ftruncate|pfsockopen|proc_\\w{2,16}|recode|readgzfile|readlink|realpath|rsa|win_shell_execute|win32_\\w{2,20}|w32api_\\w{2,20}|syslog|openlog|touch|umask|lchown|lchgrp|lstat|stat|bzopen|bzread|bzflush|bzclose|gzopen|gzfile|gzwrite|gzread|gzencode|gzcompress|hash_\\w{2,16}|inotify_init|event_new|cli_set_process_title|collator_create|bcadd|bson_decode|compact|each|end|current|reset|key|next|prev|range|ord|ucfirst|lcfirst|trim|printf|sprintf|vprintf|print|echo|die|exit|isset|empty|unset|list|array';

// Words that are also ordinary or SQL functions need the marks of PHP around them.
const commonWords =
  'md5|sha1|chr|ord|sleep|substr|copy|link|mail|print|echo|end|each|key|next|current|reset|range|trim|rename|stat|touch|array|list|exit|die|empty|isset|unset|date|printf|compact|define|constant|extract|include|require|assert|glob|dl|define|syslog|recode|rsa|mkdir|rmdir|chmod|prev|basename|dirname|realpath|exec|eval|system|crc32|image\\w{2,20}';

const marked = new RegExp(
  String.raw`(?:^|[^\w.$>-])(?:${dangerous})["']?\s?(?:\/\*[^*]{0,80}\*\/|#[^(]{0,60}|\/\/[^(]{0,60}|\s){0,3}\)?\s?\((?!\s?(?:and|the|see|also|or|which)\b)`,
);
const common = new RegExp(String.raw`^(?:${commonWords})$`);
const distinctCall = new RegExp(
  String.raw`(?:^|[^\w.$-])(${dangerous})["']?\s?(?:\/\*[^*]{0,80}\*\/|#[^(]{0,60}|\/\/[^(]{0,60})?\s?\)?\s?\(`,
  'g',
);

const patterns: readonly Pattern[] = [
  {
    name: 'php-open-tag',
    class: 'php',
    confidence: 0.92,
    needs: '<?',
    targets: freely | targets.header | targets.agent | targets.referrer | targets.body,
    pattern:
      /<\?(?:php\b|=|\s{1,4}(?:echo|print|system|exec|eval|passthru|include|require|phpinfo|file_|assert|\$|die|if|@|shell_exec|fputs|fwrite|copy|unlink|\(|`)|$|@|`|xml ?:(?:[a-z_]))/,
  },
  {
    name: 'php-open-tag',
    class: 'php',
    confidence: 0.8,
    needs: '<?',
    targets: freely,
    pattern:
      /<\?(?!xml(?: |\?|$)|import|xpacket|mso|x[a-z])(?!.{0,10}should)[^>]{0,200}(?:\?>|;|\()|[^\s;&]<\?$/,
  },
  {
    name: 'php-open-tag',
    class: 'php',
    confidence: 0.85,
    pattern: /\[\/?php\]|<script[^>]{0,40}language ?= ?["']?php|<%= ?\$/,
  },
  {
    name: 'php-superglobal',
    class: 'php',
    confidence: 0.85,
    targets: everywhere,
    pattern:
      /\$_(?:get|post|request|cookie|server|files|session|env)\b ?[[{'"]?|\$globals ?\[|\$http_(?:raw_post_data|get_vars|post_vars|server_vars|cookie_vars)|\$(?:php_self|argv) ?\[|_(?:get|post|request|server|cookie|session|files|env)\[['"]|\bglobals\[['"]?\w/,
  },
  {
    name: 'php-commented-call',
    class: 'php',
    confidence: 0.6,
    targets: freely,
    pattern:
      /(?:^|[^\w])[a-z_][a-z0-9_]{2,30} ?(?:\/\*[^*]{0,60}\*\/ ?){1,3}\(|\( ?\/\*[^*]{0,60}\*\/ ?[a-z_]{3,20}\)? ?\(|\(\w{2,12}\.\(\w{2,12}\)\.\w{2,12}\) ?\(/,
    notInProse: true,
  },
  {
    name: 'php-variable-function',
    class: 'php',
    confidence: 0.75,
    targets: freely | targets.header,
    pattern:
      /\$(?:\$|\{| ){0,3}[\w\u007f-\uffff]{0,30}\}{0,2}(?: ?[[{][^\]}]{1,60}[\]}]){0,4} ?(?:\/\*[^*]{0,60}\*\/|\/\/.{0,40}|#.{0,40}| )? ?\([^)]{0,60}\)? ?;?|\$ ?\{ ?@?[^}]{1,80}\} ?(?:\(|;)|\$\{@(?:print|eval|phpinfo|system|assert)/,
    notInProse: true,
  },
  {
    name: 'php-variable-function',
    class: 'php',
    confidence: 0.8,
    targets: freely | targets.header | targets.body,
    pattern:
      /(?:\(|\[|^) ?["'[ (]{1,4}[\w ]{2,40}["']?[\] )"']{1,4}(?: ?\[ ?0 ?\] ?)?\)? ?(?:\/\*.{0,60}\*\/)? ?\(\s?["'$\w(]|[\])] ?(?:\[ ?\d ?\])? ?\( ?["'][^"']{1,60}["'] ?\) ?;|(?:["'] ?\. ?["']\w{1,20}["'] ?\)?\(|\)\.\()/,
    notInProse: true,
  },
  {
    name: 'php-directive',
    class: 'php',
    confidence: 0.85,
    targets: targets.value | targets.name | targets.cookie | targets.header | targets.body | targets.query,
    pattern:
      /\b(?:allow_url_(?:include|fopen)|auto_prepend_file|auto_append_file|disable_functions|open_basedir|safe_mode(?:_exec_dir)?|suhosin\.\w{3,30}|cgi\.(?:force_redirect|fix_pathinfo|redirect_status_env)|extension_dir|session\.upload_progress\.\w{2,20}|register_globals|display_errors|magic_quotes_\w{3,10}|opcache\.\w{2,20}|zend\.\w{3,30}|mail\.add_x_header|unserialize_callback_func|error_append_string|error_prepend_string|assert\.\w{3,12}|xdebug\.\w{3,24}|user_ini\.\w{3,12}|upload_tmp_dir|phpinidir|enable_post_data_reading|variables_order|request_order|auto_globals_jit|runkit\.\w{3,20}|ffi\.\w{3,10}|date\.timezone|expose_php|file_uploads|include_path|memory_limit|max_execution_time|arg_separator\.\w{2,8}|browscap|default_charset|docref_\w{3,4}|exif\.\w{3,24}|expect\.\w{3,12}|hard_timeout|highlight\.\w{2,10}|html_errors|ignore_user_abort|implicit_flush|intl\.\w{3,16}|last_modified|log_errors(?:_max_len)?|mbstring\.\w{3,30}|mysqli?\.\w{3,30}|mysqlnd\.\w{3,30}|odbc\.\w{3,20}|open_basedir|output_(?:buffering|handler)|pcre\.\w{2,20}|pdo_odbc\.\w{3,20}|phar\.\w{3,16}|post_max_size|precision|realpath_cache_\w{3,5}|report_memleaks|sendmail_\w{3,5}|serialize_precision|session\.\w{2,30}|short_open_tag|soap\.\w{3,20}|sqlite3\.\w{3,20}|sys_temp_dir|tidy\.\w{3,16}|track_errors|uploadprogress\.\w{3,20}|upload_max_filesize|url_rewriter\.\w{3,6}|user_(?:agent|dir)|xmlrpc_\w{3,12}|zlib\.\w{3,30}) ?(?:=|%3d|\]|$)/,
  },
  {
    name: 'php-wrapper',
    class: 'php',
    confidence: 0.9,
    pattern:
      /\b(?:php:\/\/|phar:\/\/|expect:\/\/|zlib:\/\/|glob:\/\/|compress\.\w{3,6}:\/\/|zip:\/\/|ogg:\/\/|rar:\/\/|ssh2\.\w{3,6}:\/\/|bzip2:\/\/|data:\/\/text)/,
  },
  {
    name: 'php-object',
    class: 'php',
    confidence: 0.9,
    targets: everywhere,
    pattern: /\b[oc]:\+?\d{1,7}:["'][\w\\]{1,120}["']:\d{1,6}:\{/,
  },
  {
    name: 'deserialization-php',
    class: 'deserialization',
    confidence: 0.85,
    targets: everywhere,
    pattern: /\b[oc]:\+?\d{1,7}:["'][\w\\]{1,120}["']:\d{1,6}:\{/,
  },
  {
    name: 'php-eval-stdin',
    class: 'php',
    confidence: 0.9,
    targets: targets.path,
    pattern: /\/eval-stdin\.php$/,
  },
  {
    name: 'php-session-file',
    class: 'php',
    confidence: 0.7,
    targets: targets.file | targets.header,
    pattern: /(?:^|[/\\])sess_[a-z0-9,-]{20,256}$/,
  },
  {
    name: 'php-upload',
    class: 'php',
    confidence: 0.75,
    targets: targets.file | targets.header,
    pattern:
      /\.(?:php\d{0,3}|phtml|phar|phps|pht|phpt|pgif|shtml|htaccess|phtm|inc\.php|user\.ini)[\s.%;:$/\\\u0000]{0,16}(?:$|\.[a-z0-9]{1,8}$)/,
  },
];

/** `<?` that begins neither XML nor what editors and publishers write; as a tag, not as a character reference to one. */
const openTag = /<\?(?!xml[\s-]|xml$|import|xpacket|mso|x[a-z]{2})/;
const rawTag = /(?:<|%3c|\\x3c|\\u003c)(?:\?|%3f)/i;

export const php: Analyser = {
  name: 'php',
  targets: everywhere,
  literals: [
    '<?',
    '[php]',
    '[/php]',
    '$_',
    '$globals',
    'globals[',
    '$http_',
    '_get[',
    '_post[',
    '_server[',
    '_request[',
    '_cookie[',
    '_session[',
    '_files[',
    '$argv',
    '$php',
    '${',
    '$$',
    '$ {',
    'allow_url',
    'auto_prepend',
    'auto_append',
    'disable_functions',
    'open_basedir',
    'safe_mode',
    'suhosin.',
    'cgi.',
    'extension_dir',
    'upload_progress',
    'register_globals',
    'display_errors',
    'magic_quotes',
    'opcache.',
    'zend.',
    'unserialize',
    'assert.',
    'xdebug.',
    'php://',
    'phar://',
    'expect://',
    'zlib://',
    'glob://',
    'compress.',
    'zip://',
    'ogg://',
    'rar://',
    'ssh2.',
    'data://',
    'o:',
    'c:',
    'eval-stdin',
    'sess_',
    '.php',
    '.phtml',
    '.phar',
    '.pht',
    '.shtml',
    '.htaccess',
    'language',
    '<%=',
    'error_append',
    'error_prepend',
    'runkit',
    'ffi.',
    'expose_php',
    'file_uploads',
    'include_path',
    'memory_limit',
    'max_execution',
    'phpinidir',
    'user_ini',
    'upload_tmp',
    'variables_order',
    'request_order',
    'mail.add',
    'date.timezone',
    'enable_post',
    'ignore_user',
    'hard_timeout',
    'intl.',
    'zlib.',
    'xmlrpc_',
    'url_rewriter',
    'upload_max',
    'track_errors',
    'tidy.',
    'sys_temp',
    'soap.',
    'short_open_tag',
    'session.',
    'sendmail_',
    'realpath_cache',
    'post_max',
    'phar.',
    'pdo_odbc',
    'pcre.',
    'output_',
    'mysqlnd.',
    'mysqli.',
    'mbstring.',
    'log_errors',
    'implicit_flush',
    'html_errors',
    'highlight.',
    'exif.',
    'docref_',
    'default_charset',
    'browscap',
    'arg_separator',
  ],
  marks: ['(', '$'],
  inspect(field, findings) {
    const upload =
      field.target === targets.header &&
      !/filename|file-name|file_name/.test(field.name.replaceAll(/[._]/g, '-'));
    for (const pattern of patterns) {
      if (upload && (pattern.name === 'php-upload' || pattern.name === 'php-session-file')) continue;
      matchPatterns([pattern], field, findings);
    }
    if ((field.target & freely) !== 0 && openTag.test(field.folded) && rawTag.test(field.raw)) {
      findings.add('php-open-tag', 'php', 0.6, field.folded);
    }
    if ((field.target & (freely | targets.header)) === 0 || field.target === targets.query) return;
    const { folded } = field;
    if (!folded.includes('(') || folded.length > 8192 || !marked.test(folded)) return;
    let looked = 0;
    for (const match of folded.matchAll(distinctCall)) {
      looked += 1;
      if (looked > 32) return;
      const name = match[1] ?? '';
      const after = folded.slice(match.index + match[0].length, match.index + match[0].length + 60);
      const argument = /^\s?(?:['"$)\d]|[\w\\/.]{1,40}\)|[a-z_0-9]{2,30}\s?\()|^\s?$/.test(after);
      // The whole value is one call without arguments: asked to see whether it runs.
      if (/^\s?\)$/.test(after) && folded.length <= 40 && match.index === 0) {
        findings.add('php-function', 'php', 0.55, folded);
        return;
      }
      if (!argument) continue;
      const short = folded.length <= 300;
      if (!common.test(name)) {
        if (short)
          findings.add(
            'php-function',
            'php',
            /eval|exec|passthru|system|base64_decode|assert|phpinfo|file_|popen|create_function|gzinflate/.test(
              name,
            )
              ? 0.8
              : 0.6,
            folded,
          );
        else if (/\?>|<\?|\$\w{1,20} ?=|;\s?$/.test(folded))
          findings.add('php-function', 'php', 0.6, match[0] + after);
        return;
      }
      if (
        short &&
        /^(?:exec|eval|system|assert|include|require|die|chr|extract|define|substr|md5|sha1)$/.test(name) &&
        /^\s?(?:["'$]|\w{1,20}\)|(?:base64|gz|str|file|chr|_|hex|md5)\w{0,20}\()/.test(after)
      ) {
        findings.add('php-function', 'php', /^(?:exec|eval|system|assert)$/.test(name) ? 0.75 : 0.5, folded);
        return;
      }
    }
  },
};
