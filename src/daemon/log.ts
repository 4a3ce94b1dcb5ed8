/** Lines for a person, on standard error: time, process, message. */

import process from 'node:process';

export function log(name: string): (line: string) => void {
  return (line) => {
    process.stderr.write(`${new Date().toISOString()} ${name}: ${line}\n`);
  };
}
