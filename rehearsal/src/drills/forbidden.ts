import type { Pod, Service } from 'kubernetes-types/core/v1';
import { altered, compliantPod, excessivePod, remaining, type Rules } from './restricted-pod';

/** Something that nobody should be able to make in a namespace, and what a refusal of it says. */
export interface Forbidden {
  /** `a pod that may run as root`. */
  readonly title: string;
  readonly object: Pod | Service;
  readonly refusal: RegExp;
  /** Accepted all the same if admission has mended it. */
  readonly isMended?: (stored: Pod) => boolean;
}

/** Everything that a restricted namespace with these rules has to refuse. */
export const forbidden = (rules: Rules): readonly Forbidden[] => [
  ...insecurePods(rules),
  ...excessivePods(rules),
  ...reservedPriorities(rules),
  ...uncountedServices(rules),
  ...(rules.tenant ? harmful(rules) : []),
];

/** A compliant pod with one thing wrong each. */
const insecurePods = (rules: Rules): readonly Forbidden[] => {
  const pod = compliantPod(rules);
  const [{ securityContext, resources } = {}] = pod.spec?.containers ?? [];
  const secured = (changes: object) => altered(pod, { securityContext: { ...securityContext, ...changes } });
  return [
    {
      title: 'a pod that may run as root',
      object: secured({ runAsNonRoot: false }),
      refusal: /PodSecurity.*runAsNonRoot/,
    },
    { title: 'a pod that runs as root', object: secured({ runAsUser: 0 }), refusal: /PodSecurity.*runAsUser=0/ },
    {
      title: 'a pod that may gain privileges',
      object: secured({ allowPrivilegeEscalation: true }),
      refusal: /PodSecurity.*allowPrivilegeEscalation/,
    },
    {
      title: 'a privileged pod',
      object: secured({ privileged: true, allowPrivilegeEscalation: true }),
      refusal: /PodSecurity.*privileged/,
    },
    {
      title: 'a pod with a capability',
      object: secured({ capabilities: { drop: ['ALL'], add: ['NET_ADMIN'] } }),
      refusal: /PodSecurity.*capabilities.*NET_ADMIN/,
    },
    {
      title: 'a pod without seccomp',
      object: secured({ seccompProfile: { type: 'Unconfined' } }),
      refusal: /PodSecurity.*seccompProfile/,
    },
    {
      title: 'a pod that mounts a folder of its node',
      object: altered(pod, {}, { volumes: [{ name: 'node', hostPath: { path: '/' } }] }),
      refusal: /PodSecurity.*hostPath/,
    },
    {
      title: 'a pod in the network of its node',
      object: altered(pod, {}, { hostNetwork: true }),
      refusal: /PodSecurity.*hostNetwork=true/,
    },
    {
      title: 'a pod without limits',
      object: altered(pod, { resources: { requests: resources?.requests ?? {} } }),
      refusal: NO_AMOUNT,
      isMended: isLimited,
    },
    {
      title: 'a pod without requests and limits',
      object: altered(pod, { resources: {} }),
      refusal: NO_AMOUNT,
      isMended: isLimited,
    },
  ];
};

const NO_AMOUNT = /must specify|exceeded quota|[Nn]o (limit|request) is specified/;

/** Whether every container of a pod has requests and limits, for example those of a limit range. */
const isLimited = ({ spec }: Pod): boolean =>
  (spec?.containers ?? []).every(({ resources = {} }) =>
    [resources.requests, resources.limits].every((amounts = {}) => 'cpu' in amounts && 'memory' in amounts),
  );

/** Objects from which the neighbors of a tenant would suffer. */
const harmful = (rules: Rules): readonly Forbidden[] => {
  const pod = compliantPod(rules);
  const refusal = /denied request/;
  const described = (metadata: Pod['metadata']): Pod => ({ ...pod, metadata: { ...pod.metadata, ...metadata } });
  return [
    {
      title: 'a pod on any node',
      object: altered(pod, {}, { tolerations: [{ operator: 'Exists' }] }),
      refusal,
    },
    {
      title: 'a pod that takes an hour to end',
      object: altered(pod, {}, { terminationGracePeriodSeconds: 3600 }),
      refusal,
    },
    { title: 'a pod with a finalizer', object: described({ finalizers: ['example.com/stay'] }), refusal },
    {
      title: 'a pod that keeps its node',
      object: described({ annotations: { 'cluster-autoscaler.kubernetes.io/safe-to-evict': 'false' } }),
      refusal,
    },
    {
      title: 'a Service with an address that is not its own',
      object: {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'rehearsal' },
        spec: { ports: [{ port: 3306 }], externalIPs: ['192.0.2.1'] },
      },
      refusal,
    },
  ];
};

/** Pods that ask for more than a quota has left. */
const excessivePods = (rules: Rules): readonly Forbidden[] =>
  rules.quotas.flatMap((quota) =>
    [...remaining(quota)].flatMap(([key, left]) => {
      const [, resource] = /^(?:requests\.|limits\.)?(cpu|memory)$/.exec(key) ?? [];
      if (resource === undefined) return [];
      const reasons = `exceeded quota.*${key}=|maximum ${resource} usage per Pod`;
      return [
        {
          title: `a pod with more ${key} than its quota has`,
          object: excessivePod(rules, resource, left),
          refusal: new RegExp(reasons),
        },
      ];
    }),
  );

/** Pods of the priorities of which a quota allows none. */
const reservedPriorities = (rules: Rules): readonly Forbidden[] =>
  rules.quotas
    .filter(({ spec }) => String(spec?.hard?.pods) === '0')
    .flatMap(({ spec }) => spec?.scopeSelector?.matchExpressions ?? [])
    .filter(({ scopeName, operator }) => scopeName === 'PriorityClass' && operator === 'In')
    .flatMap(({ values = [] }) => values)
    .map((priorityClassName) => ({
      title: `a pod of the priority ${priorityClassName}`,
      object: altered(compliantPod(rules), {}, { priorityClassName }),
      refusal: /exceeded quota.*pods=|no PriorityClass/,
    }));

/** Services of the types of which a quota has none left. */
const uncountedServices = ({ quotas }: Rules): readonly Forbidden[] =>
  quotas.flatMap((quota) =>
    [...remaining(quota)].flatMap(([key, left]) => {
      const type = SERVICE_TYPES[key];
      if (type === undefined || left > 0) return [];
      const service: Service = {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'rehearsal' },
        spec: { type, ports: [{ port: 80 }] },
      };
      return [
        { title: `a Service of the type ${type}`, object: service, refusal: new RegExp(`exceeded quota.*${key}=`) },
      ];
    }),
  );

/** The names of the types of Services in quotas. */
const SERVICE_TYPES: Readonly<Record<string, string>> = {
  'services.loadbalancers': 'LoadBalancer',
  'services.nodeports': 'NodePort',
};
