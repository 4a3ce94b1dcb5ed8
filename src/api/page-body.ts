/** Long lists as JSON text, bounded in bytes: a thousand observations may carry a gigabyte of bodies. */

const mostCharacters = 8 * 1024 * 1024;

/** As many of the items from the first on as fit, at least one, as JSON texts. */
export function fitting(items: readonly unknown[]): string[] {
  const texts: string[] = [];
  let characters = 0;
  for (const item of items) {
    const text = JSON.stringify(item);
    characters += text.length;
    if (characters > mostCharacters && texts.length > 0) break;
    texts.push(text);
  }
  return texts;
}

/** A page as JSON text. `next` is asked for the cursor of the last item that found room, where more may follow. */
export function pageBody<Item>(items: readonly Item[], limit: number, next: (last: Item) => string): string {
  const texts = fitting(items);
  const last = items[texts.length - 1];
  const more = last !== undefined && (texts.length < items.length || items.length >= limit);
  return `{"items":[${texts.join(',')}],"next":${more ? JSON.stringify(next(last)) : 'null'}}`;
}
