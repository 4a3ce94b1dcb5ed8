/** The commands that Android has and no other Linux: what they answer on a device that has little. */

import type { Device } from './device.ts';

/** The output of the command, or null for one that the shell knows. */
export function androidOutput(device: Device, line: string): string | null {
  const words = line.trim().split(/\s+/).slice(0, 16);
  const [name = '', first = '', second = ''] = words;
  switch (name) {
    case 'getprop': {
      if (words.length > 3 || /[|;&<>$`]/.test(line)) return null;
      if (first !== '') return `${device.properties.get(first) ?? second}\n`;
      return [...device.properties].map(([key, value]) => `[${key}]: [${value}]\n`).join('');
    }
    case 'setprop':
    case 'settings':
    case 'input':
    case 'svc':
      return /[|;&<>$`]/.test(line) ? null : '';
    case 'pm':
      if (/[|;&<>$`]/.test(line)) return null;
      if (first === 'path')
        return second === 'android' ? 'package:/system/framework/framework-res.apk\n' : '';
      if (first === 'list')
        return 'package:android\npackage:com.android.shell\npackage:com.android.settings\npackage:com.android.providers.settings\n';
      if (first === 'install') return `\tpkg: ${words.at(-1) ?? ''}\nSuccess\n`;
      return first === 'uninstall' ? 'Success\n' : '';
    case 'am':
      if (/[|;&<>$`]/.test(line)) return null;
      if (first === 'start') {
        const component = words[words.indexOf('-n') + 1] ?? '';
        return words.includes('-n')
          ? `Starting: Intent { cmp=${component} }\n`
          : 'Starting: Intent { act=android.intent.action.MAIN }\n';
      }
      return '';
    default:
      return null;
  }
}

/** Names that belong to ADB.Miner (360 Netlab, 2018) and its kin. */
const minerNames =
  /com\.ufo\.miner|\bufo\.apk\b|\bdroidbot\b|\btrinity\b|\bbot\.dat\b|\bxmrig(?:32|64)\b|\binvoke\.sh\b|\bsss\b.{0,40}\bnohup\b/;

/** The part of a command line or of a pushed file's path that is the miner's; null for anything else. */
export function minerTrace(text: string): string | null {
  return minerNames.exec(text.slice(0, 4096))?.[0] ?? null;
}
