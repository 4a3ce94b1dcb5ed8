/** Lets the process that was just written to run before this one goes on. */

import { createRequire } from 'node:module';
import type * as Koffi from 'koffi';

const require = createRequire(import.meta.url);

/** sched_yield(2), or nothing where the C library can't be called. */
function yielding(): () => void {
  try {
    const koffi: typeof Koffi = require('koffi');
    return koffi.load('libc.so.6').func('int sched_yield(void)');
  } catch {
    return () => {};
  }
}

let give: (() => void) | null = null;

/**
 * Whoever writes to a socket is taken by the kernel for one that is about to sleep: the reader is put on the writer's own processor, and waits
 * there until the writer has done the rest of its work, also while another processor has nothing to do. For what must not wait: after one
 * message that decides, not after each of many.
 */
export function giveWay(): void {
  give ??= yielding();
  give();
}
