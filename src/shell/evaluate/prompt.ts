import type { Shell } from './shell.ts';

/** The prompt with its escapes (bash(1), PROMPTING; ash knows the first five). */
export function expandPrompt(shell: Shell, template: string): string {
  const home = shell.variables.get('HOME') ?? '';
  const folder =
    home !== '' && home !== '/' && (shell.folder === home || shell.folder.startsWith(`${home}/`))
      ? `~${shell.folder.slice(home.length)}`
      : shell.folder;
  return template.replaceAll(/\\(.)/g, (whole, escape: string) => {
    switch (escape) {
      case 'u':
        return shell.state.options.user;
      case 'h':
        return shell.state.machine.hostname.split('.', 1)[0] ?? '';
      case 'H':
        return shell.state.machine.hostname;
      case 'w':
        return folder;
      case 'W':
        return folder === '/' ? '/' : folder.slice(folder.lastIndexOf('/') + 1);
      case '$':
        return shell.state.files.uid === 0 ? '#' : '$';
      case 'n':
        return '\n';
      case 'e':
        return '\x1b';
      case 'a':
        return '\x07';
      case 's':
        return shell.name.replace(/^-/, '');
      case '[':
      case ']':
        return '';
      default:
        return whole;
    }
  });
}
