import { DEPLOYMENTS } from './deployment-differences';
import { RECOMMENDED_LABELS } from './label-differences';
import { FRONTEND } from './frontend-differences';
import { ADDED_MONITORING, MONITORING } from './monitoring-differences';
import type { Section, WholeObjects } from './difference';

const alias = (name: string): Section => ({
  title: `Service \`${name}\``,
  objects: new RegExp(`^Service platform-core/${name}$`),
  differences: [
    {
      fields: { 'metadata.labels': undefined, spec: { type: 'ExternalName', externalName: '*' } },
      reason: 'The data tier is a service of AWS. The name leads to its endpoint, and there are no pods to select.',
    },
  ],
});

const BY_ALL_LABELS =
  'The VPC CNI lets a pod reach the address of a Service only if the Service selects by the labels of the network policy.';

/** In what the fields of the objects that both have are meant to differ. */
export const DIFFERENCES: readonly Section[] = [
  {
    title: 'Every namespace',
    objects: /^Namespace /,
    differences: [
      {
        fields: Object.fromEntries(
          ['enforce', 'audit', 'warn'].map((mode) => [
            `metadata.labels.pod-security.kubernetes.io/${mode}`,
            'restricted',
          ]),
        ),
        reason: 'The API server refuses every pod with more permissions than its work needs.',
      },
    ],
  },
  {
    title: 'Namespaces of the platform and of tenants',
    objects: /^Namespace (platform-(core|apps|monitoring)|tenant-.*)$/,
    differences: [
      {
        fields: { 'metadata.labels.environment': 'development' },
        environments: ['dev'],
        reason:
          'The specification has the label of production in all of them. Each environment has its own cluster and label.',
      },
      {
        fields: { 'metadata.labels.environment': 'staging' },
        environments: ['staging'],
        reason: 'As in dev.',
      },
    ],
  },
  {
    title: 'Namespaces of tenants',
    objects: /^Namespace tenant-/,
    differences: [
      {
        fields: Object.fromEntries(
          ['name', 'tier', 'status'].map((field) => [`metadata.annotations.tenant-${field}`, '*']),
        ),
        reason: 'They show the owner of a namespace. Names have characters that labels do not accept.',
      },
    ],
  },
  ...RECOMMENDED_LABELS,
  ...DEPLOYMENTS,
  ...FRONTEND,
  ...MONITORING,
  {
    title: 'Autoscaler of `api-gateway` and `frontend`',
    objects: /^HorizontalPodAutoscaler .*\/(api-gateway|frontend)-hpa$/,
    differences: [
      {
        fields: { 'spec.minReplicas': 3 },
        environments: ['staging'],
        reason: 'An autoscaler does not go below the number of replicas in the values.',
      },
      {
        fields: { 'spec.minReplicas': 5 },
        environments: ['prod'],
        reason: 'As in staging.',
      },
      {
        fields: { 'spec.scaleTargetRef.name': '{name}-blue' },
        reason: 'Each color has an autoscaler, `{name}-blue-hpa`.',
      },
    ],
  },
  {
    title: 'Service `api-gateway` and `frontend`',
    objects: /^Service platform-(core\/api-gateway|apps\/frontend)$/,
    differences: [
      {
        fields: { 'metadata.labels.color': 'blue', 'spec.selector.color': 'blue' },
        reason: 'Callers in the cluster reach the color that users meet.',
      },
    ],
  },
  {
    title: 'Service `api-gateway`',
    objects: /^Service platform-core\/api-gateway$/,
    differences: [
      {
        fields: { 'metadata.annotations': undefined },
        reason: 'The Service of each color has them, so that Prometheus asks the pods of both, and each once.',
      },
    ],
  },
  {
    title: 'Service of a microservice',
    objects: /^Service platform-core\/(auth-service|tenant-service|service-registry)$/,
    differences: [{ fields: { 'spec.selector.service-type': 'microservice' }, reason: BY_ALL_LABELS }],
  },
  {
    title: 'Service `frontend`',
    objects: /^Service platform-apps\/frontend$/,
    differences: [{ fields: { 'spec.selector.tier': 'frontend' }, reason: BY_ALL_LABELS }],
  },
  ...['mysql-core', 'mysql-primary', 'redis-cluster'].map(alias),
  {
    title: 'StorageClass `ssd-storage`',
    objects: /^StorageClass ssd-storage$/,
    differences: [
      {
        fields: {
          provisioner: 'ebs.csi.aws.com',
          parameters: { type: 'gp3', encrypted: 'true', 'csi.storage.k8s.io/fstype': 'ext4' },
          volumeBindingMode: 'WaitForFirstConsumer',
          allowVolumeExpansion: true,
          reclaimPolicy: 'Delete',
          'metadata.annotations.storageclass.kubernetes.io/is-default-class': 'true',
        },
        reason:
          'The specification only names the class. Its volumes are encrypted, and start in the zone of the pod that claims them.',
      },
    ],
  },
];

/** Objects that the specification does not have. */
export const ADDED_OBJECTS: readonly WholeObjects[] = [
  ...ADDED_MONITORING,
  {
    title: 'Job',
    objects: /^Job /,
    reason:
      'It sets up the databases and migrates the schemas once, before the pods start (ADR 10). Another one waits for a color before users meet it (ADR 23).',
  },
  {
    title: 'ServiceAccount',
    objects: /^ServiceAccount /,
    reason: 'Each service has its own identity, which may read only its own secrets.',
  },
  {
    title: 'SecretProviderClass',
    objects: /^SecretProviderClass /,
    reason: 'It brings the secrets of a service from Secrets Manager into its pods.',
  },
  {
    title: 'ConfigMap `platform-config`',
    objects: /^ConfigMap platform-core\/platform-config$/,
    reason: 'It has the endpoints of the data tiers. The specification refers to it, and does not give its content.',
  },
  {
    title: 'ConfigMap `aws-authorities`',
    objects: /^ConfigMap platform-(core|monitoring)\/aws-authorities$/,
    reason: 'Clients verify the certificates of the data tiers with it.',
  },
  {
    title: 'ConfigMap `database-setup`',
    objects: /^ConfigMap platform-core\/database-setup/,
    reason: 'It has the script of the Jobs that set up the databases.',
  },
  {
    title: 'NetworkPolicy',
    objects: /^NetworkPolicy /,
    reason: 'Only the paths of docs/network.md pass.',
  },
  {
    title: 'ResourceQuota, LimitRange',
    objects: /^(ResourceQuota|LimitRange) /,
    reason: 'No namespace takes the resources of another, and no pod takes those of its whole namespace.',
  },
  {
    title: 'PriorityClass',
    objects: /^PriorityClass /,
    reason: 'If there is too little room, pods of the platform preempt pods of tenants.',
  },
  {
    title: 'Role, RoleBinding, ClusterRole and ClusterRoleBinding of tenants',
    objects: /^((Role|RoleBinding) tenant-.*|(ClusterRole|ClusterRoleBinding) tenant-(service|operator|suspension))$/,
    reason:
      'RBAC for the pods of a tenant, for tenant-service, and for the suspension of a tenant, only in its namespace.',
  },
  {
    title: 'ValidatingAdmissionPolicy and its binding',
    objects: /^ValidatingAdmissionPolicy(Binding)? tenant-/,
    reason: 'It refuses objects of tenants that would harm other tenants, and that nothing else refuses.',
  },
  {
    title: 'Cluster Autoscaler',
    objects: /^\w+ (kube-system\/)?cluster-autoscaler$/,
    reason: 'It scales the node groups. The specification expects that from Auto Scaling groups.',
  },
  {
    title: 'TargetGroupBinding',
    objects: /^TargetGroupBinding platform-(core\/api-gateway-blue|apps\/frontend-blue|monitoring\/grafana)$/,
    reason:
      'It registers the pods of a public site with the load balancer, which replaces the Ingresses of the specification.',
  },
  {
    title: 'Service of a color',
    objects: /^Service platform-(core\/api-gateway|apps\/frontend)-blue$/,
    reason: 'The load balancer and Prometheus find the pods of a color by it.',
  },
  {
    title: 'Role and RoleBinding of a switch',
    objects: /^(Role|RoleBinding) platform-(core\/api-gateway|apps\/frontend)-switch$/,
    reason: 'The Job that waits for a color sees the two Deployments of its service and their autoscalers.',
  },
  {
    title: 'PodDisruptionBudget',
    objects: /^PodDisruptionBudget /,
    reason: 'A node drain evicts one pod of a service at a time.',
  },
];

/** Objects of the specification that the application does not have. */
export const ABSENT_OBJECTS: readonly WholeObjects[] = [
  {
    title: 'Secret `platform-secrets`',
    objects: /^Secret .*\/platform-secrets$/,
    reason: 'Each service has a Secret of its own, NAME-secrets, which the Secrets Store CSI driver fills.',
  },
  {
    title: 'Secret `registry-credentials`',
    objects: /^Secret .*\/registry-credentials$/,
    reason: 'Nodes pull from the registry of their account, with their own role.',
  },
  {
    title: 'Secret `grafana-secrets`',
    objects: /^Secret platform-monitoring\/grafana-secrets$/,
    reason: 'The Secrets Store CSI driver brings the password from Secrets Manager into a file of the pod.',
  },
  {
    title: 'Secret `mysql-secret`',
    objects: /^Secret platform-core\/mysql-secret$/,
    reason: "The administrator's password stays in Secrets Manager. Only the setup of the databases reads it.",
  },
];
