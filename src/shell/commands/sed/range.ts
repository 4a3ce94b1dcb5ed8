import type { Address, Step } from './script.ts';

/** Where a step's range stands. */
export interface RangeState {
  active: boolean;
  /** A range from a line begins but once. */
  closed: boolean;
  /** The line that ends it, where a line does. */
  end: number;
}

/** The lines as addresses see them; matching may take turns. */
export interface Place {
  readonly number: number;
  matches(address: Address): boolean;
}

export function rangeStateOf(step: Step): RangeState {
  return {
    active: step.from?.is === 'line' && step.from.line === 0 && step.to?.is === 'match',
    closed: false,
    end: 0,
  };
}

/** Whether a step applies, by its addresses alone. */
export function within(step: Step, state: RangeState, place: Place): boolean {
  const { from, to } = step;
  if (from === null) return true;
  if (to === null) return place.matches(from);
  const { number } = place;
  if (!state.active) {
    const { is } = from;
    // A line may have been passed over by N and n.
    if (is === 'line' ? state.closed || number < from.line : !place.matches(from)) return false;
    state.end = endOf(to, number);
    state.active = state.end < 0 || state.end > number;
    state.closed = !state.active;
    return is !== 'line' || number === from.line || state.active || number <= state.end;
  }
  const ends = state.end > 0 ? number >= state.end : place.matches(to);
  if (ends) [state.active, state.closed] = [false, true];
  return state.end <= 0 || number <= state.end;
}

/** The last line of a range that begins here; -1 where only the text tells. */
function endOf(to: Address, number: number): number {
  if (to.is === 'line') return to.line;
  if (to.is === 'after') return number + to.count;
  if (to.is === 'multiple') return to.of === 0 ? number : number + to.of - (number % to.of);
  return -1;
}
