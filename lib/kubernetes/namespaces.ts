import type { LimitRange, Namespace, ResourceQuota } from 'kubernetes-types/core/v1';
import {
  PLATFORM_NAMESPACE_NAMES,
  type EnvironmentConfig,
  type NamespaceConfig,
  type QuotaConfig,
  type ResourceQuantities,
} from '../config/environment';
import { LARGEST_POD, LARGEST_VOLUME, PLATFORM_NAMESPACES } from '../model/namespaces';
import { CLUSTER_CRITICAL, NODE_CRITICAL } from '../model/priorities';
import type { Manifest } from './manifest';
import { DISK } from './objects/container-resources';
import { PLATFORM_PRIORITY } from './priority-class';

/** The namespaces of an environment, and what their pods may take: the platform's, then its extra ones. */
export const namespaces = ({
  tags,
  quotas,
  extraNamespaces,
}: Pick<EnvironmentConfig, 'tags' | 'quotas' | 'extraNamespaces'>): readonly Manifest[] => [
  ...PLATFORM_NAMESPACE_NAMES.flatMap((name) => [
    ownedNamespace({ name, ...PLATFORM_NAMESPACES[name] }, tags.environment),
    resourceQuota(name, quotas[name]),
    limitRange(name, LARGEST_POD, LARGEST_VOLUME),
  ]),
  ...extraNamespaces.flatMap(({ quota, ...own }) => [
    ownedNamespace(own, tags.environment),
    resourceQuota(own.name, quota),
    noPlatformPriority(own.name),
    limitRange(own.name, LARGEST_POD, LARGEST_VOLUME),
  ]),
];

/** A namespace, with labels of its own beside those that say whose it is. */
export const ownedNamespace = (
  { name, team, securityLevel }: NamespaceConfig,
  environment: string,
  labels: Readonly<Record<string, string>> = {},
): Manifest<Namespace> => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels: { environment, team, ...labels, 'security-level': securityLevel, ...podSecurity() } },
});

/** Pods run only if they keep to the strictest of the Pod Security standards. */
const podSecurity = () =>
  Object.fromEntries(['enforce', 'audit', 'warn'].map((mode) => [`pod-security.kubernetes.io/${mode}`, 'restricted']));

/** Name of the quota of every namespace. */
export const QUOTA = 'quota';

/** The most that the pods of a namespace take together. Kubernetes refuses a pod that requests none of it. */
export const resourceQuota = (
  namespaceName: string,
  { pods, requests, limits }: QuotaConfig,
  more: Readonly<Record<string, string>> = {},
): Manifest<ResourceQuota> => ({
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: { name: QUOTA, namespace: namespaceName },
  spec: {
    hard: {
      pods: `${pods}`,
      'requests.cpu': requests.cpu,
      'requests.memory': requests.memory,
      'limits.cpu': limits.cpu,
      'limits.memory': limits.memory,
      'services.loadbalancers': '0', // each would make a load balancer that nothing here knows
      'services.nodeports': '0',
      ...more,
    },
  },
});

/** Priorities that put pods before those of the others: the platform's own, and those of Kubernetes. */
const PRIORITIES = [PLATFORM_PRIORITY, CLUSTER_CRITICAL, NODE_CRITICAL];

/** Nobody here takes the place of the platform's pods. */
export const noPlatformPriority = (namespaceName: string): Manifest<ResourceQuota> => ({
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: { name: 'no-platform-priority', namespace: namespaceName },
  spec: {
    hard: { pods: '0' },
    scopeSelector: {
      matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In', values: [...PRIORITIES] }],
    },
  },
});

const STORAGE = 'ephemeral-storage';

/**
 * The most that one pod and one volume take. CPU and memory have no defaults (limits of containers would be some), but the disk of
 * the node has: a container without a limit could fill it, and all pods of the node would have to go.
 */
export const limitRange = (namespaceName: string, pod: ResourceQuantities, volume: string): Manifest<LimitRange> => ({
  apiVersion: 'v1',
  kind: 'LimitRange',
  metadata: { name: 'limits', namespace: namespaceName },
  spec: {
    limits: [
      { type: 'Pod', max: { ...pod, [STORAGE]: DISK.largestPod } },
      { type: 'Container', default: { [STORAGE]: DISK.limits }, defaultRequest: { [STORAGE]: DISK.requests } },
      { type: 'PersistentVolumeClaim', max: { storage: volume } },
    ],
  },
});
