import { Incomplete, openTexts, type SyntaxFault } from '../language/fault.ts';
import type { Shell } from './shell.ts';

type Fault = SyntaxFault | Incomplete;

/** Complains of text that does not parse, in the words of the shell; `counted` is where its count of lines began. */
export function complainSyntax(
  shell: Shell,
  fault: Fault,
  text: string,
  counted: number = shell.linesBefore,
): void {
  if (shell.bash) complainAsBash(shell, fault, text, counted);
  else complainAsAlmquist(shell, fault, text);
}

/** Reserved words and brackets, which the message quotes; other words are only called a word. */
const quotable = /^(?:then|else|elif|fi|do|done|esac|in|if|for|while|until|case|[{}!()]|;;?|&&?|\|\|?)$/;
const expectable = /^(?:then|fi|do|done|esac|in|;;|[})])$/;

const tokenName = (token: string): string =>
  /^(?:newline|end of file)$/.test(token)
    ? token
    : /^(?:<<?[-<&>]?|>[>&|]?)$/.test(token)
      ? 'redirection'
      : quotable.test(token)
        ? `"${token}"`
        : 'word';

/** dash and ash come from one ancestor and say the same in another order. */
function complainAsAlmquist(shell: Shell, fault: Fault, text: string): void {
  const dash = shell.dialect === 'dash';
  let message: string;
  if (fault instanceof Incomplete && openTexts[fault.expected] !== undefined)
    message = openTexts[fault.expected] ?? '';
  else if (!(fault instanceof Incomplete) && fault.text !== '') message = fault.text;
  else {
    const { expected } = fault;
    const token = fault instanceof Incomplete ? 'end of file' : fault.token;
    const expecting = expectable.test(expected)
      ? ` (expecting "${expected}")`
      : expected === 'word'
        ? ' (expecting word)'
        : '';
    message = dash
      ? `${tokenName(token)} unexpected${expecting}`
      : `unexpected ${tokenName(token)}${expecting}`;
  }
  // ash takes the line of `eval` itself.
  if (dash || shell.commandName !== 'eval')
    shell.line =
      fault instanceof Incomplete
        ? shell.linesBefore + text.split('\n').length
        : fault.line + (fault.token === 'newline' ? 1 : 0);
  shell.complain(
    dash
      ? `Syntax error: ${message}`
      : `syntax error: ${message.charAt(0) === 'E' ? message : message.charAt(0).toLowerCase() + message.slice(1)}`,
  );
}

function complainAsBash(shell: Shell, fault: Fault, text: string, counted: number): void {
  const lines = text.split('\n');
  const where = (line: number): string => {
    const name = shell.scriptName === '' ? shell.name : shell.scriptName;
    if (shell.interactive) return `${name}: `;
    const place =
      shell.commandName === 'eval' ? 'eval: ' : shell.fromOption && shell.scriptName === '' ? '-c: ' : '';
    return `${name}: ${place}line ${line}: `;
  };
  if (fault instanceof Incomplete) {
    const last = shell.linesBefore + lines.length + (text.endsWith('\n') ? 0 : 1);
    const closing = { '${}': '}', '$(())': ')', '$()': ')', '))': ')' }[fault.expected] ?? fault.expected;
    if (/^["'`]$/.test(closing) || fault.expected.startsWith('$')) {
      shell.error.write(
        `${where(fault.line > 0 ? fault.line : last)}unexpected EOF while looking for matching \`${closing}'\n`,
      );
      return;
    }
    shell.error.write(`${where(last)}syntax error: unexpected end of file\n`);
    return;
  }
  if (fault.text !== '') {
    shell.error.write(`${where(fault.line)}${fault.text}\n`);
    return;
  }
  shell.error.write(`${where(fault.line)}syntax error near unexpected token \`${fault.token}'\n`);
  if (!shell.interactive)
    shell.error.write(`${where(fault.line)}\`${lines[fault.line - counted - 1] ?? ''}'\n`);
}
