/** The engine's JSON: what `docker info`, `ps`, `images`, `inspect` show. */

import type { Persona } from '../../core/persona.ts';
import { below } from '../../core/random.ts';
import type { JsonValue } from '../../wire/json-value.ts';
import { textAt, valueAt } from '../../wire/json-value.ts';
import { shellLine } from '../http-service/shell-run.ts';
import type { Container, Engine, Image } from './engine.ts';
import { architectureOf, digestOf, engineRelease, systemName } from './version.ts';

/** As the engine prints moments: nine decimals, no more than the clock gives. */
export const moment = (at: number): string =>
  at === 0 ? '0001-01-01T00:00:00Z' : new Date(at).toISOString().replace('Z', '123456Z');

export function versionView(persona: Persona): object {
  const release = engineRelease(persona);
  const architecture = architectureOf(persona);
  const common = {
    Version: release.version,
    ApiVersion: release.api,
    MinAPIVersion: '1.12',
    GitCommit: release.commit,
    GoVersion: release.go,
    Os: 'linux',
    Arch: architecture,
    KernelVersion: persona.kernel.release,
    BuildTime: release.built,
  };
  const { product } = persona.software['docker'] ?? { product: 'Docker Engine - Community' };
  return {
    Platform: { Name: product },
    Components: [
      {
        Name: 'Engine',
        Version: release.version,
        Details: {
          ApiVersion: release.api,
          Arch: architecture,
          BuildTime: release.built,
          Experimental: 'false',
          GitCommit: release.commit,
          GoVersion: release.go,
          KernelVersion: persona.kernel.release,
          MinAPIVersion: '1.12',
          Os: 'linux',
        },
      },
      { Name: 'containerd', Version: release.containerd[0], Details: { GitCommit: release.containerd[1] } },
      { Name: 'runc', Version: release.runc[0], Details: { GitCommit: release.runc[1] } },
      { Name: 'docker-init', Version: '0.19.0', Details: { GitCommit: 'de40ad0' } },
    ],
    ...common,
  };
}

export function infoView(engine: Engine, now: number): object {
  const { persona } = engine;
  const release = engineRelease(persona);
  const containers = [...engine.containers.values()];
  const running = containers.filter((container) => container.state === 'running').length;
  return {
    ID: engine.id,
    Containers: containers.length,
    ContainersRunning: running,
    ContainersPaused: 0,
    ContainersStopped: containers.length - running,
    Images: engine.images.size,
    Driver: 'overlay2',
    DriverStatus: [
      ['Backing Filesystem', 'extfs'],
      ['Supports d_type', 'true'],
      ['Native Overlay Diff', 'true'],
      ['userxattr', 'false'],
    ],
    Plugins: {
      Volume: ['local'],
      Network: ['bridge', 'host', 'ipvlan', 'macvlan', 'null', 'overlay'],
      Authorization: null,
      Log: [
        'awslogs',
        'fluentd',
        'gcplogs',
        'gelf',
        'journald',
        'json-file',
        'local',
        'logentries',
        'splunk',
        'syslog',
      ],
    },
    MemoryLimit: true,
    SwapLimit: false,
    KernelMemory: true,
    CpuCfsPeriod: true,
    CpuCfsQuota: true,
    CPUShares: true,
    CPUSet: true,
    PidsLimit: true,
    IPv4Forwarding: true,
    BridgeNfIptables: true,
    BridgeNfIp6tables: true,
    Debug: false,
    NFd: 30 + 6 * running,
    OomKillDisable: true,
    NGoroutines: 38 + 9 * running,
    SystemTime: moment(now),
    LoggingDriver: 'json-file',
    CgroupDriver: 'cgroupfs',
    CgroupVersion: '1',
    NEventsListener: 0,
    KernelVersion: persona.kernel.release,
    OperatingSystem: systemName(persona),
    OSVersion: /^VERSION_ID="?([\w.]{1,20})/m.exec(persona.osRelease)?.[1] ?? '',
    OSType: 'linux',
    Architecture: persona.kernel.machine,
    IndexServerAddress: 'https://index.docker.io/v1/',
    RegistryConfig: {
      AllowNondistributableArtifactsCIDRs: [],
      AllowNondistributableArtifactsHostnames: [],
      InsecureRegistryCIDRs: ['127.0.0.0/8'],
      IndexConfigs: { 'docker.io': { Name: 'docker.io', Mirrors: [], Secure: true, Official: true } },
      Mirrors: [],
    },
    NCPU: persona.cpu.count,
    MemTotal: persona.memoryKilobytes * 1024,
    GenericResources: null,
    DockerRootDir: '/var/lib/docker',
    HttpProxy: '',
    HttpsProxy: '',
    NoProxy: '',
    Name: persona.hostname,
    Labels: [],
    ExperimentalBuild: false,
    ServerVersion: release.version,
    Runtimes: { runc: { path: 'runc' }, 'io.containerd.runc.v2': { path: 'runc' } },
    DefaultRuntime: 'runc',
    Swarm: {
      NodeID: '',
      NodeAddr: '',
      LocalNodeState: 'inactive',
      ControlAvailable: false,
      Error: '',
      RemoteManagers: null,
    },
    LiveRestoreEnabled: false,
    Isolation: '',
    InitBinary: 'docker-init',
    ContainerdCommit: { ID: release.containerd[1], Expected: release.containerd[1] },
    RuncCommit: { ID: release.runc[1], Expected: release.runc[1] },
    InitCommit: { ID: 'de40ad0', Expected: 'de40ad0' },
    SecurityOptions: ['name=apparmor', 'name=seccomp,profile=default'],
    Warnings: [
      "WARNING: API is accessible on http://0.0.0.0:2375 without encryption.\n         Access to the remote API is equivalent to root access on the host. Refer\n         to the 'Docker daemon attack surface' section in the documentation for\n         more information: https://docs.docker.com/go/attack-surface/",
      'WARNING: No swap limit support',
    ],
  };
}

/** `3 minutes`, as the engine's units.HumanDuration says it. */
export function humanDuration(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1_000));
  if (seconds < 1) return 'Less than a second';
  if (seconds === 1) return '1 second';
  if (seconds < 60) return `${seconds} seconds`;
  const minutes = Math.floor(seconds / 60);
  if (minutes === 1) return 'About a minute';
  if (minutes < 60) return `${minutes} minutes`;
  const hours = Math.floor(minutes / 60 + 0.5);
  if (hours === 1) return 'About an hour';
  if (hours < 48) return `${hours} hours`;
  if (hours < 24 * 7 * 2) return `${Math.floor(hours / 24)} days`;
  if (hours < 24 * 30 * 2) return `${Math.floor(hours / 24 / 7)} weeks`;
  if (hours < 24 * 365 * 2) return `${Math.floor(hours / 24 / 30)} months`;
  return `${Math.floor(hours / 24 / 365)} years`;
}

export function statusOf(container: Container, now: number): string {
  if (container.state === 'created') return 'Created';
  if (container.state === 'running') return `Up ${humanDuration(now - container.startedAt)}`;
  return `Exited (${container.exitCode}) ${humanDuration(now - container.finishedAt)} ago`;
}

const macOf = (address: string): string =>
  `02:42:${address
    .split('.')
    .map((part) => Number(part).toString(16).padStart(2, '0'))
    .join(':')}`;

function networkView(engine: Engine, container: Container): object {
  const running = container.state === 'running';
  return {
    IPAMConfig: null,
    Links: null,
    Aliases: null,
    NetworkID: engine.networks.get('bridge')?.id ?? '',
    EndpointID: running ? digestOf(engine.persona, 'endpoint', container.id) : '',
    Gateway: running ? '172.17.0.1' : '',
    IPAddress: running ? container.address : '',
    IPPrefixLen: running ? 16 : 0,
    IPv6Gateway: '',
    GlobalIPv6Address: '',
    GlobalIPv6PrefixLen: 0,
    MacAddress: running ? macOf(container.address) : '',
    DriverOpts: null,
  };
}

export function listedContainer(engine: Engine, container: Container, now: number): object {
  const line = shellLine(container.words);
  return {
    Id: container.id,
    Names: [`/${container.name}`],
    Image: container.image,
    ImageID: container.imageId,
    Command: line,
    Created: Math.floor(container.created / 1_000),
    Ports: container.ports.map(([inside, outside]) => ({
      IP: '0.0.0.0',
      PrivatePort: inside,
      PublicPort: outside,
      Type: 'tcp',
    })),
    Labels: container.labels,
    State: container.state,
    Status: statusOf(container, now),
    HostConfig: { NetworkMode: textAt(container.hostConfig, 'NetworkMode') || 'default' },
    NetworkSettings: { Networks: { bridge: networkView(engine, container) } },
    Mounts: [],
  };
}

export function inspectedContainer(engine: Engine, container: Container): object {
  const [path = '', ...words] = container.words;
  const { config } = container;
  const running = container.state === 'running';
  const folder = `/var/lib/docker/containers/${container.id}`;
  return {
    Id: container.id,
    Created: moment(container.created),
    Path: path,
    Args: words,
    State: {
      Status: container.state,
      Running: running,
      Paused: false,
      Restarting: false,
      OOMKilled: false,
      Dead: false,
      Pid: running ? container.pid : 0,
      ExitCode: container.exitCode,
      Error: '',
      StartedAt: moment(container.startedAt),
      FinishedAt: moment(container.finishedAt),
    },
    Image: container.imageId,
    ResolvConfPath: `${folder}/resolv.conf`,
    HostnamePath: `${folder}/hostname`,
    HostsPath: `${folder}/hosts`,
    LogPath: `${folder}/${container.id}-json.log`,
    Name: `/${container.name}`,
    RestartCount: 0,
    Driver: 'overlay2',
    Platform: 'linux',
    MountLabel: '',
    ProcessLabel: '',
    AppArmorProfile: 'docker-default',
    ExecIDs: null,
    HostConfig: {
      Binds: null,
      NetworkMode: 'default',
      PortBindings: {},
      RestartPolicy: { Name: 'no', MaximumRetryCount: 0 },
      AutoRemove: false,
      Privileged: false,
      LogConfig: { Type: 'json-file', Config: {} },
      ...container.hostConfig,
    },
    GraphDriver: { Data: null, Name: 'overlay2' },
    Mounts: [],
    Config: {
      Hostname: textAt(config, 'Hostname') || container.id.slice(0, 12),
      Domainname: '',
      User: textAt(config, 'User'),
      AttachStdin: valueAt(config, 'AttachStdin') === true,
      AttachStdout: valueAt(config, 'AttachStdout') === true,
      AttachStderr: valueAt(config, 'AttachStderr') === true,
      Tty: container.tty,
      OpenStdin: container.openStdin,
      StdinOnce: valueAt(config, 'StdinOnce') === true,
      Env: container.environment,
      Cmd: container.words,
      Image: container.image,
      Volumes: null,
      WorkingDir: textAt(config, 'WorkingDir'),
      Entrypoint: valueAt(config, 'Entrypoint') ?? null,
      OnBuild: null,
      Labels: container.labels,
    },
    NetworkSettings: {
      Bridge: '',
      SandboxID: '',
      Ports: Object.fromEntries(
        container.ports.map(([inside, outside]) => [
          `${inside}/tcp`,
          [{ HostIp: '0.0.0.0', HostPort: String(outside) }],
        ]),
      ),
      Networks: { bridge: networkView(engine, container) },
      ...networkView(engine, container),
    },
  };
}

export const listedImage = (image: Image): object => ({
  Containers: -1,
  Created: Math.floor(image.created / 1_000),
  Id: image.id,
  Labels: null,
  ParentId: '',
  RepoDigests: [`${repositoryOf(image)}@${image.digest}`],
  RepoTags: [image.reference],
  SharedSize: -1,
  Size: image.size,
  VirtualSize: image.size,
});

const repositoryOf = (image: Image): string => image.reference.replace(/:[\w][\w.-]{0,127}$/, '');

export const inspectedImage = (engine: Engine, image: Image): object => ({
  Id: image.id,
  RepoTags: [image.reference],
  RepoDigests: [`${repositoryOf(image)}@${image.digest}`],
  Parent: '',
  Comment: '',
  Created: moment(image.created),
  DockerVersion: '20.10.12',
  Author: '',
  Config: {
    Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
    Cmd: image.command,
    Entrypoint: null,
    Labels: null,
  },
  Architecture: architectureOf(engine.persona),
  Os: 'linux',
  Size: image.size,
  VirtualSize: image.size,
  GraphDriver: { Data: null, Name: 'overlay2' },
  RootFS: { Type: 'layers', Layers: [`sha256:${digestOf(engine.persona, 'layer', image.reference)}`] },
  Metadata: { LastTagTime: '0001-01-01T00:00:00Z' },
});

export const networkDetail = (network: {
  id: string;
  name: string;
  driver: string;
  created: number;
}): object => ({
  Name: network.name,
  Id: network.id,
  Created: moment(network.created),
  Scope: 'local',
  Driver: network.driver,
  EnableIPv6: false,
  IPAM: {
    Driver: 'default',
    Options: null,
    Config: network.driver === 'bridge' ? [{ Subnet: '172.17.0.0/16', Gateway: '172.17.0.1' }] : [],
  },
  Internal: false,
  Attachable: false,
  Ingress: false,
  ConfigFrom: { Network: '' },
  ConfigOnly: false,
  Containers: {},
  Options: {},
  Labels: {},
});

export const volumeDetail = (volume: { name: string; created: number }): object => ({
  CreatedAt: new Date(volume.created).toISOString().replace('.000Z', 'Z'),
  Driver: 'local',
  Labels: null,
  Mountpoint: `/var/lib/docker/volumes/${volume.name}/_data`,
  Name: volume.name,
  Options: null,
  Scope: 'local',
});

/** `docker top`. */
export function processTable(engine: Engine, container: Container): JsonValue {
  const random = engine.persona.random(`docker top ${container.id}`);
  const line = shellLine(container.words);
  return {
    Processes: [
      [
        'root',
        String(container.pid),
        String(Math.max(1, container.pid - 20 - below(random, 9))),
        '0',
        '08:14',
        '?',
        '00:00:04',
        line,
      ],
    ],
    Titles: ['UID', 'PID', 'PPID', 'C', 'STIME', 'TTY', 'TIME', 'CMD'],
  };
}
