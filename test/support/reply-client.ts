/** For tests: a client of a protocol whose replies are numbered lines (SMTP, FTP). */

import { connect } from 'node:net';

/** What to send, and how many replies it brings; one where only the line is given, which gets its CRLF. */
export type Step = string | readonly [text: string, replies: number];

/** One transcript: the greeting, then the replies of each step, with `<closed>` where the server hung up and `<silence>` where it says nothing. */
export async function talkInReplies(port: number, steps: readonly Step[]): Promise<string[]> {
  const socket = connect(port, '127.0.0.1');
  socket.setEncoding('latin1');
  let held = '';
  let isClosed = false;
  let wake = (): void => {};
  socket.on('data', (piece: string) => {
    held += piece;
    wake();
  });
  for (const event of ['close', 'error', 'end'] as const) {
    socket.on(event, () => {
      isClosed = true;
      wake();
    });
  }
  const reply = async (): Promise<string> => {
    for (;;) {
      // A line with a blank behind its number is a reply's last.
      const end = /^\d{3}(?: [^\n]*)?\r?\n/m.exec(held);
      if (end !== null) {
        const text = held.slice(0, end.index + end[0].length);
        held = held.slice(text.length);
        return text;
      }
      if (isClosed) return '<closed>';
      const isSilent = await new Promise<boolean>((resolve) => {
        const timer = setTimeout(() => resolve(true), 5_000);
        wake = () => {
          clearTimeout(timer);
          resolve(false);
        };
      });
      if (isSilent) return '<silence>';
    }
  };
  const transcript = [await reply()];
  for (const step of steps) {
    const [text, count] = typeof step === 'string' ? [`${step}\r\n`, 1] : step;
    if (!isClosed) socket.write(text, 'latin1');
    let replies = '';
    for (let index = 0; index < count; index += 1) replies += await reply();
    transcript.push(replies);
    if (/<closed>|<silence>/.test(replies)) break;
  }
  socket.destroy();
  return transcript;
}
