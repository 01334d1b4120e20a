import { describe, expect, it } from "@jest/globals";
import { cloudError, sortFailure } from "../../../src/adapters/ec2/errors.ts";
import { CloudError } from "../../../src/ports/cloud.ts";

describe("sortFailure", () => {
  it.each([
    ["RequestLimitExceeded", 503, "throttled"],
    ["Throttling", 400, "throttled"],
    ["UnauthorizedOperation", 403, "forbidden"],
    ["AuthFailure", 401, "forbidden"],
    ["RequestExpired", 400, "forbidden"],
    ["InvalidNetworkInterfaceID.NotFound", 400, "gone"],
    ["InvalidParameterValue", 400, "refused"],
    ["InvalidNetworkInterface.InUse", 400, "refused"],
    ["InvalidInstanceID.NotFound", 400, "refused"],
    ["OperationNotPermitted", 400, "refused"],
    ["InternalError", 500, "unclear"],
    ["InternalFailure", 500, "unclear"],
    ["ServiceUnavailable", 503, "unclear"],
    ["Unavailable", 503, "unclear"],
    ["InvalidParameterValue", 500, "unclear"],
    ["RequestTimeout", 400, "unclear"],
    ["InvalidParameterValue", undefined, "unclear"],
    ["InvalidParameterValue", 200, "unclear"],
  ])("sorts %s with status %p as %s", (code, status, kind) => {
    expect(sortFailure({ code, ...(status === undefined ? {} : { status }) })).toEqual({ kind, code });
  });

  it.each([undefined, 200, 301, 400, 403, 404, 500, 503])(
    "H05 is not clear about an answer with status %p that holds no error document of EC2",
    (status) => {
      expect(sortFailure(status === undefined ? {} : { status })).toEqual({ kind: "unclear" });
    },
  );
});

describe("cloudError", () => {
  const thrown = (Code: string | undefined, httpStatusCode: number | undefined) =>
    Object.assign(new Error("text"), { Code, $metadata: { httpStatusCode } });

  it.each([
    [thrown("RequestLimitExceeded", 503), "throttled"],
    [thrown("UnauthorizedOperation", 403), "forbidden"],
    [thrown("InvalidNetworkInterfaceID.NotFound", 400), "refused"],
    [thrown("FilterLimitExceeded", 400), "refused"],
    [thrown("InternalError", 500), "unreachable"],
    [thrown(undefined, 502), "unreachable"],
    [thrown(undefined, undefined), "unreachable"],
    [thrown(undefined, 404), "unreadable"],
    [thrown(undefined, 200), "unreadable"],
    [Object.assign(new Error("none"), { name: "CredentialsProviderError" }), "forbidden"],
    ["text", "unreachable"],
    [undefined, "unreachable"],
  ])("sorts %p as %s and keeps the cause", (cause, kind) => {
    const error = cloudError("DescribeInstances", cause);
    expect(error).toBeInstanceOf(CloudError);
    expect(error).toMatchObject({ kind, cause });
  });

  it("passes on what was sorted before", () => {
    const sorted = new CloudError("unreadable", "a page lacks its list");
    expect(cloudError("DescribeInstances", sorted)).toBe(sorted);
  });
});
