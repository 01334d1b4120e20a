import type { EC2Client } from "@aws-sdk/client-ec2";
import { type Faults, InjectedError, underFaults } from "../http/faults.ts";
import { isExpired } from "../http/signature.ts";
import { type ActionName, isActionName } from "./actions/table.ts";
import type { Ec2 } from "./ec2.ts";
import { Ec2Error } from "./errors.ts";

export interface InProcessOptions {
  readonly ec2: Ec2;
  /** EC2's clock, epoch milliseconds. */
  readonly clock: () => number;
  /** The caller's own clock, which signs; EC2's where left out. */
  readonly callerClock?: () => number;
  readonly caller?: string;
  readonly faults?: Faults;
  readonly sleep?: (milliseconds: number) => Promise<void>;
}

/**
 * An EC2Client without HTTP, for simulations: takes the SDK's commands, answers in the SDK's shapes and throws errors
 * with the SDK's fields (`name` is EC2's code, `$metadata.httpStatusCode`). Faults act as over HTTP. It has no
 * middleware, hence no Date header to look at.
 */
export function inProcessClient(options: InProcessOptions): Pick<EC2Client, "send"> {
  const { ec2, clock, callerClock = clock, caller, faults } = options;
  const sleep = options.sleep ?? (() => Promise.resolve());
  const send = async (command: {
    readonly input: object;
    readonly constructor: { readonly name: string };
  }) => {
    const action = command.constructor.name.replace(/Command$/, "");
    if (!isActionName(action)) throw sdkError(new Ec2Error("InvalidAction", `not simulated: ${action}`));
    const signedAt = callerClock();
    const effects = faults?.strike({ action, input: command.input, caller }) ?? [];
    try {
      const output = await underFaults(effects, sleep, () => {
        if (isExpired(signedAt, clock())) throw new Ec2Error("RequestExpired", "Request has expired.");
        return ec2.call(action, command.input as Parameters<typeof ec2.call<ActionName>>[1], caller);
      });
      return { ...output, $metadata: { httpStatusCode: 200, attempts: 1 } };
    } catch (error) {
      throw error instanceof Ec2Error || error instanceof InjectedError ? sdkError(error) : error;
    }
  };
  return { send } as unknown as Pick<EC2Client, "send">;
}

/** An error with the SDK's fields. */
export function sdkError({ code, message, status }: Ec2Error | InjectedError): Error {
  return Object.assign(new Error(message), {
    name: code,
    Code: code,
    $fault: status >= 500 ? "server" : "client",
    $service: "EC2",
    $metadata: { httpStatusCode: status, attempts: 1 },
  });
}
