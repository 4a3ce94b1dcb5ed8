/** Files with credentials that a careless deployment leaves below the document root. Each source is given its own. */

import { pick } from '../../../core/random.ts';
import {
  plantedAwsKey,
  plantedHexToken,
  plantedJwt,
  plantedPassword,
} from '../../../wire/planted-credential.ts';
import { plantedSshKey } from '../../../wire/planted-ssh-key.ts';
import type { Answer, Lure, Visit } from '../lure.ts';

/** What servers send for a name that their table of types does not know. */
const file = (body: string, type = 'application/octet-stream'): Answer => ({
  status: 200,
  headers: [['Content-Type', type]],
  body,
});

const awsKey = ({ persona, source }: Visit): ReturnType<typeof plantedAwsKey> =>
  plantedAwsKey(persona, 'a web file', source);
const password = ({ persona, source }: Visit): string => plantedPassword(persona, 'a web file', source);

const projects = ['shop', 'portal', 'intranet', 'backend', 'crm', 'booking', 'members', 'tickets'] as const;

/** A name of a project that belongs to this machine. */
const project = ({ persona }: Visit): string => pick(persona.random('left files: project'), projects);

const environment = (visit: Visit): Answer => {
  const key = awsKey(visit);
  const name = project(visit);
  return file(
    `APP_NAME=${name}\nAPP_ENV=production\nAPP_KEY=base64:${Buffer.from(visit.token('application key', 64), 'hex').toString('base64')}\nAPP_DEBUG=false\n\nDB_CONNECTION=mysql\nDB_HOST=127.0.0.1\nDB_PORT=3306\nDB_DATABASE=${name}\nDB_USERNAME=${name}\nDB_PASSWORD=${password(visit)}\n\nAWS_ACCESS_KEY_ID=${key.accessKeyId}\nAWS_SECRET_ACCESS_KEY=${key.secretAccessKey}\nAWS_DEFAULT_REGION=eu-central-1\nAWS_BUCKET=${name}-uploads\n`,
  );
};

const gitConfig = (visit: Visit): Answer => {
  const { persona, source } = visit;
  const name = project(visit);
  return file(
    `[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = false\n\tlogallrefupdates = true\n[remote "origin"]\n\turl = https://deploy:${plantedHexToken(persona, 'a web file', source)}@git.${persona.hostname}/${name}/${name}.git\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n[branch "main"]\n\tremote = origin\n\tmerge = refs/heads/main\n`,
  );
};

const awsCredentials = (visit: Visit): Answer => {
  const key = awsKey(visit);
  return file(
    `[default]\naws_access_key_id = ${key.accessKeyId}\naws_secret_access_key = ${key.secretAccessKey}\n`,
  );
};

const kubeConfig = (visit: Visit): Answer => {
  const { persona, source } = visit;
  const name = project(visit);
  const token = plantedJwt(
    persona,
    'a web file',
    source,
    { alg: 'RS256', kid: visit.token('cluster key', 43) },
    {
      iss: 'kubernetes/serviceaccount',
      'kubernetes.io/serviceaccount/namespace': name,
      sub: `system:serviceaccount:${name}:deploy`,
    },
  );
  return file(
    `apiVersion: v1\nkind: Config\nclusters:\n- cluster:\n    insecure-skip-tls-verify: true\n    server: https://${persona.address}:6443\n  name: ${name}\ncontexts:\n- context:\n    cluster: ${name}\n    user: deploy\n  name: deploy@${name}\ncurrent-context: deploy@${name}\nusers:\n- name: deploy\n  user:\n    token: ${token}\n`,
  );
};

const configJson = (visit: Visit): Answer => {
  const name = project(visit);
  return file(
    `${JSON.stringify({ database: { host: '127.0.0.1', user: name, password: password(visit), name } }, null, 2)}\n`,
    'application/json',
  );
};

const wordpressBackup = (visit: Visit): Answer => {
  const name = project(visit);
  return file(
    `<?php\ndefine( 'DB_NAME', '${name}' );\ndefine( 'DB_USER', '${name}' );\ndefine( 'DB_PASSWORD', '${password(visit)}' );\ndefine( 'DB_HOST', 'localhost' );\ndefine( 'DB_CHARSET', 'utf8mb4' );\n\n$table_prefix = 'wp_';\n\nrequire_once ABSPATH . 'wp-settings.php';\n`,
  );
};

const sshKey = ({ persona, source }: Visit): Answer => file(plantedSshKey(persona, 'a web file', source));

const laravelFiles: Lure = {
  product: 'laravel',
  summary:
    'Laravel: the project folder is the document root, with its settings, its repository, its cloud keys and the key of who deploys it',
  signatures: [],
  answer: () => null,
  pages: {
    '/.env': environment,
    '/.git/config': gitConfig,
    '/.git/head': () => file('ref: refs/heads/main\n'),
    '/.aws/credentials': awsCredentials,
    '/.kube/config': kubeConfig,
    '/.ssh/id_rsa': sshKey,
    '/id_rsa': sshKey,
    '/config.json': configJson,
  },
};

const wordpressFiles: Lure = {
  product: 'wordpress',
  summary: 'WordPress: a copy of the settings that the server does not take for PHP',
  signatures: [],
  answer: () => null,
  pages: { '/wp-config.php.bak': wordpressBackup },
};

export const leftFiles: readonly Lure[] = [laravelFiles, wordpressFiles];
