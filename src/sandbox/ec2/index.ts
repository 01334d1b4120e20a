/**
 * EC2, simulated: the part of it that has to do with interfaces and addresses.
 *
 * - `Ec2` is the memory and the rules, synchronous, driven by a given clock and a seeded random.
 * - `Ec2Front` speaks the EC2 Query API over HTTP for the real AWS SDK; `inProcessClient` takes the SDK's commands
 *   without HTTP.
 * - `Faults` makes either of them delay, drop, fail or repeat requests.
 */

export { ConnectionReset, type Fault, type FaultEffect, type FaultRequest, Faults } from "../http/faults.ts";
export type { ActionName, Input, Output } from "./actions/table.ts";
export { type InProcessOptions, inProcessClient, sdkError } from "./client.ts";
export { Ec2, type Ec2Options, REALISTIC_TIMINGS, type TrueInterface } from "./ec2.ts";
export { Ec2Error } from "./errors.ts";
export { INSTANCE_TYPES, type InstanceTypeLimits } from "./instance-types.ts";
export { Ec2Front, type Ec2FrontOptions } from "./query/front.ts";
export type { Change, ChangeDetail, InstanceState } from "./records.ts";
export type { InstanceSeed, InterfaceSeed, SubnetSeed } from "./seed.ts";
export type { Bucket } from "./throttle.ts";
export type { Timings } from "./world.ts";
