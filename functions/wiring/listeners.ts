import type { Notices } from "../../src/ports/notices.ts";

/** Tells each of them, in this order. */
export function tellingAll(listeners: readonly Notices[]): Notices {
  const all =
    <Words extends readonly unknown[]>(tell: (listener: Notices, ...words: Words) => void) =>
    (...words: Words): void => {
      for (const listener of listeners) tell(listener, ...words);
    };
  return {
    judged: all((listener, ...words: Parameters<Notices["judged"]>) => listener.judged(...words)),
    released: all((listener, ...words: Parameters<Notices["released"]>) => listener.released(...words)),
    paused: all((listener, ...words: Parameters<Notices["paused"]>) => listener.paused(...words)),
    alarm: all((listener, ...words: Parameters<Notices["alarm"]>) => listener.alarm(...words)),
    count: all((listener, ...words: Parameters<Notices["count"]>) => listener.count(...words)),
  };
}
