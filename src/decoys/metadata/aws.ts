/** The instance metadata service of Amazon EC2: version 1 and, with a token of one's own, version 2. */

import { Buffer } from 'node:buffer';
import { createHmac } from 'node:crypto';
import type { DecoyContext } from '../../core/decoy.ts';
import { hexDigits } from '../../core/random.ts';
import { plantedAwsKey, plantedBytes } from '../../wire/planted-credential.ts';
import type { ServiceRequest } from '../http-service/request.ts';
import type { Answer } from '../http-service/service.ts';
import { type Cloud, hourOf } from './cloud.ts';

const versions = [
  '1.0',
  '2007-01-19',
  '2007-03-01',
  '2007-08-29',
  '2007-10-10',
  '2007-12-15',
  '2008-02-01',
  '2008-09-01',
  '2009-04-04',
  '2011-01-01',
  '2011-05-01',
  '2012-01-12',
  '2014-02-25',
  '2014-11-05',
  '2015-10-20',
  '2016-04-19',
  '2016-06-30',
  '2016-09-02',
  '2018-03-28',
  '2018-08-17',
  '2018-09-24',
  '2019-10-01',
  '2020-10-27',
  '2021-01-03',
  '2021-03-23',
  '2021-07-15',
  '2022-09-24',
  'latest',
];

const plain = (body: string): Answer => ({ status: 200, headers: [['Content-Type', 'text/plain']], body });

function page(status: number, title: string): Answer {
  return {
    status,
    headers: [['Content-Type', 'text/html']],
    body: `<?xml version="1.0" encoding="iso-8859-1"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN"\n\t"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">\n<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="en" lang="en">\n <head>\n  <title>${title}</title>\n </head>\n <body>\n  <h1>${title}</h1>\n </body>\n</html>\n`,
  };
}

/** A token says until when it is good, and that it is ours. */
function tokenFor(context: DecoyContext, until: number): string {
  const key = hexDigits(context.persona.random('metadata token'), 64);
  const body = Buffer.alloc(6);
  body.writeUIntBE(until, 0, 6);
  const tag = createHmac('sha256', key).update(body).update(context.source).digest();
  // Fifty-six characters, as the real one.
  return Buffer.concat([body, tag, Buffer.alloc(2)])
    .toString('base64url')
    .padEnd(54, '0')
    .concat('==');
}

function isGood(context: DecoyContext, token: string): boolean {
  const bytes = Buffer.from(token.slice(0, 8), 'base64url');
  if (bytes.length < 6) return false;
  const until = bytes.readUIntBE(0, 6);
  return until >= context.now() && tokenFor(context, until) === token;
}

function tree(context: DecoyContext, cloud: Cloud): Readonly<Record<string, string>> {
  const { persona, source } = context;
  const host = `ip-${cloud.address.replaceAll('.', '-')}.${cloud.region}.compute.internal`;
  const start = hourOf(context.now());
  const key = plantedAwsKey(persona, 'instance metadata', source, 'ASIA');
  const time = (at: number): string => `${new Date(at).toISOString().slice(0, 19)}Z`;
  const credentials = JSON.stringify(
    {
      Code: 'Success',
      LastUpdated: time(start),
      Type: 'AWS-HMAC',
      AccessKeyId: key.accessKeyId,
      SecretAccessKey: key.secretAccessKey,
      Token: `IQoJb3JpZ2luX2VjE${Buffer.from(plantedBytes(persona, 'instance metadata', source, 600)).toString('base64')}`,
      Expiration: time(start + 6 * 3_600_000 + 1_140_000),
    },
    null,
    2,
  ).replaceAll('": ', '" : ');
  const hex = (purpose: string): string => `0${hexDigits(persona.random(`metadata ${purpose}`), 16)}`;
  const document = {
    accountId: cloud.account,
    architecture: persona.kernel.machine,
    availabilityZone: cloud.zone,
    billingProducts: null,
    devpayProductCodes: null,
    marketplaceProductCodes: null,
    imageId: `ami-${hex('image')}`,
    instanceId: cloud.instance,
    instanceType: cloud.type,
    kernelId: null,
    pendingTime: time(persona.bootedAt),
    privateIp: cloud.address,
    ramdiskId: null,
    region: cloud.region,
    version: '2017-09-30',
  };
  const data = (path: string): string => `meta-data/${path}`;
  return {
    [data('ami-id')]: `ami-${hex('image')}`,
    [data('ami-launch-index')]: '0',
    [data('hostname')]: host,
    [data('iam/info')]: JSON.stringify(
      {
        Code: 'Success',
        LastUpdated: time(start),
        InstanceProfileArn: `arn:aws:iam::${cloud.account}:instance-profile/${cloud.role}`,
        InstanceProfileId: `AIPA${hexDigits(persona.random('metadata profile'), 17).toUpperCase()}`,
      },
      null,
      2,
    ).replaceAll('": ', '" : '),
    [data(`iam/security-credentials/${cloud.role}`)]: credentials,
    [data('instance-action')]: 'none',
    [data('instance-id')]: cloud.instance,
    [data('instance-type')]: cloud.type,
    [data('local-hostname')]: host,
    [data('local-ipv4')]: cloud.address,
    [data('mac')]: persona.mac,
    [data(`network/interfaces/macs/${persona.mac}/local-ipv4s`)]: cloud.address,
    [data(`network/interfaces/macs/${persona.mac}/owner-id`)]: cloud.account,
    [data(`network/interfaces/macs/${persona.mac}/vpc-id`)]: `vpc-${hex('vpc')}`,
    [data('placement/availability-zone')]: cloud.zone,
    [data('placement/region')]: cloud.region,
    [data('profile')]: 'default-hvm',
    [data('public-ipv4')]: context.destination,
    [data('reservation-id')]: `r-${hex('reservation')}`,
    [data('security-groups')]: 'launch-wizard-1',
    [data('services/domain')]: 'amazonaws.com',
    'dynamic/instance-identity/document': JSON.stringify(document, null, 2).replaceAll('": ', '" : '),
    'user-data': `#!/bin/bash\nset -e\nhostnamectl set-hostname ${persona.hostname}\naws s3 cp s3://${cloud.project}-deploy/bootstrap.sh /tmp/bootstrap.sh --region ${cloud.region}\nbash /tmp/bootstrap.sh\n`,
  };
}

/** A value, or the names below a folder, a folder with a slash behind. */
function look(values: Readonly<Record<string, string>>, path: string): string | null {
  const wanted = path.replace(/\/+$/, '');
  if (Object.hasOwn(values, wanted)) return values[wanted] ?? null;
  const prefix = wanted === '' ? '' : `${wanted}/`;
  const names = new Set<string>();
  for (const name of Object.keys(values)) {
    if (!name.startsWith(prefix)) continue;
    const rest = name.slice(prefix.length);
    const slash = rest.indexOf('/');
    names.add(slash < 0 ? rest : rest.slice(0, slash + 1));
  }
  return names.size === 0 ? null : [...names].sort().join('\n');
}

export function answerAws(request: ServiceRequest, context: DecoyContext, cloud: Cloud): Answer {
  const path = request.path.replaceAll(/\/{2,}/g, '/');
  if (path === '/latest/api/token') {
    if (request.method !== 'PUT') return page(405, '405 - Method Not Allowed');
    const seconds = Number(request.header('x-aws-ec2-metadata-token-ttl-seconds'));
    if (!Number.isInteger(seconds) || seconds < 1 || seconds > 21_600) return page(400, '400 - Bad Request');
    if (request.header('x-forwarded-for') !== '') return page(403, '403 - Forbidden');
    const token = tokenFor(context, context.now() + seconds * 1_000);
    return {
      status: 200,
      headers: [
        ['X-Aws-Ec2-Metadata-Token-Ttl-Seconds', String(seconds)],
        ['Content-Type', 'text/plain'],
      ],
      body: token,
    };
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') return page(405, '405 - Method Not Allowed');
  const given = request.header('x-aws-ec2-metadata-token');
  if (given !== '' && !isGood(context, given)) return page(401, '401 - Unauthorized');
  // Personas with the second version alone ask for a token throughout.
  const required = context.persona.software['metadata']?.details?.['version'] === '2';
  if (required && given === '') return page(401, '401 - Unauthorized');
  if (path === '/') return plain(versions.join('\n'));
  const [, version = '', ...rest] = path.split('/');
  if (!versions.includes(version)) return page(404, '404 - Not Found');
  const wanted = rest.join('/');
  if (wanted === '') return plain('dynamic\nmeta-data\nuser-data');
  const found = look(tree(context, cloud), wanted);
  return found === null ? page(404, '404 - Not Found') : plain(found);
}
