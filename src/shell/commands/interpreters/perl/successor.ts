/** The text that follows: `az` is followed by `ba`, `Zz` by `AAa`. */
export function succeed(text: string): string {
  const characters = Array.from(text);
  for (let at = characters.length - 1; at >= 0; at -= 1) {
    const character = characters[at] ?? '';
    const wraps = { z: 'a', Z: 'A', 9: '0' }[character];
    if (wraps === undefined) {
      characters[at] = String.fromCharCode(character.charCodeAt(0) + 1);
      return characters.join('');
    }
    characters[at] = wraps;
  }
  const [first = '0'] = characters;
  return (first === '0' ? '1' : first) + characters.join('');
}
