/** A scanner template turned round: what it sends becomes what a lure answers, what convinces it becomes the answer. */

import { asLines, type LureAnswer, type LureDocument, type LureRequest, type LureStep } from '../document.ts';
import type { Environment } from '../language/evaluate.ts';
import { namesInText, parseText, shownText, splitText, type Text } from '../language/text.ts';
import { sampleEnvironment } from '../sample-environment.ts';
import { isEmpty } from '../synthesis/draft.ts';
import { Scope } from '../synthesis/scope.ts';
import { type PlannedAnswer, solveBlock } from '../synthesis/solve-block.ts';
import { exploitClassOf } from './exploit-class.ts';
import type { Block, Template, TemplateRequest } from './template.ts';

/** Headers that every client sends, and whose value tells nothing unless it carries an attack. */
const usual =
  /^(?:host|user-agent|accept(?:-.*)?|connection|content-length|content-type|origin|referer|cache-control|pragma|upgrade-insecure-requests|sec-.*|dnt|te|priority|x-requested-with|if-.*|date|keep-alive)$/i;
const attack = /[{}$<>`'|\\()]|\.\.\/|%[0-9a-f]{2}/i;
const browser = /^Mozilla\/\d\.\d \([^()]*\)[\w .,/()]*$/;

function isTelling(name: string, value: Text, shown: string): boolean {
  if (!usual.test(name)) return true;
  const lower = name.toLowerCase();
  if (lower === 'user-agent' && browser.test(shown)) return false;
  const literal = value.map((part) => (typeof part === 'string' ? part : '')).join('');
  if (lower === 'host') return literal !== '' && !/^:?\d*$/.test(literal);
  if (lower === 'content-type' && /^[\w/+.-]+(?:;\s*(?:charset|boundary)=[^;]*)?$/.test(literal))
    return false;
  return attack.test(lower === 'accept' ? literal.replaceAll(/[()]/g, '') : literal);
}

const slug = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll('\\', '')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 48)
    .replaceAll(/^-+|-+$/g, '');

/** Words in tags that name a kind of thing and no product. */
const kinds =
  /^(?:cve\d*|kev|vkev|rce|lfi|rfi|sqli|xss|ssrf|xxe|ssti|oast|wp|wp-plugin|wordpress|unauth|authenticated|auth-bypass|edb|packetstorm|wpscan|tenable|huntr|hackerone|msf|seclists|intrusive|fileupload|exposure|disclosure|misconfig|traversal|redirect|injection|time-based(?:-sqli)?|vuln|passive|network|iot|cms|java|php)$/;

function productOf(template: Template): string {
  const product = slug(template.product);
  if (product !== '') return product;
  const tag = template.tags.find((candidate) => !kinds.test(candidate));
  return slug(tag ?? '') || slug(template.id);
}

/** Names by which personas may know the product: without what kind of thing it is, with its vendor, and as scanners tag it. */
function otherNames(template: Template, product: string): string[] {
  const names = new Set<string>();
  const bare = product.replace(/-(?:firmware|server|software|application|plugin|project)$/, '');
  names.add(bare);
  if (slug(template.vendor) !== '') {
    names.add(`${slug(template.vendor)}-${bare}`);
    if (product.endsWith('-firmware')) names.add(slug(template.vendor));
  }
  for (const tag of template.tags)
    if (!kinds.test(tag) && slug(tag) !== slug(template.vendor)) names.add(slug(tag));
  names.delete(product);
  return [...names].filter((name) => /^[a-z0-9][a-z0-9-]{0,63}$/.test(name)).slice(0, 8);
}

function requestOf(request: TemplateRequest, scope: Scope): LureRequest {
  const [path = [], ...rest] = splitText(scope.fold(parseText(request.target)), '?', 2);
  const headers: Record<string, string> = {};
  for (const [name, value] of request.headers) {
    const folded = scope.fold(parseText(value));
    const shown = shownText(folded);
    // A name with a hole is any header; such a request is told by the rest of it.
    if (!name.includes('{{') && isTelling(name, folded, shown)) headers[name] = shown;
  }
  const body = shownText(scope.fold(parseText(request.body.replaceAll('\r\n', '\n').trim())));
  const [query] = rest;
  return {
    ...(request.method.toUpperCase() === 'GET' ? {} : { method: request.method.toUpperCase() }),
    path: shownText(path).trim() || '/',
    ...(query === undefined || query.length === 0 ? {} : { query: shownText(query) }),
    ...(Object.keys(headers).length === 0 ? {} : { headers }),
    ...(body === '' ? {} : { body: asLines(body) }),
  };
}

function answerOf(answer: PlannedAnswer): LureAnswer {
  const { draft, status, body } = answer;
  const shown = shownText(body);
  const binds = draft.whole !== null || draft.start !== null || draft.end !== null || draft.size !== null;
  const isJson = draft.members.length > 0 || /^\s*[{[]/.test(shown);
  return {
    ...(status === 200 ? {} : { status }),
    ...(draft.headers.length === 0
      ? {}
      : { headers: draft.headers.map(([name, value]) => [name, shownText(value)] as const) }),
    ...(shown === '' ? {} : { body: asLines(shown) }),
    ...(draft.seconds === 0 ? {} : { delaySeconds: draft.seconds }),
    ...(binds || (isJson && draft.members.length > 0) ? {} : { merge: true }),
    ...(draft.avoidBody.length + draft.avoidHeader.length === 0
      ? {}
      : { avoid: [...draft.avoidBody, ...draft.avoidHeader] }),
  };
}

interface Imported {
  readonly steps: LureStep[];
  readonly isProven: boolean;
  readonly isOutOfBand: boolean;
}

function importBlock(
  block: Block,
  variables: ReadonlyMap<string, string>,
  choices: ReadonlyMap<string, readonly string[]>,
  needed: ReadonlySet<string>,
  title: string,
  id: string,
): Imported {
  const scope = new Scope(variables);
  const environment: Environment = sampleEnvironment(id, variables, choices);
  const solved = solveBlock(block, scope, environment, needed, title);
  const steps = block.requests.map((request, index): LureStep => {
    const answer = solved.answers[index] ?? null;
    return {
      request: requestOf(request, scope),
      ...(answer === null || (isEmpty(answer.draft) && answer.body.length === 0)
        ? {}
        : { answer: answerOf(foldAnswer(answer, scope)) }),
    };
  });
  return { steps, isProven: solved.isProven, isOutOfBand: solved.isOutOfBand };
}

const foldAnswer = (answer: PlannedAnswer, scope: Scope): PlannedAnswer => ({
  ...answer,
  body: scope.fold(answer.body),
  draft: {
    ...answer.draft,
    headers: answer.draft.headers.map(([name, value]) => [name, scope.fold(value)] as const),
  },
});

/** Names that blocks extract and later requests or matchers need. */
function neededNames(template: Template): Set<string> {
  const needed = new Set<string>();
  for (const block of template.blocks) {
    for (const request of block.requests) {
      const text = `${request.target}\n${request.body}\n${request.headers.map((line) => line.join(':')).join('\n')}`;
      namesInText(parseText(text), needed);
    }
  }
  for (const definition of template.variables.values()) namesInText(parseText(definition), needed);
  return needed;
}

/** `http_1_location`: a part of the answer to the first block, as flows name it. What is no part is a cookie or header of that name. */
function withFlowNames(block: Block, number: number, needed: ReadonlySet<string>): Block {
  const extractors = [...block.extractors];
  for (const name of needed) {
    const part = name.startsWith(`http_${number}_`) ? name.slice(`http_${number}_`.length) : '';
    if (part === '' || /^(?:body|header|status_code|response)/.test(part)) continue;
    extractors.push({
      type: 'kval',
      name,
      part: 'header',
      group: 0,
      values: [part],
      attribute: '',
      isInternal: true,
    });
  }
  return extractors.length === block.extractors.length ? block : { ...block, extractors };
}

const numberedName =
  /\b((?:body|header|all_headers|response|raw|status_code|content_type|content_length|duration|location|set_cookie|server)_)(\d{1,2})\b/g;

/** Some templates number the requests of all their blocks in one row; here each block counts its own. */
function withOwnNumbers(block: Block, before: number): Block {
  const texts = block.matchers.flatMap(({ part, values }) => [part, ...values]);
  const highest = Math.max(
    0,
    ...texts.flatMap((text) => [...text.matchAll(numberedName)].map((found) => Number(found[2]))),
  );
  if (before === 0 || highest <= block.requests.length || highest > before + block.requests.length)
    return block;
  const own = (text: string): string =>
    text.replaceAll(numberedName, (whole, name: string, number: string) =>
      Number(number) > before ? `${name}${Number(number) - before}` : whole,
    );
  return {
    ...block,
    matchers: block.matchers.map((matcher) => ({
      ...matcher,
      part: own(matcher.part),
      values: matcher.values.map((value) => own(value)),
    })),
    extractors: block.extractors.map((extractor) => ({ ...extractor, part: own(extractor.part) })),
  };
}

const choiceLimit = 64;

/** The lure of a template. Never throws. */
export function importTemplate(template: Template): LureDocument {
  const variables = new Map(template.variables);
  const choices = new Map<string, readonly string[]>();
  for (const block of template.blocks) {
    for (const [name, values] of block.payloads) {
      const [only] = values ?? [];
      if (values?.length === 1 && only !== undefined) variables.set(name, only);
      else if (
        values !== null &&
        values.length <= choiceLimit &&
        !values.some((value) => value.includes('{{'))
      )
        choices.set(name, values);
    }
  }
  const title = template.product === '' ? template.name : template.product.replaceAll(/[_\\-]+/g, ' ');
  const needed = neededNames(template);
  const blocks = template.blocks.map((block, index) =>
    importBlock(
      withOwnNumbers(
        withFlowNames(block, index + 1, needed),
        template.blocks.slice(0, index).reduce((sum, { requests }) => sum + requests.length, 0),
      ),
      variables,
      choices,
      needed,
      title.replaceAll(/[<>&{}]/g, ' '),
      template.id,
    ),
  );
  const steps = blocks.flatMap((block) => block.steps);
  const varying: Record<string, string> = {};
  for (const [name, text] of new Scope(variables).varying()) varying[name] = shownText(text);
  const isOutOfBand = blocks.some((block) => block.isOutOfBand);
  const weaknesses = template.cwes;
  const product = productOf(template);
  const aliases = otherNames(template, product);
  return {
    lure: 1,
    name: template.id.toLowerCase(),
    summary: template.name === '' ? template.id : template.name,
    product,
    ...(aliases.length === 0 ? {} : { alsoKnownAs: aliases }),
    cves: template.cves,
    ...(weaknesses.length === 0 ? {} : { cwes: weaknesses }),
    class: exploitClassOf(weaknesses, template.tags),
    technique: 'T1190',
    origin: `nuclei:${template.id}`,
    ...(Object.keys(varying).length === 0 ? {} : { variables: varying }),
    ...(choices.size === 0 ? {} : { choices: Object.fromEntries(choices) }),
    ...(isOutOfBand ? { outOfBand: true } : {}),
    ...(!isOutOfBand && blocks.some((block) => !block.isProven) ? { unproven: true } : {}),
    steps,
  };
}
