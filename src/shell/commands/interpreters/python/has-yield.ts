import type { Statement } from './syntax.ts';

const shallow = new Set(['function', 'class', 'lambda', 'comprehension']);

function holds(value: unknown): boolean {
  if (Array.isArray(value)) return value.some((item) => holds(item));
  if (typeof value !== 'object' || value === null) return false;
  if ('kind' in value) {
    if (value.kind === 'yield') return true;
    if (typeof value.kind === 'string' && shallow.has(value.kind)) return false;
  }
  return Object.values(value).some((item) => holds(item));
}

/** Whether a function of this body makes a generator. */
export const hasYield = (body: readonly Statement[]): boolean => holds(body);
