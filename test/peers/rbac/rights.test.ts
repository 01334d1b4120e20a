import { fileURLToPath } from "node:url";
import { beforeAll, expect, test } from "@jest/globals";
import { ROOT, read as readPage } from "../../docs/pages.ts";
import { commandsOfPages } from "../../infra/rbac/calls-of-people.ts";
import { grantsOf, isGranted } from "../../infra/rbac/evaluate.ts";
import { EVERYBODY, IDENTITIES, type Who } from "../../infra/rbac/identities.ts";
import { manifests } from "../../infra/rbac/manifests.ts";
import { neededRequests } from "../../infra/rbac/needed.ts";
import { allowedChanges, refusedTo } from "../../infra/rbac/refused.ts";
import { distinct, type Request, shown } from "../../infra/rbac/request.ts";
import { freshAddress, vpcIP } from "../crds/laid.ts";
import { kubectl, kubectlDoes, until } from "../kubectl.ts";
import { describeWhere, kubectlPeer } from "../peers.ts";
import { impersonated, isAllowed, isHTTP, kubectlAs, sent } from "./as.ts";
import { installRights } from "./install.ts";

/** The manifests in infra/chart/manifests/rbac as the real API server's authorizer takes them. */
describeWhere(kubectlPeer)("rights, on a real API server", () => {
  let needed: ReadonlyMap<Who, readonly Request[]>;
  const neededBy = (who: Who): readonly Request[] => needed.get(who) ?? [];
  const all = manifests();

  beforeAll(async () => {
    await installRights();
    const requests = await neededRequests();
    // One of a kind is enough here: test/infra/rbac.test.ts asks for every name.
    const oneOfAKind = (who: Who) => [...new Map(requests[who].map((one) => [kindOf(one), one])).values()];
    needed = new Map(EVERYBODY.map((who) => [who, oneOfAKind(who)]));
    for (const who of EVERYBODY) await until(async () => (await sent(who, LIST)).status !== 403);
  }, 600_000);

  const LIST: Request = { verb: "list", group: "vpcip.dev", resource: "vpcips" };
  const kindOf = ({ name, ...request }: Request): string =>
    shown(name === undefined ? request : { ...request, name: "x" });
  const allAbout = (who: Who): readonly Request[] =>
    distinct([...neededBy(who), ...allowedChanges(who), ...refusedTo(who)]);

  test.each(EVERYBODY)(
    "%s: a SubjectAccessReview of each request says what the evaluator says",
    async (who) => {
      const requests = allAbout(who);
      const answers: boolean[] = [];
      for (const request of requests) answers.push(await isAllowed(IDENTITIES[who], request));
      const grants = grantsOf(all, IDENTITIES[who]);
      const both = (allowed: readonly boolean[]) =>
        requests.map((request, at) => `${shown(request)}: ${allowed[at]}`);
      expect(both(answers)).toEqual(both(requests.map((request) => isGranted(grants, request))));
    },
  );

  test.each(EVERYBODY)(
    "%s: every request that it makes is let through, and every other is forbidden",
    async (who) => {
      const wrong: string[] = [];
      for (const request of allAbout(who).filter(isHTTP)) {
        const isMeant =
          neededBy(who).includes(request) || allowedChanges(who).some((one) => shown(one) === shown(request));
        const { status, message } = await sent(who, request);
        if ((status === 403) === isMeant) wrong.push(`${shown(request)}: ${status} ${message}`);
      }
      expect(wrong).toEqual([]);
    },
  );

  test("the manifests are taken as docs/install.md says to apply them", async () => {
    const [, paths = ""] =
      /kubectl apply --server-side (.*)/.exec(readPage("docs/install.md").replaceAll("\\\n", " ")) ?? [];
    const absolute = paths
      .split(/\s+/)
      .map((part) => (part === "-f" ? part : fileURLToPath(new URL(part, ROOT))));
    const dry = ["--dry-run=server", "--force-conflicts"];
    const { code, stdout, stderr } = await kubectl(["apply", "--server-side", ...dry, ...absolute]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout.match(/serverside-applied/g)).toHaveLength(35);
  });

  test("an operator can do all that the pages say, and nothing to a Pod", async () => {
    const address = freshAddress();
    await kubectlDoes(["create", "--filename=-"], vpcIP(address, { nodeName: "a" }));
    await kubectl(["create", "configmap", "reclaimer-freeze", "--namespace=vpcip-system"]);
    const commands = commandsOfPages().map((parts) =>
      parts.map((part) => part.replace("10.0.3.17", address)),
    );
    expect(commands.length).toBeGreaterThan(8);
    for (const parts of commands) {
      // Another test's freeze is not this one's to change.
      const isPatch = parts.includes("patch");
      const said = await kubectlAs(impersonated("operator"), [
        ...parts,
        ...(isPatch ? ["--dry-run=server"] : []),
      ]);
      expect([parts, said.code, said.stderr.replace(/No resources found.*\n/, "")]).toEqual([parts, 0, ""]);
    }
    const refused = await kubectlAs(impersonated("operator"), [
      "delete",
      "pod",
      "web",
      "--namespace=default",
    ]);
    expect(refused.stderr).toMatch(
      /cannot delete resource "pods" in API group "" in the namespace "default"/,
    );
  });
});
