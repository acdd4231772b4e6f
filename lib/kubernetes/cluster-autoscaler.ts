import type { Deployment } from 'kubernetes-types/apps/v1';
import type { ServiceAccount } from 'kubernetes-types/core/v1';
import type { ClusterRole, ClusterRoleBinding, PolicyRule, Role, RoleBinding } from 'kubernetes-types/rbac/v1';
import { CONTROLLERS } from '../model/cluster-pods';
import { placement, spreadOverZones } from '../model/node-placement';
import { containerResources } from './container-resources';
import type { Manifest } from './manifest';
import { podDisruptionBudget } from './pod-disruption-budget';
import { podAntiAffinity } from './pod-anti-affinity';
import { NOBODY, securityContext, runAs } from './security-context';

export interface ClusterAutoscalerProps {
  readonly clusterName: string;
  readonly region: string;
  /** Full image reference, of the minor version of the cluster. */
  readonly image: string;
}

/** Of its pods: the service account, the label `app`, and all objects. */
export const CLUSTER_AUTOSCALER = { name: 'cluster-autoscaler', namespace: 'kube-system' } as const;

/** Adds nodes for pods that find no place, and takes away those that stay half empty, within the sizes of the node groups. */
export const clusterAutoscaler = (props: ClusterAutoscalerProps): readonly Manifest[] => [
  serviceAccount(),
  clusterRole(),
  clusterRoleBinding(),
  role(),
  roleBinding(),
  deployment(props),
  podDisruptionBudget(metadata()),
];

const { name } = CLUSTER_AUTOSCALER;
const { replicas, requests, limits } = CONTROLLERS[name];
const metadata = () => ({ ...CLUSTER_AUTOSCALER });
const labels = () => ({ app: name });
const RBAC = 'rbac.authorization.k8s.io';
const subjects = () => [{ kind: 'ServiceAccount', ...CLUSTER_AUTOSCALER }];

const serviceAccount = (): Manifest<ServiceAccount> => ({
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: metadata(),
});

const READ = ['get', 'list', 'watch'];

const rule = (apiGroups: string, resources: readonly string[], verbs: readonly string[]): PolicyRule => ({
  apiGroups: [apiGroups],
  resources: [...resources],
  verbs: [...verbs],
});

/** What it has to know to foretell where pods would run, and what it does to nodes and the pods on them. */
const clusterRole = (): Manifest<ClusterRole> => ({
  apiVersion: `${RBAC}/v1`,
  kind: 'ClusterRole',
  metadata: { name },
  rules: [
    rule(
      '',
      ['namespaces', 'persistentvolumeclaims', 'persistentvolumes', 'pods', 'replicationcontrollers', 'services'],
      READ,
    ),
    rule('apps', ['daemonsets', 'replicasets', 'statefulsets'], READ),
    rule('batch', ['jobs'], [...READ, 'patch']),
    rule('policy', ['poddisruptionbudgets'], READ),
    rule(
      'storage.k8s.io',
      ['csidrivers', 'csinodes', 'csistoragecapacities', 'storageclasses', 'volumeattachments'],
      READ,
    ),
    rule('resource.k8s.io', ['deviceclasses', 'resourceclaims', 'resourceslices'], READ),
    rule('', ['nodes'], [...READ, 'update']),
    rule('', ['pods/eviction'], ['create']),
    rule('', ['pods/status'], ['update']),
    rule('', ['events'], ['create', 'patch']),
  ],
});

const clusterRoleBinding = (): Manifest<ClusterRoleBinding> => ({
  apiVersion: `${RBAC}/v1`,
  kind: 'ClusterRoleBinding',
  metadata: { name },
  roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name },
  subjects: subjects(),
});

/** Where it writes its state, and which of its pods leads. */
const role = (): Manifest<Role> => ({
  apiVersion: `${RBAC}/v1`,
  kind: 'Role',
  metadata: metadata(),
  rules: [
    rule('', ['configmaps'], ['create', 'list', 'watch']),
    { ...rule('', ['configmaps'], ['get', 'update', 'delete']), resourceNames: ['cluster-autoscaler-status'] },
    rule('coordination.k8s.io', ['leases'], ['create']),
    { ...rule('coordination.k8s.io', ['leases'], ['get', 'update']), resourceNames: [name] },
  ],
});

const roleBinding = (): Manifest<RoleBinding> => ({
  apiVersion: `${RBAC}/v1`,
  kind: 'RoleBinding',
  metadata: metadata(),
  roleRef: { apiGroup: RBAC, kind: 'Role', name },
  subjects: subjects(),
});

const PORT = 8085;

const deployment = ({ clusterName, region, image }: ClusterAutoscalerProps): Manifest<Deployment> => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { ...metadata(), labels: labels() },
  spec: {
    replicas,
    selector: { matchLabels: labels() },
    template: {
      metadata: { labels: labels() },
      spec: {
        serviceAccountName: name,
        priorityClassName: 'system-cluster-critical',
        securityContext: runAs(NOBODY),
        containers: [
          {
            name,
            image,
            imagePullPolicy: 'Always',
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
            livenessProbe: { httpGet: { path: '/health-check', port: PORT }, initialDelaySeconds: 60 },
            resources: containerResources({ requests, limits }),
            securityContext: securityContext(),
          },
        ],
        ...placement('application'),
        affinity: podAntiAffinity(name),
        ...spreadOverZones(labels()), // where nodes are full, the pod that runs makes another for the second
      },
    },
  },
});
