import type { CloudWatchNotices } from "../../src/adapters/cloudwatch/notices.ts";

/** The notices of a function, invocation by invocation. */
export interface InvocationNotices extends Omit<CloudWatchNotices, "flush"> {
  /** Writes the metrics, then tells people. At the end of each invocation, however it ends; never rejects. */
  flush(): void | Promise<void>;
}
