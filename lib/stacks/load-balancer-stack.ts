import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Peer, Port, SecurityGroup, SubnetType, type IVpc } from 'aws-cdk-lib/aws-ec2';
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
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { CLOUDFRONT_PREFIX_LISTS } from '../config/cloudfront-prefix-lists';
import { siteHosts } from '../config/domain';
import type { DomainConfig, SiteName } from '../config/environment';
import { DEREGISTRATION_DELAY, IDLE_TIMEOUT, SITE_HEADER } from '../config/origin';
import { bySite, SITES, type BySite } from '../config/sites';
import { certificate, HostedZones } from '../constructs/hosted-zones';

export interface LoadBalancerStackProps extends StackProps {
  readonly vpc: IVpc;
  readonly sites: readonly SiteName[];
  /** @default - plain HTTP, and sites are told apart by a header */
  readonly domain?: DomainConfig | undefined;
  /** Id of each hosted zone, by its name. */
  readonly zoneIds: Readonly<Record<string, string>>;
  /** Bucket of the access logs, in which load balancers may write below `load-balancer/`. */
  readonly logs: IBucket;
  readonly deletionProtection: boolean;
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
  readonly targetGroups: BySite<ApplicationTargetGroup>;

  constructor(scope: Construct, id: string, stackProps: LoadBalancerStackProps) {
    const { vpc, sites, domain, zoneIds, logs, deletionProtection, ...props } = stackProps;
    super(scope, id, props);

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
      deletionProtection,
      dropInvalidHeaderFields: true,
      desyncMitigationMode: DesyncMitigationMode.DEFENSIVE, // the strictest refuses harmless requests too
      idleTimeout: Duration.seconds(IDLE_TIMEOUT),
    });
    loadBalancer.addSecurityGroup(fromCloudFront);
    // By attributes: the library's own way would write into the bucket's policy, and that is another stack's.
    loadBalancer.setAttribute('access_logs.s3.enabled', 'true');
    loadBalancer.setAttribute('access_logs.s3.bucket', logs.bucketName);
    loadBalancer.setAttribute('access_logs.s3.prefix', 'load-balancer');

    this.certificate = domain && certificate(this, new HostedZones(this, 'HostedZones', { domain, ids: zoneIds }));
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

    const targetsOf = (site: SiteName) => {
      const { target, priority } = SITES[site];
      const targetGroup = new ApplicationTargetGroup(this, `Targets-${site}`, {
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
      listener.addAction(site, {
        priority,
        conditions: [
          domain
            ? ListenerCondition.hostHeaders([...siteHosts(domain.hosts)[site]!])
            : ListenerCondition.httpHeader(SITE_HEADER, [site]),
        ],
        action: ListenerAction.forward([targetGroup]),
      });
      return targetGroup;
    };
    this.loadBalancer = loadBalancer;
    this.targetGroups = bySite(sites, targetsOf);
  }
}
