/**
 * The part of `/openapi/v2` that kubectl looks at before it sends an object: which kinds can be changed, and whether the server checks
 * fields itself. In the form of Protocol Buffers that it asks for (gnostic's `openapi.v2.Document`).
 */

import { Buffer } from 'node:buffer';
import { protobufField } from '../../wire/protobuf.ts';
import { apiVersionOf, type Resource, resources } from './resources.ts';

const message = (...fields: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(fields));

// Parameter:  ParametersItem.1 = Parameter, .2 = NonBodyParameter, .3 = query; .2 in, .4 name
function queryParameter(name: string): Uint8Array {
  const query = message(protobufField(2, 'query'), protobufField(4, name));
  return message(protobufField(1, message(protobufField(2, message(protobufField(3, query))))));
}

// NamedPathItem: 1 name, 2 PathItem.  PathItem: 8 patch.  Operation: 8 parameters, 13 extensions (1 name, 2 = 2 YAML).
function pathOf(resource: Resource, parameters: readonly string[]): Uint8Array {
  const { group, version, kind, name } = resource;
  const root = group === '' ? '/api/v1' : `/apis/${apiVersionOf(resource)}`;
  const path = `${root}/${resource.namespaced ? 'namespaces/{namespace}/' : ''}${name}/{name}`;
  const text = `group: ${JSON.stringify(group)}\nkind: ${kind}\nversion: ${version}\n`;
  const extension = message(
    protobufField(1, 'x-kubernetes-group-version-kind'),
    protobufField(2, message(protobufField(2, text))),
  );
  const patch = message(
    ...parameters.map((parameter) => protobufField(8, queryParameter(parameter))),
    protobufField(13, extension),
  );
  return message(protobufField(1, path), protobufField(2, message(protobufField(8, patch))));
}

// Document: 1 swagger, 2 info (1 title, 2 version), 8 paths (2 each)
export function openApiDocument(version: string, minor: number): Uint8Array {
  // The server checks fields itself since 1.25.
  const parameters = ['dryRun', 'fieldManager', 'force', ...(minor >= 25 ? ['fieldValidation'] : [])];
  return message(
    protobufField(1, '2.0'),
    protobufField(2, message(protobufField(1, 'Kubernetes'), protobufField(2, version))),
    protobufField(8, message(...resources.map((resource) => protobufField(2, pathOf(resource, parameters))))),
  );
}
