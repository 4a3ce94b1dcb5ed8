import type { Reading } from '../../../stream.ts';
import { Unsupported } from '../script/unsupported.ts';
import type { Machine } from './machine.ts';
import type { Expression } from './syntax.ts';
import { Handle, textOf, type Value } from './value.ts';

/** Methods of the few classes that droppers use. */
export function* callMethod(machine: Machine, expression: Expression & { kind: 'method' }): Reading<Value[]> {
  const value = yield* machine.scalar(expression.value);
  const values: Value[] = [];
  for (const item of expression.items) values.push(...(yield* machine.list(item)));
  if (typeof value === 'string' && /^IO::Socket(?:::INET)?$/.test(value) && expression.name === 'new')
    return [connect(machine, values)];
  if (value instanceof Handle && /^(?:autoflush|binmode|blocking)$/.test(expression.name)) return [1];
  if (typeof value === 'string' && machine.handles.has(value) && expression.name === 'autoflush') return [1];
  if (value === undefined)
    return machine.die(`Can't call method "${expression.name}" on an undefined value`, expression.line);
  throw new Unsupported(expression.name);
}

function connect(machine: Machine, values: readonly Value[]): Value {
  const options = new Map<string, string>();
  if (values.length === 1) options.set('PeerAddr', textOf(values[0]));
  for (let at = 0; at + 1 < values.length; at += 2) options.set(textOf(values[at]), textOf(values[at + 1]));
  const [host = '', port = ''] = (options.get('PeerAddr') ?? options.get('PeerHost') ?? '').split(':');
  const number = Number(options.get('PeerPort')?.replace(/\(.*/, '') ?? port);
  if (host === '' || !Number.isInteger(number)) throw new Unsupported('socket');
  const { how } = machine.world.connect(host, number, Number(options.get('Timeout') ?? 0));
  if (how === 'open') throw new Unsupported('open port');
  machine.fault(how === 'timeout' ? 'ETIMEDOUT' : 'ECONNREFUSED');
  machine.global('@').value =
    how === 'unknown'
      ? "IO::Socket::INET: Bad hostname '" + host + "'"
      : `IO::Socket::INET: connect: ${how === 'timeout' ? 'Connection timed out' : 'Connection refused'}`;
  return undefined;
}
