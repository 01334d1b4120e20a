/** Tells the person what is going on. Standard output belongs to what programs read. */
export function say(line: string): void {
  process.stderr.write(`peers: ${line}\n`);
}

/** Does a longer piece of work, and tells how long it took. */
export async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const startedAt = performance.now();
  const result = await work();
  say(`${what}: ${((performance.now() - startedAt) / 1000).toFixed(0)} s`);
  return result;
}

/** Something that the machine lacks, told in a sentence. */
export class Missing extends Error {
  override readonly name = "Missing";
}
