/**
 * SQL and NoSQL injection. The shape of the tokens decides (sql-tokens.ts), read as the application might have placed the
 * text: as it stands (a number's place) and within each kind of quote; beside it stand the names that only the
 * catalogues and special functions of databases have.
 */

import { targets, type Field } from '../normalise-request.ts';
import { traits } from '../normalise-percent.ts';
import { matchPatterns, readsAsProse, type Analyser, type Findings, type Pattern } from './analyser.ts';
import { sqlFunctions, sqlShape } from './sql-tokens.ts';

interface Shape {
  readonly name: string;
  readonly confidence: number;
  /** Where the text must be read: after a closed quote, after a number, or anywhere. */
  readonly where: 'quote' | 'number' | 'any';
  readonly pattern: RegExp;
  readonly notInProse?: boolean;
}

// An operand: number, string, variable, word, column path or call. Bounded, so that each pattern stays linear.
const shapes: readonly Shape[] = [
  {
    name: 'sqli-union-select',
    confidence: 0.95,
    where: 'any',
    pattern: /U[wn]?\(?\(?S[wfN]{0,2}\(?(?:[nsvqfc*]|$|K|w[.(]?w?[,F]|\(S)/,
  },
  {
    name: 'sqli-union-select',
    confidence: 0.9,
    where: 'quote',
    pattern: /^s?\)?\)?[,)]?U[wn]?[(]{0,2}(?:S|q|o|$)/,
  },
  { name: 'sqli-union-select', confidence: 0.9, where: 'number', pattern: /^n\)?\)?U[wn]?[(]{0,2}S/ },
  {
    name: 'sqli-tautology',
    confidence: 0.9,
    where: 'quote',
    pattern: /^s[)w]{0,3}[LN][N(o]{0,4}(?:[nsqv]|w\(?\)?|f\()[^LU;]{0,8}?(?:C|X)/,
  },
  {
    name: 'sqli-tautology',
    confidence: 0.85,
    where: 'quote',
    pattern: /^s\)?\)?LN{0,2}[(o]{0,2}[nvq]{1,2}(?:c|;|$|L|\))/,
  },
  {
    name: 'sqli-tautology',
    confidence: 0.85,
    where: 'quote',
    pattern: /^s\)?\)?L[(N]{0,2}(?:s[LCos]|q|f\(|\(S|K)/,
  },
  {
    name: 'sqli-tautology',
    confidence: 0.9,
    where: 'number',
    pattern: /^[on]?n[)]{0,3}L[N(o]{0,4}(?:[nsqv]|w(?:\.w)?|w\(\)?|f\()[^LU;w]{0,8}?C[o(N]{0,2}[nsqvwf(]/,
  },
  {
    name: 'sqli-tautology',
    confidence: 0.8,
    where: 'number',
    pattern: /^o?n[)]{0,3}L[N(]{0,4}(?:f\(|\(S|K|S|w\(S|\(f)/,
  },
  {
    name: 'sqli-tautology',
    confidence: 0.75,
    where: 'any',
    pattern: /L[N(o]{0,4}(?:nCn|sCs|sCq|nCq|sCn|nCs)/,
  },
  { name: 'sqli-tautology', confidence: 0.75, where: 'number', pattern: /^n[)]{0,3}Lnc?$/, notInProse: true },
  {
    name: 'sqli-json-operator',
    confidence: 0.85,
    where: 'any',
    pattern: /s(?:Xw)?[C?]{1,2}[?o|]{0,2}(?:w?)sXw/,
  },
  {
    name: 'sqli-json-operator',
    confidence: 0.8,
    where: 'any',
    pattern: /L[N(]{0,2}[swq](?:Xw)?C{1,2}s(?:Xw|$|c|U|L|C)/,
  },
  { name: 'sqli-json-operator', confidence: 0.8, where: 'any', pattern: /Ls(?:Xw)?\?[o|]{0,2}(?:w?s|w)/ },
  {
    name: 'sqli-concatenation',
    confidence: 0.8,
    where: 'quote',
    pattern: /^s[)]?[oL]{1,3}[(]{0,3}(?:S|f\(|w\(|n[oL]{1,2}[sq]|n[oL]q|[sq]?$)/,
    notInProse: true,
  },
  {
    name: 'sqli-statement',
    confidence: 0.9,
    where: 'any',
    pattern: /;(?:S(?:[*nfsv(]|w\.?w?[,F(])|D[TFI]|Dv|Dw[;(cHTv]|Dw\.|DwDw|D[w.]{1,6}v|Ds)/,
  },
  { name: 'sqli-statement', confidence: 0.85, where: 'quote', pattern: /^s[)]{0,3};(?:S|D|w?;?c)/ },
  { name: 'sqli-statement', confidence: 0.8, where: 'number', pattern: /^n[)]{0,3};(?:S|D)[^?]/ },
  { name: 'sqli-comment', confidence: 0.7, where: 'quote', pattern: /^s[)]{0,3};?c$/, notInProse: true },
  { name: 'sqli-order-by', confidence: 0.8, where: 'quote', pattern: /^s[)]{0,3}[BH]wn?/, notInProse: true },
  { name: 'sqli-order-by', confidence: 0.75, where: 'number', pattern: /^n[)]{0,3}(?:Bwn|Hn[C,c])/ },
  {
    name: 'sqli-subselect',
    confidence: 0.85,
    where: 'any',
    pattern: /[(]S[w]{0,1}(?:[*nvs]|f\(|w)[^;]{0,24}?F[w(sfn]/,
    notInProse: true,
  },
  { name: 'sqli-subselect', confidence: 0.85, where: 'any', pattern: /[(]S(?:f\(|[(]?K|n\)|[(]S)/ },
  {
    name: 'sqli-select',
    confidence: 0.65,
    where: 'any',
    pattern: /^S(?:[*]|[ns]|w?f\(|v|w[.,]|ww?,|w)[^;]{0,24}F(?:[w.s]{1,4}(?:[HBL;c]|,w)|w$|w\.w|s$|$)/,
    notInProse: true,
  },
  {
    name: 'sqli-select',
    confidence: 0.7,
    where: 'any',
    pattern: /S(?:[*]F[w(s]|f\([^?]{0,24}(?:F|L|\(S))/,
    notInProse: true,
  },
  {
    name: 'sqli-select',
    confidence: 0.6,
    where: 'any',
    pattern: /^[()sq]{0,2}Sw?(?:f\(|[(]?[vK])/,
    notInProse: true,
  },
  {
    name: 'sqli-alias-from',
    confidence: 0.6,
    where: 'any',
    pattern: /^(?:[)sq]|nA|q?wq)A?[wsqn]{1,3}F$|[)sq]A[wsq]{1,2}F(?:$|[wsq])/,
    notInProse: true,
  },
  {
    name: 'sqli-change',
    confidence: 0.65,
    where: 'any',
    pattern: /^o?(?:DIw(?:\(|T)|DFw(?:H|c|;)|D[T](?:w|s)(?:$|\(|;|c|w\()|Dw(?:\.w)?D[ws]C)/,
    notInProse: true,
  },
  { name: 'sqli-collate', confidence: 0.75, where: 'quote', pattern: /^sX/ },
  {
    name: 'sqli-case',
    confidence: 0.7,
    where: 'any',
    pattern: /K[(]{0,2}[nsw](?:\)?)C[nsw][)]{0,2}K|KKK/,
    notInProse: true,
  },
  {
    name: 'sqli-having',
    confidence: 0.65,
    where: 'any',
    pattern: /(?:HnC|HwC[ns]|Bw(?:n,|n[c;]|f\()|Bw(?:s|w),(?:s|w)H)/,
    notInProse: true,
  },
];

const freely =
  targets.value | targets.name | targets.cookie | targets.path | targets.referrer | targets.agent;
const everywhere = freely | targets.header | targets.query | targets.body;

/** Names that stand in no request by chance. */
const patterns: readonly Pattern[] = [
  {
    name: 'sqli-catalogue',
    class: 'sqli',
    confidence: 0.85,
    targets: everywhere,
    pattern:
      /\b(?:information_schema ?\.|sys(?:objects|columns|databases|users)\b(?= |\)|$|where)|(?:mysql|master)\.(?:dbo|user|db|sys[a-z]{1,20})\b|master\.\.|msysaccessobjects|msysqueries|pg_(?:catalog|shadow|user|tables|class|read_file|ls_dir|stat_activity)\b|sqlite_(?:master|schema|version)|all_tables|user_tables|user_tab_columns|all_tab_columns|user_constraints|v\$version|dba_users|db_name ?\(|xp_(?:cmdshell|dirtree|reg[a-z]{2,20}|fileexist|availablemedia|enum[a-z]{2,20}|loginconfig|makecab|ntsec|terminate|oamethod|filelist|servicecontrol)|sp_(?:executesql|password|makewebtask|oacreate|addextendedproc|replwritetovarbin|sqlexec|prepare|execute|help\b)|openrowset|openquery ?\(|dbms_(?:pipe|lock|java|xmlquery|ldap)\b|utl_(?:http|inaddr|file|smtp)\b|waitfor ?(?:delay|time) ?['"0-9(@\\]|(?:dump|out) ?file ?['"]|load_file ?\(|load data (?:local )?infile|procedure analyse ?\(|into (?:out|dump)file|pg_sleep ?\(|group_concat ?\(|extractvalue ?\(|updatexml ?\(|randomblob ?\(|name_const ?\(|geometrycollection ?\(|benchmark ?\( ?[0-9]|is_srvrolemember|@@(?:version|datadir|hostname|basedir|servername|spid|global)\b|;? ?handler [\w`]{1,40} (?:open|read)|execute immediate ["'(]|exec(?:ute)? ?\( ?@|pg_client_encoding|nullif ?\(|current_user ?\(\)|like ?char ?\(|tempdb\b|northwind$)/,
  },
  {
    name: 'sqli-time',
    class: 'sqli',
    confidence: 0.85,
    pattern:
      /(?:(?:^|["'`)(;,=|&]|\b(?:or|and|xor|select|by|if|when|then|where|\d)|[+*/-]) ?sleep ?\( ?(?:\d|\/\*|'|"|\()|sleep ?\( ?['"]?\d{1,12}['"]? ?\) ?(?:\)|--|#|and|or|xor|limit|a?\)|;|,|\*)|new date\(\); ?do ?\{|date\(\);do\{)/,
    notInProse: true,
  },
  {
    name: 'sqli-hex-string',
    class: 'sqli',
    confidence: 0.55,
    pattern:
      /(?:['"\\,(=] ?|^\\?)0x[0-9a-f]{2}[0-9a-z]{1,200}$|(?:concat|char|unhex|cast|convert)\w? ?\( ?0x[0-9a-f]{2}/,
    notInProse: true,
  },
  {
    name: 'sqli-boolean-function',
    class: 'sqli',
    confidence: 0.75,
    pattern:
      /(?:\b(?:and|or|xor|having|where)|\|\||&&|[(=,;]) ?\(?(?:ascii|ord|substring|substr|mid|length|char_length|hex|unhex|bin|exists|count|database|version|user|lower|updatexml|elt|make_set|rlike|json_keys|cast|convert|iif|ifnull|strcmp|chr|char) ?\([^?]{0,80}?\)? ?(?:=|>|<|!=|like|in|\bfrom\b|between|\|\|)/,
    notInProse: true,
  },
  {
    name: 'sqli-char-chain',
    class: 'sqli',
    confidence: 0.85,
    pattern:
      /(?:chr|char) ?\( ?\d{1,5} ?\) ?(?:\|\||\+|,|&|%){1,3} ?(?:chr|char) ?\( ?\d|(?:select|union|concat) ?\(? ?(?:chr|char) ?\(/,
  },
  {
    name: 'sqli-drop',
    class: 'sqli',
    confidence: 0.75,
    pattern:
      /(?:^|[;'")] ?)(?:drop|truncate|alter|create)(?: |\/\*)(?:table|database|schema|view|procedure|function|user|trigger|index)\b ?[\w`"'[.(]{1,64}/,
    notInProse: true,
  },
  {
    name: 'sqli-drop',
    class: 'sqli',
    confidence: 0.7,
    pattern:
      /^(?:['")]? ?;)? ?(?:drop|truncate|delete from|insert into|update) ?[[\]\w`".]{1,64} ?(?:;|--|#|\[|\(|values)/,
    notInProse: true,
  },
  {
    name: 'sqli-stacked',
    class: 'sqli',
    confidence: 0.75,
    pattern:
      /(?:^|[;'"]|\d) ?; ?(?:declare|set|exec(?:ute)?|shutdown|print|waitfor|truncate|drop|insert into|update|delete from|alter|create) ?(?:@|['"[]|\w{1,64}|--|;|$)/,
    notInProse: true,
  },
  {
    name: 'nosqli-operator',
    class: 'sqli',
    confidence: 0.8,
    targets: targets.name,
    pattern:
      /(?:^|[[.])\$(?:ne|eq|gte?|lte?|n?in|exists|regex|where|or|and|nor|not|elemmatch|size|type|all|expr|jsonschema|mod|text|options|comment|func|lookup|function)\]?$/,
  },
  {
    name: 'nosqli-expression',
    class: 'sqli',
    confidence: 0.8,
    pattern:
      /(?:['"{,[(]|^|true|false|\d|;) ?['"]?\$(?:ne|gte?|lte?|n?in|regex|where|or|and|nor|elemmatch|exists|comment|func|eq|expr)['"]? ?[:=\]]|['"}\]] ?[,;] ?\$(?:or|and|where|comment)|this\.[a-z_]{2,40}\.match ?\(|['"] ?(?:\|\||&&) ?this\.|;? ?return ?\(?true|db\.[a-z_]{2,40}\.(?:find|insert|drop|remove|update) ?\(|;? ?(?:var )?date ?= ?new date|do ?\{ ?cur/,
    notInProse: true,
  },
  {
    name: 'sqli-odd-comment',
    class: 'sqli',
    confidence: 0.7,
    pattern:
      /(?:\w|'|\))\/\*[^*]{0,60}\*\/(?:\w|'|\(|\/\*)|\/\*[!+][^*]{0,80}(?:\*\/|\/\*|$)|(?:select|union|or|and|drop) ?\/\*/,
    notInProse: true,
  },
  {
    name: 'sqli-json-path',
    class: 'sqli',
    confidence: 0.8,
    pattern: /['"]\{[^{}'"]{0,80}[^}]{0,80}\}{1,3}['"] ?(?:->>?|<@|@>|#>>?|\?[|&]?|<|>|=) ?['"]/,
  },
  {
    name: 'sqli-postgres',
    class: 'sqli',
    confidence: 0.7,
    pattern:
      /::(?:text|int|integer|json|jsonb|varchar|regclass|bool(?:ean)?|numeric|char)\b|\$\$ ?(?:;|\|\|)|create (?:or replace )?function|copy [\w(]{1,40}[^;]{0,60} (?:to|from) program|(?:select|union) [\w*, ]{0,60}from pg_/,
    notInProse: true,
  },
  {
    name: 'sqli-end-comment',
    class: 'sqli',
    confidence: 0.6,
    targets: targets.value | targets.name | targets.cookie,
    pattern: /^[\w.@ -]{0,64}['"`)\u00b4][)\s;]{0,4}(?:--|#|\/\*|;%00|;$)[\s-]{0,4}$/,
    notInProse: true,
  },
  {
    name: 'sqli-end-comment',
    class: 'sqli',
    confidence: 0.6,
    targets: targets.value | targets.name,
    pattern: /(?:\browid|;|\bid|\w['")]|\) ?)--[ -]?$/,
    notInProse: true,
  },
  {
    name: 'sqli-quote-logic',
    class: 'sqli',
    confidence: 0.65,
    targets: targets.value | targets.name | targets.path | targets.cookie,
    pattern:
      /\\['"`][^'"`]{0,20}(?:and|or|xor|\|\||&&) ?(?:['"`\d]|$)|['"`] ?(?:x?or|and|\|\||&&) {0,2}['"`]?[\w.]{1,20}['"`]? ?[!<>=]|\bxor ?\(? ?['"\d][\w'"]{0,20} ?[<>=(]|^\s?x?or ['"\d][\w'"]{0,12} ?[<>=]|['"`] ?(?:is|like|in|glob|regexp|not|between|having|sounds|similar)(?: (?:not|null|like|to|similar|\d|['"]|\w{1,20} ?(?:--|;|$))|["'(])|['"`] ?(?:x?or|and) (?:not )?(?:true|false|null|\w{1,20} (?:is|like|not|in|glob|regexp|between|similar|sounds)\b)/,
    notInProse: true,
  },
  {
    name: 'sqli-fragment',
    class: 'sqli',
    confidence: 0.55,
    targets: targets.value | targets.name,
    pattern:
      /^(?:\w{1,20}=)?(?:(?:or|and|\|\||&&) ?\(?['"]?[\w.@]{1,40}['"]? ?(?:[<>!]=?=?|==?=?) ?['"\d]?[\w]{0,20}['"=]{0,3}$|(?:\|\||&&) ?\(?[\w.]{1,30} ?[!=]==?|union (?:all |distinct )?select ?$|(?:order|group) by ?$|from [`\w.]{1,64} (?:where|group by|order by|limit|having)\b|having [\w'" ]{1,20}[<>=]|select (?:user ?\(|[\w*, ]{1,40} from [\w.`]{1,60}$)|exec(?:ute)? xp_|; ?(?:update|set|insert|delete|select|drop|shutdown|truncate) ?@?[\w ]{0,40}$)|^select \w{1,20} ?\($|^if\( ?[\w'"]{1,20} ?[<>=]/,
    notInProse: true,
  },
  {
    name: 'sqli-quote-arithmetic',
    class: 'sqli',
    confidence: 0.55,
    targets: targets.value | targets.name,
    pattern:
      /^["'`] ?(?:[<>=*]{1,2} ?\d|\d{1,12} ?[*<>=^] ?\d)|'\+\d{1,12}\+'|^\w{0,12}["'`]\+\d{1,12}\+["'`]|["'] ?\]\[\d|["'`] ?(?:<|>) ?\d{1,9}\) ?(?:and|or)\b|^["'] ?: ?\[?["'] ?\[?\d{1,2}["'\\,]|'\]\[\d\]\]\)/,
    notInProse: true,
  },
  {
    name: 'sqli-operator',
    class: 'sqli',
    confidence: 0.55,
    targets: targets.value | targets.name | targets.cookie,
    pattern:
      /\bregexp binary\b|\bsounds like\b|\blike (?:null|binary)\b|<=>|\b(?:not )?between \d{1,9} and \d{1,9}\b(?=.{0,4}$)|\bin ?\( ?select\b|\bin ?\( ?(?:\d{1,12} ?,|['"])[^)]{0,80}\)|^(?:or|and|xor) ['"]?\d{1,9}['"]? ?(?:#|--)|\bxor ['"]?\w{1,20} ?[-+<>=!]|^["'] ?(?:alter|drop|exec|execute|declare|create|truncate) \w|['"`][^a-z0-9 '"]{1,3}\w{1,30}--$|\bis (?:not )?null\b ?(?:$|--|#|;|\)|and|or|union)|\brlike ['"(\d]|^\d{1,9} ?(?:=|!=|<>|<=>|<|>|<=|>=) ?\d{1,9}$|^['"][\w ]{0,20}['"] ?(?:=|!=|<>) ?['"]|\bnot (?:like|in|regexp|rlike) ?['"(]|[;#] ?(?:update|insert|drop|alter) ?\w{2,64}\W|\/\w{1,60};? (?:and|between|div|having|like|x?or|select)(?:\W|$)/,
    notInProse: true,
  },
  {
    name: 'ldapi-filter',
    class: 'other',
    confidence: 0.75,
    targets: targets.value | targets.name,
    pattern:
      /^\w{1,40}\)\([|&!]|\*?\) ?\( ?[&|!]? ?\(?(?:cn|uid|ou|dc|sn|mail|objectclass|userpassword|password|samaccountname|givenname|[a-z]{2,20}) ?[~<>]?=|\( ?[&|!] ?\((?:cn|uid|objectclass|objectcategory|mail|password|user|userpassword) ?=|\*\(\)\|&'|^\*\(\||\)\(\(?\|?(?:userpassword|cn|uid|objectclass)|\)\(&\)|\)\)\(&\(|\)\(!\(&/,
    notInProse: true,
  },
];

const unfinishedCall = /(?:^|[^\w])([a-z_0-9]{2,24})\.? ?\\?\)? ?(?:&&)? ?\($/;
const quickWords =
  /['"`\u00b4]|\b(?:union|select|and|or|xor|having|where|order|group|exec|execute|drop|insert|update|delete|declare|create|alter|truncate|case|not|like|set)\b|\|\||&&|;|^\W?\d{1,20}[ )]/;

function inspectShapes(field: Field, findings: Findings): void {
  // The injection stands near the end of a padded value, or near its first quote; beyond 4,096 characters both ends are read.
  const { folded } = field;
  const text = folded.length <= 4096 ? folded : `${folded.slice(0, 2048)} ${folded.slice(-2048)}`;
  if (!quickWords.test(text)) return;
  let prose: boolean | null = null;
  const places: readonly (readonly [inside: '' | "'" | '"' | '`', mark: string])[] = [
    ['', ''],
    ["'", "'"],
    ['"', '"'],
    ['`', '`'],
  ];
  for (const [inside, mark] of places) {
    if (mark !== '' && !text.includes(mark)) continue;
    const { letters, commentBetween } = sqlShape(text, inside);
    for (const shape of shapes) {
      if (shape.where === 'quote' && inside === '') continue;
      if (shape.where === 'number' && inside !== '') continue;
      if (!shape.pattern.test(letters)) continue;
      if (shape.notInProse === true || shape.name === 'sqli-tautology') {
        prose ??= readsAsProse(folded);
        if (prose && shape.confidence < 0.9) continue;
      }
      findings.add(shape.name, 'sqli', Math.min(1, shape.confidence + (commentBetween ? 0.05 : 0)), folded);
    }
  }
}

export const sqli: Analyser = {
  name: 'sqli',
  targets: everywhere,
  literals: [
    'union',
    'select',
    'sleep',
    'benchmark',
    'waitfor',
    'information_schema',
    'sysobjects',
    'xp_',
    'sp_',
    '@@',
    'extractvalue',
    'updatexml',
    'load_file',
    'outfile',
    'dumpfile',
    'pg_',
    'dbms_',
    'utl_',
    'char(',
    'chr(',
    'concat',
    'sqlite_',
    'mysql.',
    'master.',
    'msys',
    'all_tables',
    'user_tables',
    'openrowset',
    'infile',
    'randomblob',
    'name_const',
    'geometrycollection',
    'group by',
    'order by',
    'having',
    'drop ',
    'drop/*',
    'truncate',
    'insert into',
    'delete from',
    'declare',
    'execute immediate',
    'exec(',
    'exec ',
    'waitfor',
    'northwind',
    'tempdb',
    'collate',
    'procedure',
    '$ne',
    '$gt',
    '$lt',
    '$where',
    '$or',
    '$and',
    '$regex',
    '$in',
    '$nin',
    '$eq',
    '$exists',
    '$nor',
    '$not',
    '$elemmatch',
    '$text',
    '$func',
    '$comment',
    '$expr',
    '$size',
    '$type',
    '$all',
    '$mod',
    '$options',
    '$jsonschema',
    'this.',
    'new date',
    'objectclass',
    'userpassword',
    'db_name',
    'handler ',
    'nullif',
    'create ',
    'alter ',
    ' from',
    'sysdatabases',
    '/*',
    '0x',
    ' or ',
    ' and ',
    'xor',
    '||',
    '&&',
    'or ',
    'and ',
    'if(',
    'v$version',
    'dba_',
    'user_tab',
    'all_tab',
    ';set',
    ';update',
    'limit ',
    'not ',
    '::',
    'like',
    'case when',
    'update ',
    'insert',
    'is_srvrolemember',
    'delete',
  ],
  marks: ["'", '"', '`', '--', '#', '(', ';'],
  inspect(field, findings) {
    const { folded, target } = field;
    const quiet = (target & (targets.body | targets.query | targets.header)) !== 0;
    // An ordinary referrer or agent is a URL or a product list; prose rules are not for them.
    matchPatterns(patterns, field, findings);
    if (quiet) return;
    if (
      target === targets.agent &&
      /^(?:mozilla|opera|dalvik|[\w.-]{2,30})\/\d/.test(folded) &&
      !folded.includes("'")
    )
      return;
    inspectShapes(field, findings);
    if (target === targets.referrer || target === targets.agent) return;
    if (folded.length <= 64) {
      const call = unfinishedCall.exec(folded.trimEnd());
      if (call !== null && sqlFunctions.has(call[1] ?? ''))
        findings.add('sqli-unfinished-call', 'sqli', 0.55, folded);
    }
    if ((field.traits & traits.widened) !== 0 && /(?:'|") ?(?:or|and|union) /.test(folded)) {
      findings.add('sqli-widened-quote', 'sqli', 0.7, folded);
    }
  },
};
