/** What makes a value a shell command instead of a setting. */
export const shellMarks: readonly string[] = ['$(', '`', ';', '|', '&&', '\n', '${ifs}'];

/** The same for URL and body together, between which a line end stands anyway. */
export const shellMarksOfInput: readonly string[] = shellMarks.filter((mark) => mark !== '\n');
