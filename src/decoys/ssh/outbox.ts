import type { DecoyOutput } from '../../core/decoy.ts';

/** What a session's parts want done, in order, until the session hands it on. */
export class Outbox {
  #outputs: DecoyOutput[] = [];
  #closed = false;

  /** True once the conversation is over: nothing is taken any more. */
  get closed(): boolean {
    return this.#closed;
  }

  push(output: DecoyOutput): void {
    if (this.#closed) return;
    this.#outputs.push(output);
    if (output.do === 'close') this.#closed = true;
  }

  reply(bytes: Uint8Array): void {
    this.push({ do: 'reply', bytes });
  }

  close(): void {
    this.push({ do: 'close' });
  }

  drain(): readonly DecoyOutput[] {
    const outputs = this.#outputs;
    this.#outputs = [];
    return outputs;
  }
}
