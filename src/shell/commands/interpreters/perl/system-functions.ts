import type { Reading } from '../../../stream.ts';
import { Unsupported } from '../script/unsupported.ts';
import { Exited, type Machine } from './machine.ts';
import { numberOf, textOf, type Value } from './value.ts';

type SystemFunction = (
  machine: Machine,
  values: readonly Value[],
  wantsList: boolean,
  line: number,
) => Reading<Value[]>;

const through = { input: null, output: 'inherit', error: 'inherit' } as const;

function* run(machine: Machine, values: readonly Value[]): Reading<number> {
  const words = values.map((value) => textOf(value));
  const [program = ''] = words;
  machine.world.flush();
  if (words.length === 1 && /[$&*(){}[\]'";\\|?<>~`\n]/.test(program))
    return (yield* machine.world.shell(program, through)).status;
  const plain = words.length === 1 ? program.trim().split(/\s+/) : words;
  if (machine.world.find(plain[0] ?? '') === null) {
    machine.world.done.add(plain.join(' '));
    machine.fault('ENOENT');
    return -1;
  }
  return (yield* machine.world.program(plain, through)).status;
}

/** Functions that reach out of the script. */
export const systemFunctions: Readonly<Record<string, SystemFunction>> = {
  *system(machine, values) {
    const status = yield* run(machine, values);
    const whole = status < 0 ? -1 : status << 8;
    machine.global('?').value = whole;
    return [whole];
  },
  *exec(machine, values) {
    const status = yield* run(machine, values);
    if (status < 0) return [''];
    throw new Exited(status);
  },
  *sleep(machine, [seconds]) {
    yield* [];
    machine.world.process.state.sleep(numberOf(seconds) * 1000);
    return [Math.trunc(numberOf(seconds))];
  },
  // oxlint-disable-next-line require-yield -- the same shape as what runs programs
  *socket(machine, values) {
    machine.world.spend(values.length);
    return [1];
  },
  // oxlint-disable-next-line require-yield -- the same shape as what runs programs
  *connect(machine, values) {
    const match = /\x02(\d+):([\s\S]*)$/.exec(textOf(values.at(-1)));
    if (match === null) throw new Unsupported('connect');
    const [, port = '', address = ''] = match;
    const host =
      address.length === 4 && /[^\w.-]/.test(address)
        ? Array.from(address, (one) => one.charCodeAt(0)).join('.')
        : address;
    const { how } = machine.world.connect(host, Number(port));
    if (how === 'open') throw new Unsupported('open port');
    machine.fault(how === 'timeout' ? 'ETIMEDOUT' : 'ECONNREFUSED');
    return [''];
  },
  *kill(machine, [signal, ...processes]) {
    const words = ['kill', `-${textOf(signal).replace(/^SIG/, '')}`, ...processes.map((one) => textOf(one))];
    const { status } = yield* machine.world.program(words, { input: null, output: 'drop', error: 'drop' });
    return [status === 0 ? processes.length : 0];
  },
  // oxlint-disable-next-line require-yield -- the same shape as what runs programs
  *get(machine, [url]) {
    return [machine.world.fetch(textOf(url)) ?? undefined];
  },
  // oxlint-disable-next-line require-yield -- the same shape as what runs programs
  *getstore(machine, [url, path]) {
    const body = machine.world.fetch(textOf(url));
    if (body === null) return [500];
    machine.world.openFile(textOf(path), 'truncate');
    machine.world.append(textOf(path), body);
    return [200];
  },
};
