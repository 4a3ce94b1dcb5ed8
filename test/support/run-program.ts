import { execFile } from 'node:child_process';

/** Runs a program without input; resolves with all that it printed, whatever its exit code. Ended after 100 s. */
export function runProgram(program: string, ...words: string[]): Promise<string> {
  return new Promise((resolve) => {
    const child = execFile(program, words, { timeout: 100_000 }, (_error, stdout, stderr) =>
      resolve(stdout + stderr),
    );
    child.stdin?.end();
  });
}
