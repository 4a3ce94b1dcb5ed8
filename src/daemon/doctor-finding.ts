/** One thing that the doctor has looked at. */
export interface Finding {
  readonly check: string;
  /** `warning`: Picket runs, with less. `failure`: what is configured can't be done. */
  readonly state: 'ok' | 'warning' | 'failure';
  readonly found: string;
  /** Empty where all is well. */
  readonly mend: string;
}

export const ok = (check: string, found: string): Finding => ({ check, state: 'ok', found, mend: '' });
