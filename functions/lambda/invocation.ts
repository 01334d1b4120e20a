import middy, { type MiddlewareObj } from "@middy/core";
import type { Context } from "aws-lambda";
import type { InvocationNotices } from "./notices.ts";

/** What of Lambda's context is used. Absent where a function is called without Lambda. */
export type Invocation = Partial<Pick<Context, "awsRequestId" | "getRemainingTimeInMillis">>;

export type LambdaFunction<Result> = (event: unknown, context?: Invocation) => Promise<Result>;

/**
 * A Lambda handler: the event is parsed, the work is done, what happened is written, whichever way it ends.
 *
 * middy's own early timeout stays off. It would answer for work that still runs; Lambda would then freeze the function,
 * and the next invocation would thaw that work in the middle of a request (hazard H31). A function that Lambda itself
 * times out is killed instead.
 */
export function lambdaFunction<Input, Result>(
  notices: InvocationNotices,
  parse: (event: unknown) => Input,
  work: (input: Input, context: Invocation) => Promise<Result>,
): LambdaFunction<Result> {
  const handler = middy({ timeoutEarlyInMillis: 0 })
    .use(written(notices))
    .use(understood(parse))
    .handler((event: unknown, context: Context) => work(event as Input, context) as Promise<unknown>);
  return async (event, context = {}) => (await handler(event, context as Context)) as Result;
}

/** Lines carry the request's ID; metrics are flushed and errors are told also where the work fails. An error stays one. */
function written(notices: InvocationNotices): MiddlewareObj {
  return {
    before: ({ context }) => {
      notices.begin(context.awsRequestId === undefined ? {} : { requestID: context.awsRequestId });
    },
    after: () => notices.flush(),
    onError: ({ error }) => {
      notices.failed("the invocation failed", error);
      return notices.flush();
    },
  };
}

function understood<Input>(parse: (event: unknown) => Input): MiddlewareObj {
  return {
    before: (request) => {
      request.event = parse(request.event);
    },
  };
}
