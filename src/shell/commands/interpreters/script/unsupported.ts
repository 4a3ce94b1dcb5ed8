/** The evaluator has met what it can't do: the script is read for its calls instead. Never seen by a visitor. */
export class Unsupported extends Error {}
