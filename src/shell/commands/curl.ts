import { emulateDownload, saveDownload } from '../download.ts';
import { FileFault } from '../files/fault.ts';
import type { Command } from '../process.ts';
import { readOptions } from './input-text.ts';

export const curl: Command = {
  names: ['curl'],
  folder: '/usr/bin',
  systems: 'both',
  run(process) {
    const { flags, values, operands } = readOptions(process.words, 'oTHdXAebuUxmrFEcDCyYzKQtw');
    const addresses =
      operands.length > 0
        ? operands
        : [...values].filter(([name]) => name === 'url').map(([, value]) => value);
    if (addresses.length === 0) {
      process.error.write("curl: try 'curl --help' for more information\n");
      return 2;
    }
    const silent = flags.has('s') || flags.has('silent');
    for (const address of addresses.slice(0, 16)) {
      const download = emulateDownload(process, address);
      if (download === null) {
        process.error.write(
          silent && !flags.has('S') ? '' : `curl: (6) Could not resolve host: ${address}\n`,
        );
        return 6;
      }
      const output =
        values.get('o') ??
        values.get('output') ??
        (flags.has('O') || flags.has('remote-name') ? download.file : '-');
      if (flags.has('I') || flags.has('head')) {
        process.output.write(
          `HTTP/1.1 200 OK\nContent-Type: application/octet-stream\nContent-Length: ${download.content.length}\n\n`,
        );
        continue;
      }
      if (output === '-') {
        process.output.write(download.content);
        continue;
      }
      try {
        saveDownload(process, output, download.content);
      } catch (error) {
        if (!(error instanceof FileFault)) throw error;
        process.error.write(
          `Warning: Failed to create the file ${output}: ${error.message}\ncurl: (23) Failure writing output to destination\n`,
        );
        return 23;
      }
      const bytes = String(download.content.length);
      if (!silent)
        process.error.write(
          `  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current\n                                 Dload  Upload   Total   Spent    Left  Speed\n\r100 ${bytes.padStart(5)}  100 ${bytes.padStart(5)}    0     0   ${bytes}      0 --:--:-- --:--:-- --:--:-- ${bytes}\n`,
        );
    }
    return 0;
  },
};
