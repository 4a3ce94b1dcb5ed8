/** A scanner template as far as Picket inverts it: what is sent, and what in the answer convinces the scanner. */

export interface TemplateRequest {
  readonly method: string;
  /** Target with query, as text with holes; without scheme and host. */
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

export interface Matcher {
  readonly type: 'word' | 'regex' | 'status' | 'binary' | 'dsl' | 'size' | 'xpath';
  /** `body`, `header`, `content_type`, `body_2` … */
  readonly part: string;
  /** Words, patterns, hex, expressions or numbers, by type. */
  readonly values: readonly string[];
  readonly condition: 'and' | 'or';
  readonly isNegative: boolean;
  readonly ignoresCase: boolean;
}

export interface Extractor {
  readonly type: 'regex' | 'kval' | 'json' | 'xpath' | 'dsl';
  readonly name: string;
  readonly part: string;
  readonly group: number;
  readonly values: readonly string[];
  readonly attribute: string;
  readonly isInternal: boolean;
}

export interface Block {
  readonly requests: readonly TemplateRequest[];
  /** True where the requests are steps (raw requests), false where they are other ways to the same end. */
  readonly isSequence: boolean;
  /** By variable; null where the values are in a file. */
  readonly payloads: ReadonlyMap<string, readonly string[] | null>;
  readonly matchers: readonly Matcher[];
  readonly matchersCondition: 'and' | 'or';
  readonly extractors: readonly Extractor[];
}

export interface Template {
  readonly id: string;
  readonly name: string;
  readonly severity: string;
  readonly cves: readonly string[];
  readonly cwes: readonly string[];
  readonly tags: readonly string[];
  readonly vendor: string;
  readonly product: string;
  readonly variables: ReadonlyMap<string, string>;
  readonly blocks: readonly Block[];
}
