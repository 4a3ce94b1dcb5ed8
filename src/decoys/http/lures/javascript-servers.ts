/** Servers of JavaScript and of machine learning: Next.js, Langflow, Ray. */

import type { Answer, Lure, Visit } from '../lure.ts';
import { runOnce } from '../uploaded-file.ts';
import { html, isFront, json } from './answers.ts';

const langflow: Lure = {
  product: 'langflow',
  summary: 'Langflow: /validate/code runs decorators and defaults',
  signatures: ['langflow-validate-code', 'langflow-build-public'],
  answer: (visit) =>
    json({
      imports: { errors: [] },
      function: { errors: visit.command === '' ? [] : [visit.run(visit.command)] },
    }),
};

/** A server action's answer carries the error's digest; one that redirects does so by a header, and so brings the output home. */
function flight(visit: Visit): Answer {
  const { body } = visit.request.request;
  const result = runOnce(visit, visit.command).trim();
  const place = /NEXT_REDIRECT;(push|replace);([^;`"]{0,512});\d{3}/.exec(body);
  if (place !== null) {
    const to = (place[2] ?? '').replaceAll(/\$\{[^}]{1,200}\}/g, () => result.replaceAll(/[\r\n]/g, ' '));
    return {
      status: 303,
      headers: [
        ['Vary', 'rsc, next-router-state-tree, next-router-prefetch, next-router-segment-prefetch'],
        ['x-action-redirect', `${to.slice(0, 8_192)};${place[1] ?? 'push'}`],
        ['Content-Type', 'text/x-component'],
      ],
      body: '',
    };
  }
  const digest = result === '' ? String(Number.parseInt(visit.token('digest', 8), 16)) : result;
  return {
    status: 500,
    headers: [['Content-Type', 'text/x-component']],
    body: `0:{"a":"$@1","f":"","b":"${Buffer.from(visit.token('build', 32), 'hex').toString('base64url').slice(0, 21)}"}\n1:E{"digest":${JSON.stringify(digest)}}\n`,
  };
}

const nextjs: Lure = {
  product: 'nextjs',
  summary:
    'Next.js and React server components: flight data names functions to call; a header passes the middleware',
  signatures: ['react-server-components-flight', 'nextjs-middleware-subrequest'],
  answer: (visit) => {
    if (visit.matched.has('react-server-components-flight')) return flight(visit);
    return {
      ...html(
        `<!DOCTYPE html><html lang="en"><head><meta charSet="utf-8"/><title>Dashboard</title><script src="/_next/static/chunks/webpack-${visit.token('webpack', 16)}.js" async=""></script></head><body><main><h1>Dashboard</h1></main></body></html>`,
      ),
      headers: [
        ['Content-Type', 'text/html; charset=utf-8'],
        ['X-Powered-By', 'Next.js'],
        ['Cache-Control', 'private, no-cache, no-store, max-age=0, must-revalidate'],
      ],
    };
  },
};

interface Job {
  readonly entrypoint: string;
  readonly output: string;
  readonly at: number;
}

const jobOf = ({ memory }: Visit, id: string): Job | null => {
  const kept = memory.get(`ray job ${id}`);
  if (kept === undefined) return null;
  const [at = '0', entrypoint = '', ...output] = kept.split('\u0001');
  return { at: Number(at), entrypoint, output: output.join('') };
};

function submit(visit: Visit): Answer {
  const { body } = visit.request.request;
  let given: unknown;
  try {
    given = JSON.parse(body);
  } catch {
    return json('Request body is not valid JSON', 400);
  }
  const field = (name: string): string => {
    const value: unknown = typeof given === 'object' && given !== null ? Reflect.get(given, name) : undefined;
    return typeof value === 'string' ? value : '';
  };
  const entrypoint = field('entrypoint').slice(0, 4_096);
  const named = field('submission_id') || field('job_id');
  const count = [...visit.memory.keys()].filter((key) => key.startsWith('ray job ')).length;
  const letters = Buffer.from(visit.token(`ray job ${count} of ${visit.source}`, 32), 'hex')
    .toString('base64')
    .replaceAll(/[^A-Za-z0-9]/g, '');
  const id = /^[\w-]{1,64}$/.test(named) ? named : `raysubmit_${letters.slice(0, 16)}`;
  const output = runOnce(visit, entrypoint);
  visit.memory.set(`ray job ${id}`, `${visit.now()}\u0001${entrypoint}\u0001${output.slice(0, 8_192)}`);
  return json({ job_id: id, submission_id: id });
}

const described = (visit: Visit, id: string, job: Job): unknown => ({
  type: 'SUBMISSION',
  job_id: null,
  submission_id: id,
  driver_info: null,
  status: 'SUCCEEDED',
  entrypoint: job.entrypoint,
  message: 'Job finished successfully.',
  error_type: null,
  start_time: job.at,
  end_time: job.at + 1_200 + (job.entrypoint.length % 900),
  metadata: {},
  runtime_env: {},
  driver_agent_http_address: `http://${visit.persona.address}:52365`,
  driver_node_id: visit.token('ray node', 56),
});

const ray: Lure = {
  product: 'ray',
  summary: 'Ray: the dashboard runs any job that is handed in, and shows what it printed',
  remembers: 'the jobs with what they printed',
  signatures: ['ray-job-submission'],
  answer: (visit) => {
    const { path, method, rawPath } = visit.request;
    if (path === '/')
      return html(
        '<!doctype html><html lang="en"><head><meta charset="utf-8"/><link rel="shortcut icon" href="./favicon.ico"/><title>Ray Dashboard</title></head><body><noscript>You need to enable JavaScript to run this app.</noscript><div id="root"></div></body></html>',
      );
    if (path === '/api/version')
      return json({
        version: '4',
        ray_version: '2.6.3',
        ray_commit: 'e13da6e',
        session_name: 'session_latest',
      });
    if (!path.startsWith('/worker/') && !path.startsWith('/api/jobs') && !path.startsWith('/api/job_agent'))
      return {
        status: 404,
        headers: [['Content-Type', 'text/plain; charset=utf-8']],
        body: '404: Not Found',
      };
    if (path.startsWith('/worker/')) return html(visit.run(visit.command));
    if (method === 'POST' && /^\/api\/(?:jobs|job_agent\/jobs)\/?$/.test(path)) return submit(visit);
    // The names of jobs keep their case.
    const [, id = '', view] = /\/jobs\/([\w-]{1,64})(\/(?:logs|stop)(?:\/tail)?)?\/?$/.exec(rawPath) ?? [];
    if (id === '') {
      const jobs = [...visit.memory.keys()]
        .filter((key) => key.startsWith('ray job '))
        .map((key) => key.slice(8));
      return json(
        jobs.flatMap((name) => {
          const job = jobOf(visit, name);
          return job === null ? [] : [described(visit, name, job)];
        }),
      );
    }
    const job = jobOf(visit, id);
    if (job === null)
      return {
        status: 404,
        headers: [['Content-Type', 'text/plain; charset=utf-8']],
        body: `Job ${id} does not exist`,
      };
    if (view?.startsWith('/logs') === true) return json({ logs: job.output });
    if (view === '/stop') return json({ stopped: false });
    return json(described(visit, id, job));
  },
  // On a machine that shows the dashboard, aiohttp answers what else is asked.
  follows: (visit) => /^\/api\/(?:jobs|version$)/.test(visit.request.path) || isFront(visit, 'ray'),
};

export const javascriptServers: readonly Lure[] = [langflow, nextjs, ray];
