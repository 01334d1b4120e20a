import type { Answer } from "../aws/endpoint.ts";

/** An answer of EC2's Query API (EC2 Developer Guide, "Query API", response structure). */
export function response(action: string, inner: string): Answer {
  return {
    headers: { "content-type": "text/xml;charset=UTF-8", "x-amzn-requestid": "request-1" },
    body: `<?xml version="1.0" encoding="UTF-8"?>
<${action}Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>request-1</requestId>${inner}</${action}Response>`,
  };
}

export function failure(code: string, status = 400): Answer {
  return {
    status,
    headers: { "content-type": "text/xml;charset=UTF-8", "x-amzn-requestid": "request-1" },
    body: `<?xml version="1.0" encoding="UTF-8"?>
<Response><Errors><Error><Code>${code}</Code><Message>words</Message></Error></Errors><RequestID>request-1</RequestID></Response>`,
  };
}

export function interfaceItem(id: string, more = ""): string {
  return `<item><networkInterfaceId>${id}</networkInterfaceId>${more}</item>`;
}

export function interfacePage(items: readonly string[], nextToken?: string): Answer {
  return response(
    "DescribeNetworkInterfaces",
    `<networkInterfaceSet>${items.join("")}</networkInterfaceSet>${nextToken === undefined ? "" : `<nextToken>${nextToken}</nextToken>`}`,
  );
}
