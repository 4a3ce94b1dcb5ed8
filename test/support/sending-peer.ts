import type { LinkPeer } from '../../src/bus/link.ts';

/** The other end of a link of which only what is sent to it matters. */
export function sendingPeer(sent: (message: unknown) => void): LinkPeer {
  const nothing = (): void => {};
  return { send: sent, sendText: nothing, close: nothing, pause: nothing, resume: nothing, waiting: 0 };
}
