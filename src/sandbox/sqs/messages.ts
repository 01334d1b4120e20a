import { createHash } from "node:crypto";

/** A message in a queue. Times are epoch milliseconds. */
export interface Message {
  readonly id: string;
  readonly body: string;
  readonly md5OfBody: string;
  readonly attributes: MessageAttributes;
  readonly sentAt: number;
  visibleAt: number;
  receiveCount: number;
  firstReceivedAt: number | undefined;
  receiptHandle: string | undefined;
}

export interface MessageAttribute {
  readonly DataType: string;
  readonly StringValue?: string;
  /** Base64. */
  readonly BinaryValue?: string;
}

export type MessageAttributes = Readonly<Record<string, MessageAttribute>>;

export function md5(text: string | Buffer): string {
  return createHash("md5").update(text).digest("hex");
}

/** SQS Developer Guide, "Calculating the MD5 message digest for message attributes". */
export function md5OfAttributes(attributes: MessageAttributes): string {
  const parts: Buffer[] = [];
  const append = (bytes: Buffer) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    parts.push(length, bytes);
  };
  for (const name of Object.keys(attributes).sort()) {
    const attribute = attributes[name];
    append(Buffer.from(name));
    append(Buffer.from(attribute?.DataType ?? ""));
    const isText = attribute?.StringValue !== undefined;
    parts.push(Buffer.from([isText ? 1 : 2]));
    append(Buffer.from(attribute?.StringValue ?? attribute?.BinaryValue ?? "", isText ? "utf8" : "base64"));
  }
  return md5(Buffer.concat(parts));
}
