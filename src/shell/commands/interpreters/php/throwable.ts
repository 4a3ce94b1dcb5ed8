import { ArrayValue, ObjectValue, type Value } from './value.ts';
import { textOf } from './conversion.ts';

/** A throwable as text, what caused it first: `Exception: message in file:line`, and the calls. */
export function throwableText(object: ObjectValue): string {
  const chain: ObjectValue[] = [];
  for (
    let at: Value = object;
    at instanceof ObjectValue && chain.length < 50;
    at = at.get('previous') ?? null
  )
    chain.unshift(at);
  return chain
    .map((one) => {
      const message = textOf(one.get('message') ?? null);
      const told = message.includes(', called in ') ? `${message} and defined` : message;
      return `${one.info.name}${message === '' ? '' : `: ${told}`} in ${textOf(one.get('file') ?? null)}:${textOf(one.get('line') ?? null)}\nStack trace:\n${textOf(one.get('\0trace') ?? null)}`;
    })
    .join('\n\nNext ');
}

/** The methods that every throwable has; undefined for another name. */
export function throwableMethod(
  machine: { spend(bytes: number): void },
  object: ObjectValue,
  name: string,
): Value | undefined {
  machine.spend(256);
  switch (name.toLowerCase()) {
    case 'getmessage':
      return object.get('message') ?? null;
    case 'getcode':
      return object.get('code') ?? null;
    case 'getfile':
      return object.get('file') ?? null;
    case 'getline':
      return object.get('line') ?? null;
    case 'getprevious':
      return object.get('previous') ?? null;
    case 'gettraceasstring':
      return object.get('\0trace') ?? null;
    case 'gettrace':
      return new ArrayValue();
    case '__tostring':
      return throwableText(object);
    default:
      return undefined;
  }
}
