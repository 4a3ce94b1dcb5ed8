/** Web servers and the software that sites are made with. */

import type { Answer, Lure, Visit } from '../lure.ts';
import { phpOutput } from '../php-evaluation.ts';
import { html, json, output, text, traversedFile } from './answers.ts';
import { vcenter } from './vcenter.ts';

const apache: Lure = {
  product: 'apache-httpd',
  summary: 'Apache 2.4.49 and 2.4.50: encoded dots leave the document root, and reach a shell by cgi-bin',
  signatures: ['apache-httpd-path-traversal'],
  answer: (visit) => {
    if (visit.command !== '') return output(visit, 'text/plain');
    const file = traversedFile(visit);
    return file === null ? null : text(file);
  },
};

const shellshock: Lure = {
  product: 'cgi-bash',
  summary: 'Bash: what follows a function in a header is run',
  signatures: ['shellshock'],
  answer: (visit) => output(visit, 'text/plain'),
};

/** The body is PHP: what it prints, commands included. */
const runPhp = (visit: Visit): Answer =>
  html(phpOutput(visit.request.request.body, (command) => visit.run(command)));

const phpunit: Lure = {
  product: 'phpunit',
  summary: 'PHPUnit: eval-stdin.php runs the body',
  signatures: ['phpunit-eval-stdin'],
  answer: runPhp,
};

const phpCgi: Lure = {
  product: 'php-cgi',
  summary: 'PHP-CGI: the query string gives options, the body is run',
  signatures: ['php-cgi-argument-best-fit', 'php-cgi-argument'],
  answer: runPhp,
};

const thinkphp: Lure = {
  product: 'thinkphp',
  summary: 'ThinkPHP: invokefunction calls anything',
  signatures: ['thinkphp-invokefunction', 'thinkphp-lang-pearcmd'],
  answer: (visit) => {
    if (visit.command !== '') return output(visit);
    if (/phpinfo/i.test(visit.request.rawQuery))
      return html(
        `<!DOCTYPE html><html><head><title>phpinfo()</title></head><body><h1 class="p">PHP Version 7.4.3</h1><table><tr><td class="e">System </td><td class="v">Linux ${visit.persona.hostname} ${visit.persona.kernel.release} ${visit.persona.kernel.machine} </td></tr></table></body></html>`,
      );
    return null;
  },
};

const laravel: Lure = {
  product: 'laravel',
  summary: 'Laravel Ignition: solutions are run in debug mode',
  signatures: ['laravel-ignition-solution'],
  answer: (visit) =>
    visit.command === ''
      ? json(
          {
            message: 'file_get_contents(): failed to open stream',
            exception: 'ErrorException',
            file: '/var/www/html/vendor/facade/ignition/src/Solutions/MakeViewVariableOptionalSolution.php',
            line: 75,
          },
          500,
        )
      : output(visit),
};

const drupal: Lure = {
  product: 'drupal',
  summary: 'Drupal: render arrays in a form run what they name',
  signatures: ['drupalgeddon2', 'drupal-rest-hal-json'],
  answer: (visit) =>
    json([
      {
        command: 'insert',
        method: 'replaceWith',
        selector: null,
        data: `${visit.command === '' ? '' : visit.run(visit.command)}<span class="ajax-new-content"></span>`,
        settings: null,
      },
    ]),
};

const gitlab: Lure = {
  product: 'gitlab',
  summary: 'GitLab: ExifTool runs what a DjVu names; the answer is an error of the upload',
  signatures: ['gitlab-exiftool-djvu', 'gitlab-password-reset-array'],
  answer: (visit) => {
    if (visit.command !== '') visit.run(visit.command);
    return html(
      '<!DOCTYPE html>\n<html>\n<head>\n  <title>The change you requested was rejected (422)</title>\n</head>\n<body>\n  <h1>422</h1>\n  <h3>The change you requested was rejected.</h3>\n</body>\n</html>\n',
      422,
    );
  },
};

const workspaceOne: Lure = {
  product: 'workspace-one',
  summary: 'VMware Workspace ONE: deviceUdid is a template',
  signatures: ['vmware-workspace-one-ssti'],
  answer: (visit) =>
    html(
      `<!DOCTYPE html><html><body><p>Authorization context is not valid: device id: ${visit.command === '' ? '' : visit.run(visit.command).trimEnd()}, device type: </p></body></html>`,
      400,
    ),
};

const coldfusion: Lure = {
  product: 'coldfusion',
  summary: 'ColdFusion: the locale walks to password.properties',
  signatures: ['coldfusion-traversal-locale', 'coldfusion-deserialization'],
  answer: (visit) =>
    visit.matched.has('coldfusion-traversal-locale')
      ? html(
          `<html><head><title>#${new Date(visit.now() - 86_400_000 * 90).toUTCString()}\nrdspassword=\npassword=${visit.token('coldfusion password', 40).toUpperCase()}\nencrypted=true\n</title></head></html>`,
        )
      : html(visit.command === '' ? '' : visit.run(visit.command)),
};

export const webSoftware: readonly Lure[] = [
  apache,
  shellshock,
  phpunit,
  phpCgi,
  thinkphp,
  laravel,
  drupal,
  gitlab,
  vcenter,
  workspaceOne,
  coldfusion,
];
