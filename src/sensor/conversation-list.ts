/**
 * Conversations in the order of their last activity, as links in the conversations themselves: the one idle for longest is at the head. Moving
 * one to the end, taking one out and finding the head cost a few writes and no memory, whatever the number.
 */

export interface Linked {
  before: Linked | null;
  after: Linked | null;
  listed: boolean;
}

export class ConversationList<Item extends Linked> {
  #head: Linked | null = null;
  #tail: Linked | null = null;
  readonly #isItem: (linked: Linked) => linked is Item;

  constructor(isItem: (linked: Linked) => linked is Item) {
    this.#isItem = isItem;
  }

  get head(): Item | null {
    return this.#head !== null && this.#isItem(this.#head) ? this.#head : null;
  }

  /** Puts it at the end, wherever it was. */
  touch(item: Item): void {
    if (this.#tail === item) return;
    if (item.listed) this.remove(item);
    item.before = this.#tail;
    item.after = null;
    item.listed = true;
    if (this.#tail === null) this.#head = item;
    else this.#tail.after = item;
    this.#tail = item;
  }

  remove(item: Item): void {
    if (!item.listed) return;
    if (item.before === null) this.#head = item.after;
    else item.before.after = item.after;
    if (item.after === null) this.#tail = item.before;
    else item.after.before = item.before;
    item.before = null;
    item.after = null;
    item.listed = false;
  }
}
