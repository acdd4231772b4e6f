import { CfnOutput, Fn, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PublicHostedZone } from 'aws-cdk-lib/aws-route53';
import type { Construct } from 'constructs';
import { zonesToCreate } from '../config/derive/zones';
import { weakReference } from '../constructs/weak-reference';
import type { EnvironmentStackProps } from './environment-stack-props';

export type ZonesStackProps = EnvironmentStackProps<'domain'>;

/**
 * Hosted zones. Deployed first, by itself: certificates are issued once the world finds their zone, so whoever runs the domain above
 * delegates to the name servers of the outputs.
 */
export class ZonesStack extends Stack {
  /** Id of each zone, by its name. Other stacks read it by weak references: a zone that they import could never be left out, and no zone is ever deleted. */
  readonly ids: Readonly<Record<string, string>>;

  constructor(scope: Construct, id: string, props: ZonesStackProps) {
    super(scope, id, props);
    const zones = zonesToCreate(props.config).map((zoneName) => {
      const zone = new PublicHostedZone(this, zoneName, { zoneName });
      // Another zone would have other name servers; and the records that prove a certificate stay in it, with which none is deleted.
      zone.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
      new CfnOutput(this, `NameServers-${zoneName}`, {
        description: `Delegate ${zoneName} to these name servers`,
        value: Fn.join(' ', zone.hostedZoneNameServers!),
      });
      return zone;
    });
    this.ids = Object.fromEntries(zones.map(({ zoneName, hostedZoneId }) => [zoneName, weakReference(hostedZoneId)]));
  }
}
