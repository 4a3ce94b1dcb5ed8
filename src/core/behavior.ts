/** What a source was seen doing: the vocabulary of verdicts. */

export const exploitClasses = [
  'rce',
  'lfi',
  'rfi',
  'sqli',
  'xss',
  'php',
  'java',
  'js',
  'ssrf',
  'xxe',
  'ssti',
  'deserialization',
  'auth-bypass',
  'protocol',
  'other',
] as const;

export type ExploitClass = (typeof exploitClasses)[number];

export type Behavior =
  | 'scan:horizontal'
  | 'scan:vertical'
  | 'scan:sweep'
  | `bruteforce:${string}`
  | `spray:${string}`
  | `exploit:${ExploitClass}`
  | 'enumeration:bucket'
  | 'enumeration:web'
  /** Asked a service again and again for what it does for nobody outside: relaying, unknown recipients, zone transfers, proxying. */
  | `abuse:${string}`
  | `flood:${string}`
  | `decoy:${string}`
  | 'malware:download'
  | 'c2:contact'
  /** What a rule of the operator's own tells of, by its name, where the rule names none of the above. */
  | `rule:${string}`;

/** One text for all that is said of a service in a row: with each piece of evidence comes a behaviour. */
function ofService<Kind extends 'bruteforce' | 'spray'>(
  kind: Kind,
): (service: string) => `${Kind}:${string}` {
  let last = '';
  let behavior: `${Kind}:${string}` = `${kind}:`;
  return (service) => {
    if (service !== last) {
      last = service;
      behavior = `${kind}:${service}`;
    }
    return behavior;
  };
}

export const behaviorOf: {
  readonly bruteforce: (service: string) => `bruteforce:${string}`;
  readonly spray: (service: string) => `spray:${string}`;
} = { bruteforce: ofService('bruteforce'), spray: ofService('spray') };
