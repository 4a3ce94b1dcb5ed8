/**
 * Debian packages that benchmarks need and that are unpacked, not installed: their scripts would enrol the machine with a service on the
 * internet, or start a daemon, and where that fails apt has a package half configured for ever.
 */

/** Where each lies, with its control files in `DEBIAN`. */
export const unpackedFolder = '/opt/picket-peers';

/** Each with what it is for. */
export const unpackedPackages: Readonly<Record<string, string>> = {
  crowdsec: 'the log blocker that benchmarks compare with',
};
