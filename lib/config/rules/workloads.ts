import type { EnvironmentConfig, ServiceConfig } from '../environment';
import { PLATFORM_NAMESPACES } from '../namespaces';
import { unless, wholeNumber } from './unless';

/** The names of the extra namespaces: valid, and not those that belong to somebody else. */
export const extraNamespaces = ({ extraNamespaces: extra }: EnvironmentConfig) => [
  ...extra
    .filter(({ name }) => !/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name) || /^(kube-|tenant-|default$)/.test(name))
    .map(
      ({ name }) =>
        `extraNamespaces has "${name}": write lower case letters, digits and hyphens, not default, kube-… or tenant-…`,
    ),
  ...extra
    .filter(({ name }) => PLATFORM_NAMESPACES.some((other) => other.name === name))
    .map(({ name }) => `extraNamespaces has "${name}", which every environment has: leave it out`),
  ...unless(
    new Set(extra.map(({ name }) => name)).size === extra.length,
    `extraNamespaces repeats a name (${extra.map(({ name }) => name).join(', ')}): name each once`,
  ),
];

/** The host names: well-formed, and two. */
export const hostProblems = ({ hosts }: EnvironmentConfig) => [
  ...Object.entries(hosts)
    .filter(([, host]) => !/^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/.test(host))
    .map(([field, host]) => `hosts.${field} is "${host}": write a host name like api.example.com, in lower case`),
  ...unless(hosts.app !== hosts.api, `hosts.api is "${hosts.api}", as hosts.app: the API needs a name of its own`),
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

/** One service: its image, its replicas, its requests and limits. */
export const serviceProblems = (
  field: string,
  { imageTag, replicas, resources: { requests, limits } }: ServiceConfig,
) => [
  ...unless(
    /^[\w][\w.-]{0,127}$/.test(imageTag) && imageTag !== 'latest',
    `${field}.imageTag is "${imageTag}": name a released version, e.g. 1.0.0`,
  ),
  ...unless(Number.isInteger(replicas) && replicas >= 1, `${field}.replicas is ${replicas}: choose 1 or more`),
  ...[
    { resource: 'cpu', quantity: millicores, example: '100m', request: requests.cpu, limit: limits.cpu },
    { resource: 'memory', quantity: bytes, example: '256Mi', request: requests.memory, limit: limits.memory },
  ].flatMap(({ resource, quantity, example, request, limit }) => {
    const malformed = Object.entries({ requests: request, limits: limit })
      .filter(([, value]) => quantity(value) === undefined)
      .map(([kind, value]) => `${field}.resources.${kind}.${resource} is "${value}": write a quantity like ${example}`);
    if (malformed.length > 0) return malformed;
    return unless(
      (quantity(request) ?? 0) <= (quantity(limit) ?? 0),
      `${field}.resources.limits.${resource} is "${limit}", below the request of ${request}: raise it`,
    );
  }),
];

/** Millicores of a CPU quantity, at least 1, or undefined if it is none. Kubernetes knows nothing finer. */
const millicores = (quantity: string): number | undefined => {
  const [, number, milli] = /^(\d+(?:\.\d{1,3})?)(m?)$/.exec(quantity) ?? [];
  const value = Number(number) * (milli ? 1 : 1000);
  return value >= 1 && Number.isInteger(Math.round(value * 1e6) / 1e6) ? value : undefined;
};

const UNITS: Readonly<Record<string, number>> = { k: 1e3, M: 1e6, G: 1e9, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30 };

/** Bytes of a memory quantity, at least 1, or undefined if it is none. */
const bytes = (quantity: string): number | undefined => {
  const [, number, unit = ''] = /^([1-9]\d*)([kMG]|[KMG]i)$/.exec(quantity) ?? [];
  return number === undefined ? undefined : Number(number) * (UNITS[unit] ?? 1);
};
