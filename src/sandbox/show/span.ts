/** `45s`, `31m`, `1h 6m`, `3d 4h`: the two largest units, rounded down. */
export function span(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const parts: readonly (readonly [number, string])[] = [
    [Math.floor(whole / 86_400), "d"],
    [Math.floor(whole / 3600) % 24, "h"],
    [Math.floor(whole / 60) % 60, "m"],
    [whole % 60, "s"],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  if (first < 0) return "0s";
  // seconds tell nothing beside minutes
  const shown = parts.slice(first, first === 2 ? 3 : first + 2);
  return shown
    .filter(([count, unit]) => count > 0 && (unit !== "s" || first === 3))
    .map(([count, unit]) => `${count}${unit}`)
    .join(" ");
}

/** `79 ms`, `5.4 s`, `2m`. */
export function shortSpan(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 60_000) return `${(milliseconds / 1000).toFixed(1)} s`;
  return span(milliseconds / 1000);
}
