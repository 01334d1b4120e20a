/** How many interfaces an instance type takes, and how many IPv4 addresses (primary included) each of them. */
export interface InstanceTypeLimits {
  readonly interfaces: number;
  readonly addressesPerInterface: number;
}

/**
 * EC2 User Guide, "Maximum IP addresses per network interface"; the same numbers are generated from
 * DescribeInstanceTypes into aws/amazon-vpc-cni-k8s `pkg/vpc/vpc_ip_resource_limit.go`. A /28 takes the place of one
 * address ("Prefix delegation for Amazon EC2 network interfaces").
 */
const SIZES: Readonly<Record<string, Readonly<Record<string, readonly [number, number]>>>> = {
  "t3 t3a t4g": {
    nano: [2, 2],
    micro: [2, 2],
    small: [3, 4],
    medium: [3, 6],
    large: [3, 12],
    xlarge: [4, 15],
    "2xlarge": [4, 15],
  },
  "m5 m6i m6g m7g r5": {
    large: [3, 10],
    xlarge: [4, 15],
    "2xlarge": [4, 15],
    "4xlarge": [8, 30],
    "8xlarge": [8, 30],
    "12xlarge": [8, 30],
    "16xlarge": [15, 50],
  },
  c5: {
    large: [3, 10],
    xlarge: [4, 15],
    "2xlarge": [4, 15],
    "4xlarge": [8, 30],
    "9xlarge": [8, 30],
    "18xlarge": [15, 50],
  },
  "m5 r5": { "24xlarge": [15, 50] },
};

/** Exceptions to the rows above, from the same tables (t3a.small has two interfaces). */
const EXCEPTIONS: Readonly<Record<string, readonly [number, number]>> = { "t3a.small": [2, 4] };

function table(): ReadonlyMap<string, InstanceTypeLimits> {
  const limits = new Map<string, InstanceTypeLimits>();
  for (const [families, sizes] of Object.entries(SIZES)) {
    for (const family of families.split(" ")) {
      for (const [size, row] of Object.entries(sizes)) {
        const name = `${family}.${size}`;
        const [interfaces, addressesPerInterface] = EXCEPTIONS[name] ?? row;
        limits.set(name, { interfaces, addressesPerInterface });
      }
    }
  }
  return limits;
}

export const INSTANCE_TYPES = table();
