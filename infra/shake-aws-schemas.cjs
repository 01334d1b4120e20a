const { readFile } = require("node:fs/promises");

/**
 * An AWS client of version 3 has the schemas of all operations in one file, as plain arrays with objects whose keys are
 * computed from constants of that file: `{ [_xN]: _dR }` with `const _xN = "xmlName"`. A computed key may run code, so
 * esbuild keeps them all, though each operation's commands need a few. Written as what they are, `{ "xmlName": _dR }`,
 * they are shaken like everything else. Of client-ec2 a tenth remains.
 */
module.exports = {
  name: "shake-aws-schemas",
  setup(build) {
    build.onLoad(
      { filter: /@aws-sdk[\\/]client-[a-z0-9-]+[\\/]dist-es[\\/]schemas[\\/]\w+\.js$/ },
      async ({ path }) => ({
        contents: withPlainKeys(await readFile(path, "utf8")),
        loader: "js",
      }),
    );
  },
};

const CONSTANT = /^const (_\w+) = ("[^"\\]*");$/gm;
const COMPUTED_KEY = /\[(_\w+)\]:/g;

function withPlainKeys(source) {
  const constants = new Map(Array.from(source.matchAll(CONSTANT), ([, name, text]) => [name, text]));
  return source.replaceAll(COMPUTED_KEY, (whole, name) => {
    const text = constants.get(name);
    return text === undefined ? whole : `${text}:`;
  });
}
