/** Sources that were seen to receive what was sent to them: a forger of an address hears no answers, and can't complete a handshake. */

/** Sources remembered; past it those proved longest ago go. */
const remembered = 65_536;
/** As long as a path counts that the sensor proved itself. */
const milliseconds = 900_000;

export class ProvenSources {
  readonly #at = new Map<string, number>();

  prove(source: string, at: number): void {
    this.#at.delete(source);
    if (this.#at.size >= remembered) {
      const [oldest] = this.#at.keys();
      if (oldest !== undefined) this.#at.delete(oldest);
    }
    this.#at.set(source, at);
  }

  has(source: string, at: number): boolean {
    const proved = this.#at.get(source);
    return proved !== undefined && Math.abs(at - proved) <= milliseconds;
  }
}
