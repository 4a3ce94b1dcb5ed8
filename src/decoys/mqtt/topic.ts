/** Topic names and filters (MQTT 3.1.1 §4.7). */

export function isTopicName(topic: string): boolean {
  return topic !== '' && topic.length <= 65_535 && !/[+#]/.test(topic) && topic.split('/').length <= 200;
}

export function isTopicFilter(filter: string): boolean {
  if (filter === '') return false;
  const levels = filter.split('/');
  if (levels.length > 200) return false;
  return levels.every(
    (level, index) =>
      level === '+' ||
      (level === '#' && index === levels.length - 1) ||
      (!level.includes('+') && !level.includes('#')),
  );
}

/** §4.7.2: a filter that begins with a wildcard does not match names that begin with `$`. */
export function matchesTopic(filter: string, topic: string): boolean {
  if (topic.startsWith('$') !== filter.startsWith('$')) return false;
  const wanted = filter.split('/');
  const levels = topic.split('/');
  for (const [index, level] of wanted.entries()) {
    if (level === '#') return true;
    if (index >= levels.length || (level !== '+' && level !== levels[index])) return false;
  }
  return wanted.length === levels.length;
}
