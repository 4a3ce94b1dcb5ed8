import { FileFault } from '../files/fault.ts';
import { openInput, openOutput } from '../evaluate/redirection.ts';
import { isBusybox, type Command } from '../process.ts';
import { DeviceInput, type Output } from '../stream.ts';

const units: Readonly<Record<string, number>> = {
  '': 1,
  c: 1,
  w: 2,
  b: 512,
  k: 1024,
  K: 1024,
  M: 1_048_576,
  G: 1_073_741_824,
  kB: 1000,
  MB: 1_000_000,
};

function size(text: string | undefined): number {
  const match = /^(\d{1,10})([cwbkKMG]|kB|MB)?$/.exec(text ?? '');
  return match === null ? -1 : Number(match[1]) * (units[match[2] ?? ''] ?? 1);
}

export const dd: Command = {
  names: ['dd'],
  folder: '/bin',
  systems: 'both',
  *run(process) {
    const settings = new Map(
      process.words.map((word) => [word.split('=', 1)[0] ?? '', word.slice(word.indexOf('=') + 1)]),
    );
    const block = settings.has('bs')
      ? size(settings.get('bs'))
      : settings.has('ibs')
        ? size(settings.get('ibs'))
        : 512;
    const count = settings.has('count') ? size(settings.get('count')) : -1;
    const skip = size(settings.get('skip') ?? '0');
    if (block <= 0) {
      process.error.write(`dd: invalid number '${settings.get('bs') ?? ''}'\n`);
      return 1;
    }
    const from = settings.get('if');
    const to = settings.get('of');
    try {
      const input = from === undefined ? process.input : openInput(process.state, from, process.folder);
      const output: Output =
        to === undefined ? process.output : openOutput(process.state, to, process.folder, 'truncate');
      const bound = input instanceof DeviceInput ? 1 << 20 : 8 << 20;
      if (skip > 0) yield* input.bytes(Math.min(skip * block, bound));
      const text =
        count >= 0
          ? yield* input.bytes(Math.min(count * block, bound))
          : input instanceof DeviceInput
            ? yield* input.bytes(bound)
            : yield* input.all();
      process.state.budget.spendBytes(text.length);
      output.write(text);
      const whole = Math.floor(text.length / block);
      const rest = text.length % block === 0 ? 0 : 1;
      process.error.write(`${whole}+${rest} records in\n${whole}+${rest} records out\n`);
      const seconds = 0.0001 + (process.state.machine.nextRandom() % 1000) / 1e6;
      if (!isBusybox(process) || block < 0)
        process.error.write(
          `${text.length} byte${text.length === 1 ? '' : 's'} copied, ${seconds.toPrecision(6)} s, ${(text.length / seconds / 1000).toFixed(0)} kB/s\n`,
        );
      return 0;
    } catch (error) {
      if (!(error instanceof FileFault)) throw error;
      const path =
        from !== undefined && process.state.files.find(from, process.folder) === null ? from : (to ?? '');
      process.error.write(
        isBusybox(process)
          ? `dd: can't open '${path}': ${error.message}\n`
          : `dd: failed to open '${path}': ${error.message}\n`,
      );
      return 1;
    }
  },
};
