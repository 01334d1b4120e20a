const { existsSync, readFileSync } = require("node:fs");
const { join } = require("node:path");
const { parse } = require("yaml");

/** What a deploy may say, and what counts where it doesn't; each is described in infra/parameters.yml. */
const DEFAULTS = {
  // These three have to be said: CloudFormation refuses the stack without them, before it makes anything.
  clusterName: "",
  clusterUid: "",
  vpcId: "",
  kubeconfigLayerArn: "",
  kubeconfigPath: "",
  kubeconfigParameter: "",
  kubeconfigKmsKeyArn: "",
  subnetIds: "",
  securityGroupIds: "",
  mode: "observe",
  releaseNodeGroups: "*",
  markAgeSeconds: "1800",
  budgetShare: "0.2",
  maximumConcurrency: "2",
  logLevel: "INFO",
  permissionsBoundaryArn: "",
  kmsKeyArn: "",
  alarmEmail: "",
  alarmTopicArn: "",
};

/** A misspelt parameter would silently have its default. */
function requireKnown(names, where) {
  const unknown = names.filter((name) => !Object.hasOwn(DEFAULTS, name));
  if (unknown.length === 0) return;
  const known = Object.keys(DEFAULTS).join(", ");
  throw new Error(`${where} says ${unknown.join(", ")}, which no parameter is called: they are ${known}`);
}

/**
 * The parameters of a stage: those of its file, STAGE.yml in the folder, over the defaults. `--param` comes before both.
 * Throws where the file says what nobody asks for.
 */
function paramsOf(stage, folder) {
  const file = join(folder, `${stage}.yml`);
  const said = existsSync(file) ? (parse(readFileSync(file, "utf8")) ?? {}) : {};
  requireKnown(Object.keys(said), file);
  const texts = Object.entries(said).map(([name, value]) => [name, String(value ?? "")]);
  return { ...DEFAULTS, ...Object.fromEntries(texts) };
}

/** For serverless.yml, which calls it with what was said on the command line. */
module.exports = ({ options: { stage, param } }) => {
  requireKnown(
    (param ?? []).map((text) => text.split("=", 1)[0]),
    "--param",
  );
  return paramsOf(stage ?? "dev", join(__dirname, "../stages"));
};
module.exports.paramsOf = paramsOf;
