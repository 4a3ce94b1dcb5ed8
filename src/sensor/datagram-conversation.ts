/** A conversation over UDP: what one address and port sends to one of ours. Nothing in it shows that the sender is who it says. */

import type { Decoy } from '../core/decoy.ts';
import type { Persona } from '../core/persona.ts';
import { Conversation, type Ends, type Surroundings } from './conversation.ts';
import type { Linked } from './conversation-list.ts';
import { chooseDecoy, ownDecoy } from './decoy-choice.ts';

export class DatagramConversation extends Conversation implements Linked {
  before: Linked | null = null;
  after: Linked | null = null;
  listed = false;
  lastActivity: number;
  readonly name: string;
  readonly #answer: (conversation: DatagramConversation, bytes: Uint8Array) => boolean;
  /** What may still be answered to the last datagram: never more bytes than it had. */
  #allowance = 0;

  /** `answer` sends and says whether it did: the sensor withholds answers past its rates. */
  constructor(
    around: Surroundings,
    name: string,
    ends: Ends,
    persona: Persona,
    decoy: Decoy | null,
    answer: (conversation: DatagramConversation, bytes: Uint8Array) => boolean,
  ) {
    super(
      around,
      'udp',
      ends,
      persona,
      decoy ?? ownDecoy(around.decoys, persona, 'udp', ends.destinationPort),
    );
    this.name = name;
    this.lastActivity = this.openedAt;
    this.#answer = answer;
  }

  received(bytes: Uint8Array): void {
    if (this.closing) return;
    this.lastActivity = this.around.clock.now();
    this.note(bytes);
    this.#allowance = bytes.length;
    if (this.held) return;
    if (!this.talking) {
      const { decoys, any } = this.around;
      this.noteFirst(bytes);
      if (this.decoy === null) this.speaksHere();
      this.open(this.decoy ?? chooseDecoy(decoys, any, 'udp', this.destinationPort, bytes));
    }
    this.hear(bytes);
  }

  over(): void {
    this.conclude();
  }

  protected send(bytes: Uint8Array): boolean {
    if (bytes.length > this.#allowance || !this.#answer(this, bytes)) {
      this.around.counters.datagramRepliesWithheld += 1;
      return true;
    }
    this.#allowance -= bytes.length;
    this.noteSent(bytes);
    this.around.counters.datagramReplies += 1;
    return true;
  }

  settled(): void {}
  holding(): void {}
  protected secure(): void {}
  protected hangUp(): void {}
}
