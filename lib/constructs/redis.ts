import { Fn } from 'aws-cdk-lib';
import { Connections, Port, SecurityGroup, SubnetType, type IConnectable, type IVpc } from 'aws-cdk-lib/aws-ec2';
import {
  CfnParameterGroup,
  CfnReplicationGroup,
  CfnSubnetGroup,
  CfnUser,
  CfnUserGroup,
} from 'aws-cdk-lib/aws-elasticache';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Secret, type ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { RedisConfig } from '../config/environment';
import { MONITOR } from '../model/monitoring';
import { redisNodes } from '../model/redis-nodes';
import { REDIS_VERSION } from '../model/versions';
import type { Windows } from '../config/derive/windows';
import { REDIS_PORT } from '../model/ports';
import { acknowledge } from './acknowledge';
import { NOT_IN_PASSWORDS } from './password';
import { accessString, MONITOR_ACCESS, NO_ACCESS, REDIS_PARAMETERS } from './redis-settings';
import { removalPolicy, snapshotRemovalPolicy } from './removal-policy';

export interface RedisProps {
  readonly vpc: IVpc;
  readonly config: RedisConfig;
  /**
   * Replicas of each shard that the group was made with. CloudFormation would replace it for another number (its reference on
   * `ReplicasPerNodeGroup`: "Update requires: Replacement"), ElastiCache itself adds and takes some away. @default - as configured
   */
  readonly createdReplicasPerShard?: number | undefined;
  /** Id of the replication group and prefix of the ids of users. Fixed: so a change that would replace it fails instead. */
  readonly identifier: string;
  /** Services that use it, each as a user of its name. */
  readonly users: readonly string[];
  readonly windows: Windows;
  /** Encrypts data and secrets. */
  readonly key: IKey;
  readonly retainData: boolean;
  readonly retainLogs: boolean;
}

/** ElastiCache for Redis in cluster mode: one replication group, encrypted in transit and at rest, with a user per service. */
export class Redis extends Construct implements IConnectable {
  readonly connections: Connections;
  /** Secret of each user, by the name of the service. */
  readonly userSecrets: Readonly<Record<string, ISecret>>;
  /** Secret of the user that sees how the nodes fare. */
  readonly monitorSecret: ISecret;
  /** Configuration endpoint: a client of a cluster learns the nodes from it. */
  readonly host: string;
  /** Each node of it, for who asks how one fares. */
  readonly nodeHosts: readonly string[];
  readonly port = REDIS_PORT;

  constructor(scope: Construct, id: string, props: RedisProps) {
    super(scope, id);
    const { vpc, config, createdReplicasPerShard, identifier, users, windows, key, retainData, retainLogs } = props;
    const securityGroup = new SecurityGroup(this, 'SecurityGroup', {
      vpc,
      description: 'Redis: every client adds its own ingress rule',
      allowAllOutbound: false,
    });
    this.connections = new Connections({ securityGroups: [securityGroup], defaultPort: Port.tcp(REDIS_PORT) });
    this.userSecrets = Object.fromEntries(users.map((user) => [user, passwordOf(this, user, key)]));
    this.monitorSecret = passwordOf(this, MONITOR, key);

    const group = new CfnReplicationGroup(this, 'Resource', {
      replicationGroupId: identifier,
      replicationGroupDescription: `Cache of ${identifier}`,
      engine: 'redis',
      engineVersion: REDIS_VERSION,
      clusterMode: 'enabled',
      cacheNodeType: config.nodeType,
      numNodeGroups: config.shards,
      replicasPerNodeGroup: createdReplicasPerShard ?? config.replicasPerShard,
      automaticFailoverEnabled: true, // which cluster mode requires, replicas or not
      multiAzEnabled: config.replicasPerShard > 0,
      port: REDIS_PORT,
      cacheSubnetGroupName: new CfnSubnetGroup(this, 'Subnets', {
        description: 'Redis',
        subnetIds: vpc.selectSubnets({ subnetType: SubnetType.PRIVATE_ISOLATED }).subnetIds,
      }).ref,
      cacheParameterGroupName: new CfnParameterGroup(this, 'Parameters', {
        cacheParameterGroupFamily: 'redis7',
        description: identifier,
        properties: { ...REDIS_PARAMETERS },
      }).ref,
      securityGroupIds: [securityGroup.securityGroupId],
      userGroupIds: [this.users(identifier, users)],
      transitEncryptionEnabled: true,
      transitEncryptionMode: 'required',
      atRestEncryptionEnabled: true,
      kmsKeyId: key.keyArn,
      snapshotRetentionLimit: config.snapshotRetentionDays,
      snapshotWindow: windows.snapshot,
      preferredMaintenanceWindow: windows.maintenance,
      autoMinorVersionUpgrade: false,
      logDeliveryConfigurations: ['slow-log', 'engine-log'].map((logType) => ({
        logType,
        logFormat: 'json',
        destinationType: 'cloudwatch-logs',
        destinationDetails: {
          cloudWatchLogsDetails: {
            logGroup: new LogGroup(this, `Log-${logType}`, {
              retention: config.logRetentionDays,
              removalPolicy: removalPolicy(retainLogs),
            }).logGroupName,
          },
        },
      })),
    });
    group.cfnOptions.updatePolicy = { useOnlineResharding: true }; // else another number of shards is another group
    group.applyRemovalPolicy(snapshotRemovalPolicy(retainData));
    this.host = group.attrConfigurationEndPointAddress;
    // The endpoint is clustercfg.GROUP.…, a node GROUP-0001-001.GROUP.…: no attribute has the nodes of a cluster.
    const domain = Fn.select(1, Fn.split('clustercfg.', this.host));
    this.nodeHosts = redisNodes(config).map((node) => `${identifier}-${node}.${domain}`);

    acknowledge(group, 'Users with passwords of their own (RBAC) instead of one token for all', ['AwsSolutions-AEC6']);
    acknowledge(group, 'The port that every client expects; the security group admits named clients only', [
      'AwsSolutions-AEC5',
    ]);
    if (config.replicasPerShard === 0)
      acknowledge(group, 'The configuration spares the replicas: losing this cache is acceptable', [
        'AwsSolutions-AEC4',
      ]);
  }

  /** Makes the users and their group; the id of the group. */
  private users(identifier: string, names: readonly string[]): string {
    const everybody = new CfnUser(this, 'DefaultUser', {
      engine: 'redis',
      userId: `${identifier}-default`,
      userName: 'default',
      accessString: NO_ACCESS,
      authenticationMode: { Type: 'no-password-required' },
    });
    const user = (userName: string, secret: ISecret, access: string) =>
      new CfnUser(this, `User-${userName}`, {
        engine: 'redis',
        userId: `${identifier}-${userName}`,
        userName,
        accessString: access,
        // Resolved by CloudFormation when the user is made, and never again: docs/secrets.md says how to change it.
        authenticationMode: {
          Type: 'password',
          Passwords: [secret.secretValueFromJson('password').unsafeUnwrap()],
        },
      });
    const services = names.map((name) => user(name, this.userSecrets[name]!, accessString(name)));
    const monitor = user(MONITOR, this.monitorSecret, MONITOR_ACCESS);
    return new CfnUserGroup(this, 'Users', {
      engine: 'redis',
      userGroupId: identifier,
      userIds: [everybody, ...services, monitor].map(({ ref }) => ref),
    }).ref;
  }
}

const passwordOf = (scope: Construct, user: string, key: IKey): Secret => {
  const secret = new Secret(scope, `Secret-${user}`, {
    description: `Redis user ${user}`,
    encryptionKey: key,
    generateSecretString: {
      secretStringTemplate: JSON.stringify({ username: user }),
      generateStringKey: 'password',
      excludeCharacters: NOT_IN_PASSWORDS,
      passwordLength: 32,
    },
  });
  acknowledge(secret, 'ElastiCache has no managed rotation; docs/secrets.md has the way with two passwords', [
    'AwsSolutions-SMG4',
  ]);
  return secret;
};
