/** An answer in the making: what the goals that were met so far demand of it. Never changed in place, so that other ways can be tried. */

import type { Text } from '../language/text.ts';

export interface Draft {
  readonly status: number | null;
  readonly refused: readonly number[];
  readonly headers: readonly (readonly [name: string, value: Text])[];
  /** In any order, with anything between. */
  readonly fragments: readonly Text[];
  /** The whole body, where something binds to its start and end. */
  readonly whole: Text | null;
  readonly start: Text | null;
  readonly end: Text | null;
  /** Members of a JSON document, by path. */
  readonly members: readonly (readonly [path: readonly string[], value: Text])[];
  readonly seconds: number;
  readonly size: { readonly least: number; readonly most: number } | null;
  /** Lower-case texts that must not occur. */
  readonly avoidBody: readonly string[];
  readonly avoidHeader: readonly string[];
  /** A line of its own, so that it differs from the answers beside it. */
  readonly isApart: boolean;
}

export const emptyDraft: Draft = {
  status: null,
  refused: [],
  headers: [],
  fragments: [],
  whole: null,
  start: null,
  end: null,
  members: [],
  seconds: 0,
  size: null,
  avoidBody: [],
  avoidHeader: [],
  isApart: false,
};

export const isEmpty = (draft: Draft): boolean =>
  draft.status === null &&
  draft.headers.length === 0 &&
  draft.fragments.length === 0 &&
  draft.whole === null &&
  draft.start === null &&
  draft.end === null &&
  draft.members.length === 0 &&
  draft.seconds === 0 &&
  draft.size === null &&
  !draft.isApart;
