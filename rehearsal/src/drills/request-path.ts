/** The parts that a viewer's request passes. */
export interface RequestPath {
  readonly records: readonly AddressRecord[];
  readonly distributions: readonly Distribution[];
  readonly vpcOrigins: readonly VpcOrigin[];
  readonly loadBalancers: readonly LoadBalancer[];
  readonly targetGroups: readonly TargetGroup[];
  readonly bindings: readonly Binding[];
}

/** The parts that AWS holds. */
export type AwsParts = Omit<RequestPath, 'bindings'>;

/** A record of Route 53. */
interface AddressRecord {
  readonly name: string;
  readonly type: string;
  /** Name that it is an alias of, or empty. */
  readonly alias: string;
}

/** A distribution of CloudFront. */
export interface Distribution {
  readonly id: string;
  readonly domain: string;
  readonly enabled: boolean;
  /** Whether it has addresses of IPv6. */
  readonly ipv6: boolean;
  readonly aliases: readonly string[];
  /** In the order in which they are tried; the default one is that of the path `*`. */
  readonly behaviours: readonly Behaviour[];
  readonly origins: readonly Origin[];
}

export interface Behaviour {
  readonly path: string;
  /** Id of its origin. */
  readonly origin: string;
  /** Whether the origin gets the viewer's Host rather than its own name. */
  readonly forwardsHost: boolean;
}

export interface Origin {
  readonly id: string;
  readonly domain: string;
  /** Headers that CloudFront adds, by their names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Id of its VPC origin. */
  readonly vpcOrigin: string | null;
  /** Name of its bucket, and why the distribution cannot read it, if it cannot. */
  readonly bucket: string | null;
  readonly unreadable: string | null;
}

interface VpcOrigin {
  readonly id: string;
  /** ARN of its load balancer. */
  readonly balancer: string;
  readonly protocol: string;
  readonly httpPort: number;
  readonly httpsPort: number;
}

interface LoadBalancer {
  readonly arn: string;
  readonly name: string;
  readonly listeners: readonly Listener[];
}

export interface Listener {
  readonly protocol: string;
  readonly port: number;
  /** Whether a security group lets CloudFront in. */
  readonly open: boolean;
  /** Names in its certificate. */
  readonly names: readonly string[];
  /** In the order in which they are tried; the default one has no conditions. */
  readonly rules: readonly Rule[];
}

export interface Rule {
  readonly conditions: readonly {
    readonly field: string;
    /** Name of the header in lower case, if the field is `http-header`. */
    readonly header: string;
    readonly values: readonly string[];
  }[];
  /** ARNs of those that it forwards to, and the share of the requests that each gets: of no weight, none. */
  readonly targetGroups: readonly { readonly arn: string; readonly weight: number }[];
}

export interface TargetGroup {
  readonly arn: string;
  readonly name: string;
  readonly targets: readonly {
    readonly address: string;
    readonly port: number;
    /** Why it is not healthy. */
    readonly fault: string | null;
  }[];
}

/** A TargetGroupBinding with its Service and the pods that this selects. */
export interface Binding {
  readonly name: string;
  /** ARN. */
  readonly targetGroup: string;
  readonly namespace: string;
  readonly service: string;
  /** Addresses of the pods. */
  readonly addresses: readonly string[];
}
