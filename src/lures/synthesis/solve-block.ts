/** The answers to the requests of one block of a template, such that its matchers accept them. */

import { evaluateText, type Environment } from '../language/evaluate.ts';
import type { Value } from '../language/expression.ts';
import { namesInText, parseText, type Text } from '../language/text.ts';
import type { Block, Extractor } from '../template/template.ts';
import { bodyText, type Style, stylesOf } from './body.ts';
import { type Draft, emptyDraft } from './draft.ts';
import { valueFor, withExtraction } from './extraction.ts';
import { type Goal, GoalMaker, isNumbered, type Place, placeOf } from './goal.ts';
import { draftAt, emptyState, satisfy, type State } from './satisfy.ts';
import type { Scope } from './scope.ts';
import { Trial, type TriedAnswer } from './trial.ts';

/** An answer as texts with holes. */
export interface PlannedAnswer {
  readonly draft: Draft;
  readonly status: number;
  readonly body: Text;
}

export interface SolvedBlock {
  /** By request, null where nothing is demanded of the answer. */
  readonly answers: readonly (PlannedAnswer | null)[];
  /** The matchers accepted them in a trial. */
  readonly isProven: boolean;
  /** Cannot be met, because the scanner waits for a call to its own server. */
  readonly isOutOfBand: boolean;
}

/** States that are tried before the first is taken unproven. */
const trialLimit = 240;

function renumbered(goal: Goal, at: number): Goal {
  if (goal.kind === 'all' || goal.kind === 'any')
    return { kind: goal.kind, goals: goal.goals.map((inner) => renumbered(inner, at)) };
  if (goal.kind === 'status' || goal.kind === 'slow') return goal.at === 0 ? { ...goal, at } : goal;
  if ('place' in goal) {
    const place: Place = goal.place.at === 0 ? { ...goal.place, at } : goal.place;
    return { ...goal, place };
  }
  return goal;
}

const textsOf = (block: Block, index: number): string => {
  const request = block.requests[index];
  return request === undefined
    ? ''
    : `${request.target}\n${request.body}\n${request.headers.map((line) => line.join(':')).join('\n')}`;
};

/** The first request that needs the name, from 0; -1 where none does. */
const firstUse = (block: Block, name: string): number =>
  name === ''
    ? -1
    : block.requests.findIndex((_, index) => namesInText(parseText(textsOf(block, index))).has(name));

/** The end of a target by which the same script is known in another folder, with what it is given. */
const tailOf = (target: string): string => {
  const [path = '', query = ''] = target.split('?', 2);
  return `${path.split('/').slice(-2).join('/')}?${query}`;
};

/** The requests, from 1, any of which proves the weakness: all ways to the same end, the last of several steps and those like it. */
function provers(block: Block): number[] {
  const count = block.requests.length;
  const last = block.requests.at(-1);
  if (!block.isSequence || last === undefined) return block.requests.map((_, index) => index + 1);
  return block.requests.flatMap((request, index) => {
    const isLike =
      request.method === last.method &&
      tailOf(request.target) === tailOf(last.target) &&
      request.body === last.body;
    return isLike || index + 1 === count ? [index + 1] : [];
  });
}

interface Step {
  readonly extractor: Extractor;
  readonly at: number;
}

/** Which extractors must find something, in the answer to which request. */
function extractions(block: Block, needed: ReadonlySet<string>, proving: readonly number[]): Step[] {
  const last = block.requests.length;
  return block.extractors.flatMap((extractor): Step[] => {
    const place = placeOf(extractor.part);
    if (place === null) return [];
    const use = firstUse(block, extractor.name);
    const isNeeded =
      use > 0 ||
      needed.has(extractor.name) ||
      (extractor.isInternal && use !== 0) ||
      block.matchers.length === 0;
    if (!isNeeded) return [];
    if (place.at > 0) return place.at <= last ? [{ extractor, at: place.at }] : [];
    if (use > 0) return Array.from({ length: use }, (_, index) => ({ extractor, at: index + 1 }));
    // Which answer it is taken from is not said: the ones that prove carry it.
    return proving.map((at) => ({ extractor, at }));
  });
}

function* withSteps(
  state: State,
  steps: readonly Step[],
  from: number,
  around: { readonly scope: Scope; readonly environment: Environment },
  chosen: Map<string, Value>,
): Iterable<State> {
  const step = steps[from];
  if (step === undefined) {
    yield state;
    return;
  }
  const { extractor, at } = step;
  const known = chosen.get(extractor.name);
  const value =
    known === undefined
      ? valueFor(extractor.name, state.constraints, chosen, around.environment)
      : String(known);
  if (typeof value === 'string') chosen.set(extractor.name, value);
  let any = false;
  for (const next of withExtraction(state, extractor, at, around.scope, value ?? undefined)) {
    any = true;
    yield* withSteps(next, steps, from + 1, around, chosen);
  }
  if (!any) yield* withSteps(state, steps, from + 1, around, chosen);
}

function planned(draft: Draft, style: Style, title: string): PlannedAnswer | null {
  const body = bodyText(draft, style, title);
  return body === null ? null : { draft, status: draft.status ?? 200, body };
}

/** The answer as one scanner would see it; null where a hole has no value. */
export function triedAnswer(answer: PlannedAnswer, environment: Environment): TriedAnswer | null {
  const body = evaluateText(answer.body, environment);
  if (body === null) return null;
  const headers: (readonly [string, string])[] = [];
  for (const [name, text] of answer.draft.headers) {
    const value = evaluateText(text, environment);
    if (value === null) return null;
    headers.push([name, value]);
  }
  if (!headers.some(([name]) => name.toLowerCase() === 'content-type'))
    headers.unshift(['Content-Type', 'text/html']);
  const seconds = answer.draft.seconds === 0 ? 0.01 : answer.draft.seconds + 0.2;
  return { status: answer.status, headers, body, seconds };
}

const plainAnswer: PlannedAnswer = { draft: emptyDraft, status: 200, body: [] };

function isAccepted(
  block: Block,
  answers: readonly (PlannedAnswer | null)[],
  environment: Environment,
  numbered: boolean,
): boolean {
  const trial = new Trial(environment);
  let accepted = false;
  for (const [index, answer] of answers.entries()) {
    const tried = triedAnswer(answer ?? plainAnswer, trial.environment);
    if (tried === null) return false;
    trial.answered(tried, block.extractors);
    if (!numbered || index + 1 === answers.length) accepted ||= trial.accepts(block);
  }
  return accepted;
}

export function solveBlock(
  block: Block,
  scope: Scope,
  environment: Environment,
  needed: ReadonlySet<string>,
  title: string,
): SolvedBlock {
  const extracted = new Set(block.extractors.map(({ name }) => name).filter((name) => name !== ''));
  const maker = new GoalMaker(
    new Set([...extracted, ...needed]),
    (name) => scope.has(name) || /^randstr|^(?:username|password|BaseURL|RootURL|Hostname)$/.test(name),
  );
  const goal = maker.ofBlock(block);
  const numbered = isNumbered(goal);
  const count = block.requests.length;
  const proving = numbered ? [count] : provers(block);
  // Ways to the same end are answered alike: one is solved, the others copy it.
  const copies =
    !block.isSequence && !numbered && !block.extractors.some(({ name }) => firstUse(block, name) > 0);
  const targets = copies ? [1] : proving;
  const whole: Goal = { kind: 'all', goals: targets.map((at) => renumbered(goal, at)) };
  const used = new Set([...needed].filter((name) => extracted.has(name)));
  const steps = extractions(block, new Set([...used, ...constrainedNames(goal)]), targets);
  const answersOf = (state: State, alternative: number): (PlannedAnswer | null)[] | null => {
    const answers: (PlannedAnswer | null)[] = [];
    for (let index = 0; index < count; index += 1) {
      const draft = draftAt(state, copies ? 1 : index + 1);
      if (draft === emptyDraft) {
        answers.push(null);
        continue;
      }
      const styles = stylesOf(draft);
      const answer = planned(draft, styles[Math.min(alternative, styles.length - 1)] ?? 'lines', title);
      if (answer === null) return null;
      answers.push(answer);
    }
    return answers;
  };
  let first: (PlannedAnswer | null)[] | null = null;
  let trials = 0;
  const isReachable = !satisfy(emptyState, whole)[Symbol.iterator]().next().done;
  // What can't be met is left out: the scanner goes on as far as answers can bring it.
  for (const constrained of satisfy(emptyState, isReachable ? whole : relaxed(whole))) {
    for (const state of withSteps(constrained, steps, 0, { scope, environment }, new Map())) {
      for (let alternative = 0; alternative < 3; alternative += 1) {
        const answers = answersOf(state, alternative);
        if (answers === null) continue;
        first ??= answers;
        trials += 1;
        if (isAccepted(block, answers, environment, numbered))
          return { answers, isProven: true, isOutOfBand: false };
      }
      if (trials > trialLimit) break;
    }
    if (trials > trialLimit) break;
  }
  const answers = first ?? block.requests.map(() => null);
  return { answers, isProven: false, isOutOfBand: !isReachable && speaksOutOfBand(goal) };
}

/** The goal without what no answer can do. */
function relaxed(goal: Goal): Goal {
  if (goal.kind === 'never') return { kind: 'always' };
  return goal.kind === 'all' || goal.kind === 'any'
    ? { kind: goal.kind, goals: goal.goals.map((inner) => relaxed(inner)) }
    : goal;
}

function constrainedNames(goal: Goal, found: Set<string> = new Set()): Set<string> {
  if (goal.kind === 'all' || goal.kind === 'any')
    for (const inner of goal.goals) constrainedNames(inner, found);
  else if (goal.kind === 'variable') namesInText([goal.expression], found);
  return found;
}

function speaksOutOfBand(goal: Goal): boolean {
  if (goal.kind === 'all' || goal.kind === 'any') return goal.goals.some((inner) => speaksOutOfBand(inner));
  return goal.kind === 'never' && goal.why === 'out-of-band';
}
