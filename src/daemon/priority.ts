/** Which of Picket's processes the scheduler takes first where processors are scarce. */

import { writeFileSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';

/**
 * Added to the nice value that Picket was started with. The fence's work is bounded by the decisions, and each of them waits for
 * it: a block must not queue behind what the attack itself keeps busy. The engine's is bounded by its throttle. The
 * sensor has no bonus: whoever attacks it must not gain time over the services of the machine. The store's merges can wait.
 */
const niceness = { fence: -10, engine: -5, store: 10 } as const;

/**
 * Sets it for the calling thread, and so for threads that it makes later. Before root is given up: only root may lower it.
 * Without the right to it everything works, on a busy machine more slowly.
 */
export function takePriority(role: keyof typeof niceness): void {
  try {
    const nice = Math.max(-20, Math.min(19, getPriority() + niceness[role]));
    setPriority(nice);
    // Each process leads a session, and where sessions are scheduled as groups (sched(7), autogroup) it is the group's nice value that counts.
    writeFileSync('/proc/self/autogroup', `${nice}`);
  } catch {
    // A plain user, a container without CAP_SYS_NICE, or a kernel without autogroups.
  }
}
