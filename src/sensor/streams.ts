/** All TCP conversations of a sensor, within its limits. */

import type { Socket } from 'node:net';
import { canonicalAddress, sourceKey } from '../core/address.ts';
import type { Decoy } from '../core/decoy.ts';
import type { Persona } from '../core/persona.ts';
import type { Surroundings } from './conversation.ts';
import { ConversationList } from './conversation-list.ts';
import { StreamConversation, type StreamKeeper } from './stream-conversation.ts';

export class Streams implements StreamKeeper {
  readonly #around: Surroundings;
  readonly #list = new ConversationList<StreamConversation>(
    (linked): linked is StreamConversation => linked instanceof StreamConversation,
  );
  /** Conversations of each source, the first opened first. */
  readonly #bySource = new Map<string, Set<StreamConversation>>();

  constructor(around: Surroundings) {
    this.#around = around;
  }

  /** Takes an accepted socket. `persona` says which machine the client has reached. */
  accepted(socket: Socket, persona: (address: string, port: number) => Persona, decoy: Decoy | null): void {
    const { counters, limits } = this.#around;
    const source = canonicalAddress(socket.remoteAddress ?? '');
    const destination = canonicalAddress(socket.localAddress ?? '');
    if (source === null || destination === null) {
      // Gone before it was looked at: a reset in the accept queue leaves no address.
      socket.on('error', () => {});
      socket.destroy();
      return;
    }
    counters.connections += 1;
    counters.connectionsOpen += 1;
    const key = sourceKey(source);
    let siblings = this.#bySource.get(key);
    if (siblings === undefined) {
      siblings = new Set();
      this.#bySource.set(key, siblings);
    }
    const destinationPort = socket.localPort ?? 0;
    const ends = { source, sourcePort: socket.remotePort ?? 0, destination, destinationPort };
    const conversation = new StreamConversation(
      this.#around,
      this,
      socket,
      ends,
      key,
      persona(destination, destinationPort),
      decoy,
    );
    siblings.add(conversation);
    this.#list.touch(conversation);
    if (siblings.size > limits.connectionsPerSource) this.#evict(siblings.values().next().value);
    if (counters.connectionsOpen > limits.connections) this.#evict(this.#list.head);
    conversation.begin();
  }

  stirred(conversation: StreamConversation): void {
    this.#list.touch(conversation);
    if (conversation.lastActivity - conversation.openedAt > this.#around.limits.sessionMilliseconds) {
      this.#around.counters.connectionsOverTime += 1;
      conversation.cut();
    }
  }

  over(conversation: StreamConversation): void {
    this.#list.remove(conversation);
    this.#around.counters.connectionsOpen -= 1;
    const siblings = this.#bySource.get(conversation.key);
    siblings?.delete(conversation);
    if (siblings?.size === 0) this.#bySource.delete(conversation.key);
  }

  /** Ends the idle ones, and, where too many bytes wait for clients that do not read, those with most of them. */
  sweep(now: number): void {
    const { counters, limits } = this.#around;
    for (let idlest = this.#list.head; idlest !== null; idlest = this.#list.head) {
      if (now - idlest.lastActivity < limits.idleMilliseconds) break;
      counters.connectionsIdle += 1;
      idlest.cut();
    }
    const unread: StreamConversation[] = [];
    let bytes = 0;
    for (const siblings of this.#bySource.values()) {
      for (const conversation of siblings) {
        if (conversation.unsent === 0) continue;
        unread.push(conversation);
        bytes += conversation.unsent;
      }
    }
    if (bytes <= limits.unsentBytes) return;
    unread.sort((left, right) => right.unsent - left.unsent);
    for (const conversation of unread) {
      if (bytes <= limits.unsentBytes) break;
      bytes -= conversation.unsent;
      counters.connectionsUnread += 1;
      conversation.cut();
    }
  }

  stop(): void {
    for (let next = this.#list.head; next !== null; next = this.#list.head) next.cut();
  }

  #evict(conversation: StreamConversation | null | undefined): void {
    if (conversation === null || conversation === undefined) return;
    this.#around.counters.connectionsEvicted += 1;
    conversation.cut();
  }
}
