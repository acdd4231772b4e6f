import { Stack } from 'aws-cdk-lib';
import { Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { ICluster } from 'aws-cdk-lib/aws-eks-v2';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct, IDependable } from 'constructs';
import type { Job } from 'kubernetes-types/batch/v1';
import { identifierOf } from '../config/derive/names';
import {
  PLATFORM_NAMESPACE_NAMES,
  SERVICE_NAMES,
  type EnvironmentConfig,
  type ServiceName,
} from '../config/environment';
import { imageReference, upstreamImages } from '../model/images';
import { CORE_NAMESPACE } from '../model/namespaces';
import { SERVICE_PORT, SERVICES } from '../model/services';
import { SERVICE_SITES } from '../model/sites';
import { windows } from '../config/derive/windows';
import { applyManifests } from '../constructs/apply-manifests';
import { checksum } from '../constructs/checksum';
import { importCluster } from '../constructs/import-cluster';
import { grantTargetRegistration } from '../constructs/load-balancer-controller';
import type { Mysql } from '../constructs/mysql';
import { PodIdentity } from '../constructs/pod-identity';
import { ProvidedValue } from '../constructs/provided-value';
import type { Redis } from '../constructs/redis';
import { Rotation } from '../constructs/rotation';
import { waitForJob } from '../constructs/wait-for-job';
import { certificateAuthorities } from '../kubernetes/certificate-authorities';
import { databaseSetup, databaseSetupFiles, databaseSetupName } from '../kubernetes/database-setup';
import { dataEndpoints, type DataEndpoints } from '../kubernetes/data-endpoints';
import type { Manifest } from '../kubernetes/manifest';
import { migration } from '../kubernetes/migration';
import { namespaces } from '../kubernetes/namespaces';
import { peopleWorkload, platformWorkloads } from '../kubernetes/network-paths';
import { denyAll, networkPolicy, type Addresses } from '../kubernetes/network-policies';
import { JOB_DEADLINE } from '../kubernetes/one-off-job';
import { platformPriority } from '../kubernetes/priority-class';
import { serviceObjects } from '../kubernetes/service';
import { servicePod } from '../kubernetes/service-pod';
import { serviceSecrets, type ServiceSecretArns } from '../kubernetes/service-secrets';
import { targetGroupBinding } from '../kubernetes/target-group-binding';
import type { ClusterStack } from './cluster-stack';
import type { EdgeStack } from './edge-stack';
import type { EnvironmentStackProps } from './environment-stack-props';
import type { LoadBalancerStack } from './load-balancer-stack';
import type { MysqlStack } from './mysql-stack';
import type { RedisStack } from './redis-stack';
import type { SecretsStack } from './secrets-stack';

type Field =
  | 'name'
  | 'services'
  | 'releases'
  | 'autoscaling'
  | 'tags'
  | 'quotas'
  | 'extraNamespaces'
  | 'cluster'
  | 'mysql'
  | 'sentry'
  | 'quietHour';

export interface WorkloadsStackProps extends EnvironmentStackProps<Field> {
  readonly cluster: Pick<ClusterStack, 'cluster' | 'loadBalancerControllerRole'>;
  readonly database: Pick<MysqlStack, 'mysql'>;
  readonly cache: Pick<RedisStack, 'redis'>;
  readonly secrets: Pick<SecretsStack, 'jwt' | 'sentryDsn'>;
  /** The load balancer sends the requests of users, with its own security group, to the pods in its target groups. */
  readonly loadBalancer: Pick<LoadBalancerStack, 'loadBalancer' | 'targets'>;
  readonly edge: Pick<EdgeStack, 'urlOf'>;
  readonly addresses: Addresses;
}

/** The secrets that a service needs, by their use. */
const secretsOf = (
  service: ServiceName,
  { database: { mysql }, cache: { redis }, secrets }: Pick<WorkloadsStackProps, 'database' | 'cache' | 'secrets'>,
): Readonly<Record<string, ISecret>> => {
  const { database, redis: usesRedis, jwt, sentryVariable } = SERVICES[service];
  const needed: Readonly<Partial<Record<keyof ServiceSecretArns, ISecret | undefined>>> = {
    database: database === undefined ? undefined : mysql.userSecrets[database],
    redis: usesRedis ? redis.userSecrets[service] : undefined,
    jwt: jwt ? secrets.jwt : undefined,
    sentry: sentryVariable === undefined ? undefined : secrets.sentryDsn?.secret,
  };
  return Object.fromEntries(
    Object.entries(needed).filter((entry): entry is [string, ISecret] => entry[1] !== undefined),
  );
};

/** The target groups of the sites that services answer. */
const servedBy = ({ loadBalancer }: Pick<WorkloadsStackProps, 'loadBalancer'>) =>
  loadBalancer.targets.filter(({ site }) => SERVICE_SITES.includes(site.name));

/** Where services read and write, as a template knows it. */
const endpointsOf = (mysql: Mysql, redis: Redis): DataEndpoints => ({
  mysqlWriter: mysql.writerHost,
  mysqlPrimary: mysql.primaryHost,
  mysqlReaders: mysql.readerHosts,
  mysqlPort: mysql.port,
  redis: redis.host,
  redisPort: redis.port,
});

/** The workloads of the cluster, and their way to the data. Stateless: safe to delete and to deploy again. */
export class WorkloadsStack extends Stack {
  constructor(scope: Construct, id: string, props: WorkloadsStackProps) {
    super(scope, id, props);
    const { config, secrets, addresses } = props;
    const { mysql } = props.database;
    const { redis } = props.cache;
    const { loadBalancer } = props.loadBalancer;
    const cluster = importCluster(this, props.cluster);
    cluster.connections.allowToDefaultPort(mysql);
    cluster.connections.allowToDefaultPort(redis);
    // A handle again: a rule that the library writes for the group itself takes away what keeps it from sending anywhere else.
    const { securityGroupId } = loadBalancer.connections.securityGroups[0]!;
    const sender = SecurityGroup.fromSecurityGroupId(this, 'LoadBalancer', securityGroupId, {
      allowAllOutbound: false,
    });
    cluster.connections.allowFrom(sender, Port.tcp(SERVICE_PORT), 'load balancer to services');

    const where = endpointsOf(mysql, redis);
    const databases = this.databaseParts(props);
    const services = SERVICE_NAMES.map((name) => this.serviceParts(name, props, where));
    const bindings = servedBy(props).map(({ site, targetGroup: { targetGroupArn } }) => {
      const { name, namespace, servicePort: port } = site.target;
      return targetGroupBinding({ name, namespace, component: 'service', targetGroupArn, port });
    });
    const first = [platformPriority(), ...namespaces(config)];
    const applied = applyManifests<Manifest>(cluster, [
      ...first,
      ...networkPolicies(config, addresses),
      ...dataEndpoints(where),
      certificateAuthorities(CORE_NAMESPACE, this.region),
      databaseSetupFiles({ host: mysql.primaryHost, port: mysql.port }),
      ...databases.flatMap(({ mounted, job }) => [...mounted, job]),
      ...services.flatMap(({ objects, migrations, runs }) => [...objects, ...migrations, ...runs]),
      ...bindings,
    ]);
    const after = (object: Manifest, ...needed: IDependable[]) => applied.get(object)!.node.addDependency(...needed);
    const done = (constructId: string, job: Manifest<Job>) =>
      waitForJob(this, constructId, { cluster, job, applied: applied.get(job)!, deadline: JOB_DEADLINE });

    const registered = grantTargetRegistration(this, 'Registration', {
      role: props.cluster.loadBalancerControllerRole,
      targetGroupArns: servedBy(props).map(({ targetGroup }) => targetGroup.targetGroupArn),
    });
    for (const binding of bindings) after(binding, registered); // and before it is gone, all are deregistered

    if (secrets.sentryDsn) {
      const { name, secret } = secrets.sentryDsn;
      const value = new ProvidedValue(this, 'SentryDsn', {
        secret: { name, arn: secret.secretArn },
        logRetentionDays: config.cluster.controlPlaneLogRetentionDays,
      });
      for (const object of first) after(object, value); // it fails before anything is made
    }
    const ready = new Map(
      databases.map(({ name, secret, job }) => {
        const account = { name: databaseSetupName(name), namespace: CORE_NAMESPACE };
        after(job, ...this.grantSecrets(cluster, account, [mysql.masterSecret, secret]));
        return [name, done(`Database-${name}`, job)] as const;
      }),
    );
    for (const { name, namespace, secrets: own, migrations, runs } of services) {
      const { database = '' } = SERVICES[name];
      const needed = [...this.grantSecrets(cluster, { name, namespace }, own), ...[ready.get(database) ?? []].flat()];
      for (const job of migrations) after(job, ...needed);
      after(runs[0], ...needed, ...migrations.map((job) => done(`Migration-${name}`, job)));
    }
    for (const { name, secret } of databases) {
      const rotation = new Rotation(this, `Rotation-${name}`, {
        secret,
        database: mysql,
        vpc: props.cluster.cluster.vpc,
        functionName: `${identifierOf(config)}-rotate-${name}`,
        schedule: windows(config.quietHour).rotation,
        logRetentionDays: config.mysql.logRetentionDays,
      });
      rotation.node.addDependency(ready.get(name)!);
    }
  }

  /** Each database: the secret of its user, the Job that makes both, and what that mounts. */
  private databaseParts({ config, database: { mysql } }: WorkloadsStackProps) {
    const images = upstreamImages(config.cluster.kubernetesVersion);
    return Object.entries(mysql.userSecrets).map(([name, secret]) => ({
      name,
      secret,
      ...databaseSetup({
        database: name,
        image: imageReference(this, 'mysql', images.mysql),
        region: this.region,
        administratorArn: mysql.masterSecret.secretArn,
        userArn: secret.secretArn,
        run: config.mysql.setupRun,
      }),
    }));
  }

  /** A service: its secrets, the objects that its pods need, what migrates its schema, and what runs it. */
  private serviceParts(name: ServiceName, stackProps: WorkloadsStackProps, where: DataEndpoints) {
    const { config, edge } = stackProps;
    const definition = SERVICES[name];
    const secrets = secretsOf(name, stackProps);
    const props = {
      ...config.services[name],
      name,
      namespace: definition.namespace,
      definition,
      configChecksum: checksum(this, where),
      endpointsChecksum: checksum(this, [where.mysqlWriter, where.redis]),
      image: imageReference(this, name, config.releases[name]),
      region: this.region,
      urls: { app: edge.urlOf('app'), api: edge.urlOf('api') },
      autoscaling: config.autoscaling,
      kubernetesVersion: config.cluster.kubernetesVersion,
      endpoints: where,
      arns: Object.fromEntries(Object.entries(secrets).map(([use, { secretArn }]) => [use, secretArn])),
    };
    const parts = serviceSecrets(props);
    return {
      name,
      namespace: definition.namespace,
      secrets: Object.values(secrets),
      objects: parts.objects,
      migrations: definition.migrates ? [migration(props, servicePod(props, parts))] : [],
      runs: serviceObjects(props, servicePod(props, parts)),
    };
  }

  /** Lets the pods of a service account read their secrets; they start after what is returned. */
  private grantSecrets(
    cluster: ICluster,
    { name, namespace }: { readonly name: string; readonly namespace: string },
    secrets: readonly ISecret[],
  ): readonly IDependable[] {
    if (secrets.length === 0) return [];
    const identity = new PodIdentity(this, `Identity-${name}`, { cluster, namespace, serviceAccount: name });
    identity.mayRead(secrets);
    return [identity];
  }
}

/** Nothing passes in any namespace but what the table of paths has: what selects every pod of one refuses the rest by itself. */
const networkPolicies = (
  config: Pick<EnvironmentConfig, 'sentry' | 'extraNamespaces'>,
  where: Addresses,
): readonly Manifest[] => {
  const extra = config.extraNamespaces.map(({ name }) => name);
  return [
    ...PLATFORM_NAMESPACE_NAMES.map(denyAll),
    ...[...platformWorkloads(config), ...extra.map(peopleWorkload)].map((workload) => networkPolicy(workload, where)),
  ];
};
