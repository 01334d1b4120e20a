import type { IncomingMessage } from "node:http";

/** What a Signature Version 4 request tells about its sender. The signature itself is not checked. */
export interface Signature {
  readonly accessKeyID: string;
  /** Epoch milliseconds of X-Amz-Date, which is signed. */
  readonly signedAt: number;
}

/** AWS General Reference, "Elements of an AWS API request signature". Undefined where the request carries none. */
export function readSignature({ headers }: IncomingMessage): Signature | undefined {
  const accessKeyID = /Credential=([^/,]+)\//.exec(headers.authorization ?? "")?.[1];
  const date = headers["x-amz-date"];
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(typeof date === "string" ? date : "");
  if (accessKeyID === undefined || parts === null) return undefined;
  const [, year, month, day, hour, minute, second] = parts.map(Number) as [number, ...number[]];
  return {
    accessKeyID,
    signedAt: Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second),
  };
}

const VALID_MILLISECONDS = 15 * 60_000;

/**
 * "The request reached the service more than 15 minutes after the date stamp on the request …, or the date stamp on
 * the request is more than 15 minutes in the future" (RequestExpired, common errors of the AWS APIs).
 */
export function isExpired(signedAt: number, now: number): boolean {
  return Math.abs(now - signedAt) > VALID_MILLISECONDS;
}
