/** A fault of a YAML file in the words of someone who writes one, not of one who writes parsers. */

import type { YAMLError } from 'yaml';

const words: Partial<Record<YAMLError['code'], string>> = {
  ALIAS_PROPS: 'an alias (*name) takes no tag or anchor; leave those out',
  BAD_ALIAS: 'an alias (*name) refers to nothing above it; write the value itself',
  BAD_DQ_ESCAPE: 'a backslash in double quotes begins nothing known; double it, or use single quotes',
  BAD_INDENT:
    'the indentation does not fit the lines above; begin the keys of one section in the same column',
  BAD_SCALAR_START: 'a value begins with a character that means something in YAML; put it in quotes',
  BLOCK_AS_IMPLICIT_KEY:
    'a key has a value and keys of its own at once; give it one of them, and put a value that holds ": " in quotes',
  BLOCK_IN_FLOW: 'a list or map of lines stands within [ ] or { }; use one way of writing it',
  DUPLICATE_KEY: 'the key stands here for the second time; leave one of them out',
  KEY_OVER_1024_CHARS: 'a key is longer than 1024 characters; shorten it',
  MULTILINE_IMPLICIT_KEY: 'this line is no "name: value"; put a colon and a space after the name',
  MULTIPLE_DOCS: 'a second document begins here (---); keep one',
  TAB_AS_INDENT: 'a tab is used for indentation; use spaces',
};

/** What the parser's own message tells beyond its code. */
const patterns: readonly (readonly [pattern: RegExp, words: string])[] = [
  [/end with a [\]}]/, 'a [ or { that was opened above is not closed; close it'],
  [/Missing closing .*quote/, 'a quote that was opened above is not closed; close it'],
  [/-(seq|map)-end token/, 'a ] or } closes what was not opened; take it away'],
  [/in flow (sequence|map)/, 'a comma or value is missing between [ ] or { }; add it'],
  [
    /at node end/,
    'text follows where the value has ended; put the whole value in quotes, or on lines of its own',
  ],
];

export function yamlFault(error: Pick<YAMLError, 'code' | 'message'>): string {
  const told = patterns.find(([pattern]) => pattern.test(error.message));
  return told?.[1] ?? words[error.code] ?? 'this is not YAML; write keys as "name: value", one a line';
}
