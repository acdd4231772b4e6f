import { Duration, Stack } from 'aws-cdk-lib';
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
  type ApplicationListener,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Construct } from 'constructs';
import { CLOUDFRONT_PREFIX_LISTS } from '../model/cloudfront-prefix-lists';
import { publicSites, type PublicSite } from '../config/derive/public-sites';
import { COLORS, type Color } from '../model/names';
import { DEREGISTRATION_DELAY, IDLE_TIMEOUT } from '../model/origin';
import { SERVICE_SITES } from '../model/sites';
import { HostedZones, hostCertificate } from '../constructs/hosted-zones';
import { requestsOf } from '../constructs/site-rule';
import type { EnvironmentStackProps } from './environment-stack-props';
import type { NetworkStack } from './network-stack';
import type { StorageStack } from './storage-stack';
import type { ZonesStack } from './zones-stack';

/** A public site, and a target group in which pods of it are registered. */
export interface SiteTargets {
  readonly site: PublicSite;
  /** The color of these pods. @default - the site has none */
  readonly color?: Color;
  readonly targetGroup: ApplicationTargetGroup;
}

/** Places of the rules that have no requests: behind those of all sites. */
const CHECKED = 100;

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
  /** Where the pods of each site are registered: one group, or one for each color. */
  readonly targets: readonly SiteTargets[];
  /** Where requests arrive. The rules of sites with colors come with their pods, because a switch waits for them. */
  readonly listener: ApplicationListener;

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
    this.listener = loadBalancer.addListener('Listener', {
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

    this.targets = sites.flatMap((site) => this.targetsOf(site, vpc));
    this.loadBalancer = loadBalancer;
  }

  /** The target groups of a site, each of which a rule names. */
  private targetsOf(site: PublicSite, vpc: IVpc): readonly SiteTargets[] {
    const { name, priority } = site;
    if (!SERVICE_SITES.includes(name)) {
      const targetGroup = this.targetGroup(`Targets-${name}`, site, vpc);
      this.listener.addAction(name, {
        priority,
        conditions: [requestsOf(site)],
        action: ListenerAction.forward([targetGroup]),
      });
      return [{ site, targetGroup }];
    }
    const targets = COLORS.map((color) => ({
      site,
      color,
      targetGroup: this.targetGroup(`Targets-${name}-${color}`, site, vpc),
    }));
    // Targets are checked only in a group that a rule names (else the reason is Target.NotInUse), and the rule of the site waits for pods
    // that are healthy. No request has such a host (RFC 2606), and CloudFront forwards none.
    this.listener.addAction(`Checked-${name}`, {
      priority: CHECKED + priority,
      conditions: [ListenerCondition.hostHeaders([`${name}.invalid`])],
      action: ListenerAction.weightedForward(targets.map(({ targetGroup }) => ({ targetGroup, weight: 1 }))),
    });
    return targets;
  }

  private targetGroup(id: string, { target }: PublicSite, vpc: IVpc): ApplicationTargetGroup {
    return new ApplicationTargetGroup(this, id, {
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
  }
}
