/** One Picket a state folder: a second start is told so before it touches anything. */

import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { PicketError } from '../core/errors.ts';

/** True where this process runs and is a Picket; a number that was given to another program since is not. */
function isPicket(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('cli/main.ts');
  } catch {
    return false;
  }
}

/** The supervisor that has this state folder; null where none runs. */
export function runningPicket(state: string): number | null {
  try {
    const pid = Number.parseInt(readFileSync(join(state, 'pid'), 'utf8'), 10);
    return isPicket(pid) ? pid : null;
  } catch {
    return null;
  }
}

export class StateLock {
  readonly #path: string;
  #held = false;

  constructor(state: string) {
    this.#path = join(state, 'pid');
  }

  /** Throws PICKET_RUNNING_ALREADY where another supervisor has this folder. One left by a crash is taken over. */
  take(): void {
    try {
      writeFileSync(this.#path, `${process.pid}\n`, { flag: 'wx', mode: 0o644 });
    } catch {
      const pid = Number.parseInt(readFileSync(this.#path, 'utf8'), 10);
      if (pid !== process.pid && isPicket(pid)) {
        throw new PicketError(
          'PICKET_RUNNING_ALREADY',
          `Picket runs already with the state ${join(this.#path, '..')} (process ${pid}); stop it, or set "state" to another folder`,
        );
      }
      writeFileSync(this.#path, `${process.pid}\n`);
    }
    this.#held = true;
  }

  release(): void {
    if (this.#held) rmSync(this.#path, { force: true });
    this.#held = false;
  }
}
