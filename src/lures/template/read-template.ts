/** Scanner templates in the nuclei format. A template of others is hostile input: bounded, and refused with a line. */

import { type FileProblem, type KeyPath, readYaml } from '../yaml-file.ts';
import { readRawRequest, targetOf } from './raw-request.ts';
import type { Block, Extractor, Matcher, Template, TemplateRequest } from './template.ts';

const requestLimit = 64;
const blockLimit = 32;

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const fields = (value: unknown): Fields => (isFields(value) ? value : {});
const list = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
const text = (value: unknown): string =>
  typeof value === 'string'
    ? value
    : typeof value === 'number' || typeof value === 'boolean'
      ? String(value)
      : '';
const texts = (value: unknown): string[] =>
  list(value)
    .map((item) => text(item))
    .filter((item) => item !== '');
/** A list, or one text with commas. */
const words = (value: unknown): string[] =>
  texts(value).flatMap((item) => item.split(',').map((word) => word.trim()));

const condition = (value: unknown): 'and' | 'or' => (text(value).toLowerCase() === 'and' ? 'and' : 'or');

class Problem extends Error {
  readonly path: KeyPath;

  constructor(path: KeyPath, why: string) {
    super(why);
    this.path = path;
  }
}

const matcherValues: Readonly<Record<Matcher['type'], string>> = {
  word: 'words',
  regex: 'regex',
  status: 'status',
  binary: 'binary',
  dsl: 'dsl',
  size: 'size',
  xpath: 'xpath',
};
const matcherTypes: ReadonlySet<string> = new Set(Object.keys(matcherValues));
const isMatcherType = (type: string): type is Matcher['type'] => matcherTypes.has(type);
const extractorTypes: ReadonlySet<string> = new Set(['regex', 'kval', 'json', 'xpath', 'dsl']);
const isExtractorType = (type: string): type is Extractor['type'] => extractorTypes.has(type);

const hasValues = (given: Fields): boolean => {
  const type = text(given['type']);
  return !isMatcherType(type) || list(given[matcherValues[type]]).length > 0;
};

function matcherOf(value: unknown, path: KeyPath): Matcher {
  const given = fields(value);
  const type = text(given['type']);
  if (!isMatcherType(type)) throw new Problem(path, `a matcher of the unknown type ${JSON.stringify(type)}`);
  // An empty word is one that every answer has.
  const values = list(given[matcherValues[type]]).map((item) => text(item));
  if (values.length === 0) throw new Problem(path, `a ${type} matcher without values`);
  const encoded = text(given['encoding']) === 'hex';
  return {
    type,
    part: text(given['part']) || 'body',
    values: encoded ? values.map((hex) => Buffer.from(hex, 'hex').toString('latin1')) : values,
    condition: condition(given['condition']),
    isNegative: given['negative'] === true,
    ignoresCase: given['case-insensitive'] === true,
  };
}

function extractorOf(value: unknown, path: KeyPath): Extractor {
  const given = fields(value);
  const type = text(given['type']);
  if (!isExtractorType(type))
    throw new Problem(path, `an extractor of the unknown type ${JSON.stringify(type)}`);
  return {
    type,
    name: text(given['name']),
    part: text(given['part']) || 'body',
    group: Number(given['group'] ?? 0) || 0,
    values: texts(given[type]),
    attribute: text(given['attribute']),
    isInternal: given['internal'] === true,
  };
}

/** The older marks of holes. */
const withHoles = (source: string): string => source.replaceAll(/§([\w.-]{1,128})§/g, '{{$1}}');

function requestsOf(given: Fields, path: KeyPath): TemplateRequest[] {
  const raw = list(given['raw']);
  if (raw.length > requestLimit) throw new Problem([...path, 'raw'], `more than ${requestLimit} requests`);
  if (raw.length > 0) {
    return raw.map((item, index) => {
      const request = readRawRequest(withHoles(text(item)));
      if (request === null) throw new Problem([...path, 'raw', index], 'no HTTP request');
      return request;
    });
  }
  const paths = texts(given['path']);
  if (paths.length === 0) throw new Problem(path, 'a block without a request');
  if (paths.length > requestLimit) throw new Problem([...path, 'path'], `more than ${requestLimit} paths`);
  const headers = Object.entries(fields(given['headers'])).map(
    ([name, value]) => [name, withHoles(text(value))] as const,
  );
  return paths.map((target) => ({
    method: text(given['method']) || 'GET',
    target: targetOf(withHoles(target)),
    headers,
    body: withHoles(text(given['body'])),
  }));
}

function blockOf(value: unknown, path: KeyPath): Block {
  const given = fields(value);
  const payloads = new Map<string, readonly string[] | null>();
  for (const [name, values] of Object.entries(fields(given['payloads'])).slice(0, 32)) {
    // An empty payload is one of the values.
    payloads.set(name, Array.isArray(values) ? values.slice(0, 1_024).map((item) => text(item)) : null);
  }
  return {
    requests: requestsOf(given, path),
    isSequence: list(given['raw']).length > 0,
    payloads,
    // One of several ways that is written without a value is a way less; where all must hold it is a fault.
    matchers: list(given['matchers'])
      .filter((item) => condition(given['matchers-condition']) === 'and' || hasValues(fields(item)))
      .map((item, index) => matcherOf(item, [...path, 'matchers', index])),
    matchersCondition: condition(given['matchers-condition']),
    extractors: list(given['extractors']).map((item, index) =>
      extractorOf(item, [...path, 'extractors', index]),
    ),
  };
}

function templateOf(value: unknown): Template {
  const given = fields(value);
  const id = text(given['id']);
  if (!/^[\w.-]{1,128}$/.test(id)) throw new Problem(['id'], 'no template: it has no id');
  const info = fields(given['info']);
  const key = given['http'] === undefined ? 'requests' : 'http';
  const blocks = list(given[key]);
  if (blocks.length === 0) {
    const other = [
      'dns',
      'network',
      'tcp',
      'ssl',
      'headless',
      'file',
      'code',
      'javascript',
      'websocket',
      'workflows',
    ].find((name) => given[name] !== undefined);
    throw new Problem(
      [other ?? 'id'],
      other === undefined ? 'a template without requests' : `a ${other} template; only HTTP is imported`,
    );
  }
  if (blocks.length > blockLimit) throw new Problem([key], `more than ${blockLimit} blocks`);
  const classification = fields(info['classification']);
  const metadata = fields(info['metadata']);
  const cves = new Set<string>();
  for (const source of [...words(classification['cve-id']), id]) {
    const cve = /^(CVE-\d{4}-\d{4,9})/i.exec(source)?.[1]?.toUpperCase();
    if (cve !== undefined) cves.add(cve);
  }
  const platform = text(classification['cpe']).split(':');
  return {
    id,
    name: text(info['name']).slice(0, 256),
    severity: text(info['severity']),
    cves: [...cves].slice(0, 16),
    cwes: words(classification['cwe-id'])
      .filter((cwe) => /^CWE-\d{1,5}$/.test(cwe))
      .slice(0, 8),
    tags: words(info['tags']).slice(0, 64),
    vendor: text(metadata['vendor']) || (platform[3] ?? ''),
    product: text(metadata['product']) || (platform[4] ?? ''),
    variables: new Map(
      Object.entries(fields(given['variables']))
        .slice(0, 64)
        .map(([name, variable]) => [name, text(variable)] as const),
    ),
    blocks: blocks.map((block, index) => blockOf(block, [key, index])),
  };
}

/** The template of a file's text, or why it is none. Never throws. */
export function readTemplate(source: string): Template | FileProblem {
  const file = readYaml(source);
  if (!('value' in file)) return file;
  try {
    return templateOf(file.value);
  } catch (problem) {
    if (problem instanceof Problem) return { line: file.lineOf(problem.path), why: problem.message };
    throw problem;
  }
}

export const isTemplate = (read: Template | FileProblem): read is Template => 'blocks' in read;
