import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { createMirror } from "../../src/adapters/ssm/mirror.ts";
import { describeMirror } from "../adapters/ssm/mirror-contract.ts";
import { access } from "./localstack/access.ts";
import { awsPeer, describeWhere, RUN } from "./peers.ts";

let parameters = 0;

describeWhere(awsPeer)("a real wire of SSM", () => {
  describeMirror("SSM on LocalStack", async () => {
    const reach = access(awsPeer ?? "");
    parameters++;
    const parameterName = `/eni-reclaimer/${RUN}/${parameters}`;
    const client = new SSMClient(reach);
    return {
      mirror: createMirror({ ...reach, parameterName }),
      put: async (value) => {
        const command = new PutParameterCommand({ Name: parameterName, Type: "String", Value: value });
        await client.send(command);
      },
      stop: async () => client.destroy(),
    };
  });
});
