import { Stack } from 'aws-cdk-lib';
import { CfnSecurityGroupEgress, CfnSecurityGroupIngress, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { ICluster } from 'aws-cdk-lib/aws-eks-v2';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct, IDependable } from 'constructs';
import type { Job } from 'kubernetes-types/batch/v1';
import { identifierOf } from '../config/derive/names';
import { PLATFORM_NAMESPACE_NAMES, SERVICE_NAMES, type EnvironmentConfig } from '../config/environment';
import { imageReference, upstreamImages } from '../model/images';
import { CORE_NAMESPACE } from '../model/namespaces';
import { SERVICE_PORT, SERVICES } from '../model/services';
import { SERVICE_SITES } from '../model/sites';
import { windows } from '../config/derive/windows';
import { applyManifests } from '../constructs/apply-manifests';
import { importCluster } from '../constructs/import-cluster';
import { grantTargetRegistration } from '../constructs/load-balancer-controller';
import type { Mysql } from '../constructs/mysql';
import { PodIdentity } from '../constructs/pod-identity';
import { ProvidedValue } from '../constructs/provided-value';
import type { Redis } from '../constructs/redis';
import { Rotation } from '../constructs/rotation';
import { siteRule } from '../constructs/site-rule';
import { waitForJob } from '../constructs/wait-for-job';
import { waitForRelease } from '../constructs/wait-for-release';
import { certificateAuthorities } from '../kubernetes/certificate-authorities';
import { databaseSetup, databaseSetupFiles, databaseSetupName } from '../kubernetes/database-setup';
import { dataEndpoints, type DataEndpoints } from '../kubernetes/data-endpoints';
import type { Manifest } from '../kubernetes/manifest';
import { namespaces } from '../kubernetes/namespaces';
import { peopleWorkload, platformWorkloads } from '../kubernetes/network-paths';
import { denyAll, networkPolicy, type Addresses } from '../kubernetes/network-policies';
import { JOB_DEADLINE } from '../kubernetes/one-off-job';
import { platformPriority } from '../kubernetes/priority-class';
import type { ClusterStack } from './cluster-stack';
import type { EdgeStack } from './edge-stack';
import type { EnvironmentStackProps } from './environment-stack-props';
import type { LoadBalancerStack } from './load-balancer-stack';
import type { MysqlStack } from './mysql-stack';
import type { RedisStack } from './redis-stack';
import type { SecretsStack } from './secrets-stack';
import { serviceParts, servedBy, siteParts } from './service-parts';

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
  readonly loadBalancer: Pick<LoadBalancerStack, 'loadBalancer' | 'listener' | 'targets'>;
  readonly edge: Pick<EdgeStack, 'urlOf'>;
  readonly addresses: Addresses;
}

/** Where services read and write, as a template knows it. */
const endpointsOf = (mysql: Mysql, redis: Redis): DataEndpoints => ({
  mysqlWriter: mysql.writerHost,
  mysqlPrimary: mysql.primaryHost,
  mysqlReaders: mysql.readerHosts,
  mysqlPort: mysql.port,
  redis: redis.host,
  redisPort: redis.port,
});

/** Namespaces that hold objects of other stacks too. Kubernetes would delete these with them: Prometheus and Grafana with their volumes. */
const isShared = ({ kind, metadata: { name } }: Manifest): boolean =>
  kind === 'Namespace' && PLATFORM_NAMESPACE_NAMES.some((own) => own === name);

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
    // No target is healthy before, and so no pod behind a readiness gate is available.
    const opened = this.node
      .findAll()
      .filter((child) => child instanceof CfnSecurityGroupIngress || child instanceof CfnSecurityGroupEgress);

    const where = endpointsOf(mysql, redis);
    const databases = this.databaseParts(props);
    const services = SERVICE_NAMES.map((name) => serviceParts(this, name, props, where));
    const sites = SERVICE_SITES.map((name) => siteParts(this, name, props));
    const first = [platformPriority(), ...namespaces(config)];
    const manifests: readonly Manifest[] = [
      ...first,
      ...networkPolicies(config, addresses),
      ...dataEndpoints(where),
      certificateAuthorities(CORE_NAMESPACE, this.region),
      databaseSetupFiles({ host: mysql.primaryHost, port: mysql.port }),
      ...databases.flatMap(({ mounted, job }) => [...mounted, job]),
      ...services.flatMap(({ objects, migrations, runs, address }) => [
        ...objects,
        ...migrations.map(({ job }) => job),
        ...runs.flat(),
        address,
      ]),
      ...sites.flatMap(({ bindings, rights, wait }) => [...bindings, ...rights, wait]),
    ];
    const applied = applyManifests(cluster, manifests, [], first.filter(isShared));
    const after = (object: Manifest, ...needed: IDependable[]) => applied.get(object)!.node.addDependency(...needed);
    const done = (constructId: string, job: Manifest<Job>) =>
      waitForJob(this, constructId, { cluster, job, applied: applied.get(job)!, deadline: JOB_DEADLINE });

    const registered = grantTargetRegistration(this, 'Registration', {
      role: props.cluster.loadBalancerControllerRole,
      targetGroupArns: servedBy(props.loadBalancer).map(({ targetGroup }) => targetGroup.targetGroupArn),
    });

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
      for (const { job } of migrations) after(job, ...needed);
      const migrated = migrations.map(({ id: version, job }) => done(`Migration-${version}`, job));
      for (const [deployment] of runs) after(deployment, ...needed, ...migrated);
      const bindings = sites.flatMap((site) => (site.service === name ? site.bindings : []));
      for (const run of runs) {
        const [deployment] = run;
        const leading = [...run, ...bindings].map((object) => applied.get(object)!);
        waitForRelease(this, `Release-${deployment.metadata.name}`, {
          cluster,
          deployment,
          applied: [...leading, ...opened],
        });
      }
    }
    for (const { service, bindings, rights, wait, ...rule } of sites) {
      for (const binding of bindings) after(binding, registered); // and before it is gone, all are deregistered
      const { runs, address } = services.find(({ name }) => name === service)!;
      after(wait, ...opened, ...[...runs.flat(), ...bindings, ...rights].map((object) => applied.get(object)!));
      // Users, and callers in the cluster, get to a color only once it is whole.
      const whole = done(`Whole-${service}`, wait);
      after(address, whole);
      siteRule(this, `Live-${service}`, rule).node.addDependency(whole);
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
