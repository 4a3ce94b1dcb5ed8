/**
 * Runs scanner templates in the nuclei format against a sensor, as a scanner would: sends the requests over TCP, keeps cookies, follows
 * redirects, extracts values, and lets the template's own matchers judge the answers. Written without the code that makes the answers
 * (src/lures/synthesis, src/lures/template): it reads the YAML and evaluates matchers by itself. Shared is the language alone, that is
 * how an expression between braces or in a `dsl` matcher is parsed and computed (src/lures/language).
 */

import { type RunnableTemplate } from './runnable-template.ts';
import type { Answer } from './template-client.ts';
import { type Fields, fields, list, text, texts } from './template-fields.ts';
import { pathRequest, rawRequest } from './template-request.ts';
import { TemplateScope, Unresolved } from './template-scope.ts';
import { TemplateVerdict } from './template-verdict.ts';
import { TemplateVisitor } from './template-visitor.ts';

export interface RunResult {
  readonly id: string;
  readonly accepted: boolean;
  readonly requests: number;
  /** What kept it from running to its end, empty otherwise. */
  readonly trouble: string;
}

interface Surroundings {
  readonly port: number;
  /** The scanner's own address, of 127.0.0.0/8. */
  readonly source: string;
  readonly seed: string;
}

class TemplateRun {
  readonly #template: RunnableTemplate;
  readonly #port: number;
  readonly #scope: TemplateScope;
  readonly #visitor: TemplateVisitor;
  /** Of all blocks. */
  readonly #answers: Answer[] = [];
  trouble = '';

  constructor(template: RunnableTemplate, around: Surroundings) {
    this.#template = template;
    this.#port = around.port;
    this.#scope = new TemplateScope(template, around.port, around.seed);
    this.#visitor = new TemplateVisitor(around.port, around.source);
  }

  get requests(): number {
    return this.#visitor.requests;
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
      for (const combination of combinationsOf(block)) {
        for (const [name, value] of combination) this.#scope.set(name, this.#scope.fill(value));
        const answers: Answer[] = [];
        const count = raw.length > 0 ? raw.length : texts(block['path']).length;
        for (let index = 0; index < count; index += 1) {
          const sent =
            raw.length > 0
              ? rawRequest(raw[index] ?? '', this.#scope, this.#port)
              : pathRequest(block, texts(block['path'])[index] ?? '', this.#scope, this.#port);
          const answer = await this.#visitor.send(sent, block);
          if (answer === null) {
            this.trouble = 'no answer';
            continue;
          }
          answers.push(answer);
          this.#answers.push(answer);
          for (const [name, value] of answer.headers) {
            this.#scope.set(`http_${number}_${name.toLowerCase().replaceAll('-', '_')}`, value);
            const cookie = name.toLowerCase() === 'set-cookie' ? /^([^=;]+)=([^;]*)/.exec(value) : null;
            if (cookie !== null)
              this.#scope.set(`http_${number}_${(cookie[1] ?? '').toLowerCase()}`, cookie[2] ?? '');
          }
          const verdict = new TemplateVerdict(this.#scope, answers, this.#answers);
          for (const extractor of extractors) {
            const value = verdict.extract(extractor, this.#visitor.cookies);
            if (value === null) continue;
            extracted = true;
            const name = text(extractor['name']);
            if (name !== '') this.#scope.set(name, value);
          }
          const isMatched = matchers.length > 0 ? verdict.matches(block, matchers) : false;
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
}

/** The payloads of a block, in the ways in which its attack puts them together. */
function combinationsOf(block: Fields): ReadonlyMap<string, string>[] {
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
    text(block['attack']) === 'pitchfork' ? count : Math.max(...payloads.map(([, values]) => values.length));
  return Array.from(
    { length: most },
    (_, index) =>
      new Map(
        payloads.map(([name, values]) => [name, values[Math.min(index, values.length - 1)] ?? ''] as const),
      ),
  );
}

export async function runTemplate(template: RunnableTemplate, around: Surroundings): Promise<RunResult> {
  const run = new TemplateRun(template, around);
  const accepted = await run.run();
  return { id: template.id, accepted, requests: run.requests, trouble: run.trouble };
}
