import type { Command } from '../process.ts';
import { processTable, programOf, type TableRow } from './process-table.ts';

export const processTree: Command = {
  names: ['pstree'],
  folder: '/usr/bin',
  systems: 'both',
  run(process) {
    const rows = processTable(process);
    const withPid = process.words.includes('-p');
    const label = (row: TableRow): string => programOf(row.command) + (withPid ? `(${row.pid})` : '');
    const draw = (row: TableRow, indent: string, depth: number): string => {
      const children = rows.filter(
        (child) => child.parent === row.pid && child.pid !== row.pid && child.resident > 0,
      );
      const text = label(row);
      if (children.length === 0 || depth > 12) return text;
      const pad = indent + ' '.repeat(text.length);
      return children
        .map((child, index) => {
          const only = children.length === 1;
          const head =
            index === 0
              ? `${text}${only ? '---' : '-+-'}`
              : `${pad} ${index === children.length - 1 ? '`' : '|'}-`;
          return head + draw(child, `${pad} ${index === children.length - 1 ? ' ' : '|'} `, depth + 1);
        })
        .join('\n');
    };
    const [root] = rows;
    if (root !== undefined) process.output.write(`${draw(root, '', 0)}\n`);
    return 0;
  },
};
