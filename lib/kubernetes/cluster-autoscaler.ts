import type { Deployment } from 'kubernetes-types/apps/v1';
import type { PolicyRule } from 'kubernetes-types/rbac/v1';
import { CONTROLLERS } from '../model/cluster-pods';
import { KUBE_SYSTEM } from '../model/namespaces';
import { placement } from '../model/node-placement';
import { CLUSTER_CRITICAL } from '../model/priorities';
import type { Manifest } from './manifest';
import { container, httpProbe } from './objects/container';
import { deployment } from './objects/deployment';
import { labelledAll } from './objects/labels';
import { podDisruptionBudget } from './objects/pod-disruption-budget';
import { clusterRole, clusterRoleBinding, policyRule, READ, role, roleBinding } from './objects/rbac';
import { NOBODY, runAs } from './objects/security-context';
import { serviceAccount } from './objects/service-account';
import { spreadOut } from './objects/spread';

export interface ClusterAutoscalerProps {
  readonly clusterName: string;
  readonly region: string;
  /** Full image reference, of the minor version of the cluster. */
  readonly image: string;
}

/** Of its pods: the service account, the label `app`, and all objects. */
export const CLUSTER_AUTOSCALER = { name: 'cluster-autoscaler', namespace: KUBE_SYSTEM } as const;

const { name } = CLUSTER_AUTOSCALER;

/** Adds nodes for pods that find no place, and takes away those that stay half empty, within the sizes of the node groups. */
export const clusterAutoscaler = (props: ClusterAutoscalerProps): readonly Manifest[] =>
  labelledAll({ app: name, component: 'cluster' }, [
    serviceAccount({ ...CLUSTER_AUTOSCALER, token: true }),
    clusterRole(name, everywhere()),
    clusterRoleBinding(CLUSTER_AUTOSCALER),
    role(CLUSTER_AUTOSCALER, inNamespace()),
    roleBinding(CLUSTER_AUTOSCALER, { kind: 'Role', name }, CLUSTER_AUTOSCALER),
    autoscaler(props),
    podDisruptionBudget(CLUSTER_AUTOSCALER),
  ]);

/** Permissions to predict where pods would run, and to drain nodes. */
const everywhere = (): readonly PolicyRule[] => [
  policyRule(
    '',
    ['namespaces', 'persistentvolumeclaims', 'persistentvolumes', 'pods', 'replicationcontrollers', 'services'],
    READ,
  ),
  policyRule('apps', ['daemonsets', 'replicasets', 'statefulsets'], READ),
  policyRule('batch', ['jobs'], [...READ, 'patch']),
  policyRule('policy', ['poddisruptionbudgets'], READ),
  policyRule(
    'storage.k8s.io',
    ['csidrivers', 'csinodes', 'csistoragecapacities', 'storageclasses', 'volumeattachments'],
    READ,
  ),
  policyRule('resource.k8s.io', ['deviceclasses', 'resourceclaims', 'resourceslices'], READ),
  policyRule('', ['nodes'], [...READ, 'update']),
  policyRule('', ['pods/eviction'], ['create']),
  policyRule('', ['pods/status'], ['update']),
  policyRule('', ['events'], ['create', 'patch']),
];

/** Where it writes its state, and which of its pods leads. */
const inNamespace = (): readonly PolicyRule[] => [
  policyRule('', ['configmaps'], ['create', 'list', 'watch']),
  policyRule('', ['configmaps'], ['get', 'update', 'delete'], ['cluster-autoscaler-status']),
  policyRule('coordination.k8s.io', ['leases'], ['create']),
  policyRule('coordination.k8s.io', ['leases'], ['get', 'update'], [name]),
];

const PORT = 8085;

/**
 * Every pod answers as soon as it listens. The one that leads fails after 10 minutes without activity, or 15 without success (20 before its
 * first): `main.go`, `metrics/liveness.go` and `config/flags/flags.go` of
 * https://github.com/kubernetes/autoscaler/tree/cluster-autoscaler-1.36.1/cluster-autoscaler
 */
const HEALTH = '/health-check';

const autoscaler = ({ clusterName, region, image }: ClusterAutoscalerProps): Manifest<Deployment> => {
  const { replicas, ...resources } = CONTROLLERS[name];
  return deployment({
    ...CLUSTER_AUTOSCALER,
    replicas,
    pod: {
      serviceAccountName: name,
      priorityClassName: CLUSTER_CRITICAL,
      securityContext: runAs(NOBODY),
      containers: [
        container({
          name,
          image,
          command: [
            './cluster-autoscaler',
            '--cloud-provider=aws',
            // EKS puts both tags on the Auto Scaling groups of its node groups.
            `--node-group-auto-discovery=asg:tag=k8s.io/cluster-autoscaler/enabled,k8s.io/cluster-autoscaler/${clusterName}`,
            '--balance-similar-node-groups', // of which there is one for each zone
            '--expander=least-waste',
            '--skip-nodes-with-local-storage=false', // services have folders of their own, which are gone with the pod
            '--skip-nodes-with-system-pods=false', // their disruption budgets protect them
          ],
          env: [{ name: 'AWS_REGION', value: region }], // pods do not reach the metadata of their node
          ports: [{ name: 'metrics', containerPort: PORT }],
          livenessProbe: httpProbe(HEALTH, PORT, { initialDelaySeconds: 60 }),
          readinessProbe: httpProbe(HEALTH, PORT, {}),
          resources,
        }),
      ],
      ...placement('application'),
      ...spreadOut(name), // where nodes are full, the pod that runs makes another for the second
    },
  });
};
