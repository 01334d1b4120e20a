import { DeleteNetworkInterfaceCommand, UnassignPrivateIpAddressesCommand } from "@aws-sdk/client-ec2";
import { lookAtFence, Refusal } from "../../adapters/ec2/fence.ts";
import { type Commands, cloudReaderOver } from "../../adapters/ec2/reader.ts";
import { answerOf, MARGIN_MILLISECONDS } from "../../adapters/ec2/releaser.ts";
import { watchServerTime } from "../../adapters/ec2/server-time.ts";
import type { Clock } from "../../ports/clock.ts";
import type { CloudReader, CloudReleaser, ReleaseAnswer } from "../../ports/cloud.ts";
import { ConnectionReset, Ec2Error, inProcessClient, sdkError } from "../ec2/index.ts";
import { RECLAIMER_KEY, VPC_ID, type World } from "../engine/world.ts";
import type { Line } from "./line.ts";

export interface InProcessCloud {
  readonly cloud: CloudReader;
  readonly releaser: CloudReleaser;
  /** What else its caller asks EC2 goes the same way. */
  readonly client: Commands;
}

/**
 * EC2 without HTTP: the real reader, and a releaser with the real fences at the places where the real one has them: before
 * signing, after it, and one tick before the first byte. Between them a function can stand still. What there is no middleware
 * for is done here: a request is signed with own time, and each answer tells EC2's time.
 */
export function inProcessCloud(
  world: World,
  own: Clock,
  line: Line,
  requestTimeoutMilliseconds: number,
  caller = RECLAIMER_KEY,
): InProcessCloud {
  const serverTime = watchServerTime(own);
  let signedAt = 0;
  const { ec2, random } = world;
  const { now } = world.clock;
  const simulated = inProcessClient({
    ec2,
    clock: now,
    callerClock: () => signedAt,
    caller,
    faults: world.ec2Faults,
    sleep: world.clock.sleep,
  });
  const send = async (command: { readonly input: object }, signed = own.now()): Promise<unknown> => {
    const act = (refused?: number | string): Promise<unknown> => {
      if (refused !== undefined)
        return Promise.reject(sdkError(new Ec2Error(String(refused), "refused", 503)));
      signedAt = signed;
      return simulated.send(command as never);
    };
    const answer = await line.cross({ to: "ec2", what: whatOf(command) }, act, () => new ConnectionReset());
    serverTime.observe(new Date(now()).toUTCString(), signed);
    return answer;
  };
  const client = { send: (command: { readonly input: object }) => send(command) } as unknown as Commands;

  const release = async (command: { readonly input: object }, notAfter: number): Promise<ReleaseAnswer> => {
    const fence = { notAfter, requestTimeoutMilliseconds, marginMilliseconds: MARGIN_MILLISECONDS };
    const look = (signed?: number): void => lookAtFence(fence, { clock: own, serverTime }, signed);
    let signed: number;
    try {
      look();
      await line.moment("signing");
      signed = own.now();
      look(signed);
      await line.moment("sending");
      look(signed);
    } catch (thrown) {
      if (thrown instanceof Refusal) return { kind: "not-sent", why: thrown.why };
      throw thrown;
    }
    try {
      await send(command, signed);
      return { kind: "done" };
    } catch (thrown) {
      return answerOf(thrown);
    }
  };
  return {
    client,
    cloud: cloudReaderOver(client, { vpcID: VPC_ID, clock: own, random }),
    releaser: {
      unassign: ({ interfaceID, addresses, prefixes, notAfter }) =>
        release(
          new UnassignPrivateIpAddressesCommand({
            NetworkInterfaceId: interfaceID,
            ...(addresses.length > 0
              ? { PrivateIpAddresses: [...addresses] }
              : { Ipv4Prefixes: [...prefixes] }),
          }),
          notAfter,
        ),
      deleteInterface: ({ interfaceID, notAfter }) =>
        release(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: interfaceID }), notAfter),
    },
  };
}

function whatOf(command: { readonly input: object }): string {
  const action = command.constructor.name.replace(/Command$/, "");
  const { NetworkInterfaceId: id } = command.input as { readonly NetworkInterfaceId?: string };
  return id === undefined ? action : `${action} ${id}`;
}
