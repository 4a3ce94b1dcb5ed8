import { Incomplete, type SyntaxFault } from '../language/fault.ts';
import type { Shell } from './shell.ts';

/** Complains of text that does not parse, in the words of bash and ash. */
export function complainSyntax(shell: Shell, fault: SyntaxFault | Incomplete, text: string): void {
  const quotes = new Set(['"', "'", '`']);
  if (!shell.bash) {
    if (fault instanceof Incomplete) {
      const expecting =
        fault.expected.length > 1 && /^[a-z]+$/.test(fault.expected)
          ? ` (expecting "${fault.expected}")`
          : '';
      shell.complain(
        quotes.has(fault.expected)
          ? 'syntax error: unterminated quoted string'
          : `syntax error: unexpected end of file${expecting}`,
      );
    } else
      shell.complain(
        `syntax error: unexpected ${fault.token === 'newline' ? 'newline' : `"${fault.token}"`}`,
      );
    return;
  }
  const lines = text.split('\n');
  const where = (line: number): string => {
    if (shell.interactive) return `${shell.name}: `;
    return `${shell.name}: ${shell.fromOption ? '-c: ' : ''}line ${line}: `;
  };
  if (fault instanceof Incomplete) {
    const last = lines.length + (text.endsWith('\n') ? 0 : 1);
    if (quotes.has(fault.expected) || fault.expected === ')' || fault.expected === '}')
      shell.error.write(`${where(last - 1)}unexpected EOF while looking for matching \`${fault.expected}'\n`);
    shell.error.write(`${where(last)}syntax error: unexpected end of file\n`);
    return;
  }
  shell.error.write(`${where(fault.line)}syntax error near unexpected token \`${fault.token}'\n`);
  if (!shell.interactive) shell.error.write(`${where(fault.line)}\`${lines[fault.line - 1] ?? ''}'\n`);
}
