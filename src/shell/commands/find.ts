import { FileFault } from '../files/fault.ts';
import { childrenOf, type Node } from '../files/node.ts';
import { isBusybox, type Command, type Process } from '../process.ts';
import type { Reading } from '../stream.ts';
import { type FindAction, parseFind } from './find-expression.ts';
import { FindFault } from './find-test.ts';
import { baseOf, type Found } from './found-file.ts';
import { findFormat, findLong } from './find-format.ts';

const maximumDepth = 40;

/** Paths ahead of the expression. */
function startsOf(words: readonly string[]): { paths: string[]; rest: string[]; follow: boolean } {
  const rest = [...words];
  let follow = false;
  while (/^-[LHP]$/.test(rest[0] ?? '')) follow = rest.shift() === '-L';
  const paths: string[] = [];
  while (rest[0] !== undefined && !/^[-(!]/.test(rest[0])) paths.push(rest.shift() ?? '');
  return { paths, rest, follow };
}

export const find: Command = {
  names: ['find'],
  folder: '/usr/bin',
  systems: 'both',
  *run(process) {
    const { paths, rest, follow } = startsOf(process.words);
    let search: Search;
    try {
      search = new Search(process, rest, follow);
    } catch (error) {
      if (!(error instanceof FindFault)) throw error;
      process.error.write(`find: ${error.message}\n`);
      return 1;
    }
    for (const path of paths.length === 0 ? ['.'] : paths) {
      yield* search.visit(path, 0);
      if (search.over) break;
    }
    yield* search.finish();
    return search.status;
  },
};

class Search {
  status = 0;
  over = false;
  readonly #process: Process;
  readonly #expression: ReturnType<typeof parseFind>;
  readonly #follow: boolean;
  /** Paths for each `-exec … +`. */
  readonly #gathered = new Map<FindAction, string[]>();
  #prune = false;

  constructor(process: Process, words: readonly string[], follow: boolean) {
    this.#process = process;
    this.#follow = follow || words.includes('-follow');
    this.#expression = parseFind(words, process);
  }

  *visit(path: string, depth: number): Reading<void> {
    if (this.over || depth > maximumDepth) return;
    const { files, budget } = this.#process.state;
    budget.spend(4);
    if (budget.takeTurn()) yield;
    let node: Node;
    try {
      node =
        (this.#follow ? files.find(path, this.#process.folder) : null) ??
        files.get(path, this.#process.folder, false);
    } catch (error) {
      this.#complain(path, error);
      return;
    }
    const { least, most, depthFirst } = this.#expression;
    const found: Found = { path, node, depth, start: depth === 0 ? path : '' };
    if (!depthFirst && depth >= least) yield* this.#judge(found);
    const pruned = this.#prune && !depthFirst;
    this.#prune = false;
    if (node.kind === 'directory' && depth < most && !pruned && !this.over) {
      if (files.may(node, 4)) {
        for (const name of Array.from(childrenOf(node).keys()))
          yield* this.visit(path.endsWith('/') ? path + name : `${path}/${name}`, depth + 1);
      } else this.#complain(path, new FileFault('EACCES'));
    }
    if (depthFirst && depth >= least) yield* this.#judge(found);
  }

  #complain(path: string, error: unknown): void {
    if (!(error instanceof FileFault)) throw error;
    this.#process.error.write(`find: ${isBusybox(this.#process) ? path : `'${path}'`}: ${error.message}\n`);
    this.status = 1;
  }

  *#judge(found: Found): Reading<void> {
    for (const alternative of this.#expression.alternatives) {
      if (yield* this.#every(found, alternative)) return;
    }
  }

  *#every(found: Found, terms: ReturnType<typeof parseFind>['alternatives'][number]): Reading<boolean> {
    for (const term of terms) {
      const value: boolean =
        term.kind === 'test'
          ? term.matches(found)
          : term.kind === 'group'
            ? yield* this.#any(found, term.alternatives)
            : yield* this.#act(found, term);
      if (value === (term.kind !== 'action' && term.negated)) return false;
      if (this.over) return true;
    }
    return true;
  }

  *#any(found: Found, alternatives: ReturnType<typeof parseFind>['alternatives']): Reading<boolean> {
    for (const alternative of alternatives) if (yield* this.#every(found, alternative)) return true;
    return false;
  }

  *#act(found: Found, action: FindAction): Reading<boolean> {
    const { output, state, folder } = this.#process;
    switch (action.does) {
      case 'print':
        output.write(found.path + action.words.join(''));
        return true;
      case 'printf':
        output.write(findFormat(this.#process, found, action.words[0] ?? ''));
        return true;
      case 'ls':
        output.write(findLong(this.#process, found));
        return true;
      case 'prune':
        this.#prune = true;
        return true;
      case 'quit':
        this.over = true;
        return true;
      case 'delete':
        try {
          if (found.node.kind === 'directory' && childrenOf(found.node).size > 0)
            throw new FileFault('ENOTEMPTY');
          if (found.path !== '.') state.files.remove(found.path, folder);
          return true;
        } catch (error) {
          if (!(error instanceof FileFault)) throw error;
          this.#process.error.write(`find: cannot delete '${found.path}': ${error.message}\n`);
          this.status = 1;
          return false;
        }
      case 'exec+': {
        const paths = this.#gathered.get(action) ?? [];
        if (paths.length < 4_000) paths.push(found.path);
        this.#gathered.set(action, paths);
        return true;
      }
      default: {
        const at = action.does === 'execdir' ? found.path.slice(0, found.path.lastIndexOf('/')) : '';
        const shown = action.does === 'execdir' ? `./${baseOf(found.path)}` : found.path;
        const words = action.words.map((word) => word.replaceAll('{}', () => shown));
        return (
          (yield* this.#process.execute(
            words,
            at === '' ? {} : { folder: state.files.realPath(at, folder) },
          )) === 0
        );
      }
    }
  }

  *finish(): Reading<void> {
    for (const [action, paths] of this.#gathered)
      if ((yield* this.#process.execute([...action.words.slice(0, -1), ...paths])) !== 0) this.status = 1;
  }
}
