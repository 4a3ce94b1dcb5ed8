import { ownMember } from '../own-member.ts';
import { hexDigits } from '../../core/random.ts';
import { upstreamVersion } from './program-version.ts';
import type { Command, Process } from '../process.ts';
import { readOptions } from './input-text.ts';

const versionOf = (process: Process): string =>
  process.state.machine.persona.software['docker']?.version ??
  upstreamVersion(process, 'docker.io', '20.10.24');

const build = (process: Process): string =>
  hexDigits(process.state.machine.persona.random('shell:docker-build'), 7);

/** The client of the machine's own engine, which has nothing running and no image. */
export const docker: Command = {
  names: ['docker'],
  folder: '/usr/bin',
  systems: 'gnu',
  run(process) {
    const words = process.words.filter(
      (word, index) =>
        !/^(?:-H|--host|--context|-c)$/.test(word) &&
        !/^(?:-H|--host|--context|-c)$/.test(process.words[index - 1] ?? ''),
    );
    const remote = process.words[process.words.indexOf('-H') + 1];
    const [verb = '', ...rest] = words.filter((word) => !/^--(?:host|context)=/.test(word));
    const version = versionOf(process);
    if (verb === '--version' || verb === '-v') {
      process.output.write(`Docker version ${version}, build ${build(process)}\n`);
      return 0;
    }
    if (verb === '' || verb === 'help' || verb === '--help') {
      process.output.write(
        '\nUsage:  docker [OPTIONS] COMMAND\n\nA self-sufficient runtime for containers\n',
      );
      return 0;
    }
    if (
      process.words.includes('-H') &&
      remote !== undefined &&
      !remote.startsWith('unix:') &&
      !/127\.0\.0\.1|localhost/.test(remote)
    ) {
      const match = /([^/:]+):(\d{1,5})/.exec(remote);
      if (match !== null) process.state.recordCommand(['nc', match[1] ?? '', match[2] ?? '']);
      process.error.write(
        `Cannot connect to the Docker daemon at ${remote}. Is the docker daemon running?\n`,
      );
      return 1;
    }
    if (process.state.files.uid !== 0) {
      process.error.write(
        'Got permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock: Get "http://%2Fvar%2Frun%2Fdocker.sock/v1.24/containers/json": dial unix /var/run/docker.sock: connect: permission denied\n',
      );
      return 1;
    }
    const { flags, operands } = readOptions(rest, 'apvewhfnlu');
    const empty: Readonly<Record<string, string>> = {
      ps: 'CONTAINER ID   IMAGE     COMMAND   CREATED   STATUS    PORTS     NAMES\n',
      images: 'REPOSITORY   TAG       IMAGE ID   CREATED   SIZE\n',
    };
    const listing =
      verb === 'container' && operands[0] === 'ls'
        ? 'ps'
        : verb === 'image' && operands[0] === 'ls'
          ? 'images'
          : verb;
    const table = ownMember(empty, listing);
    if (table !== undefined) {
      if (!flags.has('q')) process.output.write(table);
      return 0;
    }
    const random = process.state.machine.persona.random('shell:docker-networks');
    switch (verb) {
      case 'version':
        process.output.write(
          `Client: Docker Engine - Community\n Version:           ${version}\n API version:       1.41\n OS/Arch:           linux/amd64\n Context:           default\n\nServer: Docker Engine - Community\n Engine:\n  Version:          ${version}\n  API version:      1.41 (minimum version 1.12)\n  OS/Arch:          linux/amd64\n  Experimental:     false\n`,
        );
        return 0;
      case 'info':
        process.output.write(
          `Client:\n Context:    default\n Debug Mode: false\n\nServer:\n Containers: 0\n  Running: 0\n  Paused: 0\n  Stopped: 0\n Images: 0\n Server Version: ${version}\n Storage Driver: overlay2\n Logging Driver: json-file\n Cgroup Driver: cgroupfs\n Kernel Version: ${process.state.machine.kernel.release}\n OSType: linux\n Architecture: x86_64\n CPUs: ${process.state.machine.persona.cpu.count}\n Total Memory: ${(process.state.machine.persona.memoryKilobytes / 1_048_576).toFixed(3)}GiB\n Name: ${process.state.machine.hostname}\n Docker Root Dir: /var/lib/docker\n`,
        );
        return 0;
      case 'network':
        process.output.write(
          `NETWORK ID     NAME      DRIVER    SCOPE\n${['bridge', 'host', 'none'].map((name) => `${hexDigits(random, 12)}   ${name.padEnd(9)} ${(name === 'none' ? 'null' : name).padEnd(9)} local\n`).join('')}`,
        );
        return 0;
      case 'volume':
        process.output.write('DRIVER    VOLUME NAME\n');
        return 0;
      case 'run':
      case 'pull':
      case 'create': {
        const [image = ''] = operands;
        if (image === '') {
          process.error.write(
            `"docker ${verb}" requires at least 1 argument.\nSee 'docker ${verb} --help'.\n\nUsage:  docker ${verb} [OPTIONS] IMAGE [COMMAND] [ARG...]\n`,
          );
          return 1;
        }
        const [name = '', tag = 'latest'] = image.split(':');
        const registry = /^[^/]*[.:][^/]*\//.exec(name)?.[0].replace(/\/$/, '') ?? 'registry-1.docker.io';
        process.state.recordCommand(['nc', registry.split(':', 1)[0] ?? registry, '443']);
        process.state.sleep(900);
        process.error.write(
          `${verb === 'run' ? `Unable to find image '${name}:${tag}' locally\n` : ''}${verb === 'run' ? 'docker: ' : ''}Error response from daemon: Get "https://${registry}/v2/": net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers).\n${verb === 'run' ? "See 'docker run --help'.\n" : ''}`,
        );
        return verb === 'run' ? 125 : 1;
      }
      case 'exec':
      case 'logs':
      case 'stop':
      case 'start':
      case 'rm':
      case 'kill':
      case 'inspect':
        process.error.write(`Error: No such container: ${operands[0] ?? ''}\n`);
        return 1;
      case 'rmi':
        process.error.write(`Error: No such image: ${operands[0] ?? ''}\n`);
        return 1;
      case 'system':
        process.output.write('Total reclaimed space: 0B\n');
        return 0;
      default:
        process.error.write(`docker: '${verb}' is not a docker command.\nSee 'docker --help'\n`);
        return 1;
    }
  },
};

export const kubernetesControl: Command = {
  names: ['kubectl', 'crictl'],
  folder: '/usr/bin',
  systems: 'gnu',
  run(process) {
    const { persona } = process.state.machine;
    const version = persona.software['kubernetes']?.version ?? 'v1.24.17';
    const { flags, operands } = readOptions(process.words, 'nofl');
    const [verb = '', what = ''] = operands;
    if (verb === 'version') {
      process.output.write(
        `Client Version: ${version}\nKustomize Version: v4.5.7\nServer Version: ${version}\n`,
      );
      return 0;
    }
    const configured = process.state.files.uid === 0 && process.environment.has('KUBECONFIG');
    if (verb === '') {
      process.output.write(
        'kubectl controls the Kubernetes cluster manager.\n\n Find more information at: https://kubernetes.io/docs/reference/kubectl/\n',
      );
      return 0;
    }
    if (!configured) {
      process.error.write(
        'The connection to the server localhost:8080 was refused - did you specify the right host or port?\n',
      );
      return 1;
    }
    if (verb === 'get' && what.startsWith('no'))
      process.output.write(
        `NAME${' '.repeat(Math.max(2, persona.hostname.length))}STATUS   ROLES           AGE    VERSION\n${persona.hostname}  Ready    control-plane   ${Math.floor((process.state.now() - persona.bootedAt) / 86_400_000) + 40}d   ${version}\n`,
      );
    else if (verb === 'get')
      process.output.write(
        flags.has('A') || what !== 'pods'
          ? 'No resources found\n'
          : 'No resources found in default namespace.\n',
      );
    else {
      process.error.write(`Error from server (Forbidden): ${verb} is forbidden\n`);
      return 1;
    }
    return 0;
  },
};
