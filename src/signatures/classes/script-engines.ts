/** Code for the engines behind a site: server-side JavaScript, prototypes, templates, object formats of Python, Ruby and .NET. */

import { targets } from '../normalise-request.ts';
import { matchPatterns, type Analyser, type Pattern } from './analyser.ts';

const freely = targets.value | targets.name | targets.cookie | targets.path | targets.query | targets.file;
const everywhere = freely | targets.header | targets.agent | targets.referrer | targets.body;

const patterns: readonly Pattern[] = [
  {
    name: 'js-prototype',
    class: 'js',
    confidence: 0.9,
    targets: everywhere,
    pattern:
      /__proto__|\bconstructor\s?(?:\.|\[['"]?|\]\[)\s?['"]?prototype\b|\[?["']?constructor["']?\]?\[["']?prototype/,
  },
  {
    name: 'js-function',
    class: 'js',
    confidence: 0.85,
    targets: everywhere,
    pattern:
      /_\$\$nd_func\$\$_|__js_function|\bnew function ?\(|this\.constructor\.constructor|\.constructor\.constructor ?\(|function ?\(\) ?\{ ?(?:return )?(?:process|require|global)\b|\brequire ?\(? ?["'`](?:child_process|fs|os|net|http|vm|cluster|crypto|util|path|v8|worker_threads|dns)["'`]|\bprocess ?\. ?(?:mainmodule|binding|env|exit|cwd|kill|dlopen|argv|version)|\bchild_process\b|(?:exec|spawn|fork)(?:file)?sync ?\(|global\.process|\bprocess ?\[|console ?\[ ?["'`]|console ?\. ?(?:debug|error|info|trace|warn|log|dir|table)\b ?(?:[[(=]|\.call)|_load ?\( ?["']child|root\.process|module\._load|module\.exports ?=|\[ ?["'`]child_process/,
    notInProse: true,
  },
  {
    name: 'js-endless-loop',
    class: 'js',
    confidence: 0.75,
    targets: freely | targets.header,
    pattern:
      /\bwhile ?\( ?(?:!{0,4} ?["'`]{2}|!{0,4} ?(?:true|\d{1,9}|this|string|array|object|number|boolean|undefined|null|nan|infinity|symbol|function|\[\]|\{\}|false|[\d"'`(!+-][^)]{0,40}|`[^`]{0,20}`|[a-z]{1,20})) ?\)\)? ?(?:;|\{|$)|\bfor ?\( ?; ?; ?\)/,
    notInProse: true,
  },
  {
    name: 'js-response',
    class: 'js',
    confidence: 0.8,
    targets: freely | targets.header,
    pattern:
      /\b(?:res|response) ?\. ?(?:end|send|write|redirect|json) ?\(.{0,60}require|;? ?response\.end\(|\beval ?\(? ?["'`]?require|settimeout\(.{0,40}require|\bthis\.(?:process|global|mainmodule)\b/,
  },
  {
    name: 'ssti-arithmetic',
    class: 'ssti',
    confidence: 0.85,
    targets: freely | targets.header | targets.agent | targets.referrer | targets.body,
    pattern:
      /(?:\$|#|@|\*|%|~|\{|#set\(\$x ?=|<%=|\[\[)\{?\{? ?['"(]{0,2}\d{1,12}['"]? ?(?:\*|\+|-|\/|\|\|) ?['"]?\d{1,12}['")]{0,2} ?(?:\}|%>|\]\])/,
  },
  {
    name: 'ssti-object',
    class: 'ssti',
    confidence: 0.88,
    targets: everywhere,
    pattern:
      /(?:__(?:class|globals|builtins|subclasses|mro|bases?|init|import|getitem|dict|self|reduce)__|\{\{ ?(?:self|config|request|settings|app|_self|cycler|joiner|lipsum|url_for|get_flashed_messages|namespace|range|dict|''|""|\[\]|\(\)|\{\}|include|files\.|handlers)[ .[(|}'"]|\{\{ ?(?:'|"|\[|\(|_self|this|\$|#|\w{1,30}\.(?:constructor|class|to_?upper|__))|freemarker\.template|\?new ?\(\)|<#assign|<#include|<#import|#set ?\( ?\$|#foreach ?\(|#include ?\(|#parse ?\(|\$class\.|\$velocity|\$\{ ?(?:7|class|self|t\(|\w{1,20}\.getclass|product\.|''|""|\("|runtime|exec)|\{% ?(?:for|if|set|include|import|extends|debug|raw|macro|print|load|block|with|from)\b|\{php\}|\{\/php\}|\{system ?\(|\{\$smarty|\{literal\}|\{\{ ?=|\*\{t\(|__\$\{|::\.x|\{\{ ?[a-z0-9_]{1,20} ?\| ?(?:filter|map|sort|join|system|passthru|exec|reduce)\b|<%= ?(?:\d|file|dir|system|`|self|foobar|request|global|process|io)|\{\{#with|\{\{ ?range|twig|registerundefinedfiltercallback|\{\{ ?dump ?\()/,
  },
  {
    name: 'ssti-braces',
    class: 'ssti',
    confidence: 0.75,
    targets: freely | targets.header,
    pattern:
      /\{\{ ?[\w.'"]{1,60} ?(?:\(|\.\w{1,30} ?\()[^}]{0,100}\}\}|#\{ ?(?:\d|[\w.]{1,30}\(|''|")[^}]{0,80}\}|\$\{\{[^}]{1,80}\}\}|\{\{[^}]{0,3}\d{1,9}[^}]{0,3}\}\}|\{\{ ?\w{1,30} ?\[/,
    notInProse: true,
  },
  {
    name: 'deserialization-python',
    class: 'deserialization',
    confidence: 0.88,
    targets: everywhere,
    pattern:
      /!!python\/|!!java|!!javax|!!ruby|!ruby\/(?:object|hash|struct)|\bcos\nsystem|\bc(?:os|posix|subprocess|__builtin__|builtins) ?(?:system|popen|eval|exec)\b|gasvc|ccopy_reg/,
  },
  {
    name: 'deserialization-dotnet',
    class: 'deserialization',
    confidence: 0.85,
    targets: everywhere,
    pattern:
      /system\.(?:windows\.data\.objectdataprovider|configuration\.install|diagnostics\.process|security\.principal|workflow|web\.security\.rolep|management\.automation)|objectdataprovider|typeconfusedelegate|"\$type" ?: ?"system\.|aaeaaad\/{5}|losformatter|resourcedictionary.{0,80}system\.diagnostics|windowsidentity/,
  },
  {
    name: 'deserialization-node',
    class: 'deserialization',
    confidence: 0.85,
    targets: everywhere,
    pattern: /_\$\$nd_func\$\$_/,
  },
  {
    name: 'js-orm-lookup',
    class: 'js',
    confidence: 0.6,
    targets: targets.name,
    pattern:
      /^[a-z_]{1,40}__(?:[a-z_]{1,30}__){0,4}(?:has_keys?|startswith|istartswith|contains|icontains|regex|iregex|endswith|gte?|lte?|isnull|exact|iexact|has_any_keys)$/,
  },
  {
    name: 'ruby-interpolation',
    class: 'rce',
    confidence: 0.8,
    targets: freely,
    pattern: /#\{ ?(?:`|%x|system|exec|io\.|file\.|kernel|process)[^}]{0,80}\}/,
  },
  {
    name: 'js-graphql-introspection',
    class: 'other',
    confidence: 0.6,
    targets: targets.body | targets.value | targets.name,
    pattern: /__schema ?\{|\bon\W{1,6}__type\b|__type ?\(|introspectionquery/,
  },
];

export const scriptEngines: Analyser = {
  name: 'script-engines',
  targets: everywhere,
  literals: [
    '__',
    'constructor',
    '_$$nd',
    'new function',
    'require',
    'process',
    'child_process',
    'execsync',
    'spawnsync',
    'console',
    'while',
    'for(',
    'for (',
    'response.',
    'res.',
    '{{',
    '${',
    '#{',
    '@{',
    '*{',
    '%{',
    '~{',
    '<%',
    '[[',
    'freemarker',
    '?new',
    '<#',
    '#set',
    '#foreach',
    '#include',
    '#parse',
    '$class',
    '$velocity',
    '{%',
    '{php}',
    '{system',
    '{$smarty',
    '{literal',
    '!!',
    '!ruby',
    'cos',
    'cposix',
    'csub',
    'gasvc',
    'system.',
    'objectdataprovider',
    'typeconfused',
    '$type',
    'aaeaaad',
    'losformatter',
    'introspection',
    'this.',
    'global.',
    'module._',
    'ccopy',
  ],
  marks: [],
  inspect(field, findings) {
    matchPatterns(patterns, field, findings);
  },
};
