import type { Stack } from 'aws-cdk-lib';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { deploymentsOf, liveColor } from '../config/derive/deployments';
import type { ServiceName, SiteName } from '../config/environment';
import { coloredName } from '../model/colors';
import { imageReference, upstreamImages } from '../model/images';
import { SERVICES } from '../model/services';
import { SERVICE_SITES, SITES } from '../model/sites';
import { checksum } from '../constructs/checksum';
import type { SiteRuleProps } from '../constructs/site-rule';
import { colorSwitch, switchRights } from '../kubernetes/color-switch';
import type { DataEndpoints } from '../kubernetes/data-endpoints';
import { migration } from '../kubernetes/migration';
import { serviceAddress, serviceObjects } from '../kubernetes/service';
import { servicePod } from '../kubernetes/service-pod';
import { serviceSecrets, type ServiceSecretArns } from '../kubernetes/service-secrets';
import { serviceWorkload } from '../kubernetes/service-workload';
import { targetGroupBinding } from '../kubernetes/target-group-binding';
import type { EdgeStack } from './edge-stack';
import type { EnvironmentStackProps } from './environment-stack-props';
import type { LoadBalancerStack } from './load-balancer-stack';
import type { MysqlStack } from './mysql-stack';
import type { RedisStack } from './redis-stack';
import type { SecretsStack } from './secrets-stack';

/** The stacks and fields that the parts of services are made of. */
interface ServicePartsProps extends EnvironmentStackProps<'services' | 'releases' | 'autoscaling' | 'cluster'> {
  readonly database: Pick<MysqlStack, 'mysql'>;
  readonly cache: Pick<RedisStack, 'redis'>;
  readonly secrets: Pick<SecretsStack, 'jwt' | 'sentryDsn'>;
  readonly loadBalancer: Pick<LoadBalancerStack, 'listener' | 'targets'>;
  readonly edge: Pick<EdgeStack, 'urlOf'>;
}

/** The secrets that a service needs, by their use. */
const secretsOf = (
  service: ServiceName,
  { database: { mysql }, cache: { redis }, secrets }: ServicePartsProps,
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

/** A service: its secrets, the objects that its pods need, what migrates its schema, and what runs it, a Deployment first in each. */
export const serviceParts = (stack: Stack, name: ServiceName, stackProps: ServicePartsProps, where: DataEndpoints) => {
  const { config, edge } = stackProps;
  const definition = SERVICES[name];
  const secrets = secretsOf(name, stackProps);
  const common = {
    ...config.services[name],
    name,
    namespace: definition.namespace,
    definition,
    configChecksum: checksum(stack, where),
    endpointsChecksum: checksum(stack, [where.mysqlWriter, where.redis]),
    region: stack.region,
    urls: { app: edge.urlOf('app'), api: edge.urlOf('api') },
    autoscaling: config.autoscaling,
    kubernetesVersion: config.cluster.kubernetesVersion,
    endpoints: where,
    arns: Object.fromEntries(Object.entries(secrets).map(([use, { secretArn }]) => [use, secretArn])),
  };
  const parts = serviceSecrets(common);
  const versions = deploymentsOf(config.releases, name).map(({ name: id, color, release, replicas = 1 }) => {
    const props = {
      ...common,
      color,
      image: imageReference(stack, name, release),
      replicas: Math.max(common.replicas, replicas),
    };
    return { id, props, pod: servicePod(props, parts) };
  });
  const migrations = versions.map(({ id, props, pod }) => ({ id, job: migration(props, pod) }));
  return {
    name,
    namespace: definition.namespace,
    secrets: Object.values(secrets),
    objects: parts.objects,
    /** One for each image: two colors may have the same. */
    migrations: definition.migrates ? [...new Map(migrations.map((one) => [one.job.metadata.name, one])).values()] : [],
    runs: versions.map(({ props, pod }) => serviceObjects(props, pod)),
    address: serviceAddress(name, definition, liveColor(config.releases, name)),
  };
};

/** The target groups of the sites that services answer. */
export const servedBy = ({ targets }: Pick<LoadBalancerStack, 'targets'>) =>
  targets.filter(({ site }) => SERVICE_SITES.includes(site.name));

/** The way from a site to the pods of its service: what registers them, what waits for those that users are to meet, and the rule. */
export const siteParts = (stack: Stack, site: SiteName, { config, loadBalancer }: ServicePartsProps) => {
  const { name, namespace, servicePort: port } = SITES[site].target;
  const service = name as ServiceName;
  const live = liveColor(config.releases, service)!;
  const own = loadBalancer.targets.filter((each) => each.site.name === site);
  const there = new Set(deploymentsOf(config.releases, service).map(({ color }) => color));
  const rule: SiteRuleProps = {
    listener: loadBalancer.listener,
    site: own[0]!.site,
    shares: own.map(({ color, targetGroup }) => ({ targetGroup, live: color === live })),
  };
  return {
    ...rule,
    service,
    bindings: own
      .filter(({ color }) => there.has(color))
      .map(({ color, targetGroup: { targetGroupArn } }) =>
        targetGroupBinding({
          name: coloredName(name, color),
          namespace,
          workload: serviceWorkload(name),
          targetGroupArn,
          port,
        }),
      ),
    rights: switchRights({ name, namespace }),
    wait: colorSwitch({
      name,
      namespace,
      live,
      autoscaled: config.autoscaling !== undefined,
      image: imageReference(stack, 'kubectl', upstreamImages(config.cluster.kubernetesVersion).kubectl),
    }),
  };
};
