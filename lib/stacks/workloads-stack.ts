import { createHash } from 'node:crypto';
import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { SubnetType } from 'aws-cdk-lib/aws-ec2';
import { KubernetesObjectValue, type ICluster } from 'aws-cdk-lib/aws-eks-v2';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct, IDependable } from 'constructs';
import type { Job } from 'kubernetes-types/batch/v1';
import { SERVICE_NAMES, type EnvironmentConfig, type ServiceName } from '../config/environment';
import { UPSTREAM_IMAGES } from '../config/images';
import { SERVICES, type ServiceDefinition } from '../config/services';
import { applyManifests } from '../constructs/apply-manifests';
import { importCluster } from '../constructs/import-cluster';
import type { Mysql } from '../constructs/mysql';
import { PodIdentity } from '../constructs/pod-identity';
import { ProvidedValue } from '../constructs/provided-value';
import type { Redis } from '../constructs/redis';
import { Rotation } from '../constructs/rotation';
import { certificateAuthorities } from '../kubernetes/certificate-authorities';
import { dataTierPolicies, type DataTier } from '../kubernetes/data-tier-policies';
import { DATABASE_SETUP, databaseSetup } from '../kubernetes/database-setup';
import { endpoints, type Endpoints } from '../kubernetes/endpoints';
import type { Manifest } from '../kubernetes/manifest';
import { migration, migrationName } from '../kubernetes/migration';
import { namespaces } from '../kubernetes/namespaces';
import { JOB_DEADLINE } from '../kubernetes/once';
import { serviceObjects } from '../kubernetes/service';
import { servicePod } from '../kubernetes/service-pod';
import { serviceSecrets, type ServiceSecretArns } from '../kubernetes/service-secrets';
import type { SecretsStack } from './secrets-stack';

export interface WorkloadsStackProps extends StackProps {
  readonly config: Pick<
    EnvironmentConfig,
    'name' | 'services' | 'hosts' | 'autoscaling' | 'tags' | 'extraNamespaces' | 'cluster' | 'mysql'
  >;
  readonly cluster: ICluster;
  readonly mysql: Mysql;
  readonly redis: Redis;
  readonly secrets: Pick<SecretsStack, 'jwt' | 'sentryDsn'>;
  /** When the passwords of services change, e.g. `cron(0 20 1 * ? *)`. */
  readonly rotationSchedule: string;
}

/** The secrets that a service needs, by their use. */
const secretsOf = (
  service: ServiceName,
  { mysql, redis, secrets }: Pick<WorkloadsStackProps, 'mysql' | 'redis' | 'secrets'>,
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

/** Where services read and write, as a template knows it. */
const endpointsOf = (mysql: Mysql, redis: Redis): Endpoints => ({
  mysqlWriter: mysql.writerHost,
  mysqlPrimary: mysql.primaryHost,
  mysqlReaders: mysql.readerHosts,
  mysqlPort: mysql.port,
  redis: redis.host,
  redisPort: redis.port,
});

/** What runs on the cluster, and its way to the data. Stateless: safe to delete and to deploy again. */
export class WorkloadsStack extends Stack {
  constructor(scope: Construct, id: string, stackProps: WorkloadsStackProps) {
    const { config, cluster: shared, mysql, redis, secrets, rotationSchedule, ...props } = stackProps;
    super(scope, id, props);
    const cluster = importCluster(this, shared);
    cluster.connections.allowToDefaultPort(mysql);
    cluster.connections.allowToDefaultPort(redis);

    const where = endpointsOf(mysql, redis);
    const setup = databaseSetup({
      image: this.image('mysql', UPSTREAM_IMAGES.mysql.tag),
      region: this.region,
      host: mysql.primaryHost,
      port: mysql.port,
      administratorArn: mysql.masterSecret.secretArn,
      userArns: Object.fromEntries(Object.entries(mysql.userSecrets).map(([name, { secretArn }]) => [name, secretArn])),
      run: config.mysql.setupRun,
    });
    const services = SERVICE_NAMES.map((name) => this.serviceParts(name, stackProps, where));

    const first = namespaces(config);
    const policies = dataTierPolicies({
      namespaces: first.map(({ metadata }) => metadata.name),
      dataCidrs: shared.vpc
        .selectSubnets({ subnetType: SubnetType.PRIVATE_ISOLATED })
        .subnets.map(({ ipv4CidrBlock }) => ipv4CidrBlock),
      tiers: dataTiers(mysql, redis),
    });
    const applied = applyManifests<Manifest>(cluster, [
      ...first,
      ...endpoints(where),
      certificateAuthorities(DATABASE_SETUP.namespace, this.region),
      ...policies.all,
      ...setup.mounted,
      setup.job,
      ...services.flatMap(({ objects, migrations, runs }) => [...objects, ...migrations, ...runs]),
    ]);
    const after = (object: Manifest, ...needed: IDependable[]) => applied.get(object)!.node.addDependency(...needed);
    /** Applied is not done: what needs a Job waits until it has succeeded, and fails with it. */
    const done = (constructId: string, job: Manifest<Job>): IDependable => {
      const value = new KubernetesObjectValue(this, constructId, {
        cluster,
        objectType: 'job',
        objectName: job.metadata.name,
        objectNamespace: job.metadata.namespace!,
        jsonPath: '.status.succeeded',
        timeout: Duration.seconds(JOB_DEADLINE + 60),
      });
      value.node.addDependency(applied.get(job)!);
      return value;
    };

    if (secrets.sentryDsn) {
      const { name, secret } = secrets.sentryDsn;
      const value = new ProvidedValue(this, 'SentryDsn', {
        secret: { name, arn: secret.secretArn },
        logRetentionDays: config.cluster.controlPlaneLogRetentionDays,
      });
      for (const namespace of first) after(namespace, value); // it fails before anything is made
    }
    const setupSecrets = [mysql.masterSecret, ...Object.values(mysql.userSecrets)];
    const ways = policies.ways.map((policy) => applied.get(policy)!); // without them, pods do not reach the data
    after(setup.job, ...ways, ...this.identify(cluster, DATABASE_SETUP, setupSecrets));
    const databases = done('Databases', setup.job);

    for (const { name, namespace, secrets: own, migrations, runs } of services) {
      const needed = [
        ...this.identify(cluster, { name, namespace }, own),
        ...(SERVICES[name].database === undefined ? [] : [databases, ...ways]),
      ];
      for (const job of migrations) after(job, ...needed);
      after(runs[0], ...needed, ...migrations.map((job) => done(`Migration-${name}`, job)));
    }
    for (const [database, secret] of Object.entries(mysql.userSecrets)) {
      const rotation = new Rotation(this, `Rotation-${database}`, {
        secret,
        database: mysql,
        vpc: shared.vpc,
        functionName: `platform-${config.name}-rotate-${database}`,
        schedule: rotationSchedule,
        logRetentionDays: config.mysql.logRetentionDays,
      });
      rotation.node.addDependency(databases);
    }
  }

  /** A service: its secrets, the objects that its pods need, what migrates its schema, and what runs it. */
  private serviceParts(name: ServiceName, stackProps: WorkloadsStackProps, where: Endpoints) {
    const { config } = stackProps;
    const definition = SERVICES[name];
    const { imageTag, ...sizes } = config.services[name];
    const secrets = secretsOf(name, stackProps);
    const props = {
      ...sizes,
      name,
      namespace: definition.namespace,
      definition,
      configChecksum: this.checksum(where),
      endpointsChecksum: this.checksum([where.mysqlWriter, where.redis]),
      image: this.image(name, imageTag),
      region: this.region,
      hosts: config.hosts,
      autoscaling: config.autoscaling,
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

  /** Changes with a value, of which some is known after deployment only. */
  private checksum(value: object): string {
    return createHash('sha256')
      .update(JSON.stringify(this.resolve(value)))
      .digest('hex')
      .slice(0, 16);
  }

  /** An image of the account's own registry. */
  private image(name: string, tag: string): string {
    return `${this.account}.dkr.ecr.${this.region}.amazonaws.com/platform/${name}:${tag}`;
  }

  /** Lets the pods of a service account read their secrets; they start after what is returned. */
  private identify(
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

/** Labels `app` of the services that use a tier, and of what migrates their schemas. */
const clientsOf = (uses: (service: ServiceDefinition) => boolean): readonly string[] =>
  Object.entries(SERVICES)
    .filter(([, service]) => uses(service))
    .flatMap(([name, { migrates }]) => [name, ...(migrates ? [migrationName(name)] : [])]);

/** Who may reach which data tier. */
const dataTiers = (mysql: Mysql, redis: Redis): readonly DataTier[] => {
  const { namespace } = DATABASE_SETUP;
  return [
    {
      name: 'mysql',
      port: mysql.port,
      namespace,
      clients: [DATABASE_SETUP.name, ...clientsOf(({ database }) => database !== undefined)],
    },
    { name: 'redis', port: redis.port, namespace, clients: clientsOf(({ redis: uses }) => uses) },
  ];
};
