/** The configuration's JSON Schema: every key with what it does and its default. `docs/reference/configuration.md` is made from it. */

import type { JsonSchema } from '../core/observation-schema.ts';
import { usualFloodThresholds } from '../detectors/flood-thresholds.ts';
import { maliciousScore, suspiciousScore } from '../decide/sequential-test.ts';

const cidrs = (description: string): JsonSchema => ({
  type: 'array',
  items: { type: 'string', format: 'network' },
  default: [],
  description,
});

const names = (description: string): JsonSchema => ({
  type: 'array',
  maxItems: 65_536,
  items: { type: 'string', maxLength: 255 },
  default: [],
  description,
});

const port = (description: string, byDefault: number): JsonSchema => ({
  type: 'integer',
  minimum: 0,
  maximum: 65_535,
  default: byDefault,
  description,
});

const score = (description: string, byDefault: number): JsonSchema => ({
  type: 'number',
  minimum: 0.1,
  maximum: 1000,
  default: byDefault,
  description,
});

const perSecond = (description: string, byDefault: number): JsonSchema => ({
  type: 'number',
  minimum: 1,
  maximum: 1e9,
  default: byDefault,
  description,
});

const section = (description: string, properties: Record<string, JsonSchema>): JsonSchema => ({
  type: 'object',
  additionalProperties: false,
  default: {},
  description,
  properties,
});

const endpoint = (description: string): JsonSchema => ({
  type: 'string',
  pattern: '^(?:\\[[0-9a-fA-F:.]{2,45}\\]|[0-9.]{7,15}):[0-9]{1,5}$',
  description,
});

const pemFile = (description: string): JsonSchema => ({
  type: 'string',
  minLength: 1,
  maxLength: 4096,
  description,
});

const exporters: JsonSchema = {
  type: 'array',
  maxItems: 256,
  items: { type: 'string', format: 'network' },
  default: ['127.0.0.0/8', '::1/128'],
  description:
    'Networks whose senders are heard; this machine alone by default. Whoever may send here can have others blocked.',
};

/** Where the decoys listen when nothing is configured: high ports, so that a plain user can start it and no service is in the way. */
const defaultListeners: readonly { decoy: string; port: number; persona: string }[] = [
  { decoy: 'ssh', port: 2222, persona: 'ubuntu-web' },
  { decoy: 'telnet', port: 2323, persona: 'tplink-router' },
  { decoy: 'http', port: 8080, persona: 'ubuntu-web' },
  { decoy: 'http', port: 8443, persona: 'edge-appliance' },
  { decoy: 'redis', port: 6379, persona: 'debian-db' },
];

export const configurationSchema: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Picket configuration',
  type: 'object',
  additionalProperties: false,
  properties: {
    mode: {
      enum: ['observe', 'enforce'],
      default: 'observe',
      description:
        'observe: decisions are made, explained and shown, the network is not touched. enforce: the fence puts them in force.',
    },
    state: {
      type: 'string',
      default: '',
      description:
        'Folder for the spool, the event store, the decision log and keys. Empty: /var/lib/picket as root, ~/.local/state/picket otherwise.',
    },
    sensor: section('What is out front.', {
      listen: {
        type: 'string',
        format: 'address',
        default: '0.0.0.0',
        description:
          'Address on which the decoys listen. 127.0.0.1 keeps them to this machine, :: adds IPv6.',
      },
      seed: {
        type: 'string',
        maxLength: 128,
        default: '',
        description:
          'What makes this sensor’s machines unlike all others. Empty: made at the first start and kept.',
      },
      listeners: {
        type: 'array',
        maxItems: 256,
        default: defaultListeners,
        description: 'One entry a port: which decoy listens there, as part of which persona.',
        items: {
          type: 'object',
          additionalProperties: false,
          required: ['decoy', 'port'],
          properties: {
            decoy: { type: 'string', description: 'ssh, telnet, http, redis or any.' },
            port: { type: 'integer', minimum: 1, maximum: 65_535, description: 'TCP or UDP port.' },
            transport: { enum: ['tcp', 'udp'], default: 'tcp', description: 'tcp or udp.' },
            persona: { type: 'string', default: 'ubuntu-web', description: 'Name of the persona.' },
          },
        },
      },
      machines: {
        type: 'array',
        maxItems: 256,
        default: [],
        description:
          'Whole machines: a persona with all its ports on an address of its own, which this host must have.',
        items: {
          type: 'object',
          additionalProperties: false,
          required: ['persona', 'address'],
          properties: {
            persona: { type: 'string', description: 'Name of the persona.' },
            address: { type: 'string', format: 'address', description: 'Where it lives.' },
          },
        },
      },
      anyPort: section('Every other TCP and UDP port of an interface; needs root at the start.', {
        interface: {
          type: 'string',
          maxLength: 15,
          default: '',
          description: 'Network interface whose ports are decoys. Empty: off.',
        },
        except: {
          type: 'array',
          maxItems: 1024,
          items: { type: 'integer', minimum: 1, maximum: 65_535 },
          default: [22],
          description: 'Ports that stay with the machine’s own services.',
        },
        persona: {
          type: 'string',
          default: 'ubuntu-web',
          description: 'Name of the persona that answers there.',
        },
        speaks: {
          type: 'string',
          enum: ['everywhere', 'on-a-handful'],
          default: 'everywhere',
          description:
            'Where the persona answers in words: on every port, from which most is learned; or to each visitor on the six to twelve ports that he asks first, so that a scan of all does not give the decoy away. The others accept, hear and hang up.',
        },
        machines: {
          type: 'array',
          maxItems: 64,
          default: [],
          description:
            'Another machine for each address of a prefix that is led to the interface, drawn from these personas by seed and address. All other addresses are “persona”.',
          items: {
            type: 'object',
            additionalProperties: false,
            required: ['addresses', 'personas'],
            properties: {
              addresses: { type: 'string', format: 'network', description: 'Such as 192.0.2.0/28.' },
              personas: {
                type: 'array',
                minItems: 1,
                maxItems: 64,
                items: { type: 'string' },
                description: 'Names of personas; each counts as often as it is written.',
              },
            },
          },
        },
      }),
      lures: {
        type: 'array',
        maxItems: 16,
        items: { type: 'string', minLength: 1, maxLength: 4096 },
        default: [],
        description:
          'Folders of lures, or of scanner templates that become lures, besides “lures” in the state folder. Changes are taken up within seconds.',
      },
      products: {
        type: 'array',
        maxItems: 256,
        items: { type: 'string', pattern: '^(?:\\*|[a-z0-9][a-z0-9-]{0,63})$' },
        default: [],
        description:
          'Products that the web personas answer for besides their own, as lures name them; "*" for all, which no real machine has.',
      },
      maximumConnections: {
        type: 'integer',
        minimum: 1,
        maximum: 1_000_000,
        default: 20_000,
        description: 'Connections held at once; past it the oldest idle one goes.',
      },
      maximumConnectionsPerSource: {
        type: 'integer',
        minimum: 1,
        maximum: 1_000_000,
        default: 512,
        description: 'Connections held at once for one source.',
      },
      spoolMegabytes: {
        type: 'integer',
        minimum: 1,
        maximum: 1_048_576,
        default: 1024,
        description: 'Disk that the spool may take; the oldest acknowledged records go first.',
      },
    }),
    policy: section('How evidence becomes decisions.', {
      leaseSeconds: {
        type: 'integer',
        minimum: 1,
        maximum: 1_209_600,
        default: 900,
        description: 'Length of a first block; each counted drop renews it to twice its length.',
      },
      longestLeaseSeconds: {
        type: 'integer',
        minimum: 1,
        maximum: 1_209_600,
        default: 1_209_600,
        description: 'No lease is longer.',
      },
      blockOnConversation: {
        type: 'boolean',
        default: false,
        description: 'Whether the first completed conversation with a decoy earns a short block at once.',
      },
      breakerMinimum: {
        type: 'integer',
        minimum: 1,
        maximum: 10_000_000,
        default: 2000,
        description: 'Blocks an hour below which the breaker never opens.',
      },
      suspicious: score('Score (nats) from which a source is rate-limited.', suspiciousScore),
      malicious: score('Score (nats) from which a source is blocked.', maliciousScore),
      jitter: {
        type: 'number',
        minimum: 0,
        maximum: 0.5,
        default: 0.1,
        description: 'Relative spread of the leases, so that they do not end all at once.',
      },
      doubtfulLeaseSeconds: {
        type: 'integer',
        minimum: 1,
        maximum: 86_400,
        default: 900,
        description: 'Longest lease on evidence that could be another’s, or of an address that is shared.',
      },
      renewalFactor: {
        type: 'number',
        minimum: 1,
        maximum: 16,
        default: 2,
        description: 'A counted drop renews a lease to this many times its first length.',
      },
      escalationFactor: {
        type: 'number',
        minimum: 1,
        maximum: 16,
        default: 2,
        description: 'Each earlier block in a week makes the first lease this many times as long.',
      },
      escalatedLeaseSeconds: {
        type: 'integer',
        minimum: 1,
        maximum: 1_209_600,
        default: 14_400,
        description: 'Longest first lease to which that leads.',
      },
      hitsPerBlockHour: {
        type: 'number',
        minimum: 0,
        maximum: 3600,
        default: 0,
        description:
          'Contacts that an hour of blocking must be likely to stop; leases then begin and end with the time in which a source is likely to come again. 0: fixed lengths.',
      },
      shortestLeaseSeconds: {
        type: 'integer',
        minimum: 1,
        maximum: 86_400,
        default: 900,
        description: 'With hitsPerBlockHour: the least that a source with the score of a malicious one gets.',
      },
      networkMembers: {
        type: 'integer',
        minimum: 0,
        maximum: 256,
        default: 8,
        description:
          'Members of a network (IPv4 /24, IPv6 /56 or /48) that must have earned a block for it to be blocked as one. 0: never.',
      },
      networkShare: {
        type: 'number',
        minimum: 0,
        maximum: 1,
        default: 0.05,
        description: 'And the share of its 256 members that they must be.',
      },
      collateralShare: {
        type: 'number',
        minimum: 0,
        maximum: 1,
        default: 0.001,
        description: 'Share of the good sessions of the last days above which a decision waits for a person.',
      },
    }),
    guards: section('What is never or only mildly decided on.', {
      own: cidrs('Protected networks, next hops and other own addresses: never decided on.'),
      allow: cidrs('Never decided on, and taken out of force at once.'),
      lab: cidrs('Special-purpose ranges (RFC 6890) that may be decided on, for a lab.'),
      benignLists: {
        type: 'array',
        items: { type: 'string' },
        default: [],
        description:
          'Files of networks that many honest people stand behind: MISP-warninglists JSON, or one CIDR a line.',
      },
      sharedLists: {
        type: 'array',
        items: { type: 'string' },
        default: [],
        description:
          'Files of networks whose addresses many people share (relays, carriers), in the same forms: rate-limited, never blocked.',
      },
      crawlers: {
        type: 'boolean',
        default: false,
        description:
          'Whether the names of sources are asked for in DNS, so that verified crawlers of search engines are let through. Tells the resolver who came.',
      },
    }),
    detectors: section('How evidence is found, beyond what Picket knows by itself.', {
      rules: {
        type: 'array',
        maxItems: 16,
        items: { type: 'string', minLength: 1, maxLength: 4096 },
        default: [],
        description:
          'Folders of rules (docs/rules.md), or files. Changes are taken up within seconds; the engine’s user id must be able to read them.',
      },
      commandHosts: {
        type: 'array',
        maxItems: 64,
        items: { type: 'string', minLength: 1, maxLength: 4096 },
        default: [],
        description:
          'Files of addresses and networks from which malware is fetched or led, in the forms of guards.benignLists: a protected host (a private address, or one of guards.own) that contacts one is suspicious.',
      },
      asnTable: {
        type: 'string',
        maxLength: 4096,
        default: '',
        description:
          'File of networks with the number of their autonomous system, “192.0.2.0/24 64500” a line. Searches for buckets that are dealt out in one system are told by it. Empty: they are not.',
      },
      flood: section('From where on traffic to one of your addresses is a flood; averages over a minute.', {
        synsPerSecond: perSecond(
          'SYNs to one port of a host that nothing comes of. By default three times what fills Linux’s queue of 4096 half-open connections in a minute.',
          usualFloodThresholds.synsPerSecond,
        ),
        datagramsPerSecond: perSecond(
          'UDP datagrams to a host that it did not ask for. By default as FastNetMon’s usual limit of packets to a host.',
          usualFloodThresholds.datagramsPerSecond,
        ),
        reflectedPerSecond: perSecond(
          'Datagrams of 400 bytes and more to a host from ports of services that amplify (DNS, NTP, memcached and others). By default a fortieth of the above.',
          usualFloodThresholds.reflectedPerSecond,
        ),
        reflectors: {
          type: 'integer',
          minimum: 1,
          maximum: 100_000,
          default: usualFloodThresholds.reflectors,
          description:
            'The least number of sources of such datagrams. By default more than a host’s resolvers.',
        },
      }),
    }),
    fence: section('How decisions become true.', {
      table: {
        type: 'string',
        pattern: '^[a-z][a-z0-9_]{0,30}$',
        default: 'picket',
        description: 'Name of the nftables table, which is Picket’s own.',
      },
    }),
    store: section('Where events are kept for queries.', {
      engine: {
        enum: ['chdb', 'clickhouse', 'none'],
        default: 'chdb',
        description:
          'chdb: ClickHouse in a process of Picket’s own. clickhouse: a server. none: the spool alone.',
      },
      url: {
        type: 'string',
        default: '',
        description: 'Address of the ClickHouse server, such as http://127.0.0.1:8123.',
      },
    }),
    api: section('HTTP API.', {
      listen: {
        type: 'string',
        format: 'address',
        default: '127.0.0.1',
        description: 'Address on which the API listens.',
      },
      port: port('Port of the API.', 8910),
      tls: section('HTTPS in place of HTTP. Files in PEM; the engine reads them when it starts.', {
        certificate: {
          type: 'string',
          default: '',
          description:
            'File of the certificate, followed by those that lead to its authority. Empty: plain HTTP.',
        },
        key: { type: 'string', default: '', description: 'File of the private key, without a passphrase.' },
      }),
    }),
    gate: section('The guard of an object store: asked by the proxy in front of it who may pass.', {
      listen: {
        type: 'string',
        format: 'address',
        default: '127.0.0.1',
        description: 'Address for the proxy. Only it may reach this: what it says of clients is believed.',
      },
      port: port('Port for the proxy. 0: no gate.', 0),
      domains: names(
        'Domains of the store in front of which a bucket’s name may stand, such as s3.example.org.',
      ),
      buckets: names(
        'Names of all buckets of the store. Names that only a search would ask for are made of them.',
      ),
      publicBuckets: names('Buckets that anybody may read; * stands for any run of characters.'),
      writableBuckets: names('Buckets that anybody may read and write.'),
      store: section('The store itself, for `picket buckets audit` alone.', {
        endpoint: {
          type: 'string',
          default: '',
          description: 'Its S3 interface behind the proxy, such as http://127.0.0.1:9000.',
        },
        region: {
          type: 'string',
          minLength: 1,
          default: 'us-east-1',
          description: 'Region that requests are signed for.',
        },
        credentials: {
          type: 'string',
          default: '',
          description:
            'File with the operator’s key in the form of ~/.aws/credentials. Empty: from the environment.',
        },
      }),
    }),
    telemetry: {
      type: 'array',
      maxItems: 64,
      default: [],
      description:
        'Records of the protected network that are taken in live. One entry a source: flow, file, syslog, journal or conntrack.',
      items: {
        type: 'object',
        additionalProperties: false,
        minProperties: 1,
        properties: {
          flow: {
            type: 'object',
            additionalProperties: false,
            required: ['listen'],
            description: 'Exports of NetFlow 5 and 9, IPFIX and sFlow over UDP, all on one port.',
            properties: {
              listen: endpoint('Address and port, such as 127.0.0.1:2055.'),
              from: exporters,
            },
          },
          file: {
            type: 'string',
            minLength: 1,
            maxLength: 4096,
            description:
              'A log file that grows. Followed over rotation and truncation, from its end at the first start and from where it was left at later ones.',
          },
          format: {
            type: 'string',
            maxLength: 64,
            description:
              'Name of the reader for file or syslog, auto for by content. A file: auto. Syslog: syslog.',
          },
          syslog: {
            type: 'object',
            additionalProperties: false,
            minProperties: 1,
            description:
              'Messages of syslog (RFC 3164, RFC 5424) over UDP, TCP (RFC 6587) and TLS (RFC 5425).',
            properties: {
              udp: endpoint('Address and port for datagrams, such as 127.0.0.1:5514.'),
              tcp: endpoint('Address and port for connections.'),
              tls: {
                type: 'object',
                additionalProperties: false,
                required: ['listen', 'certificate', 'key'],
                description: 'Connections with TLS (RFC 5425). Files in PEM, read at the start.',
                properties: {
                  listen: endpoint('Address and port, such as 192.0.2.1:6514.'),
                  certificate: pemFile(
                    'File of the certificate, followed by those that lead to its authority.',
                  ),
                  key: pemFile('File of the private key, without a passphrase.'),
                  clients: {
                    type: 'string',
                    maxLength: 4096,
                    default: '',
                    description:
                      'File of the authorities whose certificates senders must have. Empty: none is asked for.',
                  },
                },
              },
              from: exporters,
            },
          },
          journal: { const: true, description: 'The journal of systemd, through journalctl.' },
          conntrack: {
            const: true,
            description:
              'Connections that the kernel tracks, through conntrack, which the supervisor starts as root. Whoever succeeded shows only with net.netfilter.nf_conntrack_acct=1.',
          },
        },
      },
    },
    processes: section('User ids that the processes take when started as root.', {
      sensorUid: {
        type: 'integer',
        minimum: 1,
        maximum: 2_147_483_647,
        default: 47_001,
        description: 'Of the sensor.',
      },
      engineUid: {
        type: 'integer',
        minimum: 1,
        maximum: 2_147_483_647,
        default: 47_002,
        description: 'Of engine and store.',
      },
      fenceUid: {
        type: 'integer',
        minimum: 1,
        maximum: 2_147_483_647,
        default: 47_003,
        description: 'Of the fence.',
      },
      telemetryUid: {
        type: 'integer',
        minimum: 1,
        maximum: 2_147_483_647,
        default: 47_004,
        description: 'Of the process that reads telemetry.',
      },
      telemetryGroups: {
        type: 'array',
        maxItems: 16,
        items: { type: 'string', pattern: '^[A-Za-z0-9_][A-Za-z0-9_-]{0,31}$' },
        default: ['adm', 'systemd-journal'],
        description:
          'Groups that it keeps, so that it may read logs; those that the machine does not have are passed over.',
      },
    }),
  },
};
