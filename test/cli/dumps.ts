/** Dumps in the shapes that `aws ec2 … --output json` and `kubectl get … -o json` print. */

export const UID = "11111111-2222-3333-4444-555555555555";
export const INSTANCE = "i-0aaaaaaaaaaaaaaa1";
export const NODE = "ip-10-0-1-10.eu-west-1.compute.internal";
export const INTERFACE = "eni-0000000000000001";

type Fields = Record<string, unknown>;

export function eni(more: Fields = {}, addresses: readonly string[] = []): Fields {
  const primary = (more["PrivateIpAddress"] as string | undefined) ?? "10.0.1.10";
  return {
    Attachment: {
      AttachTime: "2026-01-02T20:02:00+00:00",
      AttachmentId: "eni-attach-0000000000000001",
      DeleteOnTermination: true,
      DeviceIndex: 0,
      NetworkCardIndex: 0,
      InstanceId: INSTANCE,
      InstanceOwnerId: "123456789012",
      Status: "attached",
    },
    AvailabilityZone: "eu-west-1a",
    AvailabilityZoneId: "euw1-az1",
    ConnectionTrackingConfiguration: { TcpEstablishedTimeout: 350 },
    Description: "",
    Groups: [{ GroupId: "sg-1", GroupName: "nodes" }],
    InterfaceType: "interface",
    Ipv6Addresses: [],
    MacAddress: "0a:00:00:00:00:01",
    NetworkInterfaceId: INTERFACE,
    Operator: { Managed: false },
    OwnerId: "123456789012",
    PrivateDnsName: "ip-10-0-1-10.eu-west-1.compute.internal",
    PublicIpDnsNameOptions: {},
    PrivateIpAddress: primary,
    PrivateIpAddresses: [
      { Primary: true, PrivateIpAddress: primary },
      ...addresses.map((address) => ({ Primary: false, PrivateIpAddress: address })),
    ],
    RequesterManaged: false,
    SourceDestCheck: true,
    Status: "in-use",
    SubnetId: "subnet-1",
    TagSet: [{ Key: "vpcip.dev/cluster-uid", Value: UID }],
    VpcId: "vpc-1",
    ...more,
  };
}

export function detached(more: Fields = {}, addresses: readonly string[] = []): Fields {
  const { Attachment: _, ...rest } = eni({ Status: "available", TagSet: [], ...more }, addresses);
  return rest;
}

export const page = (...interfaces: Fields[]): Fields => ({ NetworkInterfaces: interfaces });

export function pod(
  name: string,
  address: string | undefined,
  more: { spec?: Fields; status?: Fields; uid?: string } = {},
): Fields {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name,
      namespace: "default",
      uid: more.uid ?? `uid-${name}`,
      creationTimestamp: "2026-01-02T20:02:19Z",
    },
    spec: { nodeName: NODE, containers: [], ...more.spec },
    status: {
      phase: "Running",
      ...(address === undefined ? {} : { podIP: address, podIPs: [{ ip: address }] }),
      ...more.status,
    },
  };
}

/** The Pod of the Amazon VPC CNI that every node of a stock cluster runs. */
export function awsNode(node = NODE, address = "10.0.1.10"): Fields {
  const made = pod(`aws-node-${node}`, address, { spec: { nodeName: node, hostNetwork: true } });
  return { ...made, metadata: { ...(made["metadata"] as Fields), namespace: "kube-system" } };
}

export const list = (...items: Fields[]): Fields => ({
  apiVersion: "v1",
  kind: "List",
  metadata: { resourceVersion: "" },
  items,
});

export function node(
  name = NODE,
  instance = INSTANCE,
  labels: Fields = { "eks.amazonaws.com/nodegroup": "workers" },
): Fields {
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: { name, uid: `uid-${name}`, labels },
    spec: { providerID: `aws:///eu-west-1a/${instance}` },
    status: { nodeInfo: { bootID: "boot-1" } },
  };
}

export function nec(status: Fields = {}, name = NODE): Fields {
  return {
    apiVersion: "vpcip.dev/v1alpha1",
    kind: "NodeENIConfig",
    metadata: { name, uid: `uid-nec-${name}`, resourceVersion: "1" },
    spec: {},
    status: { allocator: "ipamd", instanceID: INSTANCE, bootID: "boot-1", ...status },
  };
}

export function vip(address: string, spec: Fields = {}, annotations: Fields = {}): Fields {
  return {
    apiVersion: "vpcip.dev/v1alpha1",
    kind: "VpcIP",
    metadata: { name: address, uid: `uid-vip-${address}`, resourceVersion: "1", annotations },
    spec: { nodeName: NODE, instanceID: INSTANCE, interfaceID: INTERFACE, ...spec },
  };
}

export const claimedBy = (name: string, uid = `uid-${name}`): Fields => ({
  claim: { namespace: "default", name, podUID: uid, containerID: `container-${name}` },
});

export const sentinelVip = (): Fields => vip("0.0.0.0", { nodeName: "sentinel" });
export const sentinelNec = (): Fields => nec({}, "sentinel.vpcip.dev");

export const instances = (states: Readonly<Record<string, string>>): Fields => ({
  Reservations: [
    {
      Instances: Object.entries(states).map(([id, name]) => ({
        InstanceId: id,
        State: { Code: 16, Name: name },
      })),
    },
  ],
});

/** A managed cluster of one node: 10.0.1.11 in use, 10.0.1.12 in the pool, the rest as given. */
export function managed(
  addresses: readonly string[],
  vips: readonly Fields[] = [],
  more: Fields = {},
): Record<string, unknown> {
  return {
    interfaces: page(eni({}, ["10.0.1.11", "10.0.1.12", ...addresses])),
    pods: list(pod("web", "10.0.1.11"), pod("other", undefined), awsNode()),
    nodes: list(node()),
    necs: list(nec({ pool: [{ address: "10.0.1.12", interfaceID: INTERFACE }] }), sentinelNec()),
    vips: list(vip("10.0.1.11", claimedBy("web")), sentinelVip(), ...vips),
    ...more,
  };
}
