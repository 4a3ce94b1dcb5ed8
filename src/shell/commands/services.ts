import type { Command, Process } from '../process.ts';

/** Services that run on this machine, by the programs in its process list. */
function isRunning(process: Process, service: string): boolean {
  const name = service.replace(/\.service$/, '');
  return process.state.machine.processes.some(({ command }) =>
    (command.split(/[ :]/, 1)[0]?.split('/').pop() ?? '').startsWith(name.replace(/^ssh$/, 'sshd')),
  );
}

export const serviceControl: Command = {
  names: ['systemctl', 'journalctl'],
  folder: '/bin',
  systems: 'gnu',
  run(process) {
    if (process.name === 'journalctl') return 0;
    const [verb = '', unit = ''] = process.words.filter((word) => !word.startsWith('-'));
    const known = isRunning(process, unit);
    if (verb === 'is-active') {
      process.output.write(known ? 'active\n' : 'inactive\n');
      return known ? 0 : 3;
    }
    if (verb === 'is-enabled') {
      process.output.write(known ? 'enabled\n' : 'disabled\n');
      return known ? 0 : 1;
    }
    if (
      ['start', 'stop', 'restart', 'enable', 'disable', 'mask', 'status'].includes(verb) &&
      !known &&
      !process.state.files.find(`/etc/systemd/system/${unit.replace(/(\.service)?$/, '.service')}`, '/')
    ) {
      process.error.write(
        verb === 'status'
          ? `Unit ${unit.replace(/(\.service)?$/, '.service')} could not be found.\n`
          : `Failed to ${verb} ${unit.replace(/(\.service)?$/, '.service')}: Unit ${unit.replace(/(\.service)?$/, '.service')} not found.\n`,
      );
      return verb === 'status' ? 4 : 5;
    }
    if (verb === 'status')
      process.output.write(
        `● ${unit.replace(/(\.service)?$/, '.service')}\n     Loaded: loaded (/lib/systemd/system/${unit.replace(/(\.service)?$/, '.service')}; enabled; vendor preset: enabled)\n     Active: active (running)\n`.replaceAll(
          '●',
          '*',
        ),
      );
    return 0;
  },
};

export const services: Command = {
  names: ['service', 'chkconfig', 'update-rc.d'],
  folder: '/usr/sbin',
  systems: 'gnu',
  run(process) {
    const [name = '', verb = ''] = process.words;
    if (process.name !== 'service' || name.startsWith('-') || isRunning(process, name)) return 0;
    process.error.write(
      `${verb === '' ? 'Usage: service < option > | --status-all | [ service_name [ command | --full-restart ] ]' : `${name}: unrecognized service`}\n`,
    );
    return 1;
  },
};
