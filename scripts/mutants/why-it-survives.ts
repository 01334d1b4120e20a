/** Why the simulation does not notice that a fence is missing, by the fence's name; what isn't here is open. */
export const WHY_IT_SURVIVES: Readonly<Record<string, string>> = {};
