/** Java: JNDI look-ups in log text, expression languages (OGNL, SpEL, EL), class loader paths, names of dangerous classes. */

import type { ExploitClass } from '../../core/behavior.ts';
import { targets, type Field } from '../normalise-request.ts';
import { matchPatterns, type Analyser, type Findings, type Pattern } from './analyser.ts';

const everywhere =
  targets.value |
  targets.name |
  targets.cookie |
  targets.path |
  targets.query |
  targets.file |
  targets.header |
  targets.agent |
  targets.referrer |
  targets.body;

const mostRounds = 12;
const innermost = /\$\{([^${}]{0,200})\}/g;

/** The look-ups of Log4j 2 that yield a known text: `${lower:J}`, `${::-j}`, `${env:X:-j}`, `${date:'j'}`. */
function resolved(inner: string): string | null {
  const fallback = inner.lastIndexOf(':-');
  if (fallback >= 0) return inner.slice(fallback + 2);
  const match =
    /^(?:lower|upper|base64|date|sys|env|java|main|k8s|docker|bundle|web|map|ctx|event|spring|marker|sd|log4j|hostname|structureddata|jvmrunargs) ?:(.{0,200})$/.exec(
      inner,
    );
  if (match === null) return null;
  const argument = match[1] ?? '';
  return inner.startsWith('date')
    ? argument.replaceAll("'", '')
    : inner.startsWith('lower') || inner.startsWith('upper')
      ? argument
      : null;
}

/** What Log4j makes of nested look-ups, so that `${${lower:j}${::-n}di:…` reads `${jndi:…`. At most twelve rounds. */
export function resolveLookups(folded: string): string {
  let text = folded.slice(0, 8192);
  for (let round = 0; round < mostRounds; round += 1) {
    let changed = false;
    text = text.replaceAll(innermost, (whole, inner: string) => {
      const value = resolved(inner);
      if (value === null) return whole;
      changed = true;
      return value;
    });
    if (!changed) break;
  }
  return text;
}

function inspectLookups(field: Field, findings: Findings): void {
  const { folded } = field;
  if (!folded.includes('$')) return;
  if (
    /\$ ?\{? ?\{?[^}]{0,20}jndi ?:/.test(folded) ||
    /jndi: ?(?:ldaps?|rmi|dns|iiop|corba|nds|nis|http|\$)/.test(folded)
  ) {
    findings.add('java-jndi-lookup', 'java', 0.98, folded);
    return;
  }
  if (!/\$\{.{0,60}(?::|\$\{)/.test(folded)) return;
  const plain = resolveLookups(folded);
  if (/\$\{? ?jndi ?:|jndi: ?(?:ldap|rmi|dns|iiop|corba|nds|nis)/.test(plain))
    findings.add('java-jndi-lookup', 'java', 0.98, plain);
  else if (
    plain !== folded.slice(0, 8192) ||
    /\$\{ ?(?:env|sys|ctx|java|lower|upper|date|hostname|main|base64|bundle|docker|k8s|log4j|web|spring|map|marker|::-|:) ?:/.test(
      folded,
    )
  ) {
    const nested = /\$\{[^}]{0,80}\$\{/.test(folded);
    const named = /\$\{ ?(?:env|sys|lower|upper|java|ctx|date|base64|::-|:[^}]{0,20}:-)/.test(folded);
    if (nested || named) findings.add('java-log-lookup', 'java', 0.85, folded);
  }
}

const gadget =
  '(?:clonetransformer|forclosure|instantiatefactory|instantiatetransformer|invokertransformer|prototypeclonefactory|prototypeserializationfactory|whileclosure|getproperty|filewriter|xmldecoder|constanttransformer|chainedtransformer|templatesimpl|badattributevalueexpexception|annotationinvocationhandler|commonscollections|jdbcrowsetimpl|lazymap|transformedmap)';

const patterns: readonly Pattern[] = [
  {
    name: 'java-class-name',
    class: 'java',
    confidence: 0.75,
    pattern:
      /\bjava\.(?:lang|io|net|util|nio|beans|rmi|sql|naming|security|text|math|awt|applet|evil)\.[a-z]{2,60}|\bjavax\.(?:script|naming|management|el|faces|servlet|swing|imageio|activation|persistence|crypto|sql)\b\.?|\bcom\.(?:opensymphony\.xwork2|sun\.(?:org|rowset|jndi|syndication|tools|jmx|corba)|ibm\.|mchange|zaxxer|alibaba|caucho|atomikos)|\borg\.(?:apache\.(?:commons|struts2?|xalan|wicket|xbean|tomcat|catalina|naming|log4j|shiro|velocity|coyote|jasper|cxf|ofbiz)|omg\.corba|springframework|hibernate|codehaus|python\.core|yaml\.snakeyaml|mozilla\.javascript|jboss|ognl|mvel2?)\b|\bsun\.(?:misc|reflect|rmi|security)\b|\bjava\.(?:processbuilder|runtime)/,
  },
  {
    name: 'java-runtime',
    class: 'java',
    confidence: 0.85,
    pattern:
      /\b(?:getruntime\s?\(|runtime\s?\.\s?(?:getruntime|exec)|processbuilder\s?(?:\(|\.)|\.getclass\s?\(|class\.forname|\.forname\s?\(|processimpl|unixprocess|java\.lang\.runtime|new java\.|urlclassloader|scriptenginemanager|getenginebyname|\.newinstance\s?\(|methodinvoke|java\.processbuilder|javax?\.\w{0,20}\.?\w{0,20}runtime)/,
  },
  {
    name: 'java-gadget',
    class: 'java',
    confidence: 0.85,
    pattern: new RegExp(
      String.raw`\b(?:runtime|processbuilder|java|javax|org|com)\b.{0,60}${gadget}|${gadget}.{0,80}\b(?:runtime|processbuilder)|\b${gadget}\b`,
    ),
  },
  {
    name: 'deserialization-java',
    class: 'deserialization',
    confidence: 0.7,
    pattern: new RegExp(
      String.raw`\b${gadget}\b|com\.sun\.rowset\.jdbcrowsetimpl|ysoserial|"@type" ?: ?"|<(?:java|void) (?:version|class|method)=|<java\.util\.priorityqueue|<sorted-set>|<dynamic-proxy>|\bobjectinputstream\b`,
    ),
  },
  {
    name: 'java-expression',
    class: 'java',
    confidence: 0.88,
    pattern:
      /(?:[$%#*@~]\{ ?(?:\(?#|@java|@org|t\(java|new java|request\.|response\.|application\.|session\.|pagecontext|applicationscope|''\.|""\.|class\.|this\.|runtime|facescontext|sessionscope|param\.|header\.|cookie\.|initparam|beanfactory|\w{1,20}\.getclass|\(?\s?t\s?\())|#_memberaccess|#context\[|#application\.|#attr\[|#request\.|#session\.|@ognl\.|ognl\.|#rt\b ?=|#cmd\b ?=|allowstaticmethodaccess|denymethodexecution|excludedclasses|excludedpackagenames|xwork\.methodaccessor|redirect(?:action)?:[$%]\{|\baction:[$%]\{|multipart\/form-data['"]\)|\bt\(java\.|\(#\w{1,20} ?= ?@?|#\w{1,20}=new /,
    notInProse: false,
  },
  {
    name: 'java-class-loader',
    class: 'java',
    confidence: 0.9,
    pattern:
      /\bclass(?:\.module|\[['"]?module)?[.[]['"]?classloader\b|classloader[.[]['"]?resources|top\.classloader|\.parent\.pipeline\.first|class\.module\.|getclassloader|suffix=\.jsp|webappclassloader/,
  },
  {
    name: 'java-struts',
    class: 'java',
    confidence: 0.8,
    pattern:
      /(?:^|[?&\s])(?:method:%?23|method:#|debug=command&expression|debug=(?:browser|xml|console)&|redirect:\$|redirectaction:\$|redirect:%)/,
  },
  {
    name: 'java-upload',
    class: 'java',
    confidence: 0.7,
    targets: targets.file | targets.header,
    pattern: /\.jspx?(?:[\s.%;:$/\\]{0,8}$|f$)|\.war$/,
  },
  {
    name: 'java-spring',
    class: 'java',
    confidence: 0.85,
    pattern:
      /spring\.cloud\.function\.routing-expression|spelexpression|\bt\(\s?(?:java|org|javax|com)\.|springframework\.\w{2,20}/,
  },
];

/** Serialised Java objects and the names of gadgets as Base64, at whichever of three offsets they stand within the encoded text. */
const encodedWords = [
  'runtime',
  'processbuilder',
  'clonetransformer',
  'forclosure',
  'instantiatefactory',
  'instantiatetransformer',
  'invokertransformer',
  'prototypeclonefactory',
  'prototypeserializationfactory',
  'whileclosure',
  'java.lang.Runtime',
  'ProcessBuilder',
  'InvokerTransformer',
  'TemplatesImpl',
];

function encodings(word: string): string[] {
  return [0, 1, 2].map((offset) => {
    const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(word)]);
    const whole = bytes.toString('base64').replaceAll('=', '');
    // The characters that depend on what stands before and after are left out.
    const lead = offset === 0 ? 0 : offset === 1 ? 2 : 3;
    const trail = bytes.length % 3 === 0 ? 0 : 1;
    return whole.slice(lead, whole.length - trail);
  });
}

/** Lower case, as the literal scanner meets them; confirmed in the original case. */
const encodedPieces: readonly string[] = encodedWords.flatMap(encodings);

const javaStream =
  /(?:^|[^a-z0-9+/])(?:rO0AB[XQUVWY]|rO0ABQ|KztAAU|Cs7QAF|H4sIAAAAAAAA[A-Za-z0-9+/]{2,8}[A-Za-z0-9+/=]{200})/;

function inspectStreams(field: Field, findings: Findings): void {
  const { text } = field;
  const stream = javaStream.exec(text);
  if (stream !== null && !stream[0].includes('H4sI')) {
    findings.add('java-serialised', 'java', 0.9, stream[0]);
    findings.add('deserialization-java-stream', 'deserialization', 0.9, stream[0]);
  }
  if (
    text.includes('\u00ac\u00ed\u0000\u0005') ||
    text.includes('\u00ac\u00ed\u0005') ||
    field.raw.includes('\u00ac\u00ed\u0000\u0005')
  ) {
    findings.add('java-serialised', 'java', 0.9, 'aced0005');
    findings.add('deserialization-java-stream', 'deserialization', 0.9, 'aced0005');
  }
  if (/\baced0005|\\xac\\xed/i.test(text)) findings.add('java-serialised', 'java', 0.85, 'aced0005');
  const piece = encodedPieces.find((candidate) => text.includes(candidate));
  if (piece !== undefined) {
    findings.add('java-encoded-name', 'java', text.length <= 400 ? 0.65 : 0.55, piece);
  }
}

const classes: readonly ExploitClass[] = ['java', 'deserialization'];

export const java: Analyser = {
  name: classes[0] ?? 'java',
  targets: everywhere,
  literals: [
    'jndi',
    '${',
    'java.',
    'javax.',
    'com.sun',
    'com.opensymphony',
    'com.ibm',
    'com.mchange',
    'com.alibaba',
    'com.caucho',
    'com.zaxxer',
    'com.atomikos',
    'org.apache',
    'org.omg',
    'org.spring',
    'org.hibernate',
    'org.codehaus',
    'org.python',
    'org.yaml',
    'org.mozilla',
    'org.jboss',
    'org.mvel',
    'org.ognl',
    'sun.',
    'getruntime',
    'runtime',
    'processbuilder',
    'getclass',
    'forname',
    'classloader',
    'newinstance',
    'scriptengine',
    'transformer',
    'closure',
    'clonefactory',
    'serializationfactory',
    'instantiatefactory',
    'templatesimpl',
    'xmldecoder',
    'filewriter',
    'getproperty',
    'ysoserial',
    '@type',
    '<java',
    '<void',
    'priorityqueue',
    '<sorted-set',
    'dynamic-proxy',
    'objectinputstream',
    '%{',
    '#{',
    '*{',
    '@{',
    '~{',
    '#_member',
    '#context',
    '#application',
    '#attr',
    '#request',
    '#session',
    'ognl',
    'allowstatic',
    'denymethod',
    'excludedc',
    'excludedp',
    'xwork',
    'redirect:',
    'redirectaction',
    'action:',
    't(java',
    '(#',
    '#rt',
    '#cmd',
    'class.module',
    '.pipeline',
    'getclassl',
    'method:',
    'debug=',
    '.jsp',
    '.war',
    'spring.',
    'spel',
    'springframework',
    'ro0ab',
    'kztaau',
    'cs7qaf',
    'aced0005',
    '\\xac',
    '$ {',
    'lazymap',
    'transformedmap',
    'jdbcrowset',
    'commonscollections',
    'badattribute',
    'annotationinv',
    ...encodedPieces.map((piece) => piece.toLowerCase()),
  ],
  marks: [],
  inspect(field, findings) {
    inspectLookups(field, findings);
    for (const pattern of patterns) {
      if (pattern.name === 'java-upload' && field.target === targets.header && !/file.?name/.test(field.name))
        continue;
      // Class names stand in no agent but in one's own: "Java/1.8", "Apache-HttpClient".
      matchPatterns([pattern], field, findings);
    }
    inspectStreams(field, findings);
  },
};
