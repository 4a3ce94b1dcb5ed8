/** What a distribution's installer puts on a machine, and what owners add. Versions as the package manager gives them. */
export interface Release {
  /** `$BASH_VERSION`. */
  readonly bash: string;
  readonly installed: Readonly<Record<string, string>>;
  /** What the archive has beside: version, and how many of a hundred owners have it. */
  readonly chosen: Readonly<Record<string, readonly [version: string, percent: number]>>;
}
