/**
 * Whether what is sent in a source's name depends on what we answer to it: the proof that answers reach the sender, without a handshake.
 *
 * A random sixteenth of first SYNs goes unanswered. A scanner that hears us repeats what we left unanswered and not what we
 * answered. A blind spoofer, who hears nothing, can repeat what he likes, all, none or some: whether a port that he repeats is
 * one of the withheld is a coin with p = 1/16 that he can't see, at each repeat anew, given all that went before.
 *
 * So the odds are those of a bet at each repeat (one a port): even odds that it is a withheld one, against 1/16. A withheld one multiplies
 * by (1/2)/(1/16) = 8, an answered one by (1/2)/(15/16) = 8/15. For a blind spoofer this is a supermartingale that starts at 1
 * (1/16 · 8 + 15/16 · 8/15 = 1; where the kernel withholds less, less), and by Ville's inequality the chance that it *ever*
 * reaches 100,000 is at most 1/100,000, whenever he stops, whatever he repeats and however long he tries (Ville 1939; Ramdas et al.
 * 2023, "Game-theoretic statistics and safe anytime-valid inference"). Six withheld repeats and no or one answered are enough
 * (8⁶ = 262,144), about a hundred ports; the proof still comes where up to a fifth of what the scanner repeats in vain is loss:
 * it grows as long as more than 23 % of repeats are withheld ones.
 */

const byWithheld = 8;
const byAnswered = 8 / 15;
/** Odds at which the path is proved: a blind spoofer succeeds in at most one of so many lives of a source's record. */
export const provedOdds = 100_000;

export class ReturnPath {
  #odds = 1;

  get odds(): number {
    return this.#odds;
  }

  /** Takes a repeat into account. True where the path is proved by it; then the bet begins anew, for the next proof. */
  repeated(wasWithheld: boolean): boolean {
    this.#odds *= wasWithheld ? byWithheld : byAnswered;
    if (this.#odds < provedOdds) return false;
    this.#odds = 1;
    return true;
  }
}
