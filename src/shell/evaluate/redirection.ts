import { FileFault } from '../files/fault.ts';
import { contentOf, type DeviceNode } from '../files/node.ts';
import type { Redirection } from '../language/syntax.ts';
import type { SessionState } from '../state.ts';
import {
  DeviceInput,
  FileOutput,
  fullOutput,
  type Input,
  nullOutput,
  type Output,
  type Reading,
  TextInput,
} from '../stream.ts';
import { ExpansionFault } from './control.ts';
import { expandText } from './expansion.ts';
import type { Descriptor, Shell } from './shell.ts';

/** A redirection that cannot be made; the message is the shell's own. */
export class RedirectionFault extends Error {}

/** What reading a path gives. Throws `FileFault`. */
export function openInput(state: SessionState, path: string, folder: string): Input {
  const node = state.files.get(path, folder);
  if (node.kind === 'device') {
    if (node.device === 'tty') return state.input;
    if (node.device === 'zero' || node.device === 'full') return new DeviceInput(() => '\0'.repeat(4096));
    if (node.device === 'random') return new DeviceInput(() => state.machine.randomText(4096));
    return new TextInput('');
  }
  const text =
    node.kind === 'file' && state.files.may(node, 4) ? contentOf(node) : state.files.read(path, folder);
  state.budget.spendBytes(text.length);
  return new TextInput(text);
}

function deviceOutput(state: SessionState, node: DeviceNode): Output {
  if (node.device === 'tty') return state.output;
  return node.device === 'full' ? fullOutput : nullOutput;
}

/** What writing to a path does. Throws `FileFault`. */
export function openOutput(
  state: SessionState,
  path: string,
  folder: string,
  mode: 'truncate' | 'append',
): Output {
  const node = state.files.open(path, folder, mode);
  if (node.kind === 'device') return deviceOutput(state, node);
  if (node.kind !== 'file') throw new FileFault('EISDIR');
  return new FileOutput(state.files, node, () => state.writer);
}

/** Makes redirections in their order and returns what undoes them; `expander` is the shell that expands their words. Throws `RedirectionFault`. */
export function* redirect(
  shell: Shell,
  redirections: readonly Redirection[],
  expander: Shell = shell,
): Reading<() => void> {
  const before = new Map(shell.descriptors);
  const undo = (): void => {
    shell.descriptors = before;
  };
  shell.descriptors = new Map(before);
  try {
    for (const redirection of redirections) yield* redirectOne(shell, redirection, expander);
  } catch (error) {
    undo();
    throw error;
  }
  return undo;
}

function* redirectOne(shell: Shell, redirection: Redirection, expander: Shell): Reading<void> {
  const { operator } = redirection;
  const reads = operator.startsWith('<');
  const descriptor = redirection.descriptor >= 0 ? redirection.descriptor : reads ? 0 : 1;
  let target: string;
  try {
    target = yield* expandText(expander, redirection.target);
  } catch (error) {
    // dash and ash expand a here-document when they open it: an error there is one of the redirection.
    if (shell.bash || operator !== '<<' || !(error instanceof ExpansionFault)) throw error;
    throw new RedirectionFault(error.message);
  }
  shell.state.budget.spend(2);
  switch (operator) {
    case '<<':
      put(shell, descriptor, { input: new TextInput(target), output: null });
      return;
    case '<<<':
      put(shell, descriptor, { input: new TextInput(`${target}\n`), output: null });
      return;
    case '<&':
    case '>&':
      duplicate(shell, descriptor, target, operator, redirection.descriptor < 0);
      return;
    case '&>':
    case '&>>': {
      const output = openedFor(shell, target, operator === '&>>' ? 'append' : 'truncate');
      put(shell, 1, { input: null, output });
      put(shell, 2, { input: null, output });
      return;
    }
    case '<':
      put(shell, descriptor, { input: openedInput(shell, target), output: null });
      return;
    case '<>': {
      const output = openedFor(shell, target, 'append');
      put(shell, descriptor, { input: openedInput(shell, target), output });
      return;
    }
    default:
      put(shell, descriptor, {
        input: null,
        output: openedFor(shell, target, operator === '>>' ? 'append' : 'truncate'),
      });
  }
}

function put(shell: Shell, descriptor: number, value: Descriptor): void {
  shell.descriptors.set(descriptor, value);
}

function duplicate(shell: Shell, descriptor: number, target: string, operator: string, bare: boolean): void {
  if (target === '-') {
    shell.descriptors.delete(descriptor);
    return;
  }
  if (/^\d+$/.test(target)) {
    const source = shell.descriptors.get(Number(target));
    if (source === undefined) throw new RedirectionFault(`${target}: Bad file descriptor`);
    put(shell, descriptor, source);
    return;
  }
  if (operator === '<&' || !bare) throw new RedirectionFault(`${target}: ambiguous redirect`);
  const output = openedFor(shell, target, 'truncate');
  put(shell, 1, { input: null, output });
  put(shell, 2, { input: null, output });
}

/** bash connects for `/dev/tcp/host/port`; here the attempt is recorded and refused. */
function refuseNetwork(shell: Shell, path: string): void {
  if (!shell.bash || !/^\/dev\/(?:tcp|udp)\/[^/]+\/[^/]+$/.test(path)) return;
  shell.state.recordCommand([path]);
  shell.complain('connect: Connection refused');
  throw new RedirectionFault(`${path}: Connection refused`);
}

function openedInput(shell: Shell, path: string): Input {
  refuseNetwork(shell, path);
  try {
    return openInput(shell.state, path, shell.folder);
  } catch (error) {
    if (!(error instanceof FileFault)) throw error;
    const missing = error.code === 'ENOENT';
    throw new RedirectionFault(
      shell.wording({
        bash: `${path}: ${error.message}`,
        dash: `cannot open ${path}: ${missing ? 'No such file' : error.message}`,
        ash: `can't open ${path}: ${missing ? 'no such file' : error.message}`,
      }),
    );
  }
}

function openedFor(shell: Shell, path: string, mode: 'truncate' | 'append'): Output {
  refuseNetwork(shell, path);
  if (path === '/dev/stdout') return shell.output;
  if (path === '/dev/stderr') return shell.error;
  try {
    return openOutput(shell.state, path, shell.folder, mode);
  } catch (error) {
    if (!(error instanceof FileFault)) throw error;
    const missing = error.code === 'ENOENT';
    throw new RedirectionFault(
      shell.wording({
        bash: `${path}: ${error.message}`,
        dash: `cannot create ${path}: ${missing ? 'Directory nonexistent' : error.message}`,
        ash: `can't create ${path}: ${missing ? 'nonexistent directory' : error.message}`,
      }),
    );
  }
}
