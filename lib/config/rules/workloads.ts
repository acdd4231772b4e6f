import { PLATFORM_NAMESPACE_NAMES, SERVICE_NAMES, type EnvironmentConfig, type ServiceConfig } from '../environment';
import { resourcesProblems, unless, wholeNumber } from './unless';

/** The names of the extra namespaces: valid, and not those that belong to somebody else. */
export const extraNamespaces = ({ extraNamespaces: extra }: EnvironmentConfig) => [
  ...extra
    .filter(({ name }) => !/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name) || /^(kube-|tenant-|default$)/.test(name))
    .map(
      ({ name }) =>
        `extraNamespaces has "${name}": write lower case letters, digits and hyphens, not default, kube-… or tenant-…`,
    ),
  ...extra
    .filter(({ name }) => PLATFORM_NAMESPACE_NAMES.some((other) => other === name))
    .map(({ name }) => `extraNamespaces has "${name}", which every environment has: leave it out`),
  ...extra
    .filter(({ team }) => team === 'tenant')
    .map(
      ({ name }) => `extraNamespaces.${name}.team is "tenant", which would open it as a tenant's: choose another one`,
    ),
  ...unless(
    new Set(extra.map(({ name }) => name)).size === extra.length,
    `extraNamespaces repeats a name (${extra.map(({ name }) => name).join(', ')}): name each once`,
  ),
];

/** Autoscaling: room to scale, and targets that pods can reach. */
export const autoscalingProblems = ({ autoscaling, services }: EnvironmentConfig) => {
  if (!autoscaling) return [];
  const { minReplicas, maxReplicas, targetCpuPercent, targetMemoryPercent } = autoscaling;
  return [
    ...wholeNumber('autoscaling.minReplicas', minReplicas, 1, 1000),
    ...wholeNumber('autoscaling.maxReplicas', maxReplicas, minReplicas, 1000),
    ...wholeNumber('autoscaling.targetCpuPercent', targetCpuPercent, 1, 1000),
    ...wholeNumber('autoscaling.targetMemoryPercent', targetMemoryPercent, 1, 1000),
    ...Object.entries(services)
      .filter(([, { replicas }]) => replicas > maxReplicas)
      .map(
        ([name, { replicas }]) =>
          `services.${name}.replicas is ${replicas}, above autoscaling.maxReplicas of ${maxReplicas}: raise that or lower this`,
      ),
  ];
};

/** The services that no entry says anything about. Types refuse it too, but synthesis does not check types. */
export const missingServices = ({ services }: EnvironmentConfig) =>
  SERVICE_NAMES.filter((name) => services[name] === undefined).map(
    (name) => `services.${name} is missing: add its imageTag, replicas and resources`,
  );

/** One service: its image, its replicas, its requests and limits. */
export const serviceProblems = (field: string, { imageTag, replicas, resources }: ServiceConfig) => [
  ...unless(
    /^[\w][\w.-]{0,127}$/.test(imageTag) && imageTag !== 'latest',
    `${field}.imageTag is "${imageTag}": name a released version, e.g. 1.0.0`,
  ),
  ...unless(Number.isInteger(replicas) && replicas >= 1, `${field}.replicas is ${replicas}: choose 1 or more`),
  ...resourcesProblems(`${field}.resources`, resources),
];
