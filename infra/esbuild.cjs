const shakeAwsSchemas = require("./shake-aws-schemas.cjs");

/**
 * How the functions are bundled: by serverless-esbuild when they are packaged, and by scripts/measure-bundle.mjs. The
 * sizes and starts that each setting is worth are in `npm run measure:bundle`.
 */
module.exports = () => ({
  bundle: true,
  minify: true,
  keepNames: false,
  treeShaking: true,
  legalComments: "none",
  platform: "node",
  target: "node24",
  format: "esm",
  outputFileExtension: ".mjs",
  // ES modules first: they can be shaken, the SDK's CommonJS builds can't.
  mainFields: ["module", "main"],
  // Nothing is left out for Lambda to bring: its SDK is of another version, and slower to load than a bundle.
  external: [],
  exclude: [],
  // What is CommonJS inside an ES module bundle still calls require for Node's own modules.
  banner: { js: 'import{createRequire}from"node:module";const require=createRequire(import.meta.url);' },
  plugins: [shakeAwsSchemas],
  sourcemap: false,
  // Its own for each run: two at once would pack each other's files.
  outputWorkFolder: `.esbuild/${process.pid}`,
});
