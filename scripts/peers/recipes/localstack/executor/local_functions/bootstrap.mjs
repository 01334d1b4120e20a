// What Lambda's Node runtime does around a handler, as far as ours need it (Lambda developer guide, "Using the Lambda runtime
// API for custom runtimes" and "Define Lambda function handler in Node.js"): loads the module, asks for invocations one by one.
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const { AWS_LAMBDA_RUNTIME_API: api, LAMBDA_TASK_ROOT: root, _HANDLER: handlerName, ...lambda } = process.env;
const runtime = `http://${api}/2018-06-01/runtime`;

// LocalStack is gone: nobody takes an answer any more.
process.stdin.on("end", () => process.exit(0)).resume();

const post = (path, body) =>
  fetch(`${runtime}/${path}`, { method: "POST", body: JSON.stringify(body ?? null) });

const asError = (error) => ({
  errorType: error?.name ?? "Error",
  errorMessage: error?.message ?? String(error),
  trace: String(error?.stack ?? "").split("\n"),
});

async function load() {
  const at = handlerName.lastIndexOf(".");
  const path = resolve(root, handlerName.slice(0, at));
  const file = [".mjs", ".js", ".cjs"].map((suffix) => path + suffix).find(existsSync);
  if (file === undefined) throw new Error(`Cannot find module '${path}'`);
  const handler = (await import(pathToFileURL(file)))[handlerName.slice(at + 1)];
  if (typeof handler !== "function") throw new Error(`${handlerName} is undefined or not exported`);
  return handler;
}

async function next(handler) {
  const invocation = await fetch(`${runtime}/invocation/next`);
  if (invocation.status !== 200) process.exit(0);
  const header = (name) => invocation.headers.get(`lambda-runtime-${name}`);
  const id = header("aws-request-id");
  const context = {
    awsRequestId: id,
    functionName: lambda.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: lambda.AWS_LAMBDA_FUNCTION_VERSION,
    invokedFunctionArn: header("invoked-function-arn"),
    memoryLimitInMB: lambda.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: lambda.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: lambda.AWS_LAMBDA_LOG_STREAM_NAME,
    getRemainingTimeInMillis: () => Number(header("deadline-ms")) - Date.now(),
  };
  try {
    const event = await invocation.json();
    await post(`invocation/${id}/response`, await handler(event, context));
  } catch (error) {
    console.error(error);
    await post(`invocation/${id}/error`, asError(error));
  }
}

let handler;
try {
  handler = await load();
} catch (error) {
  await post("init/error", asError(error));
  process.exit(1);
}
for (;;) await next(handler);
