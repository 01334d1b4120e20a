import { JsonFront, type JsonFrontOptions } from "../http/json-front.ts";
import type { ParameterType, Ssm } from "./ssm.ts";

interface PutInput {
  readonly Name: string;
  readonly Value: string;
  readonly Type?: ParameterType;
  readonly Overwrite?: boolean;
}

/** Parameter Store over HTTP (AWS JSON 1.1) on a loopback port: GetParameter, PutParameter, DeleteParameter. */
export class SsmFront {
  readonly #front: JsonFront;

  constructor({ ssm, ...options }: { readonly ssm: Ssm } & JsonFrontOptions) {
    const operations = {
      PutParameter: (input: PutInput) => ({
        Version: ssm.put({
          name: input.Name,
          value: input.Value,
          type: input.Type,
          overwrite: input.Overwrite,
        }),
        Tier: "Standard",
      }),
      GetParameter: (input: { readonly Name: string; readonly WithDecryption?: boolean }) => {
        const { name, type, value, version, lastModified } = ssm.get(input.Name);
        // Without WithDecryption a SecureString comes as ciphertext: here something that is plainly not the value.
        const isHidden = type === "SecureString" && input.WithDecryption !== true;
        return {
          Parameter: {
            Name: name,
            Type: type,
            Value: isHidden ? Buffer.from(`encrypted ${name}`).toString("base64") : value,
            Version: version,
            LastModifiedDate: lastModified / 1000,
            DataType: "text",
          },
        };
      },
      DeleteParameter: (input: { readonly Name: string }) => {
        ssm.delete(input.Name);
        return {};
      },
    };
    this.#front = new JsonFront({ target: "AmazonSSM", version: "1.1", operations }, options);
  }

  /** Returns the endpoint's URL. */
  start(): Promise<string> {
    return this.#front.start();
  }

  stop(): Promise<void> {
    return this.#front.stop();
  }
}
