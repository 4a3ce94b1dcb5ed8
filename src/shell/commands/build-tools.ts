import { contentOf } from '../files/node.ts';
import { addressesInText } from '../addresses.ts';
import type { Command } from '../process.ts';
import { readOptions } from './input-text.ts';
import { upstreamVersion } from './program-version.ts';

/** make: the recipe of the first target, or of those named, without prerequisites that are files. */
export const make: Command = {
  names: ['make'],
  folder: '/usr/bin',
  systems: 'gnu',
  *run(process) {
    const { flags, values, operands } = readOptions(process.words, 'fCjIo');
    if (flags.has('version') || flags.has('v')) {
      process.output.write(
        `GNU Make ${upstreamVersion(process, 'make', '4.2.1')}\nBuilt for x86_64-pc-linux-gnu\n`,
      );
      return 0;
    }
    const folder = values.get('C') ?? '';
    const base =
      folder === '' ? process.folder : folder.startsWith('/') ? folder : `${process.folder}/${folder}`;
    const name = [values.get('f') ?? 'Makefile', 'makefile', 'GNUmakefile'].find(
      (path) => process.state.files.find(path, base)?.kind === 'file',
    );
    if (name === undefined) {
      process.error.write(
        operands.length > 0
          ? `make: *** No rule to make target '${operands[0] ?? ''}'.  Stop.\n`
          : 'make: *** No targets specified and no makefile found.  Stop.\n',
      );
      return 2;
    }
    const node = process.state.files.find(name, base);
    const lines = (node?.kind === 'file' ? contentOf(node) : '')
      .replaceAll('\\\n', ' ')
      .split('\n')
      .slice(0, 2_000);
    const variables = new Map<string, string>([
      ['CC', 'cc'],
      ['RM', 'rm -f'],
    ]);
    const rules = new Map<string, { needs: string[]; recipe: string[] }>();
    let current: { needs: string[]; recipe: string[] } | null = null;
    for (const line of lines) {
      const assigned = /^([A-Za-z_]\w{0,60})\s*[:?+]?=\s*(.*)$/.exec(line);
      const rule = /^([^\s#:=][^:=]{0,200}):(?!=)(.*)$/.exec(line);
      if (line.startsWith('\t')) current?.recipe.push(line.slice(1));
      else if (assigned !== null) variables.set(assigned[1] ?? '', assigned[2] ?? '');
      else if (rule !== null) {
        current = {
          needs: (rule[2] ?? '')
            .trim()
            .split(/\s+/)
            .filter((word) => word !== ''),
          recipe: [],
        };
        for (const target of (rule[1] ?? '').trim().split(/\s+/)) rules.set(target, current);
      }
    }
    const expanded = (text: string, depth = 0): string =>
      depth > 5
        ? text
        : text.replaceAll(/\$[({](\w{1,60})[)}]|\$\$/g, (whole, key: string | undefined) =>
            whole === '$$' ? '$' : expanded(variables.get(key ?? '') ?? '', depth + 1),
          );
    const first = [...rules.keys()].find((key) => !key.startsWith('.')) ?? 'all';
    const pending = operands.length > 0 ? [...operands] : [first];
    const done = new Set<string>();
    while (pending.length > 0) {
      const target = pending[0] ?? '';
      const found = rules.get(target);
      if (found === undefined) {
        if (process.state.files.find(target, base) === null) {
          process.error.write(`make: *** No rule to make target '${target}'.  Stop.\n`);
          return 2;
        }
        pending.shift();
        continue;
      }
      const needs = found.needs
        .map((word) => expanded(word))
        .filter((word) => rules.has(word) && !done.has(word));
      done.add(target);
      if (needs.length > 0) {
        pending.unshift(...needs.slice(0, 50));
        continue;
      }
      pending.shift();
      for (const step of found.recipe) {
        const silent = /^[@-]*@/.test(step);
        const command = expanded(step.replace(/^[@-]+/, ''))
          .replaceAll('$@', target)
          .replaceAll('$<', found.needs[0] ?? '')
          .replaceAll('$^', found.needs.join(' '));
        if (!silent && !flags.has('s')) process.output.write(`${command}\n`);
        const status = yield* process.execute(['sh', '-c', command], { folder: base });
        if (status !== 0 && !step.startsWith('-')) {
          process.error.write(`make: *** [${name}: ${target}] Error ${status}\n`);
          return 2;
        }
      }
    }
    return 0;
  },
};

/** Package managers of languages: what is there by its version; what would be fetched is recorded and does not come. */
export const languagePackages: Command = {
  names: ['pip', 'pip3', 'npm'],
  folder: '/usr/bin',
  systems: 'gnu',
  run(process) {
    const { flags, operands } = readOptions(process.words, 'ritc');
    const [verb = '', ...names] = operands;
    const npm = process.name === 'npm';
    const version = upstreamVersion(process, npm ? 'npm' : 'python3-pip', '20.0.2');
    if (flags.has('version') || flags.has('V') || (npm && flags.has('v'))) {
      const python =
        process.state.machine.packages.codename === 'focal'
          ? '3.8'
          : process.state.machine.packages.family === 'redhat'
            ? '3.6'
            : '3.9';
      process.output.write(
        npm ? `${version}\n` : `pip ${version} from /usr/lib/python3/dist-packages/pip (python ${python})\n`,
      );
      return 0;
    }
    if (verb === 'list' && !npm) {
      process.output.write(
        'Package             Version\n------------------- --------------------\ncertifi             2019.11.28\nchardet             3.0.4\nidna                2.8\npip                 20.0.2\nPyYAML              5.3.1\nrequests            2.22.0\nsetuptools          45.2.0\nsix                 1.14.0\nurllib3             1.25.8\nwheel               0.34.2\n',
      );
      return 0;
    }
    if (verb !== 'install' && verb !== 'i' && verb !== 'download') {
      process.output.write(npm ? 'Usage: npm <command>\n' : '\nUsage:   \n  pip3 <command> [options]\n');
      return npm ? 1 : 0;
    }
    const [name = ''] = names;
    if (name === '') {
      process.error.write(
        npm ? '' : 'ERROR: You must give at least one requirement to install (see "pip help install")\n',
      );
      return npm ? 0 : 1;
    }
    if (addressesInText(name).length > 0) process.state.recordCommand(['curl', name]);
    process.state.sleep(3_000);
    if (npm) {
      process.error.write(
        'npm ERR! code ECONNREFUSED\nnpm ERR! errno ECONNREFUSED\nnpm ERR! network request failed, reason: connect ECONNREFUSED\nnpm ERR! network This is a problem related to network connectivity.\n',
      );
      return 1;
    }
    process.output.write(`Collecting ${name}\n`);
    process.error.write(
      `ERROR: Could not find a version that satisfies the requirement ${name} (from versions: none)\nERROR: No matching distribution found for ${name}\n`,
    );
    return 1;
  },
};

export const runtimes: Command = {
  names: ['node', 'go', 'java'],
  folder: '/usr/bin',
  systems: 'gnu',
  *run(process) {
    const { words } = process;
    const asks = words.some((word) => /^(?:-v|--version|version|-version)$/.test(word));
    if (process.name === 'java') {
      if (asks)
        process.error.write(
          'openjdk version "1.8.0_412"\nOpenJDK Runtime Environment (build 1.8.0_412-8u412-ga-1~20.04.1-b08)\nOpenJDK 64-Bit Server VM (build 25.412-b08, mixed mode)\n',
        );
      else process.error.write(`Error: Could not find or load main class ${words.at(-1) ?? ''}\n`);
      return asks ? 0 : 1;
    }
    if (process.name === 'go') {
      if (asks)
        process.output.write(`go version go${upstreamVersion(process, 'golang', '1.13')}.8 linux/amd64\n`);
      else process.error.write('go: no Go source files\n');
      return asks ? 0 : 1;
    }
    if (asks) {
      process.output.write(`v${upstreamVersion(process, 'nodejs', '12.22.12')}\n`);
      return 0;
    }
    const path = words.find((word) => !word.startsWith('-'));
    if (
      path !== undefined &&
      process.state.files.find(path, process.folder) === null &&
      !words.includes('-e')
    ) {
      process.error.write(
        `internal/modules/cjs/loader.js:818\n  throw err;\n  ^\n\nError: Cannot find module '${process.folder}/${path}'\n`,
      );
      return 1;
    }
    if (path === undefined && !words.includes('-e')) yield* process.input.all();
    return 0;
  },
};
