import { PLATFORM_NAMESPACE_NAMES, type EnvironmentConfig } from '../environment';
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
