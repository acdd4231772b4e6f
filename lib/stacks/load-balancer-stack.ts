import { Duration, Stack } from 'aws-cdk-lib';
import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Peer, Port, SecurityGroup, SubnetType } from 'aws-cdk-lib/aws-ec2';
import {
  ApplicationLoadBalancer,
  ApplicationProtocol,
  ApplicationTargetGroup,
  DesyncMitigationMode,
  ListenerAction,
  ListenerCondition,
  SslPolicy,
  TargetType,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Construct } from 'constructs';
import { CLOUDFRONT_PREFIX_LISTS } from '../model/cloudfront-prefix-lists';
import { publicSites, type PublicSite } from '../config/derive/public-sites';
import { DEREGISTRATION_DELAY, IDLE_TIMEOUT, SITE_HEADER } from '../model/origin';
import { HostedZones, hostCertificate } from '../constructs/hosted-zones';
import type { EnvironmentStackProps } from './environment-stack-props';
import type { NetworkStack } from './network-stack';
import type { StorageStack } from './storage-stack';
import type { ZonesStack } from './zones-stack';

/** A public site, and the target group in which its pods are registered. */
export interface SiteTargets {
  readonly site: PublicSite;
  readonly targetGroup: ApplicationTargetGroup;
}

/** Without `domain`: plain HTTP, and a header tells sites apart. */
export interface LoadBalancerStackProps extends EnvironmentStackProps<
  'domain' | 'edge' | 'monitoring' | 'deletionProtection'
> {
  readonly network: Pick<NetworkStack, 'vpc'>;
  /** Load balancers may write access logs there, below `load-balancer/`. */
  readonly storage: Pick<StorageStack, 'logs'>;
  readonly zones: Pick<ZonesStack, 'ids'> | undefined;
}

/**
 * The load balancer behind CloudFront, which alone reaches it. Knows nothing of pods: whoever runs them registers them in its
 * target groups, and opens the way to them.
 */
export class LoadBalancerStack extends Stack {
  readonly loadBalancer: ApplicationLoadBalancer;
  /** Undefined without a domain. */
  readonly certificate: ICertificate | undefined;
  /** Where the pods of each site are registered. */
  readonly targets: readonly SiteTargets[];

  constructor(scope: Construct, id: string, props: LoadBalancerStackProps) {
    super(scope, id, props);
    const { config, zones } = props;
    const { vpc } = props.network;
    const { logs } = props.storage;
    const { domain } = config;
    const sites = publicSites(config);

    const group = (groupId: string, description: string) =>
      new SecurityGroup(this, groupId, { vpc, description, allowAllOutbound: false });
    const toPods = group('SecurityGroup', 'Load balancer: to pods');
    // Of each port another group: CloudFront's prefix list counts as 55 rules of the 60 that one group has, so in none the next port
    // could come before the last one goes.
    const port = domain ? 443 : 80;
    const fromCloudFront = group(`FromCloudFront${port}`, `Load balancer: from CloudFront to port ${port}`);
    fromCloudFront.addIngressRule(
      Peer.prefixList(CLOUDFRONT_PREFIX_LISTS[this.region]!),
      Port.tcp(port),
      'from CloudFront',
    );
    const loadBalancer = new ApplicationLoadBalancer(this, 'LoadBalancer', {
      vpc,
      vpcSubnets: { subnetType: SubnetType.PRIVATE_WITH_EGRESS },
      internetFacing: false,
      securityGroup: toPods,
      deletionProtection: config.deletionProtection,
      dropInvalidHeaderFields: true,
      desyncMitigationMode: DesyncMitigationMode.DEFENSIVE, // the strictest refuses harmless requests too
      idleTimeout: Duration.seconds(IDLE_TIMEOUT),
    });
    loadBalancer.addSecurityGroup(fromCloudFront);
    // By attributes: the library's own way would write into the bucket's policy, and that is another stack's.
    loadBalancer.setAttribute('access_logs.s3.enabled', 'true');
    loadBalancer.setAttribute('access_logs.s3.bucket', logs.bucketName);
    loadBalancer.setAttribute('access_logs.s3.prefix', 'load-balancer');

    this.certificate =
      domain &&
      hostCertificate(
        this,
        'Certificate',
        new HostedZones(this, 'HostedZones', {
          zones: domain.zones,
          hosts: sites.flatMap(({ hosts }) => hosts),
          created: zones,
        }),
      );
    const listener = loadBalancer.addListener('Listener', {
      open: false,
      ...(this.certificate
        ? {
            protocol: ApplicationProtocol.HTTPS,
            certificates: [this.certificate],
            sslPolicy: SslPolicy.RECOMMENDED_TLS,
          }
        : { protocol: ApplicationProtocol.HTTP }),
      defaultAction: ListenerAction.fixedResponse(404),
    });

    this.targets = sites.map((site) => {
      const { name, target, priority, hosts } = site;
      const targetGroup = new ApplicationTargetGroup(this, `Targets-${name}`, {
        vpc,
        targetType: TargetType.IP,
        protocol: ApplicationProtocol.HTTP,
        port: target.port,
        deregistrationDelay: Duration.seconds(DEREGISTRATION_DELAY),
        healthCheck: {
          path: target.readiness,
          healthyHttpCodes: '200-399', // as for the kubelet
          interval: Duration.seconds(10),
          timeout: Duration.seconds(5),
          healthyThresholdCount: 2,
          unhealthyThresholdCount: 2,
        },
      });
      listener.addAction(name, {
        priority,
        conditions: [
          domain ? ListenerCondition.hostHeaders([...hosts]) : ListenerCondition.httpHeader(SITE_HEADER, [name]),
        ],
        action: ListenerAction.forward([targetGroup]),
      });
      return { site, targetGroup };
    });
    this.loadBalancer = loadBalancer;
  }
}
