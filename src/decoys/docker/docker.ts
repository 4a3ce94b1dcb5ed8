/** The Docker Engine API left open on the network (1.24 to 1.43). */

import type { Decoy, DecoyContext, DecoyOutput } from '../../core/decoy.ts';
import { textAt } from '../../wire/json-value.ts';
import { goManner } from '../http-service/go-manner.ts';
import { certaintyOf } from '../http-service/recognise.ts';
import type { ServiceRequest } from '../http-service/request.ts';
import type { Answer, HttpService } from '../http-service/service.ts';
import { openHttpService } from '../http-service/session.ts';
import { empty, failure, json } from './answers.ts';
import {
  type Call,
  createContainer,
  type Handling,
  listContainers,
  oneContainer,
  oneExec,
  pruneContainers,
} from './container-routes.ts';
import { engineFor } from './engine.ts';
import { buildImage, listImages, oneImage, pruneImages, pullImage, searchImages } from './image-routes.ts';
import { digestOf, engineRelease } from './version.ts';
import { infoView, networkDetail, versionView, volumeDetail } from './views.ts';

const notSwarm =
  'This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to swarm and try again.';

const service: HttpService = {
  name: 'docker',
  bodyLimit: 4_194_304,
  manner(persona) {
    const { api, version } = engineRelease(persona);
    return goManner([
      ['Api-Version', api],
      ['Docker-Experimental', 'false'],
      ['Ostype', 'linux'],
      ['Server', `Docker/${version} (linux)`],
    ]);
  },
  *answer(request: ServiceRequest, context: DecoyContext): Generator<DecoyOutput, Answer, undefined> {
    const { api } = engineRelease(context.persona);
    const most = Number(api.slice(2));
    const prefix = /^\/v(\d{1,3}\.\d{1,3})(?=\/)/.exec(request.path);
    const asked = prefix?.[1] ?? api;
    const [major = 0, minor = 0] = asked.split('.').map(Number);
    if (major > 1 || minor > most) {
      return failure(400, `client version ${asked} is too new. Maximum supported API version is ${api}`);
    }
    if (minor < 12) {
      return failure(
        400,
        `client version ${asked} is too old. Minimum supported API version is 1.12, please upgrade your client to a newer version`,
      );
    }
    const call: Call = { request, context, engine: engineFor(context.persona, context.source), minor };
    return yield* route(call, request.path.slice(prefix?.[0].length ?? 0));
  },
};

function* route(call: Call, path: string): Handling {
  const { request, context, engine } = call;
  const { persona } = context;
  const { method } = request;
  const [, kind = '', name = '', action = '', ...more] = path.split('/');
  if (path === '/_ping' && (method === 'GET' || method === 'HEAD')) {
    return {
      status: 200,
      headers: [
        ['Builder-Version', '1'],
        ['Cache-Control', 'no-cache, no-store, must-revalidate'],
        ['Content-Type', 'text/plain; charset=utf-8'],
        ['Pragma', 'no-cache'],
        ...(call.minor >= 41 ? ([['Swarm', 'inactive']] as const) : []),
      ],
      body: 'OK',
    };
  }
  switch (`${method} ${path}`) {
    case 'GET /version':
      return json(200, versionView(persona));
    case 'GET /info':
      return json(200, infoView(engine, context.now()));
    case 'GET /containers/json':
      return listContainers(call);
    case 'POST /containers/create':
      return yield* createContainer(call);
    case 'POST /containers/prune':
      return pruneContainers(call);
    case 'GET /images/json':
      return listImages(call);
    case 'POST /images/create':
      return yield* pullImage(call);
    case 'GET /images/search':
      return searchImages();
    case 'POST /images/prune':
      return pruneImages();
    case 'POST /build':
      return yield* buildImage(call);
    case 'POST /auth':
      yield {
        do: 'saw',
        fact: {
          kind: 'auth',
          service: 'docker',
          user: textAt(request.json, 'username').slice(0, 1_024),
          password: textAt(request.json, 'password').slice(0, 1_024),
          method: 'password',
          accepted: false,
        },
      };
      return failure(
        401,
        'Get "https://registry-1.docker.io/v2/": unauthorized: incorrect username or password',
      );
    case 'GET /networks':
      return json(
        200,
        [...engine.networks.values()].map((network) => networkDetail(network)),
      );
    case 'POST /networks/create': {
      const wanted = textAt(request.json, 'Name').slice(0, 128);
      if (engine.networks.size >= 32)
        return failure(
          500,
          'could not find an available, non-overlapping IPv4 address pool among the defaults to assign to the network',
        );
      const id = digestOf(persona, 'network', wanted);
      engine.networks.set(wanted, { id, name: wanted, driver: 'bridge', created: context.now() });
      return json(201, { Id: id, Warning: '' });
    }
    case 'GET /volumes':
      return json(200, {
        Volumes: [...engine.volumes.values()].map((volume) => volumeDetail(volume)),
        Warnings: null,
      });
    case 'POST /volumes/create': {
      const wanted =
        textAt(request.json, 'Name').slice(0, 128) ||
        digestOf(persona, 'volume', String(engine.volumes.size));
      const volume = { name: wanted, created: context.now() };
      if (engine.volumes.size < 64) engine.volumes.set(wanted, volume);
      return json(201, volumeDetail(volume));
    }
    case 'GET /system/df':
      return json(200, { LayersSize: 0, Images: [], Containers: [], Volumes: [], BuildCache: [] });
    case 'GET /plugins':
      return json(200, []);
    case 'GET /events':
      return { status: 200, headers: [['Content-Type', 'application/json']], stream: [], close: true };
    case 'GET /swarm':
    case 'GET /services':
    case 'GET /nodes':
    case 'GET /tasks':
    case 'GET /secrets':
    case 'GET /configs':
      return failure(503, notSwarm);
    default:
  }
  if (kind === 'containers' && name !== '') return yield* oneContainer(call, name, action);
  if (kind === 'exec' && name !== '') return yield* oneExec(call, name, action);
  if (kind === 'images' && name !== '') {
    // A reference may have slashes; what is done with it stands last.
    const words = [name, action, ...more].filter((word) => word !== '');
    const last = words.at(-1) ?? '';
    const isAction = method !== 'DELETE' && ['json', 'history', 'tag', 'push'].includes(last);
    return oneImage(call, (isAction ? words.slice(0, -1) : words).join('/'), isAction ? last : '');
  }
  if (kind === 'networks' && name !== '') {
    const network =
      engine.networks.get(name) ??
      engine.networks.values().find((candidate) => candidate.id.startsWith(name));
    if (network === undefined) return failure(404, `network ${name.slice(0, 128)} not found`);
    if (method === 'DELETE') engine.networks.delete(network.name);
    return method === 'DELETE' ? empty() : json(200, networkDetail(network));
  }
  if (kind === 'volumes' && name !== '') {
    const volume = engine.volumes.get(name);
    if (volume === undefined) return failure(404, `get ${name.slice(0, 128)}: no such volume`);
    if (method === 'DELETE') engine.volumes.delete(name);
    return method === 'DELETE' ? empty() : json(200, volumeDetail(volume));
  }
  return failure(404, 'page not found');
}

/** `/version` and `/info` alone may be anybody's. */
const ownPath =
  /^\w+ (?:\/v1\.\d{1,2}\/|\/_ping|\/containers\/|\/images\/(?:json|create)|\/exec\/[0-9a-f]{12})/;

export const docker: Decoy = {
  name: 'docker',
  summary: 'Docker Engine API without authentication: containers, exec, images, builds',
  transport: 'tcp',
  ports: [2375, 2376],
  recognise: (firstBytes) => certaintyOf(firstBytes, ownPath),
  open: (context) => openHttpService(service, context),
};
