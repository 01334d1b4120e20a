import { request } from "node:http";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { Served } from "./served.ts";

let served: Served;
beforeEach(async () => {
  served = await Served.start();
});
afterEach(() => served.stop());

describe("the wire", () => {
  function post(body: string, headers: Record<string, string> = {}) {
    return new Promise<{ status: number | undefined; date: string | undefined; body: string }>(
      (resolve, reject) => {
        const sent = request(served.endpoint, { method: "POST", headers, agent: false }, (response) => {
          let text = "";
          response.on("data", (chunk) => {
            text += chunk;
          });
          response.on("end", () =>
            resolve({ status: response.statusCode, date: response.headers.date, body: text }),
          );
        });
        sent.on("error", reject);
        sent.end(body);
      },
    );
  }
  const signed = {
    authorization:
      "AWS4-HMAC-SHA256 Credential=AKIDRAW/20300101/eu-west-1/ec2/aws4_request, SignedHeaders=host, Signature=0",
    "x-amz-date": "20300101T000000Z",
  };

  test("the Date header is the simulator's time", async () => {
    served.base.clock.advance(3_000);
    const { date } = await post("Action=DescribeSubnets&Version=2016-11-15", signed);
    expect(date).toBe("Tue, 01 Jan 2030 00:00:03 GMT");
  });

  test("unknown actions, unknown parameters and unsigned requests are refused", async () => {
    const ask = async (body: string, headers = signed as Record<string, string>) => {
      const answer = await post(body, headers);
      return `${answer.status} ${/<Code>(.*)<\/Code>/.exec(answer.body)?.[1]}`;
    };
    expect(await ask("Action=LaunchRockets&Version=2016-11-15")).toBe("400 InvalidAction");
    expect(await ask("Action=DescribeSubnets&Version=2016-11-15&Colour=red")).toBe("400 UnknownParameter");
    expect(await ask("Action=DescribeSubnets&Version=2016-11-15", {})).toBe("403 MissingAuthenticationToken");
  });
});
