/** The version in package.json, for user agents: a bundle doesn't carry that file. */
export const VERSION = "0.1.0";
