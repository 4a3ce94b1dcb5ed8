/** JSON-RPC 2.0 as the Model Context Protocol uses it. */

import type { DecoyContext, DecoyOutput } from '../../core/decoy.ts';
import { isObject, type JsonValue, textAt, valueAt } from '../../wire/json-value.ts';
import { prompts, resources, resourceText, serverOf } from './resources.ts';
import { callTool, tools, toolView } from './tools.ts';

const protocols = ['2024-11-05', '2025-03-26', '2025-06-18'];

export const failure = (id: JsonValue, code: number, message: string, data?: string): object => ({
  jsonrpc: '2.0',
  id,
  error: { code, message, ...(data === undefined ? {} : { data }) },
});

/** The answer to one message; null for a notification. */
export function* answerMessage(
  context: DecoyContext,
  message: JsonValue,
): Generator<DecoyOutput, object | null, undefined> {
  const id = valueAt(message, 'id');
  const method = textAt(message, 'method');
  if (!isObject(message) || textAt(message, 'jsonrpc') !== '2.0' || (method === '' && id === undefined)) {
    return failure('server-error', -32_600, 'Validation error: Invalid JSON-RPC message');
  }
  if (id === undefined || id === null || method === '' || (typeof id !== 'string' && typeof id !== 'number'))
    return null;
  const params = valueAt(message, 'params');
  const { persona, source } = context;
  const result = (value: object): object => ({ jsonrpc: '2.0', id, result: value });
  switch (method) {
    case 'initialize': {
      const asked = textAt(params, 'protocolVersion');
      const { name, version } = serverOf(persona);
      return result({
        protocolVersion: protocols.includes(asked) ? asked : protocols.at(-1),
        capabilities: {
          experimental: {},
          prompts: { listChanged: false },
          resources: { subscribe: false, listChanged: false },
          tools: { listChanged: false },
        },
        serverInfo: { name, version },
      });
    }
    case 'ping':
      return result({});
    case 'tools/list':
      return result({ tools: tools.map((tool) => toolView(tool)) });
    case 'tools/call':
      if (textAt(params, 'name') === '') return failure(id, -32_602, 'Invalid request parameters', '');
      return result(yield* callTool(context, textAt(params, 'name'), valueAt(params, 'arguments')));
    case 'resources/list':
      return result({ resources });
    case 'resources/templates/list':
      return result({ resourceTemplates: [] });
    case 'resources/read': {
      const uri = textAt(params, 'uri');
      const text = resourceText(persona, source, uri);
      if (text === null) return failure(id, 0, `Unknown resource: ${uri.slice(0, 1_024)}`);
      yield {
        do: 'saw',
        fact: {
          kind: 'exploit',
          service: 'mcp',
          class: 'lfi',
          name: 'mcp-read-resource',
          cves: [],
          technique: 'T1552.001',
          detail: uri.slice(0, 512),
        },
      };
      return result({ contents: [{ uri, mimeType: 'text/plain', text }] });
    }
    case 'prompts/list':
      return result({ prompts });
    case 'prompts/get': {
      const prompt = prompts.find((each) => each.name === textAt(params, 'name'));
      if (prompt === undefined)
        return failure(id, 0, `Unknown prompt: ${textAt(params, 'name').slice(0, 256)}`);
      const [argument] = prompt.arguments;
      const given = textAt(params, 'arguments', argument.name).slice(0, 512);
      if (given === '') return failure(id, 0, `Missing required arguments: {'${argument.name}'}`);
      return result({
        description: prompt.description,
        messages: [{ role: 'user', content: { type: 'text', text: `${prompt.description}: ${given}` } }],
      });
    }
    default:
      return failure(id, -32_601, 'Method not found');
  }
}
