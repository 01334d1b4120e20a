import { DeleteParameterCommand, ParameterNotFound, SSMClient } from "@aws-sdk/client-ssm";
import { clientTo } from "./client-to.ts";

/** The mirror's parameter, where a function has written one. */
export async function dropParameter(aws: string, Name: string): Promise<void> {
  const client = new SSMClient(clientTo(aws));
  try {
    await client.send(new DeleteParameterCommand({ Name }));
  } catch (error) {
    if (!(error instanceof ParameterNotFound)) throw error;
  } finally {
    client.destroy();
  }
}
