/** What a table has under a name that the visitor chose, and not what every object has: `constructor`, `__proto__`. */
export const ownMember = <Member>(
  table: Readonly<Record<string, Member>>,
  name: string,
): Member | undefined => (Object.hasOwn(table, name) ? table[name] : undefined);
