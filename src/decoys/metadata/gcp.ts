/** The metadata server of Google Compute Engine: nothing without `Metadata-Flavor: Google`. */

import { Buffer } from 'node:buffer';
import type { DecoyContext } from '../../core/decoy.ts';
import { plantedBytes, plantedJwt } from '../../wire/planted-credential.ts';
import type { ServiceRequest } from '../http-service/request.ts';
import type { Answer } from '../http-service/service.ts';
import { type Cloud, hourOf } from './cloud.ts';

type Tree = { readonly [name: string]: string | Tree };

const text = (body: string, type = 'application/text'): Answer => ({
  status: 200,
  headers: [
    ['Metadata-Flavor', 'Google'],
    ['Content-Type', type],
  ],
  body,
});

const page = (status: number, title: string, says: string): Answer => ({
  status,
  headers: [['Content-Type', 'text/html; charset=UTF-8']],
  body: `<!DOCTYPE html>\n<html lang=en>\n  <meta charset=utf-8>\n  <meta name=viewport content="initial-scale=1, minimum-scale=1, width=device-width">\n  <title>Error ${status} (${title})!!1</title>\n  <p><b>${status}.</b> <ins>That’s an error.</ins>\n  <p>${says}  <ins>That’s all we know.</ins>\n`,
});

function treeOf(context: DecoyContext, cloud: Cloud): Tree {
  const { persona, source } = context;
  const number = BigInt(`0x${cloud.instance.slice(3, 15)}`)
    .toString()
    .padStart(12, '1');
  const account = `${number.slice(0, 12)}-compute@developer.gserviceaccount.com`;
  const token = `ya29.c.${Buffer.from(plantedBytes(persona, 'instance metadata', source, 600)).toString('base64url')}`;
  const left = 3_599 - Math.floor((context.now() - hourOf(context.now())) / 1_000);
  const service: Tree = {
    aliases: 'default',
    email: account,
    identity: '',
    scopes: 'https://www.googleapis.com/auth/cloud-platform\n',
    token: JSON.stringify({ access_token: token, expires_in: Math.max(60, left), token_type: 'Bearer' }),
  };
  const numbered = number.slice(0, 12);
  return {
    instance: {
      attributes: { 'ssh-keys': '' },
      description: '',
      disks: {
        '0': {
          'device-name': 'persistent-disk-0',
          index: '0',
          mode: 'READ_WRITE',
          type: 'PERSISTENT-BALANCED',
        },
      },
      hostname: `${cloud.name}.${cloud.zone}.c.${cloud.project}.internal`,
      id: number,
      'machine-type': `projects/${numbered}/machineTypes/${cloud.type}`,
      name: cloud.name,
      'network-interfaces': {
        '0': { ip: cloud.address, mac: persona.mac, network: `projects/${numbered}/networks/default` },
      },
      'service-accounts': { [account]: service, default: service },
      tags: '["http-server","https-server"]',
      zone: `projects/${numbered}/zones/${cloud.zone}`,
    },
    project: { attributes: {}, 'numeric-project-id': numbered, 'project-id': cloud.project },
  };
}

const listing = (tree: Tree): string =>
  Object.entries(tree)
    .map(([name, value]) => `${name}${typeof value === 'string' ? '' : '/'}\n`)
    .join('');

export function answerGcp(request: ServiceRequest, context: DecoyContext, cloud: Cloud): Answer {
  const flavoured = request.header('metadata-flavor') === 'Google';
  const path = request.path.replaceAll(/\/{2,}/g, '/');
  if (path === '/') return text('computeMetadata/\n');
  if (!flavoured) {
    return page(
      403,
      'Forbidden',
      `Your client does not have permission to get URL <code>${path.replaceAll(/[<>&"]/g, '').slice(0, 256)}</code> from this server. Missing Metadata-Flavor:Google header.`,
    );
  }
  if (request.header('x-forwarded-for') !== '')
    return page(403, 'Forbidden', 'Requests with an X-Forwarded-For header are not served.');
  if (path === '/computeMetadata' || path === '/computeMetadata/') return text('v1/\n');
  const below = /^\/computeMetadata\/v1(?:\/(.*))?$/s.exec(path);
  if (below === null) return page(404, 'Not Found', 'The requested URL was not found on this server.');
  let here: string | Tree | undefined = treeOf(context, cloud);
  const names = (below[1] ?? '')
    .split('/')
    .filter((name) => name !== '')
    .slice(0, 16);
  for (const name of names)
    here = typeof here === 'object' && Object.hasOwn(here, name) ? here[name] : undefined;
  if (here === undefined)
    return page(
      404,
      'Not Found',
      `The requested URL <code>${path.replaceAll(/[<>&"]/g, '').slice(0, 256)}</code> was not found on this server.`,
    );
  if (names.at(-1) === 'identity') {
    const audience = request.parameter('audience');
    if (audience === '') return text('non-empty audience parameter required\n');
    const claims = {
      aud: audience.slice(0, 256),
      iss: 'https://accounts.google.com',
      exp: Math.floor(hourOf(context.now()) / 1_000) + 3_600,
    };
    return text(
      plantedJwt(context.persona, 'instance metadata', context.source, { alg: 'RS256', typ: 'JWT' }, claims),
      'text/html',
    );
  }
  if (typeof here === 'string')
    return text(here, here.startsWith('{') ? 'application/json' : 'application/text');
  return request.parameter('recursive') === 'true'
    ? text(JSON.stringify(here), 'application/json')
    : text(listing(here));
}
