/** The configuration as it is once it has been read: every key is there. The keys are explained in `configuration-schema.ts`. */

import type { FloodThresholds } from '../detectors/flood-thresholds.ts';

export interface ListenerConfiguration {
  readonly decoy: string;
  readonly port: number;
  readonly transport: 'tcp' | 'udp';
  readonly persona: string;
}

/** One of flow, file, syslog, journal and conntrack. */
export interface TelemetryConfiguration {
  readonly flow?: { readonly listen: string; readonly from: readonly string[] };
  readonly file?: string;
  readonly format?: string;
  readonly syslog?: {
    readonly udp?: string;
    readonly tcp?: string;
    readonly tls?: {
      readonly listen: string;
      readonly certificate: string;
      readonly key: string;
      readonly clients: string;
    };
    readonly from: readonly string[];
  };
  readonly journal?: true;
  readonly conntrack?: true;
}

export interface Configuration {
  readonly mode: 'observe' | 'enforce';
  readonly state: string;
  readonly sensor: {
    readonly listen: string;
    readonly seed: string;
    readonly listeners: readonly ListenerConfiguration[];
    readonly machines: readonly { readonly persona: string; readonly address: string }[];
    readonly anyPort: {
      readonly interface: string;
      readonly except: readonly number[];
      readonly persona: string;
      readonly speaks: 'everywhere' | 'on-a-handful';
      readonly machines: readonly { readonly addresses: string; readonly personas: readonly string[] }[];
    };
    readonly lures: readonly string[];
    readonly products: readonly string[];
    readonly maximumConnections: number;
    readonly maximumConnectionsPerSource: number;
    readonly spoolMegabytes: number;
  };
  readonly policy: {
    readonly leaseSeconds: number;
    readonly longestLeaseSeconds: number;
    readonly blockOnConversation: boolean;
    readonly breakerMinimum: number;
    readonly suspicious: number;
    readonly malicious: number;
    readonly jitter: number;
    readonly doubtfulLeaseSeconds: number;
    readonly renewalFactor: number;
    readonly escalationFactor: number;
    readonly escalatedLeaseSeconds: number;
    readonly hitsPerBlockHour: number;
    readonly shortestLeaseSeconds: number;
    readonly networkMembers: number;
    readonly networkShare: number;
    readonly collateralShare: number;
  };
  readonly guards: {
    readonly own: readonly string[];
    readonly allow: readonly string[];
    readonly lab: readonly string[];
    readonly benignLists: readonly string[];
    readonly sharedLists: readonly string[];
    readonly crawlers: boolean;
  };
  readonly detectors: {
    readonly rules: readonly string[];
    readonly commandHosts: readonly string[];
    /** Empty for none. */
    readonly asnTable: string;
    readonly flood: FloodThresholds;
  };
  readonly fence: { readonly table: string };
  readonly store: { readonly engine: 'chdb' | 'clickhouse' | 'none'; readonly url: string };
  readonly api: {
    readonly listen: string;
    readonly port: number;
    /** Both empty for plain HTTP. */
    readonly tls: { readonly certificate: string; readonly key: string };
  };
  readonly gate: {
    readonly listen: string;
    /** 0 for no gate. */
    readonly port: number;
    readonly domains: readonly string[];
    readonly buckets: readonly string[];
    readonly publicBuckets: readonly string[];
    readonly writableBuckets: readonly string[];
    readonly store: {
      /** Empty where none is named. */
      readonly endpoint: string;
      readonly region: string;
      /** A file; empty for the environment. */
      readonly credentials: string;
    };
  };
  readonly telemetry: readonly TelemetryConfiguration[];
  readonly processes: {
    readonly sensorUid: number;
    readonly engineUid: number;
    readonly fenceUid: number;
    readonly telemetryUid: number;
    readonly telemetryGroups: readonly string[];
  };
}
