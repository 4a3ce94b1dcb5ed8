/**
 * Runs scanner templates in the nuclei format against a sensor, as a scanner would: sends the requests over TCP, keeps cookies, follows
 * redirects, extracts values, and lets the template's own matchers judge the answers. Written without the code that makes the answers
 * (src/lures/synthesis, src/lures/template): it reads the YAML and evaluates matchers by itself. Shared is the language alone, that is
 * how an expression between braces or in a `dsl` matcher is parsed and computed (src/lures/language).
 */

import { Buffer } from 'node:buffer';
import { RE2JS } from 're2js';
import { parse } from 'yaml';
import { seededRandom } from '../../src/core/random.ts';
import { evaluate, evaluateText, isTrue, type Environment } from '../../src/lures/language/evaluate.ts';
import { parseExpression, type Value } from '../../src/lures/language/expression.ts';
import { callFunction, textOf } from '../../src/lures/language/functions.ts';
import { namesInText, parseText, shownText } from '../../src/lures/language/text.ts';
import { type Answer, asSent, exchange, type Sent } from './template-client.ts';
import { elementAt, jsonFound } from './template-values.ts';

type Fields = Readonly<Record<string, unknown>>;

export interface RunnableTemplate {
  readonly id: string;
  readonly cves: readonly string[];
  readonly isExploited: boolean;
  /** The scanner is convinced by a call to its own server: every way to a match needs it. */
  readonly waitsForCall: boolean;
  readonly document: Fields;
}

export interface RunResult {
  readonly id: string;
  readonly accepted: boolean;
  readonly requests: number;
  /** What kept it from running to its end, empty otherwise. */
  readonly trouble: string;
}

const fields = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : {};
const list = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
const text = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
const texts = (value: unknown): string[] => list(value).map((item) => text(item));

/** Reads a template's file; null where it has no HTTP request. */
export function readRunnable(source: string): RunnableTemplate | null {
  const document = fields(parse(source, { uniqueKeys: false, logLevel: 'silent' }));
  const blocks = list(document['http'] ?? document['requests']).map((block) => fields(block));
  if (blocks.length === 0) return null;
  const info = fields(document['info']);
  const id = text(document['id']);
  const listed = texts(fields(info['classification'])['cve-id']).flatMap((item) => item.split(','));
  const cves = new Set(
    [...listed, /^CVE-\d+-\d+/i.exec(id)?.[0] ?? '']
      .map((cve) => cve.trim().toUpperCase())
      .filter((cve) => cve !== ''),
  );
  const tags = texts(info['tags']).flatMap((tag) => tag.split(','));
  return {
    id,
    cves: [...cves],
    isExploited: tags.map((tag) => tag.trim()).includes('kev'),
    waitsForCall: blocks.some((block) => blockWaits(block)),
    document,
  };
}

function blockWaits(block: Fields): boolean {
  const matchers = list(block['matchers']).map((matcher) => fields(matcher));
  const waits = matchers.map((matcher) => {
    if (matcher['negative'] === true) return false;
    if (text(matcher['part']).startsWith('interactsh')) return true;
    const expressions = texts(matcher['dsl']);
    const calls = expressions.filter((expression) => expression.includes('interactsh_')).length;
    return text(matcher['condition']) === 'and' ? calls > 0 : calls > 0 && calls === expressions.length;
  });
  if (waits.length === 0) return false;
  return text(block['matchers-condition']) === 'and' ? waits.includes(true) : waits.every(Boolean);
}

interface Surroundings {
  readonly port: number;
  /** The scanner's own address, of 127.0.0.0/8. */
  readonly source: string;
  readonly seed: string;
}

class Unresolved extends Error {}

class TemplateRun {
  readonly #template: RunnableTemplate;
  readonly #around: Surroundings;
  readonly #values = new Map<string, Value>();
  readonly #cookies = new Map<string, string>();
  readonly #environment: Environment;
  readonly #definitions: Fields;
  /** Of all blocks. */
  readonly #answers: Answer[] = [];
  requests = 0;
  trouble = '';

  constructor(template: RunnableTemplate, around: Surroundings) {
    this.#template = template;
    this.#around = around;
    this.#definitions = fields(template.document['variables']);
    const host = `127.0.0.1:${around.port}`;
    const given: Readonly<Record<string, string>> = {
      BaseURL: `http://${host}`,
      RootURL: `http://${host}`,
      Hostname: host,
      Host: '127.0.0.1',
      FQDN: '127.0.0.1',
      RDN: '127.0.0.1',
      Port: String(around.port),
      Scheme: 'http',
      Path: '',
      File: '',
      'interactsh-url': 'd0a1b2c3d4e5.oast.example',
      username: 'wpuser',
      password: 'wp-password-1',
      token: 'tokenvalue',
      email: 'user@example.com',
    };
    for (const [name, value] of Object.entries(given)) this.#values.set(name, value);
    this.#environment = {
      random: seededRandom(`${around.seed} ${template.id}`),
      now: Date.now(),
      lookup: (name) => this.#lookup(name),
      // Archives and serialised objects that the scanner would make: any bytes do, nothing here opens them.
      call: (name, values) =>
        /^(?:zip|gzip|zlib|generate_java_gadget|generate_jwt|aes_\w+)$/.test(name)
          ? Buffer.from(`${name} ${values.length}`).toString('base64')
          : null,
    };
  }

  #lookup(name: string): Value | undefined {
    const known = this.#values.get(name);
    if (
      Object.hasOwn(this.#definitions, name) &&
      (known === undefined || ['username', 'password', 'token', 'email'].includes(name)) &&
      !this.#values.has(`\0${name}`)
    ) {
      this.#values.set(`\0${name}`, true);
      const value = this.#fill(text(this.#definitions[name]));
      this.#values.set(name, value);
      return value;
    }
    if (known !== undefined) return known;
    if (/^randstr(?:_\d+)?$/.test(name)) {
      const value = textOf(callFunction('rand_base', [27], this.#environment) ?? '');
      this.#values.set(name, value);
      return value;
    }
    return undefined;
  }

  /** The text with its holes filled; what has no value stays as it stands. */
  #fill(source: string): string {
    return parseText(source)
      .map((part) => {
        if (typeof part === 'string') return part;
        return evaluateText([part], this.#environment) ?? `{{${part.kind === 'name' ? part.name : '?'}}}`;
      })
      .join('');
  }

  /** A request's text as it is sent: characters as UTF-8, bytes that functions make as they are. */
  #filled(source: string): string {
    const filled = parseText(source.replaceAll(/§([\w-]+)§/g, '{{$1}}'))
      .map((part) => (typeof part === 'string' ? asSent(part) : this.#fill(shownText([part]))))
      .join('');
    const open = [...namesInText(parseText(source))].filter((name) => this.#lookup(name) === undefined);
    if (/\{\{\?\}\}/.test(filled) || open.some((name) => filled.includes(`{{${name}}}`)))
      throw new Unresolved(`no value for ${open.join(', ') || 'an expression'}`);
    return filled;
  }

  async run(): Promise<boolean> {
    const { document } = this.#template;
    const blocks = list(document['http'] ?? document['requests']).map((block) => fields(block));
    const flow = text(document['flow']);
    if (flow === '') {
      let matched = false;
      for (const [index, block] of blocks.entries())
        matched = (await this.#block(block, index + 1)).matched || matched;
      return matched;
    }
    // Flows are small programs. Here each runs its blocks in order, as nearly all of them do, as long as they match.
    let last = false;
    for (const called of flow.matchAll(/http\((\d+)\)/g)) {
      const block = blocks[Number(called[1]) - 1];
      if (block === undefined) return false;
      const outcome = await this.#block(block, Number(called[1]));
      if (!outcome.goesOn) return false;
      last = outcome.matched;
    }
    return last;
  }

  #combinations(block: Fields): ReadonlyMap<string, string>[] {
    const payloads = Object.entries(fields(block['payloads'])).map(
      ([name, values]) => [name, Array.isArray(values) ? texts(values) : []] as const,
    );
    if (payloads.length === 0) return [new Map()];
    if (text(block['attack']) === 'clusterbomb') {
      let all: ReadonlyMap<string, string>[] = [new Map()];
      for (const [name, values] of payloads)
        all = all.flatMap((one) => values.map((value) => new Map([...one, [name, value]])));
      return all.slice(0, 256);
    }
    const count = Math.min(...payloads.map(([, values]) => values.length));
    const most =
      text(block['attack']) === 'pitchfork'
        ? count
        : Math.max(...payloads.map(([, values]) => values.length));
    return Array.from(
      { length: most },
      (_, index) =>
        new Map(
          payloads.map(([name, values]) => [name, values[Math.min(index, values.length - 1)] ?? ''] as const),
        ),
    );
  }

  async #block(block: Fields, number: number): Promise<{ matched: boolean; goesOn: boolean }> {
    const matchers = list(block['matchers']).map((matcher) => fields(matcher));
    const extractors = list(block['extractors']).map((extractor) => fields(extractor));
    const raw = texts(block['raw']);
    const isNumbered =
      /(?:body|header|status_code|content_type|response|location|all_headers|duration|[a-z]+)_\d+\b/.test(
        JSON.stringify(matchers.map((matcher) => [matcher['part'], matcher['dsl']])),
      );
    let extracted = false;
    try {
      for (const combination of this.#combinations(block)) {
        for (const [name, value] of combination) this.#values.set(name, this.#fill(value));
        const answers: Answer[] = [];
        const count = raw.length > 0 ? raw.length : texts(block['path']).length;
        for (let index = 0; index < count; index += 1) {
          const sent =
            raw.length > 0
              ? this.#raw(raw[index] ?? '')
              : this.#path(block, texts(block['path'])[index] ?? '');
          const answer = await this.#send(sent, block);
          if (answer === null) {
            this.trouble = 'no answer';
            continue;
          }
          answers.push(answer);
          this.#answers.push(answer);
          for (const [name, value] of answer.headers) {
            this.#values.set(`http_${number}_${name.toLowerCase().replaceAll('-', '_')}`, value);
            const cookie = name.toLowerCase() === 'set-cookie' ? /^([^=;]+)=([^;]*)/.exec(value) : null;
            if (cookie !== null)
              this.#values.set(`http_${number}_${(cookie[1] ?? '').toLowerCase()}`, cookie[2] ?? '');
          }
          const look = this.#view(answers);
          for (const extractor of extractors) {
            const value = this.#extract(extractor, look);
            if (value === null) continue;
            extracted = true;
            const name = text(extractor['name']);
            if (name !== '') this.#values.set(name, value);
          }
          const isMatched = matchers.length > 0 ? this.#matches(block, matchers, this.#view(answers)) : false;
          if (isMatched && (!isNumbered || answers.length === count || isMatched))
            return { matched: true, goesOn: true };
        }
      }
    } catch (error) {
      if (!(error instanceof Unresolved)) throw error;
      this.trouble = error.message;
      return { matched: false, goesOn: false };
    }
    if (matchers.length > 0) return { matched: false, goesOn: false };
    return {
      matched: extracted && extractors.some((extractor) => extractor['internal'] !== true),
      goesOn: extractors.length === 0 || extracted,
    };
  }

  #target(url: string): string {
    const target = url.replace(new RegExp(`^https?://127\\.0\\.0\\.1(?::${this.#around.port})?`), '');
    const path =
      target === '' ? '/' : target.startsWith('/') || /^[a-z]+:\/\//i.test(target) ? target : `/${target}`;
    return path.replaceAll(
      /[^\x21-\x7e]/g,
      (character) => `%${character.charCodeAt(0).toString(16).padStart(2, '0').toUpperCase()}`,
    );
  }

  #path(block: Fields, path: string): Sent {
    const body = this.#filled(text(block['body']));
    const headers = Object.entries(fields(block['headers'])).map(
      ([name, value]) => [name, this.#filled(text(value))] as const,
    );
    return {
      method: text(block['method']) || 'GET',
      target: this.#target(this.#filled(path)),
      headers,
      body,
    };
  }

  #raw(source: string): Sent {
    const filled = this.#filled(
      source
        .replaceAll('\r\n', '\n')
        .replace(/^(?:@[^\n]*\n)+/, '')
        .trimStart(),
    );
    const blank = filled.indexOf('\n\n');
    const head = (blank < 0 ? filled : filled.slice(0, blank)).split('\n');
    const body = blank < 0 ? '' : filled.slice(blank + 2).replace(/\n$/, '');
    const line = /^(\S+)\s+(.*?)(?:\s+HTTP\/[\d.]+)?\s*$/.exec(head[0] ?? '');
    const headers = head.slice(1).flatMap((header) => {
      const colon = header.indexOf(':');
      return colon > 0 ? [[header.slice(0, colon).trim(), header.slice(colon + 1).trim()] as const] : [];
    });
    return { method: line?.[1] ?? 'GET', target: this.#target(line?.[2] ?? '/'), headers, body };
  }

  async #send(sent: Sent, block: Fields): Promise<Answer | null> {
    const follows = block['redirects'] === true || block['host-redirects'] === true;
    let next = sent;
    let answer: Answer | null = null;
    for (let hop = 0; hop <= Number(block['max-redirects'] ?? 10); hop += 1) {
      const headers = next.headers.filter(
        ([name]) => !/^(?:content-length|connection|accept-encoding)$/i.test(name),
      );
      if (!headers.some(([name]) => name.toLowerCase() === 'host'))
        headers.unshift(['Host', `127.0.0.1:${this.#around.port}`]);
      if (!headers.some(([name]) => name.toLowerCase() === 'user-agent'))
        headers.push(['User-Agent', 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/120.0.0.0']);
      if (this.#cookies.size > 0 && block['disable-cookie'] !== true) {
        const jar = [...this.#cookies].map((pair) => pair.join('=')).join('; ');
        const at = headers.findIndex(([name]) => name.toLowerCase() === 'cookie');
        if (at >= 0) headers[at] = ['Cookie', `${headers[at]?.[1] ?? ''}; ${jar}`];
        else headers.push(['Cookie', jar]);
      }
      this.requests += 1;
      answer = await exchange(this.#around.port, this.#around.source, { ...next, headers });
      if (answer === null) return null;
      for (const [name, value] of answer.headers) {
        const pair = name.toLowerCase() === 'set-cookie' ? /^([^=;]+)=([^;]*)/.exec(value) : null;
        if (pair !== null) this.#cookies.set(pair[1] ?? '', pair[2] ?? '');
      }
      const location = answer.headers.find(([name]) => name.toLowerCase() === 'location')?.[1];
      const isHere =
        location !== undefined &&
        (!/^[a-z]+:\/\//i.test(location) || location.startsWith(`http://127.0.0.1:${this.#around.port}`)) &&
        !location.startsWith('//');
      if (!follows || location === undefined || !isHere || answer.status < 300 || answer.status > 308)
        return answer;
      next = { method: 'GET', target: this.#target(location), headers: [], body: '' };
    }
    return answer;
  }

  /** The parts of the answers so far, by the names that matchers use. */
  #view(answers: readonly Answer[]): (name: string) => Value | undefined {
    return (name) => {
      const numbered = /^(.+)_(\d{1,2})$/.exec(name);
      const at = Number(numbered?.[2] ?? 0);
      // Counted within the block, or over all of them where it has fewer.
      const answer = numbered === null ? answers.at(-1) : (answers[at - 1] ?? this.#answers[at - 1]);
      if (answer === undefined) return undefined;
      const head = answer.headers.map((line) => `${line.join(': ')}\r\n`).join('');
      switch (numbered?.[1] ?? name) {
        case 'body':
          return answer.body;
        case 'header':
        case 'headers':
        case 'all_headers':
          return head;
        case 'response':
        case 'all':
        case 'raw':
          return `HTTP/1.1 ${answer.status} \r\n${head}\r\n${answer.body}`;
        case 'status_code':
          return answer.status;
        case 'duration':
          return answer.seconds;
        case 'content_length':
          return answer.body.length;
        default: {
          const wanted = (numbered?.[1] ?? name).toLowerCase().replaceAll('_', '-');
          const found = answer.headers.filter(([header]) => header.toLowerCase() === wanted);
          return found.length === 0 ? undefined : found.map(([, value]) => value).join(' ');
        }
      }
    };
  }

  #extract(extractor: Fields, look: (name: string) => Value | undefined): string | null {
    const part = textOf(look(text(extractor['part']) || 'body'));
    const group = Number(extractor['group'] ?? 0);
    for (const pattern of texts(extractor['regex'])) {
      const found = this.#regex(pattern)?.matcher(part);
      if (found !== undefined && found.find()) return found.group(group) ?? null;
    }
    for (const path of texts(extractor['json'])) {
      const found = jsonFound(part, path);
      if (found !== null) return found;
    }
    for (const key of texts(extractor['kval'])) {
      const direct = look(key);
      if (direct !== undefined) return textOf(direct);
      if (this.#cookies.has(key)) return this.#cookies.get(key) ?? null;
    }
    for (const path of texts(extractor['xpath'])) {
      const id = /@(\w+)=["']([^"']+)["']/.exec(path);
      const element =
        id === null
          ? null
          : new RegExp(
              `<[^>]*\\b${id[1]}=["']${(id[2] ?? '').replaceAll(/\W/g, '\\$&')}["'][^>]*>([^<]*)`,
            ).exec(part);
      const attribute = text(extractor['attribute']);
      const absolute = id === null ? elementAt(part, path) : null;
      const held = text(extractor['attribute']) === '' ? undefined : absolute?.[text(extractor['attribute'])];
      if (held !== undefined) return held;
      const value =
        element === null
          ? undefined
          : attribute === ''
            ? element[1]
            : new RegExp(`\\b${attribute}=["']([^"']*)`).exec(element[0])?.[1];
      if (value !== undefined) return value;
    }
    for (const source of texts(extractor['dsl'])) {
      const expression = parseExpression(source);
      const value = expression === null ? null : evaluate(expression, this.#withView(look));
      if (value !== null) return textOf(value);
    }
    return null;
  }

  #withView(look: (name: string) => Value | undefined): Environment {
    return { ...this.#environment, lookup: (name) => look(name) ?? this.#lookup(name) };
  }

  #regex(pattern: string): RE2JS | undefined {
    try {
      return RE2JS.compile(pattern.includes('{{') ? this.#fill(pattern) : pattern);
    } catch {
      return undefined;
    }
  }

  #matches(block: Fields, matchers: readonly Fields[], look: (name: string) => Value | undefined): boolean {
    const holds = (matcher: Fields): boolean => this.#holds(matcher, look) !== (matcher['negative'] === true);
    return text(block['matchers-condition']) === 'and' ? matchers.every(holds) : matchers.some(holds);
  }

  #holds(matcher: Fields, look: (name: string) => Value | undefined): boolean {
    const part = text(matcher['part']) || 'body';
    const value = textOf(look(part));
    const every = text(matcher['condition']) === 'and';
    const check = (items: readonly string[], one: (item: string) => boolean): boolean =>
      every ? items.every(one) : items.some(one);
    const isFolded = matcher['case-insensitive'] === true;
    switch (text(matcher['type'])) {
      case 'word':
        return check(texts(matcher['words']), (word) => {
          const filled = this.#fill(word);
          return isFolded ? value.toLowerCase().includes(filled.toLowerCase()) : value.includes(filled);
        });
      case 'regex':
        return check(
          texts(matcher['regex']),
          (pattern) => this.#regex(pattern)?.matcher(value).find() === true,
        );
      case 'status': {
        const number = /_(\d+)$/.exec(part)?.[1];
        return texts(matcher['status']).includes(
          textOf(look(number === undefined ? 'status_code' : `status_code_${number}`)),
        );
      }
      case 'binary':
        return check(texts(matcher['binary']), (hex) =>
          Buffer.from(value, 'latin1').includes(Buffer.from(hex, 'hex')),
        );
      case 'dsl':
        return check(texts(matcher['dsl']), (source) => {
          const expression = parseExpression((source.includes('{{') ? this.#fill(source) : source).trim());
          return expression !== null && isTrue(evaluate(expression, this.#withView(look)));
        });
      default:
        return false;
    }
  }
}

export async function runTemplate(template: RunnableTemplate, around: Surroundings): Promise<RunResult> {
  const run = new TemplateRun(template, around);
  const accepted = await run.run();
  return { id: template.id, accepted, requests: run.requests, trouble: run.trouble };
}
