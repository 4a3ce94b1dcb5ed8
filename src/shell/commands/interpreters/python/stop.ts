import { PythonError } from './value.ts';

/** Whether an exception only says that an iterator has come to its end. */
export const isStop = (error: unknown): boolean =>
  error instanceof PythonError && /^(?:StopIteration|IndexError)$/.test(error.value.type.name);
