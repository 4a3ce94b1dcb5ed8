/** What stands in the OpenAPI document beside the routes and components. */

import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';

export const basePath = '/api/v1';

export function openApiOptions(version: string): FastifyDynamicSwaggerOptions {
  return {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Picket',
        version,
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
        description:
          'Decoys out front and a fence behind them. Times are milliseconds since the Unix epoch. Errors carry a code for programs and a sentence with the mend for people.',
      },
      tags: [
        { name: 'sources', description: 'Who was seen, and what each is held to be' },
        { name: 'attacks', description: 'Which protected addresses were flooded' },
        { name: 'observations', description: 'What was recorded' },
        { name: 'decisions', description: 'What was decided, and why' },
        { name: 'allowlist', description: 'Who is never decided on' },
        { name: 'system', description: 'Health, fence, sensors, breaker, metrics' },
        { name: 'keys', description: 'Who may use this API' },
      ],
      components: {
        securitySchemes: {
          key: {
            type: 'http',
            scheme: 'bearer',
            description:
              'A key with a scope: read; decide, which holds read; admin, which holds both. The first start prints one of scope admin.',
          },
        },
      },
    },
    // A schema already says its name: components are called by it.
    refResolver: {
      buildLocalReference: (json) => (typeof json['$id'] === 'string' ? json['$id'] : 'Unnamed'),
    },
    convertConstToEnum: false,
  };
}
