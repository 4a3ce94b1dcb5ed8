/** External entities and inclusions in XML (XML 1.0 §4.2.2, XInclude 1.0, XSLT). */

import { targets } from '../normalise-request.ts';
import { matchPatterns, type Analyser, type Pattern } from './analyser.ts';

const everywhere =
  targets.value |
  targets.name |
  targets.cookie |
  targets.query |
  targets.header |
  targets.body |
  targets.path |
  targets.agent |
  targets.referrer;

const patterns: readonly Pattern[] = [
  {
    name: 'xxe-entity',
    class: 'xxe',
    confidence: 0.95,
    pattern: /<!entity\s{1,4}(?:%\s{1,4})?[\w.-]{1,60}\s{1,4}(?:system|public)\b/,
  },
  { name: 'xxe-entity', class: 'xxe', confidence: 0.8, pattern: /<!entity\b/ },
  {
    name: 'xxe-doctype',
    class: 'xxe',
    confidence: 0.85,
    pattern:
      /<!doctype\s{1,4}[\w:.-]{1,60}\s{1,4}(?:system\s{0,4}["'](?!(?:https?:)?\/\/(?:www\.w3\.org|java\.sun\.com|xmlns\.jcp\.org|www\.apple\.com))|\[|public\s{1,4}["'][^"']{0,120}["']\s{1,4}["'](?:file|\/|http:\/\/\d|[a-z]{3,8}:\/\/[^"']{0,80}(?:oast|burp|interact)))/,
  },
  {
    name: 'xxe-include',
    class: 'xxe',
    confidence: 0.9,
    pattern:
      /<xi:include\b|xmlns:xi\s?=|<(?:xs|xsd):(?:include|import)\s[^>]{0,200}(?:namespace|schemalocation)\s?=|<xsl:(?:include|import)\s[^>]{0,200}href|xsi:(?:schemalocation|nonamespaceschemalocation)\s?=\s?["'][^"']{0,200}\.xsd|<\?xml-stylesheet[^>]{0,120}href=|<(?:msxsl|xalan):script|extractvalue\(xmltype/,
  },
];

export const xxe: Analyser = {
  name: 'xxe',
  targets: everywhere,
  literals: [
    '<!entity',
    '<!doctype',
    'xi:',
    ':include',
    ':import',
    'xsi:',
    'xml-stylesheet',
    'msxsl',
    'xalan',
    'xmltype',
  ],
  marks: [],
  inspect(field, findings) {
    matchPatterns(patterns, field, findings);
  },
};
