/** What a PHP interpreter prints for the one-liners with which exploits prove themselves. Recognised, never run. */

import { createHash } from 'node:crypto';

const hashes: Readonly<Record<string, string>> = { md5: 'md5', sha1: 'sha1' };

/** A sum, difference or product of two whole numbers, as text; null where the expression is another. */
export function arithmetic(expression: string): string | null {
  const parts = /^\s{0,4}(\d{1,9})\s{0,4}([-+*])\s{0,4}(\d{1,9})\s{0,4}$/.exec(expression);
  if (parts === null) return null;
  const [left, right] = [BigInt(parts[1] ?? 0), BigInt(parts[3] ?? 0)];
  if (parts[2] === '*') return String(left * right);
  return String(parts[2] === '+' ? left + right : left - right);
}

/** The value of an expression: literals, numbers, hashes, shell calls, concatenation with `.`; null where it is beyond this. */
function evaluate(expression: string, run: (command: string) => string, depth = 0): string | null {
  const text = expression.trim();
  if (depth > 4 || text.length > 2_048) return null;
  const literal = /^"([^"]*)"$|^'([^']*)'$/.exec(text);
  if (literal !== null) return (literal[1] ?? literal[2] ?? '').replaceAll('\\n', '\n');
  if (/^-?\d{1,18}$/.test(text)) return text;
  const sum = arithmetic(text);
  if (sum !== null) return sum;
  const call = /^@?([a-z_0-9]{2,32})\s{0,4}\(([^\0]*)\)$/i.exec(text);
  if (call === null) return null;
  const name = (call[1] ?? '').toLowerCase();
  const argument = (call[2] ?? '').trim();
  if (name === 'phpversion') return '7.4.33';
  const value = /^[a-z_0-9-]{1,64}$/i.test(argument) ? argument : evaluate(argument, run, depth + 1);
  if (name === 'php_uname') return run(value === 'n' ? 'uname -n' : 'uname -a').trim();
  if (name === 'getcwd') return '/var/www/html';
  if (value === null) return null;
  const hash = hashes[name];
  if (hash !== undefined) return createHash(hash).update(value, 'latin1').digest('hex');
  if (name === 'base64_decode') return Buffer.from(value, 'base64').toString('latin1');
  if (name === 'base64_encode') return Buffer.from(value, 'latin1').toString('base64');
  if (name === 'strrev') return value.split('').toReversed().join('');
  if (['system', 'shell_exec', 'exec', 'passthru'].includes(name)) return run(value);
  if (['file_get_contents', 'readfile'].includes(name))
    return run(`cat ${value.replaceAll(/[^\w./-]/g, '')}`);
  return null;
}

/** The output of a PHP body, or the text itself where it holds no PHP; at most the first sixteen statements. */
export function phpOutput(source: string, run: (command: string) => string): string {
  const open = source.search(/<\?(?:php|=)?/i);
  const code =
    open < 0
      ? source
      : source
          .slice(open)
          .replace(/^<\?(?:php)?/i, '')
          .replace(/\?>[^\0]*$/, '');
  let output = open > 0 ? source.slice(0, open) : '';
  for (const statement of code.slice(0, 8_192).split(';', 16)) {
    const text = statement.trim().replace(/^=/, 'echo ');
    const printed = /^(?:echo|print|die|exit|print_r|var_dump)\s{0,4}([^\0]{1,2048})$/i.exec(text);
    if (printed !== null) {
      const inner = (printed[1] ?? '').trim();
      output += evaluate(inner, run) ?? evaluate(inner.replace(/^\(([^\0]*)\)$/, '$1'), run) ?? '';
    } else if (/^phpinfo\s?\(/i.test(text)) {
      output += '<title>phpinfo()</title><h1 class="p">PHP Version 7.4.33</h1><h2>PHP Credits</h2>';
    } else if (/^@?(?:system|passthru)\s?\(/i.test(text)) output += evaluate(text, run) ?? '';
  }
  return output;
}
