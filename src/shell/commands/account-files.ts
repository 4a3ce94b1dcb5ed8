import { passwordCrypt } from '../../wire/password-crypt.ts';
import { FileFault } from '../files/fault.ts';
import type { Process } from '../process.ts';

export function linesOf(process: Process, path: string): string[] {
  const node = process.state.files.find(path, '/');
  if (node?.kind !== 'file') return [];
  const before = process.state.files.uid;
  try {
    process.state.files.uid = 0;
    return process.state.files
      .read(path, '/')
      .split('\n')
      .filter((line) => line !== '');
  } finally {
    process.state.files.uid = before;
  }
}

export function store(process: Process, path: string, lines: readonly string[]): boolean {
  try {
    const node = process.state.files.open(path, '/', 'truncate');
    if (node.kind === 'file') process.state.files.setContent(node, `${lines.join('\n')}\n`, '');
    return true;
  } catch (error) {
    if (!(error instanceof FileFault)) throw error;
    return false;
  }
}

export const nameOf = (line: string): string => line.split(':', 1)[0] ?? '';
const days = (process: Process): number => Math.floor(process.state.now() / 86_400_000);

/** Puts a password's hash into /etc/shadow. */
export function setHash(process: Process, user: string, hash: string): void {
  const lines = linesOf(process, '/etc/shadow');
  const fresh = `${user}:${hash}:${days(process)}:0:99999:7:::`;
  store(
    process,
    '/etc/shadow',
    lines.some((line) => nameOf(line) === user)
      ? lines.map((line) => (nameOf(line) === user ? fresh : line))
      : [...lines, fresh],
  );
}

/** The hash of a new password, with a salt of this visit. */
export function hashPassword(process: Process, password: string): string {
  const salt = Buffer.from(process.state.machine.randomText(12), 'latin1')
    .toString('base64')
    .replaceAll(/[+=]/g, '.');
  process.state.budget.spend(200);
  return passwordCrypt(
    password.slice(0, 128),
    salt.slice(0, process.state.machine.busybox ? 8 : 16),
    process.state.machine.busybox ? '1' : '6',
  );
}
