import { RemovalPolicy } from 'aws-cdk-lib';
import { Connections, Peer, Port, SecurityGroup, SubnetType, type IConnectable, type IVpc } from 'aws-cdk-lib/aws-ec2';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import {
  HostedRotation,
  RotationSchedule,
  type CfnRotationSchedule,
  type ISecret,
} from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { NOT_IN_PASSWORDS } from './password';

export interface RotationProps {
  /** Secret of a user of the database, attached to it. */
  readonly secret: ISecret;
  readonly database: IConnectable;
  readonly vpc: IVpc;
  /** Name of the function that rotates, unique in account and region. */
  readonly functionName: string;
  /** When rotation begins, e.g. `cron(0 20 1 * ? *)`. It may take an hour. */
  readonly schedule: string;
  /** Days that the logs of the function are kept. */
  readonly logRetentionDays: RetentionDays;
}

/**
 * Changes the password of a MySQL user once a month, by the function that Secrets Manager provides.
 *
 * Never at once: the user may not exist yet.
 */
export class Rotation extends Construct {
  constructor(scope: Construct, id: string, props: RotationProps) {
    super(scope, id);
    const { secret, database, vpc, functionName, schedule, logRetentionDays } = props;
    const securityGroup = new SecurityGroup(this, 'SecurityGroup', {
      vpc,
      description: `Function ${functionName}`,
      allowAllOutbound: false,
    });
    securityGroup.addEgressRule(Peer.anyIpv4(), Port.tcp(443), 'Secrets Manager');
    // Written from here, so that the rule belongs to this stack. Without it, rotation times out.
    new Connections({ securityGroups: [securityGroup] }).allowToDefaultPort(database);
    const logs = new LogGroup(this, 'Logs', {
      logGroupName: `/aws/lambda/${functionName}`,
      retention: logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY, // a kept one would be in the way of the next of its name
    });
    const rotation = new RotationSchedule(this, 'Schedule', {
      secret,
      rotateImmediatelyOnUpdate: false,
      hostedRotation: HostedRotation.mysqlSingleUser({
        functionName,
        vpc,
        vpcSubnets: { subnetType: SubnetType.PRIVATE_WITH_EGRESS }, // from which Secrets Manager can be reached
        securityGroups: [securityGroup],
        excludeCharacters: NOT_IN_PASSWORDS,
      }),
    });
    rotation.node.addDependency(logs, securityGroup); // the function runs once, to test the secret, as soon as it is there
    (rotation.node.defaultChild as CfnRotationSchedule).rotationRules = {
      scheduleExpression: schedule,
      duration: '1h',
    };
  }
}
