/** Requests whose texts may be one of several: one request for each of them. */

import { linesOf, type LureDocument, type LureRequest } from '../document.ts';

const choiceLimit = 64;

/** The request for each of the values that its choices may have. */
export function* expandedRequests(document: LureDocument, request: LureRequest): Iterable<LureRequest> {
  const used = Object.entries(document.choices ?? {}).filter(([name]) =>
    JSON.stringify(request).includes(`{{${name}}}`),
  );
  let requests: LureRequest[] = [request];
  for (const [name, values] of used) {
    if (requests.length * values.length > choiceLimit) break;
    const hole = `{{${name}}}`;
    requests = requests.flatMap((one) => values.map((value): LureRequest => withChoice(one, hole, value)));
  }
  yield* requests;
}

function withChoice(one: LureRequest, hole: string, value: string): LureRequest {
  const put = (text: string): string => text.replaceAll(hole, () => value);
  const target = put(`${one.path}${one.query === undefined ? '' : `?${one.query}`}`);
  const question = target.indexOf('?');
  const path = question < 0 ? target : target.slice(0, question);
  const { method, headers, body } = one;
  return {
    ...(method === undefined ? {} : { method }),
    path: path === '' ? '/' : path,
    ...(question < 0 ? {} : { query: target.slice(question + 1) }),
    ...(headers === undefined
      ? {}
      : {
          headers: Object.fromEntries(Object.entries(headers).map(([header, text]) => [header, put(text)])),
        }),
    ...(body === undefined ? {} : { body: put(linesOf(body)) }),
  };
}
