export type Dialect = 'bash' | 'dash' | 'ash';
