/** What a template's names stand for while it runs, and its texts with them filled in. */

import { Buffer } from 'node:buffer';
import { seededRandom } from '../../src/core/random.ts';
import { evaluateText, type Environment } from '../../src/lures/language/evaluate.ts';
import type { Value } from '../../src/lures/language/expression.ts';
import { callFunction, textOf } from '../../src/lures/language/functions.ts';
import { namesInText, parseText, shownText } from '../../src/lures/language/text.ts';
import type { RunnableTemplate } from './runnable-template.ts';
import { asSent } from './template-client.ts';
import { type Fields, fields, text } from './template-fields.ts';

/** A text that is to be sent has a hole that nothing fills. */
export class Unresolved extends Error {}

export class TemplateScope {
  readonly environment: Environment;
  readonly #values = new Map<string, Value>();
  readonly #definitions: Fields;

  /** `port` is where the sensor listens; the random texts follow from `seed`. */
  constructor(template: RunnableTemplate, port: number, seed: string) {
    this.#definitions = fields(template.document['variables']);
    const host = `127.0.0.1:${port}`;
    const given: Readonly<Record<string, string>> = {
      BaseURL: `http://${host}`,
      RootURL: `http://${host}`,
      Hostname: host,
      Host: '127.0.0.1',
      FQDN: '127.0.0.1',
      RDN: '127.0.0.1',
      Port: String(port),
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
    this.environment = {
      random: seededRandom(`${seed} ${template.id}`),
      now: Date.now(),
      lookup: (name) => this.lookup(name),
      // Archives and serialised objects that the scanner would make: any bytes do, nothing here opens them.
      call: (name, values) =>
        /^(?:zip|gzip|zlib|generate_java_gadget|generate_jwt|aes_\w+)$/.test(name)
          ? Buffer.from(`${name} ${values.length}`).toString('base64')
          : null,
    };
  }

  set(name: string, value: Value): void {
    this.#values.set(name, value);
  }

  lookup(name: string): Value | undefined {
    const known = this.#values.get(name);
    if (
      Object.hasOwn(this.#definitions, name) &&
      (known === undefined || ['username', 'password', 'token', 'email'].includes(name)) &&
      !this.#values.has(`\0${name}`)
    ) {
      this.#values.set(`\0${name}`, true);
      const value = this.fill(text(this.#definitions[name]));
      this.#values.set(name, value);
      return value;
    }
    if (known !== undefined) return known;
    if (/^randstr(?:_\d+)?$/.test(name)) {
      const value = textOf(callFunction('rand_base', [27], this.environment) ?? '');
      this.#values.set(name, value);
      return value;
    }
    return undefined;
  }

  /** The text with its holes filled; what has no value stays as it stands. */
  fill(source: string): string {
    return parseText(source)
      .map((part) => {
        if (typeof part === 'string') return part;
        return evaluateText([part], this.environment) ?? `{{${part.kind === 'name' ? part.name : '?'}}}`;
      })
      .join('');
  }

  /** A request's text as it is sent: characters as UTF-8, bytes that functions make as they are. */
  filled(source: string): string {
    const filled = parseText(source.replaceAll(/§([\w-]+)§/g, '{{$1}}'))
      .map((part) => (typeof part === 'string' ? asSent(part) : this.fill(shownText([part]))))
      .join('');
    const open = [...namesInText(parseText(source))].filter((name) => this.lookup(name) === undefined);
    if (/\{\{\?\}\}/.test(filled) || open.some((name) => filled.includes(`{{${name}}}`)))
      throw new Unresolved(`no value for ${open.join(', ') || 'an expression'}`);
    return filled;
  }
}
