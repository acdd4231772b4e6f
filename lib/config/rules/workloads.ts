import { PLATFORM_NAMESPACE_NAMES, type EnvironmentConfig } from '../environment';
import { COLORS } from '../../model/names';
import { NAMESPACES_OF_OTHERS, TENANT_PREFIX, TENANT_TEAM } from '../../model/namespaces';
import { MAX_REPLICAS } from '../schema/workloads';
import { listed } from '../schema/group';
import { resourcesProblems, unless, wholeNumber } from './unless';

/** The names of the extra namespaces: not those that belong to somebody else. */
export const extraNamespaces = ({ extraNamespaces: extra }: EnvironmentConfig) => [
  ...extra
    .filter(
      ({ name }) =>
        ['kube-', TENANT_PREFIX].some((prefix) => name.startsWith(prefix)) ||
        NAMESPACES_OF_OTHERS.some((other) => other === name),
    )
    .map(
      ({ name }) =>
        `extraNamespaces has "${name}", which belongs to Kubernetes, a tenant or an add-on: choose a name other than ` +
        `${listed(NAMESPACES_OF_OTHERS, 'or')} that does not begin with kube- or ${TENANT_PREFIX}`,
    ),
  ...extra
    .filter(({ name }) => PLATFORM_NAMESPACE_NAMES.some((other) => other === name))
    .map(({ name }) => `extraNamespaces has "${name}", which every environment already has: remove it`),
  ...extra
    .filter(({ team }) => team === TENANT_TEAM)
    .map(
      ({ name }) =>
        `extraNamespaces.${name}.team is "${TENANT_TEAM}", which would open the namespace like that of a tenant: choose another team`,
    ),
  ...unless(
    new Set(extra.map(({ name }) => name)).size === extra.length,
    `extraNamespaces repeats a name (${extra.map(({ name }) => name).join(', ')}): name each once`,
  ),
];

/** Autoscaling: room to scale, for every service. */
export const autoscalingProblems = ({ autoscaling, services }: EnvironmentConfig) => {
  if (!autoscaling) return [];
  const { minReplicas, maxReplicas } = autoscaling;
  return [
    ...wholeNumber('autoscaling.maxReplicas', maxReplicas, [minReplicas, MAX_REPLICAS]),
    ...Object.entries(services)
      .filter(([, { replicas }]) => replicas > maxReplicas)
      .map(
        ([name, { replicas }]) =>
          `services.${name}.replicas is ${replicas}, above the autoscaling.maxReplicas of ${maxReplicas}: lower it, or raise autoscaling.maxReplicas`,
      ),
  ];
};

/** The pods of each service: none requests more than its limit. */
export const serviceProblems = ({ services }: EnvironmentConfig) =>
  Object.entries(services).flatMap(([name, { resources }]) =>
    resourcesProblems(`services.${name}.resources`, resources),
  );

/** The releases of public services: users meet a color that is there, and no color has more pods than autoscaling allows. */
export const releaseProblems = ({ releases, autoscaling }: EnvironmentConfig) =>
  Object.entries(releases).flatMap(([name, own]) => {
    if (!('live' in own)) return [];
    const field = `releases.${name}`;
    const there = COLORS.filter((color) => own[color] !== undefined);
    const other = there.length > 0 ? `, or choose "${there.join()}"` : '';
    return [
      ...unless(
        own[own.live] !== undefined,
        `${field}.live is "${own.live}", but ${field}.${own.live} is missing: add its tag and digest${other}`,
      ),
      ...there.flatMap((color) =>
        autoscaling && own[color]?.replicas !== undefined
          ? wholeNumber(`${field}.${color}.replicas`, own[color].replicas, [1, autoscaling.maxReplicas])
          : [],
      ),
    ];
  });
