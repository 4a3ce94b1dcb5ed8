import type { Process } from '../process.ts';

/** ` 22 days,  3:14` as top and uptime give it. */
export function upTime(process: Process): string {
  const minutes = Math.max(
    1,
    Math.floor((process.state.now() - process.state.machine.persona.bootedAt) / 60_000),
  );
  const days = Math.floor(minutes / 1440);
  const hours = Math.floor((minutes % 1440) / 60);
  const rest = minutes % 60;
  const clock = hours > 0 ? `${String(hours).padStart(2)}:${String(rest).padStart(2, '0')}` : `${rest} min`;
  return `${days > 0 ? `${days} day${days === 1 ? '' : 's'}, ` : ''}${clock}`;
}
