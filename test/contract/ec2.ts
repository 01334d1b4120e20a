import { afterAll, beforeAll, describe } from "@jest/globals";
import { describeAddresses } from "./ec2/addresses.ts";
import { describeInstances } from "./ec2/instances.ts";
import { describeInterfaces } from "./ec2/interfaces.ts";
import { describeLists } from "./ec2/lists.ts";
import { type Ec2Peer, Subject } from "./ec2/subject.ts";
import { type Differences, sentences } from "./sentences.ts";

export type { Ec2Peer } from "./ec2/subject.ts";

/**
 * What the product relies on in EC2, through the AWS SDK. The sentences are AWS's: a peer that differs from one of them is
 * listed with it, and the test shows that it still does.
 */
export function describeEc2(
  title: string,
  makePeer: () => Promise<Ec2Peer>,
  differences: Differences = {},
): void {
  describe(title, () => {
    const subject = new Subject();
    const sentence = sentences(differences);
    beforeAll(async () => {
      subject.start(await makePeer());
    }, 60_000);
    afterAll(() => subject.stop());
    describeInterfaces(subject, sentence);
    describeAddresses(subject, sentence);
    describeLists(subject, sentence);
    describeInstances(subject, sentence);
  });
}
