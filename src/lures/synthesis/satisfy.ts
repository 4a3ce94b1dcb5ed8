/** Ways to meet a goal, one after the other: a search over drafts that backtracks where goals contradict each other. */

import { compiledPattern } from '../language/functions.ts';
import { isAnchored, matchingText } from '../language/matching-text.ts';
import { isLiteral, joinText, literalOf, parseText, shownText, type Text } from '../language/text.ts';
import { seededRandom } from '../../core/random.ts';
import type { Expression } from '../language/expression.ts';
import { type Draft, emptyDraft } from './draft.ts';
import type { Comparison, Goal, Place } from './goal.ts';
import { headerLines } from './header-line.ts';
import { outputHaving, outputMatching } from './machine-output.ts';

export interface Constraint {
  readonly expression: Expression;
  readonly wanted: boolean;
}

/** Drafts by request, from 1, and what extractors must find. */
export interface State {
  readonly drafts: ReadonlyMap<number, Draft>;
  readonly constraints: readonly Constraint[];
}

export const emptyState: State = { drafts: new Map(), constraints: [] };

export const draftAt = (state: State, at: number): Draft => state.drafts.get(at) ?? emptyDraft;

const changed = (state: State, at: number, change: Partial<Draft>): State => ({
  ...state,
  drafts: new Map([...state.drafts, [at, { ...draftAt(state, at), ...change }]]),
});

const commonStatus = [200, 302, 500, 401, 403, 404, 201, 204, 400, 301, 405, 503];

function statusFits(code: number, comparison: Comparison, codes: readonly number[]): boolean {
  const [bound = 0] = codes;
  switch (comparison) {
    case '==':
      return codes.includes(code);
    case '!=':
      return !codes.includes(code);
    case '<':
      return code < bound;
    case '<=':
      return code <= bound;
    case '>':
      return code > bound;
    case '>=':
      return code >= bound;
    default:
      return comparison satisfies never;
  }
}

function* withStatus(
  state: State,
  at: number,
  comparison: Comparison,
  codes: readonly number[],
): Iterable<State> {
  const draft = draftAt(state, at);
  if (draft.status !== null) {
    if (statusFits(draft.status, comparison, codes)) yield state;
    return;
  }
  if (comparison === '!=') {
    // 200 holds where nothing else is said.
    yield changed(
      state,
      at,
      codes.includes(200)
        ? {
            refused: [...draft.refused, ...codes],
            status: commonStatus.find((code) => code !== 200 && !codes.includes(code)) ?? 500,
          }
        : { refused: [...draft.refused, ...codes] },
    );
    return;
  }
  const candidates = [...commonStatus, ...codes].filter(
    (code, index, all) =>
      all.indexOf(code) === index && statusFits(code, comparison, codes) && !draft.refused.includes(code),
  );
  for (const status of candidates.slice(0, 6)) yield changed(state, at, { status });
}

const sameLiteral = (draft: Draft, literal: string): boolean =>
  draft.fragments.some((text) => literalOf(text).includes(literal)) ||
  (draft.whole !== null && literalOf(draft.whole).includes(literal));

/** A header with one more demand: values that hold each other are one, media types and their parameters go together. */
function withHeader(draft: Draft, name: string, value: Text): Draft | null {
  const lower = name.toLowerCase();
  const shown = shownText(value);
  const held = draft.headers.find(([other]) => other.toLowerCase() === lower);
  if (held === undefined || lower === 'set-cookie') {
    if (
      draft.headers.some(([other, line]) => other.toLowerCase() === lower && shownText(line).includes(shown))
    )
      return draft;
    return { ...draft, headers: [...draft.headers, [name, value]] };
  }
  const before = shownText(held[1]);
  if (before.toLowerCase().includes(shown.toLowerCase())) return draft;
  const replace = (text: Text): Draft => ({
    ...draft,
    headers: draft.headers.map((line) => (line === held ? ([held[0], text] as const) : line)),
  });
  if (shown.toLowerCase().includes(before.toLowerCase())) return replace(value);
  if (lower === 'content-type' && /^text\/html; charset=/i.test(shown) && !/charset/i.test(before))
    return replace(joinText([...held[1], shown.slice('text/html'.length)]));
  if (lower === 'content-type' || lower === 'location') return null;
  return replace(joinText([...held[1], '; ', ...value]));
}

function* withFragment(state: State, at: number, text: Text, isWhole: boolean): Iterable<State> {
  const draft = draftAt(state, at);
  if (draft.whole !== null) {
    if (isLiteral(text) && literalOf(draft.whole).includes(literalOf(text))) yield state;
    return;
  }
  if (isWhole && draft.fragments.length === 0) yield changed(state, at, { whole: text });
  yield changed(state, at, { fragments: [...draft.fragments, text] });
}

function* withText(state: State, place: Place, text: Text): Iterable<State> {
  const at = place.at;
  const draft = draftAt(state, at);
  const literal = literalOf(text);
  if (place.part === 'body' || place.part === 'response') {
    const looksLikeHeader =
      place.part === 'response' && /^[A-Z][A-Za-z-]{2,40}: \S/.test(literal) && !literal.includes('\n');
    const encoded: Text =
      place.decoded === 'base64'
        ? [{ kind: 'call', name: 'base64', arguments: [{ kind: 'value', value: shownText(text) }] }]
        : text;
    if (looksLikeHeader) yield* withHeaderText(state, { ...place, part: 'header' }, text);
    if (isLiteral(encoded) && (literal === '' || sameLiteral(draft, literal))) {
      yield state;
      return;
    }
    const output = isLiteral(encoded) && place.part === 'body' ? outputHaving(literal) : null;
    if (output !== null) yield* withFragment(state, at, output, false);
    yield* withFragment(state, at, encoded, false);
    if (place.part === 'response' && !looksLikeHeader)
      yield* withHeaderText(state, { ...place, part: 'header' }, text);
    return;
  }
  yield* withHeaderText(state, place, text);
}

function* withHeaderText(state: State, place: Place, text: Text): Iterable<State> {
  const draft = draftAt(state, place.at);
  const lines = place.part === 'header' ? headerLines(text) : [[headerName(place.part), text] as const];
  if (place.part === 'header' && isLiteral(text)) {
    const literal = literalOf(text).toLowerCase();
    const standing = draft.headers.some(([name, value]) =>
      `${name}: ${shownText(value)}`.toLowerCase().includes(literal),
    );
    if (standing) {
      yield state;
      return;
    }
  }
  for (const [name, value] of lines) {
    const next = withHeader(draft, name, value);
    if (next !== null) yield changed(state, place.at, next);
  }
}

const headerName = (part: string): string => part.replaceAll(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());

/** A text for a pattern: the machine's own where it fits, a literal where the pattern leaves no choice, else made anew on each machine. */
function textsFor(pattern: string, canVary: boolean): Text[] {
  const texts: Text[] = [];
  const output = outputMatching(pattern);
  if (output !== null) texts.push(output);
  const one = matchingText(pattern, seededRandom(`one ${pattern}`));
  const other = matchingText(pattern, seededRandom(`other ${pattern}`));
  if (one === null) return texts;
  if (one === other || !canVary) texts.push([one]);
  else texts.push([{ kind: 'call', name: 'like', arguments: [{ kind: 'value', value: pattern }] }], [one]);
  return texts;
}

function* withPattern(state: State, place: Place, pattern: Text): Iterable<State> {
  if (!isLiteral(pattern)) {
    // The hole is filled when the request is known; what it holds there is plain text as a rule.
    const plain = joinText(pattern.map((part) => (typeof part === 'string' ? unescaped(part) : part)));
    yield* withText(state, place, plain);
    return;
  }
  const source = literalOf(pattern);
  const compiled = compiledPattern(source);
  if (compiled === null) return;
  const draft = draftAt(state, place.at);
  if (place.part === 'body' || place.part === 'response') {
    const standing = [...draft.fragments, ...(draft.whole === null ? [] : [draft.whole])].some(
      (text) => isLiteral(text) && compiled.matcher(literalOf(text)).find(),
    );
    if (standing) yield state;
    const isWhole = isAnchored(source) && !/^\(\?[a-z]*m/.test(source);
    for (const text of textsFor(source, true)) yield* withFragment(state, place.at, text, isWhole);
    return;
  }
  const lines = draft.headers.map(([name, value]) => `${name}: ${shownText(value)}`).join('\r\n');
  if (compiled.matcher(`${lines}\r\n`).find()) yield state;
  for (const text of textsFor(source, place.part !== 'header')) {
    // A pattern over headers may span several lines.
    let states: State[] = [state];
    const pieces = isLiteral(text)
      ? literalOf(text)
          .split(/\r?\n/)
          .filter((piece) => piece.trim() !== '')
      : [];
    if (pieces.length > 1) {
      for (const piece of pieces)
        states = states.flatMap((next) => [...withHeaderText(next, place, [piece])].slice(0, 1));
      yield* states;
    } else yield* withHeaderText(state, place, text);
  }
}

const unescaped = (pattern: string): string =>
  pattern.replaceAll(/\(\?[a-z]{1,4}\)|[()^$]|\.[*+]\??/g, '').replaceAll(/\\(.)/g, '$1');

function* withEdge(state: State, goal: Extract<Goal, { kind: 'edge' }>): Iterable<State> {
  const { place, text, edge } = goal;
  const draft = draftAt(state, place.at);
  if (place.part !== 'body') {
    yield* withText(state, place, text);
    return;
  }
  if (edge === 'both') {
    if (
      draft.fragments.length > 0 &&
      !draft.fragments.every((piece) => literalOf(text).includes(literalOf(piece)))
    )
      return;
    yield changed(state, place.at, { whole: text, fragments: [] });
  } else yield changed(state, place.at, edge === 'start' ? { start: text } : { end: text });
}

function withLength(state: State, goal: Extract<Goal, { kind: 'length' }>): State | null {
  const { place, comparison, size } = goal;
  if (place.part !== 'body' && place.part !== 'response') {
    if (!comparison.startsWith('>') && comparison !== '!=') return null;
    if (place.part === 'header') return state;
    const header = draftAt(state, place.at);
    if (header.headers.some(([name]) => name.toLowerCase() === place.part)) return state;
    const digits = Math.min(Math.max(size + 1, 8), 256);
    return changed(state, place.at, {
      headers: [...header.headers, [headerName(place.part), parseText(`{{like("[a-f0-9]{${digits}}")}}`)]],
    });
  }
  const draft = draftAt(state, place.at);
  let { least, most } = draft.size ?? { least: 0, most: Number.MAX_SAFE_INTEGER };
  if (comparison === '==') [least, most] = [Math.max(least, size), Math.min(most, size)];
  else if (comparison === '>') least = Math.max(least, size + 1);
  else if (comparison === '>=') least = Math.max(least, size);
  else if (comparison === '<') most = Math.min(most, size - 1);
  else if (comparison === '<=') most = Math.min(most, size);
  else least = Math.max(least, size === 0 ? 1 : 0);
  return least > most ? null : changed(state, place.at, { size: { least, most } });
}

function avoiding(state: State, place: Place, text: Text): State {
  const literal = literalOf(text).toLowerCase();
  if (literal === '') return state;
  const draft = draftAt(state, place.at);
  const isBody = place.part === 'body' || place.part === 'response';
  const isOneHeader = !isBody && place.part !== 'header';
  // An expression over a header that is not there holds for no scanner, not even where it is negated.
  if (isOneHeader && !draft.headers.some(([name]) => name.toLowerCase() === place.part)) {
    const value: Text =
      place.part === 'location'
        ? ['/']
        : place.part === 'content-type'
          ? ['text/html']
          : parseText('{{like("[a-f0-9]{12}")}}');
    return changed(state, place.at, {
      headers: [...draft.headers, [headerName(place.part), value]],
      avoidHeader: [...draft.avoidHeader, literal],
    });
  }
  return changed(
    state,
    place.at,
    isBody ? { avoidBody: [...draft.avoidBody, literal] } : { avoidHeader: [...draft.avoidHeader, literal] },
  );
}

/** The states in which the goal is met, likeliest first. Whether they hold is for the trial to say. */
export function* satisfy(state: State, goal: Goal): Iterable<State> {
  switch (goal.kind) {
    case 'always':
      yield state;
      return;
    case 'never':
      return;
    case 'all':
      yield* satisfyAll(state, goal.goals, 0);
      return;
    case 'any':
      for (const inner of goal.goals) yield* satisfy(state, inner);
      return;
    case 'text':
      if (goal.wanted) yield* withText(state, goal.place, goal.text);
      else yield avoiding(state, goal.place, goal.text);
      return;
    case 'pattern':
      if (goal.wanted) yield* withPattern(state, goal.place, goal.pattern);
      else yield state;
      return;
    case 'edge':
      yield* withEdge(state, goal);
      return;
    case 'status':
      yield* withStatus(state, goal.at, goal.comparison, goal.codes);
      return;
    case 'length': {
      const next = withLength(state, goal);
      if (next !== null) yield next;
      return;
    }
    case 'slow':
      yield changed(state, goal.at, { seconds: Math.max(draftAt(state, goal.at).seconds, goal.seconds) });
      return;
    case 'differ':
      yield changed(state, goal.place.at, { isApart: true });
      return;
    case 'variable':
      yield {
        ...state,
        constraints: [...state.constraints, { expression: goal.expression, wanted: goal.wanted }],
      };
      return;
    default:
      goal satisfies never;
  }
}

function* satisfyAll(state: State, goals: readonly Goal[], from: number): Iterable<State> {
  const goal = goals[from];
  if (goal === undefined) {
    yield state;
    return;
  }
  for (const next of satisfy(state, goal)) yield* satisfyAll(next, goals, from + 1);
}
