/** What makes a value a shell command instead of a setting. */
export const shellMarks: readonly string[] = ['$(', '`', ';', '|', '&&', '\n', '${ifs}'];
