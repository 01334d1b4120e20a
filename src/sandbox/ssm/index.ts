/** Systems Manager Parameter Store, simulated: `Ssm` is the memory, `SsmFront` its HTTP front for the real AWS SDK. */
export { SsmFront } from "./front.ts";
export { type Parameter, type ParameterType, type PutRequest, Ssm } from "./ssm.ts";
