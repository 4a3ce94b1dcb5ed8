import type { SessionState } from '../state.ts';

/** The text of `<(list)`, put where its file name leads. */
export function placeProcessFile(state: SessionState, text: string): string {
  for (let number = 63; number > 3; number -= 1) {
    const path = `/dev/fd/${number}`;
    if (number > 50 && state.files.find(path, '/') !== null) continue;
    const uid = state.files.uid;
    state.files.uid = 0;
    try {
      const node = state.files.open(path, '/', 'truncate');
      if (node.kind === 'file') state.files.setContent(node, text, '');
    } finally {
      state.files.uid = uid;
    }
    return path;
  }
  return '/dev/null';
}
