/** Apache ActiveMQ 5.15: a file server that moves what was put, and Jolokia, by which logs are written where one likes. */

import { basicCredentials } from '../created-account.ts';
import type { Answer, Lure, Visit } from '../lure.ts';
import { callsFile, fileAnswer, keepFile, pageWithin } from '../uploaded-file.ts';
import { json } from './answers.ts';
import { servedPath } from './served-path.ts';

const jolokia = (visit: Visit, value: unknown, request: unknown): Answer =>
  json({ request, value, timestamp: Math.floor(visit.now() / 1_000), status: 200 });

function jolokiaOperation(visit: Visit): Answer {
  const { body } = visit.request.request;
  const operation = /"operation"\s{0,8}:\s{0,8}"(\w{1,64})/.exec(body)?.[1] ?? '';
  const mbean = /"mbean"\s{0,8}:\s{0,8}"([^"]{1,256})/.exec(body)?.[1] ?? '';
  const request = { mbean, type: 'exec', operation };
  // Both ways write a log: its text is the page, its name the place.
  const source = pageWithin(
    body
      .replaceAll(/\\u003c/gi, '<')
      .replaceAll(/\\u003e/gi, '>')
      .replaceAll('\\"', '"')
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>'),
  );
  if (source !== undefined) visit.memory.set('activemq page', source.slice(0, 16_384));
  const place = servedPath(
    /["'=\\]((?:[\w.:/\\-]{0,200})webapps[\w./\\-]{1,200}\.jsp)/i.exec(body)?.[1]?.replaceAll('\\\\', '/') ??
      '',
  );
  const page = visit.memory.get('activemq page');
  if (place !== null && page !== undefined) keepFile(visit, place, page);
  if (operation.startsWith('newRecording')) {
    const number = Number(visit.memory.get('activemq recordings') ?? '0') + 1;
    visit.memory.set('activemq recordings', String(number));
    return jolokia(visit, number, request);
  }
  return jolokia(visit, null, request);
}

export const activemq: Lure = {
  product: 'activemq',
  summary:
    'ActiveMQ: the file server moves what was put, Jolokia writes logs where it is told; a JSP so written takes commands',
  remembers: 'the files put, the recordings, the JSPs moved or written',
  signatures: ['activemq-fileserver-put', 'activemq-jolokia-mbean'],
  answer: (visit) => {
    const { request } = visit;
    if (request.method === 'PUT') {
      keepFile(visit, request.path, request.request.body);
      visit.memory.set('activemq put', request.request.body.slice(0, 16_384));
      return { status: 204, body: '' };
    }
    if (request.method === 'MOVE') {
      const destination =
        request.request.headers.find(([name]) => name.toLowerCase() === 'destination')?.[1] ?? '';
      const place = servedPath(destination.replace(/^file:\/{0,3}/, '/'));
      if (place !== null) keepFile(visit, place, visit.memory.get('activemq put') ?? '');
      return { status: 204, body: '' };
    }
    if (callsFile(visit)) return fileAnswer(visit);
    const credentials = basicCredentials(visit);
    if (credentials === null || credentials.join(':') !== 'admin:admin')
      return {
        status: 401,
        headers: [
          ['WWW-Authenticate', 'basic realm="ActiveMQRealm"'],
          ['Content-Type', 'text/html;charset=iso-8859-1'],
        ],
        body: '<html>\n<head>\n<meta http-equiv="Content-Type" content="text/html;charset=utf-8"/>\n<title>Error 401 Unauthorized</title>\n</head>\n<body><h2>HTTP ERROR 401</h2>\n<p>Problem accessing /api/jolokia/. Reason:\n<pre>    Unauthorized</pre></p>\n</body>\n</html>\n',
      };
    if (request.method === 'POST') return jolokiaOperation(visit);
    if (request.path.includes('/list'))
      return jolokia(
        visit,
        {
          'org.apache.logging.log4j2': {
            [`type=${visit.token('activemq loader', 8)}`]: {
              op: {
                getConfigText: { args: [], ret: 'java.lang.String' },
                setConfigText: { args: [{ name: 'p1', type: 'java.lang.String' }], ret: 'void' },
              },
            },
          },
          'jdk.management.jfr': {
            'type=FlightRecorder': {
              op: {
                newRecording: { args: [], ret: 'long' },
                setConfiguration: { args: [], ret: 'void' },
                startRecording: { args: [], ret: 'void' },
                copyTo: { args: [], ret: 'void' },
              },
            },
          },
        },
        { type: 'list' },
      );
    return jolokia(
      visit,
      {
        agent: '1.7.1',
        protocol: '7.2',
        config: { agentId: `${visit.persona.address}-1-${visit.token('activemq agent', 8)}-servlet` },
        info: { product: 'jetty', vendor: 'Eclipse', version: '9.4.48.v20220622' },
      },
      { type: 'version' },
    );
  },
  follows: (visit) => callsFile(visit) || visit.request.path.startsWith('/api/jolokia'),
};
