/**
 * How the machine's remote desktop is set up: the persona's `rdp` software. Details: `security` (`nla`, `tls`, `rdp` or
 * `negotiate`), `computer`, `domain`, `dnsDomain`, and the product's version as Windows gives it (`10.0.17763`).
 */

import type { Persona } from '../../core/persona.ts';
import { pick } from '../../core/random.ts';

const securities = ['nla', 'tls', 'rdp', 'negotiate'] as const;
type Security = (typeof securities)[number];

export interface RdpSetting {
  /** `negotiate` takes the best that the client can do, as Windows did before it asked for network level authentication. */
  readonly security: Security;
  /** Of the RSA key by which standard security is agreed on. */
  readonly keyBits: 512 | 2048;
  readonly computer: string;
  readonly domain: string;
  readonly dnsDomain: string;
  readonly version: readonly [major: number, minor: number, build: number];
  /** xrdp has no network level authentication; Windows tells its outcome ahead of the rest since version 8. */
  readonly networkLogin: 'none' | 'plain' | 'early result';
  /** Flags of the negotiation response: what this server offers beyond. */
  readonly flags: number;
}

const versions: readonly [string, ...string[]] = [
  '6.1.7601',
  '6.3.9600',
  '10.0.14393',
  '10.0.17763',
  '10.0.19041',
  '10.0.20348',
];

export function settingOf(persona: Persona): RdpSetting {
  const software = persona.software['rdp'];
  const details = software?.details ?? {};
  const drawn = pick(persona.random('rdp version'), versions);
  const parts = (software?.version ?? drawn).split('.').map(Number);
  const [major = 10, minor = 0, build = 17_763] = parts.every((part) => Number.isInteger(part) && part >= 0)
    ? parts
    : [];
  // Server 2008 R2 and Windows 7 leave the choice to the client.
  const usual = software === undefined && major === 6 && minor <= 1 ? 'negotiate' : 'nla';
  const named = securities.find((security) => security === details['security']) ?? usual;
  const computer = (details['computer'] ?? persona.hostname.split('.')[0] ?? '').toUpperCase().slice(0, 15);
  const isXrdp = software?.product.toLowerCase() === 'xrdp';
  return {
    // Without a certificate there is no TLS; xrdp has no NLA.
    security: persona.tls === null ? 'rdp' : named === 'nla' && isXrdp ? 'tls' : named,
    keyBits: major < 6 && !isXrdp ? 512 : 2048,
    computer,
    domain: details['domain'] ?? computer,
    dnsDomain: details['dnsDomain'] ?? computer.toLowerCase(),
    version: [major & 255, minor & 255, build & 65_535],
    networkLogin: isXrdp ? 'none' : major > 6 || (major === 6 && minor >= 2) ? 'early result' : 'plain',
    flags: isXrdp ? 0 : major >= 10 ? 0x1f : major === 6 && minor >= 2 ? 0x0f : 0x01,
  };
}
