import { createHash } from 'node:crypto';
import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { SubnetType } from 'aws-cdk-lib/aws-ec2';
import { KubernetesObjectValue, type ICluster, type KubernetesManifest } from 'aws-cdk-lib/aws-eks-v2';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import type { EnvironmentConfig, ServiceName } from '../config/environment';
import { UPSTREAM_IMAGES } from '../config/images';
import { REDIS_USERS, SERVICE_DEPENDENCIES } from '../config/services';
import { applyManifests } from '../constructs/apply-manifests';
import { importCluster } from '../constructs/import-cluster';
import type { Mysql } from '../constructs/mysql';
import { PodIdentity } from '../constructs/pod-identity';
import { ProvidedValue } from '../constructs/provided-value';
import type { Redis } from '../constructs/redis';
import { Rotation } from '../constructs/rotation';
import { API_GATEWAY, apiGateway } from '../kubernetes/api-gateway';
import { certificateAuthorities } from '../kubernetes/certificate-authorities';
import { dataTierPolicies, type DataTier } from '../kubernetes/data-tier-policies';
import { DATABASE_SETUP, DATABASE_SETUP_DEADLINE, databaseSetup } from '../kubernetes/database-setup';
import { endpoints, type Endpoints } from '../kubernetes/endpoints';
import type { Manifest } from '../kubernetes/manifest';
import { namespaces } from '../kubernetes/namespaces';
import type { ServiceSecretArns } from '../kubernetes/service-secrets';
import type { SecretsStack } from './secrets-stack';

export interface WorkloadsStackProps extends StackProps {
  readonly config: Pick<EnvironmentConfig, 'name' | 'services' | 'tags' | 'extraNamespaces' | 'cluster' | 'mysql'>;
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
  const { database, redis: usesRedis, jwt, sentry } = SERVICE_DEPENDENCIES[service];
  const needed: Readonly<Partial<Record<keyof ServiceSecretArns, ISecret | undefined>>> = {
    database: database === undefined ? undefined : mysql.userSecrets[database],
    redis: usesRedis ? redis.userSecrets[service] : undefined,
    jwt: jwt ? secrets.jwt : undefined,
    sentry: sentry ? secrets.sentryDsn?.secret : undefined,
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
    const { imageTag, ...gateway } = config.services['api-gateway'];
    const gatewaySecrets = secretsOf(API_GATEWAY.name, stackProps);
    const services = apiGateway({
      ...gateway,
      image: this.image('api-gateway', imageTag),
      region: this.region,
      endpoints: where,
      configChecksum: createHash('sha256')
        .update(JSON.stringify(this.resolve(where)))
        .digest('hex')
        .slice(0, 16),
      arns: Object.fromEntries(Object.entries(gatewaySecrets).map(([use, { secretArn }]) => [use, secretArn])),
    });

    const first = namespaces(config);
    const applied = applyManifests<Manifest>(cluster, [
      ...first,
      ...endpoints(where),
      certificateAuthorities(DATABASE_SETUP.namespace, this.region),
      ...dataTierPolicies({
        namespaces: first.map(({ metadata }) => metadata.name),
        dataCidrs: shared.vpc
          .selectSubnets({ subnetType: SubnetType.PRIVATE_ISOLATED })
          .subnets.map(({ ipv4CidrBlock }) => ipv4CidrBlock),
        tiers: dataTiers(mysql, redis),
      }),
      ...setup.mounted,
      setup.job,
      ...services,
    ]);

    if (secrets.sentryDsn) {
      const { name, secret } = secrets.sentryDsn;
      const value = new ProvidedValue(this, 'SentryDsn', {
        secret: { name, arn: secret.secretArn },
        logRetentionDays: config.cluster.controlPlaneLogRetentionDays,
      });
      for (const namespace of first) applied.get(namespace)!.node.addDependency(value); // it fails before anything is made
    }
    const setupSecrets = [mysql.masterSecret, ...Object.values(mysql.userSecrets)];
    this.identify(cluster, DATABASE_SETUP, setupSecrets, [setup.job], applied);
    this.identify(cluster, API_GATEWAY, Object.values(gatewaySecrets), services, applied);

    // Applied is not done: what needs a database waits until the Job has made it, and fails with it.
    const databases = new KubernetesObjectValue(this, 'Databases', {
      cluster,
      objectType: 'job',
      objectName: setup.job.metadata.name,
      objectNamespace: DATABASE_SETUP.namespace,
      jsonPath: '.status.succeeded',
      timeout: Duration.seconds(DATABASE_SETUP_DEADLINE + 60),
    });
    databases.node.addDependency(applied.get(setup.job)!);
    for (const object of services) if (RUNS_PODS.has(object.kind)) applied.get(object)!.node.addDependency(databases);
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

  /** An image of the account's own registry. */
  private image(name: string, tag: string): string {
    return `${this.account}.dkr.ecr.${this.region}.amazonaws.com/platform/${name}:${tag}`;
  }

  /** Lets the pods of a service account read their secrets, before they start. */
  private identify(
    cluster: ICluster,
    { name, namespace }: { readonly name: string; readonly namespace: string },
    secrets: readonly ISecret[],
    objects: readonly Manifest[],
    applied: ReadonlyMap<Manifest, KubernetesManifest>,
  ): void {
    const identity = new PodIdentity(this, `Identity-${name}`, { cluster, namespace, serviceAccount: name });
    identity.mayRead(secrets);
    for (const object of objects) if (RUNS_PODS.has(object.kind)) applied.get(object)!.node.addDependency(identity);
  }
}

const RUNS_PODS: ReadonlySet<string> = new Set(['Deployment', 'Job']);

/** Who may reach which data tier. */
const dataTiers = (mysql: Mysql, redis: Redis): readonly DataTier[] => {
  const { namespace } = DATABASE_SETUP;
  const databaseUsers = Object.entries(SERVICE_DEPENDENCIES).flatMap(([name, { database }]) => (database ? name : []));
  return [
    { name: 'mysql', port: mysql.port, namespace, clients: [DATABASE_SETUP.name, ...databaseUsers] },
    { name: 'redis', port: redis.port, namespace, clients: REDIS_USERS },
  ];
};
