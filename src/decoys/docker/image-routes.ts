/** `/images/…` and `/build` of the Engine API. Nothing is fetched: what was asked for is recorded, and then is there. */

import { Buffer } from 'node:buffer';
import type { DecoyOutput } from '../../core/decoy.ts';
import type { Answer } from '../http-service/service.ts';
import { failure, goJson, json } from './answers.ts';
import { build, dockerfileOf } from './build.ts';
import type { Call, Handling } from './container-routes.ts';
import { addImage, findImage, fullReference } from './engine.ts';
import { digestOf } from './version.ts';
import { inspectedImage, listedImage } from './views.ts';

const command = (input: string, urls: readonly string[] = []): DecoyOutput => ({
  do: 'saw',
  fact: {
    kind: 'command',
    service: 'docker',
    input: input.slice(0, 16_384),
    ...(urls.length > 0 ? { urls } : {}),
  },
});

const referencePattern = /^[a-z0-9][a-z0-9._/:-]{0,255}(?::[\w][\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$/;

/** `POST /images/create?fromImage=&tag=`: the pull, line by line. */
export function* pullImage({ request, engine, context }: Call): Handling {
  const from = request.parameter('fromImage');
  const tag = request.parameter('tag');
  const source = request.parameter('fromSrc');
  if (from === '' && source !== '') {
    yield command(`docker import ${source}`, /^https?:/.test(source) ? [source.slice(0, 2_048)] : []);
    return failure(500, `Get "${source.slice(0, 256)}": dial tcp: lookup: i/o timeout`);
  }
  const name = tag === '' ? from : tag.startsWith('sha256:') ? `${from}@${tag}` : `${from}:${tag}`;
  yield command(`docker pull ${name}`);
  if (!referencePattern.test(name)) return failure(400, 'invalid reference format');
  const reference = fullReference(name);
  const digits = digestOf(engine.persona, 'layers', reference);
  const layers = [digits.slice(0, 12), digits.slice(12, 24), digits.slice(24, 36)].slice(
    0,
    1 + (Number.parseInt(digits[0] ?? '0', 16) % 3),
  );
  const repository = reference.replace(/[:@].*$/, '');
  const image = addImage(
    engine,
    reference,
    context.now() - 86_400_000 * 30,
    5 + (Number.parseInt(digits.slice(0, 2), 16) % 120),
  );
  const line = (value: object): string => `${goJson(value)}\r\n`;
  return {
    status: 200,
    headers: [['Content-Type', 'application/json']],
    stream: (function* (): Iterable<string | DecoyOutput> {
      yield { do: 'pause', milliseconds: 400 };
      yield line({
        status: `Pulling from ${repository.includes('/') ? repository : `library/${repository}`}`,
        id: reference.replace(/^.*[:@]/, ''),
      });
      for (const id of layers) yield line({ status: 'Pulling fs layer', progressDetail: {}, id });
      for (const id of layers) {
        yield { do: 'pause', milliseconds: 300 };
        yield line({ status: 'Verifying Checksum', progressDetail: {}, id });
        yield line({ status: 'Download complete', progressDetail: {}, id });
        yield line({ status: 'Pull complete', progressDetail: {}, id });
      }
      yield line({ status: `Digest: ${image.digest}` });
      yield line({ status: `Status: Downloaded newer image for ${reference}` });
    })(),
  };
}

export const listImages = ({ engine }: Call): Answer =>
  json(
    200,
    [...engine.images.values()].map((image) => listedImage(image)),
  );

export function oneImage({ request, engine, context }: Call, name: string, action: string): Answer {
  const image = findImage(engine, name);
  if (image === null) return failure(404, `No such image: ${fullReference(name).slice(0, 256)}`);
  switch (`${request.method} ${action}`) {
    case 'GET json':
      return json(200, inspectedImage(engine, image));
    case 'GET history':
      return json(200, [
        {
          Comment: '',
          Created: Math.floor(image.created / 1_000),
          CreatedBy: `/bin/sh -c #(nop)  CMD ${JSON.stringify(image.command)}`,
          Id: image.id,
          Size: 0,
          Tags: [image.reference],
        },
      ]);
    case 'POST tag':
      addImage(
        engine,
        `${request.parameter('repo')}:${request.parameter('tag') || 'latest'}`.slice(0, 256),
        context.now(),
        5,
      );
      return { status: 201 };
    case 'POST push':
      return failure(500, 'An image does not exist locally with the tag: '.concat(name.slice(0, 128)));
    case 'DELETE ':
      engine.images.delete(image.reference);
      return json(200, [{ Untagged: image.reference }, { Deleted: image.id }]);
    default:
      return failure(404, 'page not found');
  }
}

/** `POST /build?t=&remote=&dockerfile=` */
export function* buildImage({ request, engine, context }: Call): Handling {
  const remote = request.parameter('remote');
  const tag = request.parameter('t').slice(0, 256);
  if (remote !== '') {
    yield command(`docker build ${remote}`, [remote.slice(0, 2_048)]);
    return failure(500, `error fetching: Get "${remote.slice(0, 256)}": dial tcp: i/o timeout`);
  }
  const text = dockerfileOf(request.body, request.parameter('dockerfile'));
  if (request.body !== '') {
    yield {
      do: 'capture',
      bytes: new Uint8Array(Buffer.from(request.body, 'latin1')),
      how: 'docker-build',
      ...(tag === '' ? {} : { name: tag }),
    };
  }
  if (text === null)
    return failure(
      500,
      `Cannot locate specified Dockerfile: ${request.parameter('dockerfile').slice(0, 128) || 'Dockerfile'}`,
    );
  const result = build(context, text, tag === '' ? '' : fullReference(tag), (step) =>
    digestOf(engine.persona, 'build', step),
  );
  yield* result.outputs;
  if (result.image !== '' && tag !== '') addImage(engine, tag, context.now(), 8);
  return {
    status: 200,
    headers: [['Content-Type', 'application/json']],
    stream: result.lines.map((line) => `${goJson(line)}\r\n`),
  };
}

export function searchImages(): Answer {
  return failure(
    500,
    'Get "https://index.docker.io/v1/search": dial tcp: lookup index.docker.io: i/o timeout',
  );
}

export const pruneImages = (): Answer => json(200, { ImagesDeleted: null, SpaceReclaimed: 0 });
