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
      reason: 'The data tier is a service of AWS: the name leads to its endpoint, and there are no pods to select.',
    },
  ],
});

const BY_ALL_LABELS =
  'The VPC CNI lets a pod reach the address of a Service only if the Service selects by the labels that the network policy asks for.';

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
        reason: 'A pod with more rights than its work needs is refused, whoever makes it.',
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
        reason: "The specification writes production's label; each environment has a cluster and a label of its own.",
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
        reason: 'Who looks at the namespace sees whose it is; a name has characters that labels do not take.',
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
        reason: 'An autoscaler does not go below the replicas that the values give the service.',
      },
      {
        fields: { 'spec.minReplicas': 5 },
        environments: ['prod'],
        reason: 'As in staging.',
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
          'The specification only names the class; it is encrypted, and made in the zone of the pod that claims it.',
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
      'What has to happen once, before pods start, happens once: databases are set up, and schemas migrated (ADR 10).',
  },
  {
    title: 'ServiceAccount',
    objects: /^ServiceAccount /,
    reason: 'Each service has an identity of its own, which may read its own secrets only.',
  },
  {
    title: 'SecretProviderClass',
    objects: /^SecretProviderClass /,
    reason: 'Brings the secrets of a service from Secrets Manager into its pods.',
  },
  {
    title: 'ConfigMap `platform-config`',
    objects: /^ConfigMap platform-core\/platform-config$/,
    reason: 'The specification refers to it without its content: the endpoints of the data tiers.',
  },
  {
    title: 'ConfigMap `aws-authorities`',
    objects: /^ConfigMap platform-(core|monitoring)\/aws-authorities$/,
    reason: 'Clients verify the certificates of the data tiers with it.',
  },
  {
    title: 'ConfigMap `database-setup`',
    objects: /^ConfigMap platform-core\/database-setup/,
    reason: 'The script of the Jobs that set databases up.',
  },
  {
    title: 'NetworkPolicy',
    objects: /^NetworkPolicy /,
    reason: 'Nothing passes but what docs/network.md has.',
  },
  {
    title: 'ResourceQuota, LimitRange',
    objects: /^(ResourceQuota|LimitRange) /,
    reason: 'No namespace takes the place of another, and no pod that of a namespace.',
  },
  {
    title: 'PriorityClass',
    objects: /^PriorityClass /,
    reason: "Where there is too little room for all, the platform's pods take the place of tenants'.",
  },
  {
    title: 'Role, RoleBinding, ClusterRole and ClusterRoleBinding of tenants',
    objects: /^((Role|RoleBinding) tenant-.*|(ClusterRole|ClusterRoleBinding) tenant-(service|operator|suspension))$/,
    reason: 'What the pods of a tenant, tenant-service and the suspension of a tenant may do, in its namespace only.',
  },
  {
    title: 'ValidatingAdmissionPolicy and its binding',
    objects: /^ValidatingAdmissionPolicy(Binding)? tenant-/,
    reason: 'What a tenant could do to its neighbours, and nothing else refuses.',
  },
  {
    title: 'Cluster Autoscaler',
    objects: /^\w+ (kube-system\/)?cluster-autoscaler$/,
    reason: 'It scales the node groups, which the specification asks of Auto Scaling groups.',
  },
  {
    title: 'TargetGroupBinding',
    objects: /^TargetGroupBinding platform-(core\/api-gateway|apps\/frontend|monitoring\/grafana)$/,
    reason:
      'Registers the pods of a public site with the load balancer, which stands where the specification has Ingresses.',
  },
  {
    title: 'PodDisruptionBudget',
    objects: /^PodDisruptionBudget /,
    reason: 'The drain of a node takes one pod of a service at a time.',
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
    reason: 'Nodes pull from the registry of their account, by their role.',
  },
  {
    title: 'Secret `grafana-secrets`',
    objects: /^Secret platform-monitoring\/grafana-secrets$/,
    reason: 'The password is a file of the pod, which the Secrets Store CSI driver brings from Secrets Manager.',
  },
  {
    title: 'Secret `mysql-secret`',
    objects: /^Secret platform-core\/mysql-secret$/,
    reason: "The administrator's password stays in Secrets Manager, where only the setup of the databases reads it.",
  },
];
