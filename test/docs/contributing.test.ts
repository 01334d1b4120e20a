import { describe, expect, test } from "@jest/globals";
import { read } from "./pages.ts";

const { packages } = JSON.parse(read("package-lock.json")) as {
  readonly packages: Readonly<Record<string, { readonly resolved?: string; readonly link?: boolean }>>;
};

describe("the lock file, as CONTRIBUTING.md says,", () => {
  test("records no download addresses", () => {
    expect(Object.keys(packages).length).toBeGreaterThan(100);
    expect(Object.keys(packages).filter((path) => packages[path]?.resolved !== undefined)).toEqual([]);
  });

  test.each(["linux-x64", "linux-arm64", "darwin-arm64", "darwin-x64", "win32-x64"])(
    "names the binaries of %s",
    (platform) => {
      const of = (tool: string) =>
        Object.keys(packages).some((path) => path.includes(`node_modules/${tool}-${platform}`));
      const tools = ["@biomejs/cli", "@swc/core"];
      expect(tools.filter((tool) => !of(tool))).toEqual([]);
      expect(Object.keys(packages)).toContain(`node_modules/@esbuild/${platform}`);
    },
  );
});
