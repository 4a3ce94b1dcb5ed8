/**
 * Cross-site scripting: markup that runs script, attributes that break out of their quotes, script schemes, and calls that
 * only a probe makes. Works on text whose character references and escapes are resolved.
 */

import { decodeCssEscapes } from '../normalise-escape.ts';
import { targets, type Field } from '../normalise-request.ts';
import { matchPatterns, type Analyser, type Pattern } from './analyser.ts';

// Every event handler attribute of HTML, SVG and the vendors' own, without "on" (HTML Living Standard §8.1.8.2, SVG 2 §16).
const events = new Set(
  (
    'abort activate afterprint afterscriptexecute animationcancel animationend animationiteration animationstart auxclick ' +
    'beforeactivate beforecopy beforecut beforeinput beforematch beforepaste beforeprint beforescriptexecute beforetoggle ' +
    'beforeunload begin blur bounce cancel canplay canplaythrough cellchange change click close command contextmenu copy cuechange cut ' +
    'dataavailable datasetchanged dblclick deactivate drag dragend dragenter dragexit dragleave dragover dragstart drop ' +
    'durationchange emptied end ended error errorupdate filterchange finish focus focusin focusout formdata fullscreenchange gotpointercapture ' +
    'hashchange help input invalid keydown keypress keyup languagechange layoutcomplete load loadeddata loadedmetadata loadend ' +
    'loadstart losecapture lostpointercapture message messageerror mousedown mouseenter mouseleave mousemove mouseout mouseover ' +
    'mouseup mousewheel move moveend movestart mozfullscreenchange offline online pagehide pageshow paste pause play playing pointercancel ' +
    'pointerdown pointerenter pointerleave pointermove pointerout pointerover pointerrawupdate pointerup popstate progress ' +
    'propertychange ratechange readystatechange repeat reset resize resizeend resizestart rowenter rowexit rowsdelete ' +
    'rowsinserted scroll scrollend scrollsnapchange search seek seeked seeking select selectionchange selectstart show ' +
    'slotchange stalled start stop storage submit suspend timeupdate toggle touchcancel touchend touchmove touchstart ' +
    'transitioncancel transitionend transitionrun transitionstart unhandledrejection unload urlflip volumechange waiting ' +
    'webkitanimationend webkitanimationiteration webkitanimationstart webkitmouseforcechanged webkitmouseforcedown ' +
    'webkitmouseforceup webkitmouseforcewillbegin webkitplaybacktargetavailabilitychanged webkittransitionend ' +
    'webkitwillrevealbottom wheel zoom'
  ).split(' '),
);

const freely = targets.value | targets.name | targets.cookie | targets.path | targets.query | targets.file;
const everywhere = freely | targets.header | targets.agent | targets.referrer | targets.body;

const call = String.raw`(?:alert|confirm|prompt|eval|print|atob|btoa|settimeout|setinterval|fetch|import|function|msgbox|runjs|\$\.getscript)`;

const patterns: readonly Pattern[] = [
  {
    name: 'xss-script-tag',
    class: 'xss',
    confidence: 0.9,
    needs: 'script',
    pattern: /<[^a-z>]{0,4}(?:[\w]{1,10}:)?\s?s\s?c\s?r\s?i\s?p\s?t(?:[\s/>"'(:+]|$)/,
  },
  {
    name: 'xss-script-tag',
    class: 'xss',
    confidence: 0.85,
    needs: '<',
    pattern: /<\\?s\\?c\\?r\\?i\\?p\\?t\\?[\s/>]|<scr<script|<\/ ?script/,
  },
  {
    name: 'xss-active-tag',
    class: 'xss',
    confidence: 0.8,
    needs: '<',
    pattern:
      /<[\s/!]{0,3}(?:iframe|frame|frameset|object|embed|applet|base|bgsound|isindex|xss|layer|ilayer|xml:namespace)(?:[\s/>"'=]|$)/,
  },
  {
    name: 'xss-active-tag',
    class: 'xss',
    confidence: 0.75,
    needs: '<',
    pattern:
      /<[\s/!]{0,3}(?:svg|math|video|audio|details|marquee|form|input|button|body|html|style|meta|link|import|set|animate|keygen|textarea|noscript|xmp|listing|plaintext|template)(?:[\s/][^>]{0,400}?(?:\bon\w|src|href|action|style|data|formaction|http-equiv|xmlns|=)|>.{0,80}<|[#/][^>]{0,40}$)/,
    notInProse: true,
  },
  {
    name: 'xss-source',
    class: 'xss',
    confidence: 0.75,
    needs: '<',
    pattern:
      /<[\s/]{0,2}(?:img|image|source|track|input|a|link|svg|use|video|audio|object|embed)[\s/+][^>]{0,300}?(?:src|href|srcdoc|data|formaction|lowsrc|dynsrc|background|action|poster)[\s/]{0,3}=[\s"'`]{0,3}(?:j[\s]?a|data:(?!image\/(?:png|gif|jpe?g|webp);)|vbscript|x[\s"'>]|\\|%)/,
  },
  {
    name: 'xss-split-tag',
    class: 'xss',
    confidence: 0.6,
    needs: '<',
    pattern:
      /< ?(?:f ?o ?r ?m|i ?f ?r ?a ?m ?e|e ?m ?b ?e ?d|o ?b ?j ?e ?c ?t|s ?t ?y ?l ?e|a ?p ?p ?l ?e ?t|m ?e ?t ?a|b ?o ?d ?y|x ?: ?s ?c ?r ?i ?p ?t|v ?m ?l ?f ?r ?a ?m ?e)(?: |\/|>|$|=)/,
    notInProse: true,
  },
  {
    name: 'xss-script-scheme',
    class: 'xss',
    confidence: 0.85,
    needs: 'script',
    pattern:
      /(?:^|["'`=(\s;,<>])(?:j\s?a\s?v\s?a|v\s?b|l\s?i\s?v\s?e)\s?s\s?c\s?r\s?i\s?p\s?t\s?:[^\s][^<>]{0,200}?[(`=[;.]/,
    targets: freely | targets.body | targets.agent | targets.referrer | targets.header,
    notInProse: true,
  },
  {
    name: 'xss-script-scheme',
    class: 'xss',
    confidence: 0.85,
    pattern:
      /(?:url|src|href|action|data|location)\s?[=(]\s?["'`]?\s?(?:java|vb)\s?s\s?cript\s?(?::|$)|javas(?:\s|\\)?cript:(?:al"|"|eval|alert|prompt|confirm)|\.replace\(?["'`]javascript:/,
    notInProse: true,
  },
  {
    name: 'xss-data-scheme',
    class: 'xss',
    confidence: 0.85,
    pattern:
      /data:\s?(?:text\/html|text\/xml|image\/svg\+xml|application\/xhtml|text\/javascript|application\/javascript|,\s?alert)[^\s]{0,40}[,;]/,
  },
  {
    name: 'xss-call',
    class: 'xss',
    confidence: 0.75,
    targets: freely | targets.agent | targets.referrer | targets.header,
    pattern: new RegExp(
      String.raw`(?:^|[\s"'\`;,:={(\[\]|&!^~+*/<>?%-])\(?\s?(?:window\.|self\.|top\.|parent\.|this\.|globalthis\.)?${call}\s?\)?\s?(?:\?\.)?\s?(?:\.\s?(?:call|apply|bind)\s?)?(?:\(\s?(?:[\d'"\`/&)]|document|window|string|location|this|atob|navigator|top|self|xss|a\b|test|x\b|null|%|function|[a-z_$.]{1,30}[,)])|\`)`,
    ),
    notInProse: true,
  },
  {
    name: 'xss-document',
    class: 'xss',
    confidence: 0.7,
    targets: freely | targets.agent | targets.header,
    pattern:
      /\b(?:document\s?(?:\?)?\.\s?(?:cookie|domain|write(?:ln)?|location|body\b|createelement|forms\b|url\b)|window\s?\.\s?(?:location|open|name|onerror|\[)|self\.x\b|location\s?\.\s?(?:hash|href|replace|assign|search)\b\s?[=.(]|\.innerhtml\b|\.outerhtml\b|\.parentnode\b|\.insertadjacenthtml|string\.fromcharcode|\.fromcharcode ?\(|navigator\.sendbeacon|xmlhttprequest|localstorage\.|\.getscript ?\()/,
    notInProse: true,
  },
  {
    name: 'xss-indirect-call',
    class: 'xss',
    confidence: 0.8,
    pattern:
      /(?:window|self|top|this|parent|frames|globalthis|document)\s?(?:\/\*{1,2}[^*]{0,20}\*\/)?\s?(?:\?\.)?\[\s?(?:["'`(\\/]|\d{4,16}\.\.|\/)|\]\s?\(\s?document|\)\s?\(\s?document\.|\.constructor\s?(?:\(|\.constructor|\[)|\[\]\s?(?:\.|\[["'`])(?:sort|map|filter|find|constructor|fill|flat|at|concat|pop)(?:["'`]\])?\s?(?:\.\s?call|\[|\.constructor|\()|\["constructor"\]|\['constructor'\]|=>\s?\{\}\)\s?\[|(?:self|document|this|top|window)\s?(?:\/\*[^*]{0,60}\*\/\s?[[.(?]|\)\s?\[|\[\s?\/)/,
    notInProse: true,
  },
  {
    name: 'xss-jsfuck',
    class: 'xss',
    confidence: 0.85,
    pattern:
      /(?=[!+]{0,8}[[(])[[\]()!+]{14}|\(!\[\]\+\[\]\)|\[\]\[\(!\[\]|\(\[\]\[\[\]\]\+|\+\[\]\]\+|!!\[\]\+/,
  },
  {
    name: 'xss-jsfuck',
    class: 'xss',
    confidence: 0.75,
    pattern: /(?:\[\s?,\s?\w\s?,\s?\w\s?,\s?\w\s?,)|=\[\]\s?\+\s?\{\}|=\s?\[\s?\]\s?\+\s?\{\s?\}/,
  },
  {
    name: 'xss-style',
    class: 'xss',
    confidence: 0.75,
    pattern:
      /-moz-binding\s?:|[:=(\s]expression\s?\(|behaviou?r\s?:\s?url|@\s?import\s?(?:url|["'(]|\\)|style\s?=[^>]{0,200}?(?:expression|\burl\s?\(\s?['"]?\s?javascript|:\s?url\s?\(javascript)|style\s?=\s?[\w\s]{0,20}:\s?url\s?\(\s?(?:javascript|v)|;\w{0,10}:url\(javascript/,
  },
  {
    name: 'xss-markup',
    class: 'xss',
    confidence: 0.6,
    targets: freely | targets.header,
    pattern:
      /<!--(?!#)[^>]{0,40}$|<!\[cdata\[|xlink:href|formaction\s?=|srcdoc\s?=|<\?import|<!--.{0,20}-->.{0,20}<|xmlns(?::\w{1,20})?\s?=\s?["']?http[^>]{0,200}<|<\w{1,20} xmlns|\bseek(?:segmenttime)\b|<a\b[^>]{0,200}\bhref\s?=[^>]{0,200}&colon/,
    notInProse: true,
  },
  {
    name: 'xss-value-of',
    class: 'xss',
    confidence: 0.7,
    targets: freely | targets.header,
    pattern:
      /["'(+&|,;\s](?:in|instanceof)?\s?(?:valueof|tostring)\s?(?:=|\()|["'\]]\s?\[["'`\w]{1,40}["'`]?\]\s?\(|["'][ ]{0,3}(?:(?:[^a-z0-9~_:' ])|(?:in)) {0,3}.{0,20}?(?:location|name|onerror|valueof) {0,3}=/,
    notInProse: true,
  },
  { name: 'xss-utf7', class: 'xss', confidence: 0.9, pattern: /[+ ]adw-?.{0,40}?(?:script|[+ ]ad4-)/ },
  {
    name: 'xss-usascii',
    class: 'xss',
    confidence: 0.8,
    pattern: /[\u00bc\u043c]\s?\/?\s?[a-z!]{1,20}[^\u00be\u043e<>]{0,200}[\u00be\u043e]/,
    needs: 'script',
  },
  {
    name: 'xss-angular',
    class: 'xss',
    confidence: 0.85,
    pattern: /\{\{[^}]{0,200}?(?:constructor|\$on\.|\$eval|\$parse|alert ?\(|__proto__|charat|_c\.)/,
  },
  {
    name: 'xss-probe',
    class: 'xss',
    confidence: 0.7,
    targets: freely | targets.header | targets.agent | targets.referrer,
    pattern:
      /["']>\s?<|<[a-z]{0,8}xss|'';!--|--!?>\s?<|=&\{\(\)\}|["'`]\s?(?:--?>|\/>|>)\s?<|\]\]>\s?<|\(?alert\)?\s?\(\s?\d|["'`)]\s?[-+*^|;]{1,2}\s?\(?\s?(?:alert|confirm|prompt)\b/,
    notInProse: true,
  },
];

// "<", a name or anything that parsers let pass, then a handler attribute; or a quote that ends a value, then one.
const handler = /(?:[\s"'`/>\u201d\u00a0;+]|^|\/\/)on([a-z]{3,40}|x)[\s/+]{0,3}=/g;

function handlerIn(field: Field): { readonly sure: boolean; readonly detail: string } | null {
  const { folded } = field;
  if (!folded.includes('on')) return null;
  let looked = 0;
  for (const match of folded.matchAll(handler)) {
    looked += 1;
    if (looked > 64) return null;
    const position = match.index;
    const before = folded.slice(Math.max(0, position - 300), position + 1);
    const inTag = /<[^>]{0,300}$/.test(before);
    const known = events.has(match[1] ?? '');
    const after = folded.slice(position + match[0].length, position + match[0].length + 120).trimStart();
    if (inTag) return { sure: true, detail: folded.slice(Math.max(0, position - 40), position + 80) };
    if (!known) continue;
    const quoted = /["'`\u201d]/.test(before);
    const runs =
      /^["'`\u201d\\]{0,2}\s?[\w$.[\](){}!=]{0,60}?(?:\(|`|=>|\[|[a-z]=|location|%28)/.test(after) ||
      after === '';
    if (
      (quoted && runs) ||
      (runs && (position === 0 || /^[\w]{0,12}$/.test(before.trim())) && /\(|`|=>/.test(after))
    ) {
      return { sure: quoted, detail: folded.slice(Math.max(0, position - 40), position + 80) };
    }
  }
  return null;
}

/** A crawler that takes `href="javascript:…"` for a page asks for these; nobody attacks with them. */
const idleScript =
  /^\/?(?:.{0,200}\/)?javascript:\s?(?:void|;|history|window\.(?:print|close|history)|\w{1,30}\((?:this|\d{0,9})?\)|__dopostback|$)/;

export const xss: Analyser = {
  name: 'xss',
  targets: everywhere,
  literals: [
    '<',
    'script',
    'alert',
    'confirm',
    'prompt',
    'eval',
    'document',
    'window',
    'location',
    'fromcharcode',
    '-moz-binding',
    'expression',
    'data:',
    'behavior:',
    'xlink',
    'formaction',
    'srcdoc',
    'cdata[',
    'innerhtml',
    'parentnode',
    'constructor',
    'settimeout',
    'setinterval',
    'atob',
    'adw',
    'valueof',
    'tostring',
    '[][',
    '![]',
    '@import',
    'top[',
    'self[',
    'this[',
    'window[',
    '[].',
    '{{',
    'getscript',
    '[]+',
    'onerror',
    'onload',
    '[,',
    ' print',
    'outerhtml',
    '"on',
    "'on",
    '`on',
    '/on',
    ' on',
    '\u003eon',
    'url(',
    'self.x',
    '{}+',
    '[ ]',
    'runjs',
    'onclick',
    'onfocus',
    'onmouse',
    "'';!",
    '[ ,',
    ']+',
    ')+',
    '!+',
  ],
  marks: ['<', '">', "'>", '-->', "['", '["'],
  inspect(field, findings) {
    if (field.target === targets.path && idleScript.test(field.folded)) return;
    matchPatterns(patterns, field, findings);
    const found = handlerIn(field);
    if (found !== null) findings.add('xss-event-handler', 'xss', found.sure ? 0.9 : 0.65, found.detail);
    if (field.folded.includes('\\') && /style|url\(/.test(field.folded)) {
      const plain = decodeCssEscapes(field.folded);
      if (/javascript:|expression\(/.test(plain)) findings.add('xss-css-escape', 'xss', 0.85, plain);
    }
  },
};
