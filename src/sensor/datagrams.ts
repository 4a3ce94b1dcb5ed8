/** All UDP conversations of a sensor, the oldest of which make room for new ones. */

import { sourceKey } from '../core/address.ts';
import type { Decoy } from '../core/decoy.ts';
import type { Persona } from '../core/persona.ts';
import type { Ends, Surroundings } from './conversation.ts';
import { ConversationList } from './conversation-list.ts';
import { DatagramConversation } from './datagram-conversation.ts';
import { RateTable } from './rate-table.ts';

const idleMilliseconds = 30_000;

/** Sends a datagram from the conversation's destination to its source; false where it could not. */
export type SendDatagram = (ends: Ends, bytes: Uint8Array) => boolean;

export class Datagrams {
  readonly #around: Surroundings;
  readonly #rates: RateTable;
  readonly #conversations = new Map<string, DatagramConversation>();
  readonly #list = new ConversationList<DatagramConversation>(
    (linked): linked is DatagramConversation => linked instanceof DatagramConversation,
  );

  constructor(around: Surroundings) {
    this.#around = around;
    this.#rates = new RateTable(around.limits.datagramRepliesPerSource, around.limits.datagramReplies);
  }

  received(ends: Ends, bytes: Uint8Array, persona: Persona, decoy: Decoy | null, send: SendDatagram): void {
    this.#around.counters.datagrams += 1;
    const name = `${ends.source} ${ends.sourcePort} ${ends.destination} ${ends.destinationPort}`;
    let conversation = this.#conversations.get(name);
    if (conversation === undefined) {
      conversation = new DatagramConversation(this.#around, name, ends, persona, decoy, (of, reply) =>
        this.#rates.take(sourceKey(of.source), this.#around.clock.now()) ? send(of, reply) : false,
      );
      this.#conversations.set(name, conversation);
      const oldest = this.#list.head;
      if (this.#conversations.size > this.#around.limits.datagramConversations && oldest !== null)
        this.#end(oldest);
    }
    this.#list.touch(conversation);
    conversation.received(bytes);
  }

  /** Ends those that have been silent for 30 s. */
  sweep(now: number): void {
    for (let oldest = this.#list.head; oldest !== null; oldest = this.#list.head) {
      if (now - oldest.lastActivity < idleMilliseconds) return;
      this.#end(oldest);
    }
  }

  stop(): void {
    for (let oldest = this.#list.head; oldest !== null; oldest = this.#list.head) this.#end(oldest);
  }

  #end(conversation: DatagramConversation): void {
    this.#list.remove(conversation);
    this.#conversations.delete(conversation.name);
    conversation.over();
  }
}
