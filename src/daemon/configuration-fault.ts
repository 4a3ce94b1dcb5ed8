/** A key whose value can't be used, and the mend in one sentence without subject. */
export interface ConfigurationFault {
  readonly path: readonly string[];
  readonly what: string;
}
