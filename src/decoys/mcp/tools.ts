/** The tools of the server, each what an intruder would wish for. */

import { Buffer } from 'node:buffer';
import type { DecoyContext, DecoyOutput } from '../../core/decoy.ts';
import { type JsonValue, textAt } from '../../wire/json-value.ts';
import { printedBy, runInShell, shellLine } from '../http-service/shell-run.ts';
import { query } from './database.ts';
import { resourceText } from './resources.ts';

interface Tool {
  readonly name: string;
  readonly description: string;
  /** Its only argument. */
  readonly argument: string;
  readonly says: string;
}

export const tools: readonly Tool[] = [
  {
    name: 'run_command',
    description: 'Run a shell command on the server and return its output.',
    argument: 'command',
    says: 'Command line to run',
  },
  {
    name: 'read_file',
    description: 'Read a text file from the server.',
    argument: 'path',
    says: 'Absolute path of the file',
  },
  {
    name: 'list_directory',
    description: 'List the files in a directory.',
    argument: 'path',
    says: 'Absolute path of the directory',
  },
  {
    name: 'query_database',
    description: 'Run a read-only SQL query on the application database.',
    argument: 'sql',
    says: 'SQL query',
  },
];

const titled = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

/** As the Python SDK makes it from a function's signature. */
export const toolView = (tool: Tool): object => ({
  name: tool.name,
  description: tool.description,
  inputSchema: {
    properties: { [tool.argument]: { description: tool.says, title: titled(tool.argument), type: 'string' } },
    required: [tool.argument],
    title: `${tool.name}Arguments`,
    type: 'object',
  },
});

const result = (text: string, isError = false): object => ({ content: [{ type: 'text', text }], isError });

const seen = (name: string, technique: string, detail: string): DecoyOutput => ({
  do: 'saw',
  fact: {
    kind: 'exploit',
    service: 'mcp',
    class: name === 'mcp-run-command' ? 'rce' : 'lfi',
    name,
    cves: [],
    technique,
    detail: detail.slice(0, 512),
  },
});

/** `tools/call`; the result that goes into the answer. */
export function* callTool(
  context: DecoyContext,
  name: string,
  given: JsonValue | undefined,
): Generator<DecoyOutput, object, undefined> {
  const tool = tools.find((each) => each.name === name);
  if (tool === undefined) return result(`Unknown tool: ${name.slice(0, 256)}`, true);
  const argument = textAt(given, tool.argument).slice(0, 16_384);
  if (argument === '') {
    return result(
      `Error executing tool ${name}: 1 validation error for ${name}Arguments\n${tool.argument}\n  Field required [type=missing, input_value={}, input_type=dict]\n    For further information visit https://errors.pydantic.dev/2.11/v/missing`,
      true,
    );
  }
  switch (name) {
    case 'run_command': {
      yield seen('mcp-run-command', 'T1059', argument);
      const run = runInShell(context, 'mcp', argument);
      yield* run.outputs;
      return result(Buffer.from(printedBy(run), 'latin1').toString('utf8'));
    }
    case 'query_database': {
      yield { do: 'saw', fact: { kind: 'command', service: 'mcp', input: argument } };
      const answer = query(context.persona, context.source, argument);
      return result(answer.text, answer.isError);
    }
    default: {
      yield seen(`mcp-${name.replace('_', '-')}`, 'T1005', argument);
      const own = name === 'read_file' ? resourceText(context.persona, context.source, argument) : null;
      if (own !== null) return result(own);
      const run = runInShell(
        context,
        'mcp',
        shellLine([...(name === 'read_file' ? ['cat'] : ['ls', '-1a']), argument]),
      );
      yield* run.outputs;
      if (run.status === 0) return result(Buffer.from(printedBy(run, 'stdout'), 'latin1').toString('utf8'));
      const why = /Permission denied/.test(printedBy(run, 'stderr'))
        ? '[Errno 13] Permission denied'
        : /Is a directory/.test(printedBy(run, 'stderr'))
          ? '[Errno 21] Is a directory'
          : '[Errno 2] No such file or directory';
      return result(`Error executing tool ${name}: ${why}: '${argument}'`, true);
    }
  }
}
