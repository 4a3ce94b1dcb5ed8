/** Loads what the API's libraries load only when they are first used. */

import swagger from '@fastify/swagger';
import Fastify from 'fastify';
import { openApiOptions } from './openapi.ts';
import { processMetrics } from './process-metrics.ts';

/**
 * To be awaited before a process gives up the right to read its own files; `startApi` loads nothing after it. Static imports are not
 * enough: Fastify and its plugin for OpenAPI call `require` within functions, so an API is built once here and thrown away.
 */
export async function preloadApi(): Promise<void> {
  const app = Fastify({ logger: false });
  await app.register(swagger, openApiOptions('0'));
  app.get('/', { schema: { response: { 200: { type: 'string' } } } }, () => '');
  await app.ready();
  app.swagger();
  await app.close();
  await processMetrics().metrics();
}
