/** What LIST, NLST and STAT show of a path. */

import type { Node } from '../../shell/files/node.ts';
import type { ControlConnection } from './control-connection.ts';
import { listLine } from './listing.ts';

export function listing(
  control: ControlConnection,
  path: string,
  isBrief: boolean,
  withHidden: boolean,
): string {
  const { persona } = control.context;
  const now = control.context.now();
  const line = (name: string, node: Node): string =>
    isBrief ? `${name}\r\n` : listLine(name, node, now, control.server, persona);
  const node = control.files.get(path);
  if (node.kind !== 'directory') return line(path, node);
  const names = [...control.files.list(path)].filter(([name]) => withHidden || !name.startsWith('.'));
  names.sort(([left], [right]) => (left < right ? -1 : 1));
  const own = withHidden ? line('.', node) + line('..', node) : '';
  return own + names.map(([name, child]) => line(name, child)).join('');
}
