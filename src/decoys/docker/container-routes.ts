/** `/containers/…` and `/exec/…` of the Engine API. */

import { Buffer } from 'node:buffer';
import type { DecoyContext, DecoyOutput } from '../../core/decoy.ts';
import { isObject, textAt, textsOf, valueAt } from '../../wire/json-value.ts';
import type { ServiceRequest } from '../http-service/request.ts';
import type { Answer, Hijacker } from '../http-service/service.ts';
import { runInShell, shellLine, type ShellRun } from '../http-service/shell-run.ts';
import { attacksOfCreate, attacksOfRun } from './attack.ts';
import {
  addContainer,
  addExec,
  type Container,
  drawnName,
  type Engine,
  type Exec,
  findContainer,
  findImage,
  keepLog,
} from './engine.ts';
import { empty, failure, json } from './answers.ts';
import { framed, PrintedStream, raw, ShellStream, waitFor } from './streams.ts';
import { inspectedContainer, listedContainer, processTable, statusOf } from './views.ts';

export interface Call {
  readonly request: ServiceRequest;
  readonly context: DecoyContext;
  readonly engine: Engine;
  /** Of the API that the client speaks, such as 41 of 1.41. */
  readonly minor: number;
}

export type Handling = Generator<DecoyOutput, Answer, undefined>;

/** Octets of one container's configuration, which is kept. */
const configurationLimit = 32_768;

const shells = /^(?:\/usr)?(?:\/bin\/)?(?:ba|da|a|z)?sh$/;
/** A shell that reads its commands from the client. */
const isShell = (words: readonly string[]): boolean =>
  words.length > 0 && shells.test(words[0] ?? '') && words.slice(1).every((word) => /^-[il]+$/.test(word));

/** Programs that go on until they are stopped. */
const staysUp =
  /^(?:sleep|tail|top|watch|ping|nc|tor|socat)\b|\b(?:sleep (?:infinity|\d{3,})|tail -[fF])\b|xmrig|minerd/;

function runWords(context: DecoyContext, words: readonly string[], user: string): ShellRun {
  // A user of the image is none of the host: only names that the machine has are taken over.
  const account = context.persona.users.some((candidate) => candidate.name === user) ? user : 'root';
  return runInShell(context, 'docker', shellLine(words), account);
}

/** `POST /containers/create?name=` */
export function* createContainer({ request, context, engine }: Call): Handling {
  const body = request.json;
  yield* attacksOfCreate(body);
  const image = textAt(body, 'Image');
  const words = [...textsOf(valueAt(body, 'Entrypoint')), ...textsOf(valueAt(body, 'Cmd'))];
  if (image !== '') {
    const input = `docker create ${shellLine([image, ...words])}`.slice(0, 16_384);
    yield { do: 'saw', fact: { kind: 'command', service: 'docker', input } };
  }
  if (body === undefined) return failure(400, request.body === '' ? 'EOF' : 'invalid JSON');
  if (image === '') return failure(400, 'No command specified');
  if (request.bodyLength > configurationLimit) return failure(400, 'http: request body too large');
  const found = findImage(engine, image);
  if (found === null)
    return failure(
      404,
      `No such image: ${image.includes(':') || image.includes('@') ? image : `${image}:latest`}`,
    );
  const asked = request.parameter('name').replace(/^\//, '');
  if (asked !== '' && !/^[a-zA-Z0-9][a-zA-Z0-9_.-]{1,127}$/.test(asked)) {
    return failure(
      400,
      `Invalid container name (${asked.slice(0, 128)}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed`,
    );
  }
  const taken =
    asked === '' ? undefined : engine.containers.values().find((container) => container.name === asked);
  if (taken !== undefined) {
    return failure(
      409,
      `Conflict. The container name "/${asked}" is already in use by container "${taken.id}". You have to remove (or rename) that container to be able to reuse that name.`,
    );
  }
  const config = isObject(body) ? body : {};
  const container = addContainer(
    engine,
    found,
    asked === '' ? drawnName(engine) : asked,
    config,
    context.now(),
  );
  return json(201, { Id: container.id, Warnings: [] });
}

function* startContainer({ context, engine }: Call, container: Container): Handling {
  if (container.state === 'running') return { status: 304 };
  container.startedAt = context.now();
  container.pid = 4_000 + Number.parseInt(container.id.slice(0, 3), 16);
  container.state = 'running';
  container.log = [];
  yield* attacksOfRun(textAt(container.config, 'WorkingDir'), shellLine(container.words));
  if (isShell(container.words)) {
    // Without anybody to give it commands a shell is over at once.
    if (!container.openStdin && !container.tty) finish(container, 0, context.now());
    return empty();
  }
  const run = runWords(context, container.words, textAt(container.config, 'User'));
  keepLog(engine, container, run.pieces);
  yield* run.outputs;
  if (run.status === 127 && run.pieces.every((piece) => piece.stream === 'stderr')) {
    finish(container, 127, context.now());
    const [program = ''] = container.words;
    return failure(
      400,
      `failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: ${JSON.stringify(program)}: ${program.startsWith('/') ? `stat ${program}: no such file or directory` : 'executable file not found in $PATH'}: unknown`,
    );
  }
  if (!staysUp.test(container.words.join(' '))) finish(container, run.status, context.now());
  return empty();
}

function finish(container: Container, status: number, now: number): void {
  container.state = 'exited';
  container.exitCode = status;
  container.finishedAt = now;
}

function stop(container: Container, status: number, now: number): Answer {
  if (container.state !== 'running') return { status: 304 };
  finish(container, status, now);
  return empty();
}

/** The head that ends HTTP on this connection, with an upgrade where the client asks for one. */
function hijacked(call: Call, tty: boolean, hijacker: Hijacker): Answer {
  const kind =
    tty || call.minor < 42
      ? 'application/vnd.docker.raw-stream'
      : 'application/vnd.docker.multiplexed-stream';
  const upgrade = call.request.header('upgrade') !== '';
  return {
    status: upgrade ? 101 : 200,
    reason: upgrade ? 'UPGRADED' : 'OK',
    headers: [
      ['Content-Type', kind],
      ...(upgrade
        ? ([
            ['Connection', 'Upgrade'],
            ['Upgrade', 'tcp'],
          ] as const)
        : []),
    ],
    hijacker,
  };
}

function attach(call: Call, container: Container): Answer {
  const started = (): boolean => container.state !== 'created';
  if (isShell(container.words) && container.openStdin) {
    return hijacked(
      call,
      container.tty,
      new ShellStream(call.context, container.tty, started, (status) => {
        if (container.state === 'running') finish(container, status, call.context.now());
      }),
    );
  }
  return hijacked(
    call,
    container.tty,
    new PrintedStream(
      container.tty,
      () => (started() ? container.log : null),
      () => container.state === 'running',
    ),
  );
}

/** `POST /containers/{id}/wait`: the head at once, the status when it is over. */
function waiting(container: Container): Answer {
  const isOver = (): boolean => container.state === 'exited';
  return {
    status: 200,
    headers: [['Content-Type', 'application/json']],
    close: !isOver(),
    stream: (function* (): Iterable<string | DecoyOutput> {
      yield* waitFor(isOver);
      yield `${JSON.stringify({ StatusCode: container.exitCode })}\n`;
    })(),
  };
}

function logs({ request, minor }: Call, container: Container): Answer {
  const wanted = (['stdout', 'stderr'] as const).filter((stream) =>
    /^(?:1|true)$/i.test(request.parameter(stream)),
  );
  if (wanted.length === 0) return failure(400, 'Bad parameters: you must choose at least one stream');
  const pieces = container.log.filter((piece) => wanted.includes(piece.stream));
  const kind = container.tty ? 'raw' : 'multiplexed';
  return {
    status: 200,
    headers: minor < 42 ? [] : [['Content-Type', `application/vnd.docker.${kind}-stream`]],
    stream: pieces.map((piece) => (container.tty ? raw(piece) : framed(piece))),
  };
}

export function* oneContainer(call: Call, name: string, action: string): Handling {
  const { request, context, engine } = call;
  const container = findContainer(engine, name);
  if (container === null) return failure(404, `No such container: ${name.slice(0, 256)}`);
  const now = context.now();
  switch (`${request.method} ${action}`) {
    case 'DELETE ':
      if (container.state === 'running' && !/^(?:1|true)$/i.test(request.parameter('force'))) {
        return failure(
          409,
          `You cannot remove a running container ${container.id}. Stop the container before attempting removal or force remove`,
        );
      }
      engine.containers.delete(container.id);
      return empty();
    case 'GET json':
      return json(200, inspectedContainer(engine, container));
    case 'GET top':
      if (container.state !== 'running') return failure(409, `Container ${container.id} is not running`);
      return json(200, processTable(engine, container));
    case 'GET logs':
      return logs(call, container);
    case 'GET changes':
      return json(200, null);
    case 'POST start':
      return yield* startContainer(call, container);
    case 'POST stop':
      return stop(container, 0, now);
    case 'POST kill':
      if (container.state !== 'running') {
        return failure(
          409,
          `Cannot kill container: ${name.slice(0, 128)}: Container ${container.id} is not running`,
        );
      }
      return stop(container, 137, now);
    case 'POST restart':
      container.state = 'created';
      return yield* startContainer(call, container);
    case 'POST pause':
    case 'POST unpause':
    case 'POST resize':
      return container.state === 'running'
        ? empty()
        : failure(409, `Container ${container.id} is not running`);
    case 'POST update':
      return json(200, { Warnings: null });
    case 'POST rename':
      container.name =
        request
          .parameter('name')
          .replaceAll(/[^a-zA-Z0-9_.-]/g, '')
          .slice(0, 128) || container.name;
      return empty();
    case 'POST attach':
      return attach(call, container);
    case 'POST wait':
      return waiting(container);
    case 'POST exec':
      if (container.state !== 'running') return failure(409, `Container ${container.id} is not running`);
      if (textsOf(valueAt(request.json, 'Cmd')).length === 0)
        return failure(400, 'No exec command specified');
      return json(201, { Id: addExec(engine, container, request.json).id });
    case 'PUT archive':
      yield {
        do: 'capture',
        bytes: new Uint8Array(Buffer.from(request.body, 'latin1')),
        how: 'docker-archive',
        name: request.parameter('path').slice(0, 1_024),
      };
      return { status: 200 };
    case 'GET archive':
    case 'HEAD archive':
      return failure(
        404,
        `Could not find the file ${request.parameter('path').slice(0, 256)} in container ${name.slice(0, 64)}`,
      );
    default:
      return failure(404, 'page not found');
  }
}

/** `GET /containers/json` */
export function listContainers({ request, context, engine }: Call): Answer {
  const all = /^(?:1|true)$/i.test(request.parameter('all'));
  const listed = [...engine.containers.values()]
    .filter((container) => all || container.state === 'running')
    .reverse()
    .map((container) => listedContainer(engine, container, context.now()));
  return json(200, listed);
}

/** `POST /containers/prune` */
export function pruneContainers({ engine }: Call): Answer {
  const gone = [...engine.containers.values()].filter((container) => container.state !== 'running');
  for (const container of gone) engine.containers.delete(container.id);
  return json(200, { ContainersDeleted: gone.map((container) => container.id), SpaceReclaimed: 0 });
}

export function* oneExec(call: Call, id: string, action: string): Handling {
  const { request, engine } = call;
  const exec = engine.execs.get(id);
  if (exec === undefined) return failure(404, `No such exec instance: ${id.slice(0, 128)}`);
  switch (`${request.method} ${action}`) {
    case 'GET json':
      return json(200, execView(exec));
    case 'POST resize':
      return { status: 200 };
    case 'POST start':
      return yield* startExec(call, exec);
    default:
      return failure(404, 'page not found');
  }
}

const execView = (exec: Exec): object => ({
  ID: exec.id,
  Running: exec.running,
  ExitCode: exec.exitCode,
  ProcessConfig: {
    tty: exec.tty,
    entrypoint: exec.words[0] ?? '',
    arguments: exec.words.slice(1),
    privileged: false,
  },
  OpenStdin: exec.stdin,
  OpenStderr: true,
  OpenStdout: true,
  CanRemove: false,
  ContainerID: exec.container.id,
  DetachKeys: '',
  Pid: exec.container.pid + 60,
});

function* startExec(call: Call, exec: Exec): Handling {
  const { request, context } = call;
  if (exec.exitCode !== null || exec.running)
    return failure(409, `Error: Exec command ${exec.id} has already run`);
  if (exec.container.state !== 'running') {
    return failure(
      409,
      `Container ${exec.container.id} is not running: ${statusOf(exec.container, context.now())}`,
    );
  }
  const line = shellLine(exec.words);
  yield* attacksOfRun('', line);
  const tty = exec.tty || valueAt(request.json, 'Tty') === true;
  if (isShell(exec.words) && exec.stdin) {
    exec.running = true;
    const ended = (status: number): void => {
      exec.running = false;
      exec.exitCode = status;
    };
    return hijacked(call, tty, new ShellStream(context, tty, () => true, ended));
  }
  const run = runWords(context, exec.words, exec.user);
  yield* run.outputs;
  exec.exitCode = run.status;
  if (valueAt(request.json, 'Detach') === true) return { status: 200 };
  return hijacked(
    call,
    tty,
    new PrintedStream(
      tty,
      () => run.pieces,
      () => false,
    ),
  );
}
