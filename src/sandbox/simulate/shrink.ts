/**
 * The shortest list that still fails, as far as it can be found by leaving out: in halves, quarters and so on (delta debugging:
 * Zeller and Hildebrandt, "Simplifying and isolating failure-inducing input", 2002), then one by one.
 *
 * @param items a list that fails
 * @param fails whether a shorter one still does
 * @param mostRuns how often it may be asked
 */
export async function shrink<T>(
  items: readonly T[],
  fails: (items: readonly T[]) => Promise<boolean>,
  mostRuns: number,
): Promise<readonly T[]> {
  let left = mostRuns;
  let shortest = items;
  const isEnough = async (shorter: readonly T[]): Promise<boolean> => {
    if (left <= 0 || shorter.length === shortest.length) return false;
    left--;
    if (!(await fails(shorter))) return false;
    shortest = shorter;
    return true;
  };
  for (let size = Math.ceil(items.length / 2); size >= 1 && left > 0; ) {
    let isShorter = false;
    // From the end: what came last most often did it, and what came first built the stage.
    for (let from = Math.max(0, shortest.length - size); ; from = Math.max(0, from - size)) {
      if (await isEnough([...shortest.slice(0, from), ...shortest.slice(from + size)])) isShorter = true;
      if (from === 0 || left <= 0) break;
    }
    if (size === 1 && !isShorter) break;
    size = size === 1 ? 1 : Math.ceil(size / 2);
  }
  return shortest;
}
