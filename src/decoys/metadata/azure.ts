/** The instance metadata service of Azure: nothing without `Metadata: true` and a version of the API. */

import type { DecoyContext } from '../../core/decoy.ts';
import { plantedJwt } from '../../wire/planted-credential.ts';
import type { ServiceRequest } from '../http-service/request.ts';
import type { Answer } from '../http-service/service.ts';
import { type Cloud, hourOf, uuidOf } from './cloud.ts';

const versions = [
  '2017-08-01',
  '2018-02-01',
  '2018-10-01',
  '2019-06-01',
  '2020-06-01',
  '2020-09-01',
  '2021-02-01',
  '2021-12-13',
  '2023-07-01',
];

const json = (status: number, value: unknown): Answer => ({
  status,
  headers: [['Content-Type', 'application/json; charset=utf-8']],
  body: JSON.stringify(value),
});

export function answerAzure(request: ServiceRequest, context: DecoyContext, cloud: Cloud): Answer {
  const { persona, source } = context;
  const path = request.path.toLowerCase().replace(/\/+$/, '');
  if (request.header('metadata').toLowerCase() !== 'true' || request.header('x-forwarded-for') !== '') {
    return json(400, { error: 'Bad request. Required metadata header not specified' });
  }
  if (path === '/metadata/versions') return json(200, { apiVersions: versions });
  const version = request.parameter('api-version');
  if (!/^\d{4}-\d\d-\d\d$/.test(version)) {
    return json(400, {
      error:
        'Bad request. api-version was not specified in the request. For more information refer to aka.ms/azureimds',
      'newest-versions': versions.slice(-3).reverse(),
    });
  }
  if (path === '/metadata/instance' || path === '/metadata/instance/compute') {
    const compute = {
      azEnvironment: 'AzurePublicCloud',
      location: cloud.region,
      name: cloud.name,
      osType: 'Linux',
      resourceGroupName: `${cloud.project}-rg`,
      resourceId: `/subscriptions/${uuidOf(persona, 'subscription')}/resourceGroups/${cloud.project}-rg/providers/Microsoft.Compute/virtualMachines/${cloud.name}`,
      subscriptionId: uuidOf(persona, 'subscription'),
      vmId: uuidOf(persona, 'machine'),
      vmSize: cloud.type,
      zone: cloud.zone,
    };
    if (path.endsWith('/compute')) return json(200, compute);
    const interfaces = [
      {
        ipv4: { ipAddress: [{ privateIpAddress: cloud.address, publicIpAddress: context.destination }] },
        macAddress: persona.mac.replaceAll(':', '').toUpperCase(),
      },
    ];
    return json(200, { compute, network: { interface: interfaces } });
  }
  if (path === '/metadata/identity/oauth2/token') {
    const resource = request.parameter('resource');
    if (resource === '') {
      return json(400, {
        error: 'invalid_request',
        error_description: "Required query variable 'resource' is missing",
      });
    }
    const start = Math.floor(hourOf(context.now()) / 1_000);
    const claims = {
      aud: resource.slice(0, 256),
      iss: `https://sts.windows.net/${uuidOf(persona, 'tenant')}/`,
      iat: start,
      exp: start + 86_400,
      oid: uuidOf(persona, 'identity'),
    };
    return json(200, {
      access_token: plantedJwt(
        persona,
        'instance metadata',
        source,
        { typ: 'JWT', alg: 'RS256', kid: uuidOf(persona, 'signer').slice(0, 27) },
        claims,
      ),
      client_id: uuidOf(persona, 'client'),
      expires_in: '86399',
      expires_on: String(start + 86_400),
      ext_expires_in: '86399',
      not_before: String(start),
      resource: resource.slice(0, 256),
      token_type: 'Bearer',
    });
  }
  return json(404, { error: 'Not found' });
}
