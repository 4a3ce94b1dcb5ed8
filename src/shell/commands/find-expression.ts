import { isBusybox, type Process } from '../process.ts';
import { FindFault, findTest } from './find-test.ts';
import type { Found } from './found-file.ts';

interface FindTest {
  readonly kind: 'test';
  readonly negated: boolean;
  matches(found: Found): boolean;
}

export interface FindAction {
  readonly kind: 'action';
  readonly does: 'print' | 'printf' | 'ls' | 'prune' | 'quit' | 'delete' | 'exec' | 'exec+' | 'execdir';
  readonly words: readonly string[];
}

interface FindGroup {
  readonly kind: 'group';
  readonly negated: boolean;
  readonly alternatives: readonly FindTerms[];
}

type FindTerms = readonly (FindTest | FindAction | FindGroup)[];

interface FindExpression {
  readonly alternatives: readonly FindTerms[];
  readonly least: number;
  readonly most: number;
  readonly depthFirst: boolean;
}

/** Parses the words after the paths. Throws `FindFault`. */
export function parseFind(words: readonly string[], process: Process): FindExpression {
  return new Parser(words, process).parse();
}

class Parser {
  readonly #words: readonly string[];
  readonly #process: Process;
  #at = 0;
  #least = 0;
  #most = Number.POSITIVE_INFINITY;
  #depthFirst = false;
  #acts = false;
  #nesting = 0;

  constructor(words: readonly string[], process: Process) {
    this.#words = words;
    this.#process = process;
  }

  parse(): FindExpression {
    const found = this.#alternatives();
    const extra = this.#words[this.#at];
    if (extra === ')') throw new FindFault("invalid expression; you have too many ')'");
    if (extra !== undefined) throw new FindFault(`paths must precede expression: \`${extra}'`);
    const print: FindAction = { kind: 'action', does: 'print', words: ['\n'] };
    const group: FindGroup = { kind: 'group', negated: false, alternatives: found };
    return {
      alternatives: this.#acts ? found : [found.length === 0 ? [print] : [group, print]],
      least: this.#least,
      most: this.#most,
      depthFirst: this.#depthFirst,
    };
  }

  #alternatives(): FindTerms[] {
    const alternatives: FindTerms[] = [];
    let terms: (FindTest | FindAction | FindGroup)[] = [];
    for (;;) {
      const word = this.#words[this.#at];
      if (word === undefined || word === ')') break;
      this.#at += 1;
      if (word === '-o' || word === '-or') {
        alternatives.push(terms);
        terms = [];
      } else if (word !== '-a' && word !== '-and') terms.push(...this.#term(word, false));
    }
    if (terms.length > 0 || alternatives.length > 0) alternatives.push(terms);
    return alternatives;
  }

  #term(word: string, negated: boolean): (FindTest | FindAction | FindGroup)[] {
    if (word === '!' || word === '-not') {
      const next = this.#words[this.#at];
      if (next === undefined) throw new FindFault(`expected an expression after '${word}'`);
      this.#at += 1;
      return this.#term(next, !negated);
    }
    if (word !== '(') return this.#primary(word, negated);
    this.#nesting += 1;
    if (this.#nesting > 30) throw new FindFault('invalid expression');
    const alternatives = this.#alternatives();
    if (this.#words[this.#at] !== ')')
      throw new FindFault("invalid expression; I was expecting to find a ')' somewhere but did not see one.");
    this.#at += 1;
    return [{ kind: 'group', negated, alternatives }];
  }

  #argument(option: string): string {
    const word = this.#words[this.#at];
    if (word === undefined)
      throw new FindFault(
        isBusybox(this.#process)
          ? `option requires an argument -- ${option}`
          : `missing argument to \`${option}'`,
      );
    this.#at += 1;
    return word;
  }

  #primary(word: string, negated: boolean): (FindTest | FindAction | FindGroup)[] {
    const test = (matches: (found: Found) => boolean): FindTest[] => [{ kind: 'test', negated, matches }];
    const act = (does: FindAction['does'], words: readonly string[] = []): (FindAction | FindGroup)[] => {
      if (does !== 'prune' && does !== 'quit') this.#acts = true;
      const action: FindAction = { kind: 'action', does, words };
      return negated ? [{ kind: 'group', negated, alternatives: [[action]] }] : [action];
    };
    switch (word) {
      case '-maxdepth':
        this.#most = Number(this.#argument(word)) || 0;
        return [];
      case '-mindepth':
        this.#least = Number(this.#argument(word)) || 0;
        return [];
      case '-depth':
      case '-d':
        this.#depthFirst = true;
        return [];
      case '-xdev':
      case '-mount':
      case '-follow':
      case '-daystart':
      case '-noleaf':
      case '-ignore_readdir_race':
        return [];
      case '-print':
        return act('print', ['\n']);
      case '-print0':
        return act('print', ['\0']);
      case '-printf':
        return act('printf', [this.#argument(word)]);
      case '-ls':
        return act('ls');
      case '-prune':
        return act('prune');
      case '-quit':
        return act('quit');
      case '-delete':
        this.#depthFirst = true;
        return act('delete');
      case '-exec':
      case '-execdir':
      case '-ok':
        return this.#exec(word, act);
      default:
        return test(findTest(this.#process, word, (option) => this.#argument(option)));
    }
  }

  #exec<Item>(word: string, act: (does: FindAction['does'], words: readonly string[]) => Item): Item {
    const command: string[] = [];
    for (let next = this.#words[this.#at]; ; next = this.#words[this.#at]) {
      if (next === undefined) throw new FindFault(`missing argument to \`${word}'`);
      this.#at += 1;
      if (next === ';' || (next === '+' && command.at(-1) === '{}')) {
        if (command.length === 0) throw new FindFault(`invalid argument \`;' to \`${word}'`);
        return act(next === '+' ? 'exec+' : word === '-execdir' ? 'execdir' : 'exec', command);
      }
      command.push(next);
    }
  }
}
