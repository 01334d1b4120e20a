/**
 * A reading that is done once for an object that nobody can change: whoever hands out the same frozen object again, frozen all
 * the way down, is given the same answer again, frozen too. What comes over HTTP is never frozen, and is read each time.
 */
export function readOnce<Raw, T>(read: (raw: Raw) => T): (raw: Raw) => T {
  const known = new WeakMap<object, T>();
  return (raw) => {
    if (typeof raw !== "object" || raw === null || !Object.isFrozen(raw)) return read(raw);
    const before = known.get(raw);
    if (before !== undefined) return before;
    const made = frozen(read(raw));
    known.set(raw, made);
    return made;
  };
}

/** What is frozen already is so all the way down. */
function frozen<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  for (const item of Object.values(value)) frozen(item);
  return Object.freeze(value);
}
