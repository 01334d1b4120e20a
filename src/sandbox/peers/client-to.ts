import { ENVIRONMENT } from "../engine/world.ts";

/** Configuration of a client of the AWS SDK to LocalStack, which takes any credentials. */
export const clientTo = (endpoint: string) => ({
  endpoint,
  region: ENVIRONMENT.AWS_REGION,
  credentials: { accessKeyId: "scenario", secretAccessKey: "scenario" },
});
