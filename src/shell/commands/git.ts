import { FileFault } from '../files/fault.ts';
import type { Command } from '../process.ts';
import { readOptions } from './input-text.ts';
import { reach } from './reach.ts';
import { hostOf, sshFailure } from './remote-login.ts';

export const git: Command = {
  names: ['git'],
  folder: '/usr/bin',
  systems: 'gnu',
  run(process) {
    const words = process.words.filter(
      (word, index) => word !== '-C' && word !== '-c' && !/^-[cC]$/.test(process.words[index - 1] ?? ''),
    );
    const [verb] = words;
    const version =
      process.state.machine.packages.installed.get('git')?.replace(/^1:/, '').split('-')[0] ?? '2.25.1';
    if (verb === '--version' || verb === 'version') process.output.write(`git version ${version}\n`);
    else if (verb === 'config' && words.includes('--global')) return 0;
    else if (verb === 'clone') {
      const [url = '', into] = readOptions(words.slice(1), 'bocj').operands;
      if (url === '') {
        process.error.write(
          'fatal: You must specify a repository to clone.\n\nusage: git clone [<options>] [--] <repo> [<dir>]\n',
        );
        return 129;
      }
      const name =
        into ??
        url
          .replace(/\/+$/, '')
          .replace(/\.git$/, '')
          .split(/[/:]/)
          .pop() ??
        '';
      const match = /^(https?|git):\/\/(?:[^@/]*@)?([^/:]+)(?::(\d{1,5}))?/.exec(url);
      if (match === null && !/^[^/]+@?[^/]*:/.test(url)) {
        process.error.write(`fatal: repository '${url}' does not exist\n`);
        return 128;
      }
      process.error.write(`Cloning into '${name}'...\n`);
      if (match === null) {
        process.error.write(
          `${sshFailure(process, hostOf(url.split(':', 1)[0] ?? ''), 22, [])}fatal: Could not read from remote repository.\n\nPlease make sure you have the correct access rights\nand the repository exists.\n`,
        );
        return 128;
      }
      const [, scheme = 'https', host = '', given] = match;
      const port = Number(given ?? (scheme === 'https' ? 443 : scheme === 'http' ? 80 : 9418));
      const { how } = reach(process, host, port, 0);
      process.error.write(
        how === 'unknown'
          ? `fatal: unable to access '${url.replace(/\/?$/, '/')}': Could not resolve host: ${host}\n`
          : `fatal: unable to access '${url.replace(/\/?$/, '/')}': Failed to connect to ${host} port ${port}: Connection refused\n`,
      );
      return 128;
    } else if (verb === 'init') {
      try {
        process.state.files.makeDirectory('.git', process.folder);
      } catch (error) {
        // It is there already, which git does not mind.
        if (!(error instanceof FileFault)) throw error;
      }
      process.output.write(`Initialized empty Git repository in ${process.folder}/.git/\n`);
    } else if (verb === undefined || verb === 'help' || verb === '--help') {
      process.output.write(
        'usage: git [--version] [--help] [-C <path>] [-c <name>=<value>]\n           [--exec-path[=<path>]] [--html-path] [--man-path] [--info-path]\n           [-p | --paginate | -P | --no-pager] [--no-replace-objects] [--bare]\n           [--git-dir=<path>] [--work-tree=<path>] [--namespace=<name>]\n           <command> [<args>]\n',
      );
      return 1;
    } else {
      process.error.write('fatal: not a git repository (or any of the parent directories): .git\n');
      return 128;
    }
    return 0;
  },
};
