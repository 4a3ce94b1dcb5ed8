/**
 * Which release the persona's cluster has, and who may do what. `persona.software.kubernetes`: version such as `v1.24.17`; details
 * `anonymous` (`cluster-admin`, or `none` for what a fresh cluster allows), `kubelet` (`open` or `closed`), `role`
 * (`api-server` or `kubelet`, where the port does not say it).
 */

import type { Persona } from '../../core/persona.ts';
import { below, hexDigits, pick } from '../../core/random.ts';

export interface Release {
  readonly version: string;
  readonly commit: string;
  readonly built: string;
  readonly go: string;
}

const releases: readonly [Release, ...Release[]] = [
  {
    version: 'v1.18.20',
    commit: '1f3e19b7beb1cc0110255668c4238ed63dadb7ad',
    built: '2021-06-16T12:51:17Z',
    go: 'go1.13.15',
  },
  {
    version: 'v1.20.15',
    commit: '8f1e5bf0b9729a899b8df86249b56e2c74aebc55',
    built: '2022-01-19T17:23:01Z',
    go: 'go1.15.15',
  },
  {
    version: 'v1.22.17',
    commit: 'a7736eaf34d823d7652415337ac0ad06db9167fc',
    built: '2022-12-08T11:42:04Z',
    go: 'go1.16.15',
  },
  {
    version: 'v1.24.17',
    commit: '22a9682c8fe855c321be75c5faacde343f909b04',
    built: '2023-08-23T23:37:25Z',
    go: 'go1.20.7',
  },
  {
    version: 'v1.26.15',
    commit: '1649f592f1909b97aa3c2a0a8f968a3fd05a7b8b',
    built: '2024-03-14T00:54:27Z',
    go: 'go1.21.8',
  },
];

export function releaseOf(persona: Persona): Release {
  const claimed = persona.software['kubernetes']?.version;
  const drawn = pick(persona.random('kubernetes release'), releases);
  if (claimed === undefined || claimed === '') return drawn;
  return releases.find((release) => release.version === claimed) ?? { ...drawn, version: claimed };
}

export interface Openness {
  readonly anonymousIsAdmin: boolean;
  readonly kubeletIsOpen: boolean;
}

export function opennessOf(persona: Persona): Openness {
  const details = persona.software['kubernetes']?.details ?? {};
  const random = persona.random('kubernetes openness');
  const drawn = below(random, 2) === 0;
  return {
    anonymousIsAdmin: details['anonymous'] === undefined ? drawn : details['anonymous'] === 'cluster-admin',
    kubeletIsOpen: details['kubelet'] === undefined ? true : details['kubelet'] === 'open',
  };
}

export const isKubelet = (persona: Persona, port: number, path: string): boolean => {
  const role = persona.software['kubernetes']?.details?.['role'];
  if (role !== undefined) return role === 'kubelet';
  if (port === 10_250 || port === 10_255) return true;
  if (port === 6_443 || port === 8_080 || port === 8_001) return false;
  return /^\/(?:pods|runningpods|run|exec|attach|containerLogs|stats|spec|configz|logs|portForward|cri)(?:\/|$)/.test(
    path,
  );
};

export function uuidFrom(persona: Persona, purpose: string): string {
  const text = hexDigits(persona.random(`kubernetes uid ${purpose}`), 32);
  return `${text.slice(0, 8)}-${text.slice(8, 12)}-4${text.slice(13, 16)}-8${text.slice(17, 20)}-${text.slice(20)}`;
}
