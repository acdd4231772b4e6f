import { Duration } from 'aws-cdk-lib';
import {
  Connections,
  InstanceType,
  Port,
  SecurityGroup,
  SubnetType,
  type IConnectable,
  type IVpc,
} from 'aws-cdk-lib/aws-ec2';
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import {
  type CfnDBInstance,
  ClientPasswordAuthType,
  Credentials,
  DatabaseInsightsMode,
  DatabaseInstance,
  DatabaseInstanceEngine,
  DatabaseInstanceReadReplica,
  DatabaseProxy,
  DatabaseSecret,
  EngineLifecycleSupport,
  MysqlEngineVersion,
  ParameterGroup,
  ProxyTarget,
  StorageType,
  SubnetGroup,
} from 'aws-cdk-lib/aws-rds';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { MysqlConfig } from '../config/environment';
import { MONITOR } from '../model/monitoring';
import { FIRST_ZONES } from '../model/subnets';
import type { Windows } from '../config/derive/windows';
import { MYSQL_PORT } from '../model/ports';
import { acknowledge, acknowledgeNoCopy, awsManagedPolicy } from './acknowledge';
import { MYSQL_PARAMETERS } from './mysql-settings';
import { noEgress } from './no-egress';
import { NOT_IN_PASSWORDS } from './password';
import { removalPolicy, snapshotRemovalPolicy } from './removal-policy';

export interface MysqlProps {
  readonly vpc: IVpc;
  readonly config: MysqlConfig;
  /** Identifier of the primary; replicas add `-replica-1`. Fixed: so a change that would replace one fails instead. */
  readonly identifier: string;
  /** Databases, each with a user of its name. A Job makes them; here are the secrets of the users. */
  readonly databases: readonly string[];
  readonly windows: Windows;
  /** Encrypts storage and secrets. */
  readonly key: IKey;
  /** Region and key with which RDS replicates the automated backups. @default - they stay in their region */
  readonly replication?: { readonly region: string; readonly keyArn: string } | undefined;
  readonly deletionProtection: boolean;
  readonly retainData: boolean;
  readonly retainLogs: boolean;
}

const MONITORING_POLICY = 'service-role/AmazonRDSEnhancedMonitoringRole';
/** Logs that RDS writes to CloudWatch Logs. */
const LOGS = ['error', 'slowquery'];

/** RDS for MySQL: primary, read replicas, and an RDS Proxy in front of the primary where configured. */
export class Mysql extends Construct implements IConnectable {
  readonly connections: Connections;
  readonly masterSecret: ISecret;
  /** Secret of each database's user, by the name of the database. */
  readonly userSecrets: Readonly<Record<string, ISecret>>;
  /** Secret of the user that sees how each server fares. A Job makes it, as the others. */
  readonly monitorSecret: ISecret;
  readonly primary: DatabaseInstance;
  /** Where its servers are. */
  readonly subnetGroup: SubnetGroup;
  readonly replicas: readonly DatabaseInstanceReadReplica[];
  /** Host for schema changes: the primary itself. */
  readonly primaryHost: string;
  /** Host that services write to: the proxy where there is one, which survives a failover. */
  readonly writerHost: string;
  /** Hosts that services may read from, a moment behind: the replicas, or the writer where there is none. */
  readonly readerHosts: readonly string[];
  readonly port = MYSQL_PORT;

  constructor(scope: Construct, id: string, props: MysqlProps) {
    super(scope, id);
    const { vpc, config, identifier, databases, windows, key, replication } = props;
    const { deletionProtection, retainData, retainLogs } = props;
    const engine = DatabaseInstanceEngine.mysql({
      version: MysqlEngineVersion.of(config.engineVersion, config.engineVersion.split('.', 2).join('.')),
    });
    const vpcSubnets = { subnetType: SubnetType.PRIVATE_ISOLATED };
    const securityGroup = new SecurityGroup(this, 'SecurityGroup', {
      vpc,
      description: 'MySQL: every client adds its own ingress rule',
      allowAllOutbound: false,
    });
    noEgress(securityGroup); // the proxy's way to the primary is a resource of its own
    this.connections = new Connections({ securityGroups: [securityGroup], defaultPort: Port.tcp(MYSQL_PORT) });
    const monitoringRole = new Role(this, 'Monitoring', {
      assumedBy: new ServicePrincipal('monitoring.rds.amazonaws.com'),
      managedPolicies: [ManagedPolicy.fromAwsManagedPolicyName(MONITORING_POLICY)],
    });
    acknowledge(monitoringRole, 'What RDS requires for enhanced monitoring, kept in step by AWS', [
      awsManagedPolicy(MONITORING_POLICY),
    ]);
    this.subnetGroup = new SubnetGroup(this, 'Subnets', { vpc, vpcSubnets, description: 'MySQL' });
    const shared = {
      vpc,
      vpcSubnets,
      instanceType: new InstanceType(config.instanceClass.replace('db.', '')),
      subnetGroup: this.subnetGroup,
      securityGroups: [securityGroup],
      parameterGroup: new ParameterGroup(this, 'Parameters', { engine, parameters: MYSQL_PARAMETERS }),
      storageType: StorageType.GP3,
      maxAllocatedStorage: config.maxStorageGiB,
      monitoringInterval: Duration.minutes(1),
      monitoringRole,
      databaseInsightsMode: DatabaseInsightsMode.STANDARD, // seven days of history
      enablePerformanceInsights: config.insights, // with the account's key: another could not be taken back in place
      cloudwatchLogsExports: LOGS,
      preferredMaintenanceWindow: windows.maintenance,
      autoMinorVersionUpgrade: false, // the version is configuration: an upgrade by AWS would be undone, or fail
      copyTagsToSnapshot: true,
    };

    this.primary = new DatabaseInstance(this, 'Primary', {
      ...shared,
      instanceIdentifier: identifier,
      engine,
      credentials: Credentials.fromGeneratedSecret('admin', {
        encryptionKey: key,
        excludeCharacters: NOT_IN_PASSWORDS,
      }),
      allocatedStorage: config.storageGiB,
      storageEncrypted: true,
      storageEncryptionKey: key,
      multiAz: config.multiAz,
      backupRetention: Duration.days(config.backupRetentionDays),
      preferredBackupWindow: windows.backup,
      deleteAutomatedBackups: !retainData,
      engineLifecycleSupport: EngineLifecycleSupport.OPEN_SOURCE_RDS_EXTENDED_SUPPORT_DISABLED,
      deletionProtection,
      removalPolicy: snapshotRemovalPolicy(retainData),
    });
    if (replication) {
      const resource = this.primary.node.defaultChild as CfnDBInstance;
      resource.automaticBackupReplicationRegion = replication.region;
      resource.automaticBackupReplicationKmsKeyId = replication.keyArn;
      resource.automaticBackupReplicationRetentionPeriod = config.backupRetentionDays;
    }
    this.addLogs(this.primary, 0, identifier, config.logRetentionDays, retainLogs);
    this.replicas = Array.from({ length: config.readReplicas }, (_, i) => i + 1).map((i) => {
      const instanceIdentifier = `${identifier}-replica-${i}`;
      const replica = new DatabaseInstanceReadReplica(this, `Replica${i}`, {
        ...shared,
        instanceIdentifier,
        sourceDatabaseInstance: this.primary,
        availabilityZone: vpc.availabilityZones[i % FIRST_ZONES], // another one would replace it
        backupRetention: Duration.days(0),
        deletionProtection: false, // so that the configuration can take one away
        removalPolicy: removalPolicy(false), // its data is the primary's
      });
      if (config.replicaEngineVersion !== undefined)
        (replica.node.defaultChild as CfnDBInstance).engineVersion = config.replicaEngineVersion;
      // Kept, they would be in the way of the next replica of that name.
      this.addLogs(replica, i, instanceIdentifier, config.logRetentionDays, false);
      return replica;
    });

    this.masterSecret = this.primary.secret!;
    this.userSecrets = Object.fromEntries(
      databases.map((database) => [database, userSecret(this, database, key).attach(this.primary)]),
    );

    this.monitorSecret = monitorSecret(this, key);

    const proxy = config.proxy
      ? new DatabaseProxy(this, 'Proxy', {
          dbProxyName: identifier,
          proxyTarget: ProxyTarget.fromInstance(this.primary),
          vpc,
          vpcSubnets: { subnets: vpc.isolatedSubnets.slice(0, FIRST_ZONES) }, // others would replace it
          securityGroups: [securityGroup],
          secrets: Object.values(this.userSecrets),
          requireTLS: true,
          clientPasswordAuthType: ClientPasswordAuthType.MYSQL_CACHING_SHA2_PASSWORD,
        })
      : undefined;
    if (proxy)
      proxy.node.addDependency(
        new LogGroup(this, 'ProxyLogs', {
          logGroupName: `/aws/rds/proxy/${identifier}`, // as RDS names it
          retention: config.logRetentionDays,
          removalPolicy: removalPolicy(false),
        }),
      );
    this.primaryHost = this.primary.instanceEndpoint.hostname;
    this.writerHost = proxy?.endpoint ?? this.primaryHost;
    this.readerHosts =
      this.replicas.length > 0
        ? this.replicas.map(({ instanceEndpoint }) => instanceEndpoint.hostname)
        : [this.writerHost];
    acknowledgeChoices(this, config, deletionProtection);
  }

  /** Log groups of an instance. RDS writes to these names, and would make the groups itself, to be kept forever. */
  private addLogs(instance: Construct, i: number, identifier: string, retention: RetentionDays, retain: boolean): void {
    for (const log of LOGS) {
      const logGroupName = `/aws/rds/instance/${identifier}/${log}`;
      instance.node.addDependency(
        new LogGroup(this, `Log-${log}-${i}`, { logGroupName, retention, removalPolicy: removalPolicy(retain) }),
      );
    }
  }
}

const userSecret = (scope: Construct, database: string, key: IKey): DatabaseSecret => {
  const secret = new DatabaseSecret(scope, `User-${database}`, {
    username: database,
    dbname: database,
    encryptionKey: key,
    excludeCharacters: NOT_IN_PASSWORDS,
  });
  acknowledge(secret, 'Its rotation stands with the Job that makes the user, which has to come first', [
    'AwsSolutions-SMG4',
  ]);
  return secret;
};

const monitorSecret = (scope: Construct, key: IKey): DatabaseSecret => {
  const secret = new DatabaseSecret(scope, 'Monitor', {
    username: MONITOR,
    encryptionKey: key,
    excludeCharacters: NOT_IN_PASSWORDS,
  });
  acknowledge(secret, 'The exporter reads it when it starts, and it opens no data: changed by hand (docs/secrets.md)', [
    'AwsSolutions-SMG4',
  ]);
  return secret;
};

/** Findings on what is meant, each with its reason. */
const acknowledgeChoices = ({ primary, replicas }: Mysql, { multiAz }: MysqlConfig, deletionProtection: boolean) => {
  for (const instance of [primary, ...replicas]) {
    acknowledge(instance, 'The port that every client expects; security groups admit named clients only', [
      'AwsSolutions-RDS11',
    ]);
    if (!deletionProtection && instance === primary)
      acknowledge(instance, 'The configuration switches deletion protection off', ['AwsSolutions-RDS10']);
  }
  if (!multiAz)
    acknowledge(primary, 'The configuration spares the standby: an outage of this environment is acceptable', [
      'AwsSolutions-RDS3',
    ]);
  for (const replica of replicas) {
    acknowledge(replica, 'Zones are configuration: looking them up would need credentials', [
      'CloudFormation-Validate::W3010',
    ]);
    acknowledge(replica, 'A replica is encrypted as its source; RDS refuses the property', ['AwsSolutions-RDS2']);
    acknowledge(replica, 'The configuration may take a replica away: the data is at its source', [
      'AwsSolutions-RDS10',
    ]);
    acknowledge(replica, 'The replicas stand in for each other, in different zones', ['AwsSolutions-RDS3']);
    acknowledge(replica, 'What a replica holds is backed up at its source', ['AwsSolutions-RDS13']);
    acknowledgeNoCopy(replica, 'What a replica holds is backed up at its source');
  }
};
