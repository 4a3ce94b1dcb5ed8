import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDaemon } from './real-daemon.ts';

interface Nginx extends AsyncDisposable {
  /** All that it writes is in here, and goes with it. */
  readonly folder: string;
}

/** Starts nginx with what `http` says for the block of that name, and waits until this port of its takes connections. */
export async function startNginx(port: number, http: (folder: string) => string): Promise<Nginx> {
  const folder = mkdtempSync(join(tmpdir(), 'picket-nginx-'));
  const configuration = join(folder, 'nginx.conf');
  const places = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  );
  writeFileSync(
    configuration,
    `daemon off; master_process off; pid ${folder}/pid; error_log ${folder}/error;
events {}
http { access_log off; ${places.join(' ')}
${http(folder)}
}
`,
  );
  const child = spawn('nginx', ['-c', configuration, '-e', join(folder, 'error')], { stdio: 'ignore' });
  const serving = await startDaemon(child, port);
  return {
    folder,
    async [Symbol.asyncDispose]() {
      await serving[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true });
    },
  };
}
