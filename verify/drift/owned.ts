import type { Json } from '../../doctor/plan';

/** Somebody other than a person and the deployment, who changes something, and the source that says so. */
interface Owned {
  readonly owner: string;
  readonly source: string;
}

/** A field of Kubernetes objects. A last segment that ends with `*` stands for each key that begins so. */
export interface OwnedField extends Owned {
  /** @default - all kinds */
  readonly kinds?: readonly string[];
  readonly paths: readonly (readonly string[])[];
  /** @default - always */
  readonly when?: (object: Json, deployed: readonly Json[]) => boolean;
}

const metadata = (...names: readonly string[]) => names.map((name) => ['metadata', name]);
const annotations = (...names: readonly string[]) => names.map((name) => ['metadata', 'annotations', name]);
const podLabels = (...names: readonly string[]) =>
  names.map((name) => ['spec', 'template', 'metadata', 'labels', name]);

/** Whether an autoscaler of the templates scales the object. */
const isScaled = ({ kind, metadata: { name, namespace } }: Json, deployed: readonly Json[]): boolean =>
  deployed.some(
    (one) =>
      one.kind === 'HorizontalPodAutoscaler' &&
      one.metadata.namespace === namespace &&
      one.spec.scaleTargetRef.kind === kind &&
      one.spec.scaleTargetRef.name === name,
  );

/**
 * Fields of applied objects that others than people change. Every other field is compared with what the API server would store if the
 * manifest were put in place of the object, so that no row is needed for defaults.
 */
export const OWNED_FIELDS: readonly OwnedField[] = [
  {
    owner: 'the API server',
    source: 'https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/object-meta/',
    paths: metadata('uid', 'resourceVersion', 'generation', 'creationTimestamp', 'managedFields'),
  },
  {
    owner: 'the controller of the kind',
    source: 'https://kubernetes.io/docs/concepts/overview/working-with-objects/#object-spec-and-status',
    paths: [['status']],
  },
  {
    owner: 'kubectl apply, by which the CDK applies manifests',
    source: 'https://kubernetes.io/docs/tasks/manage-kubernetes-objects/declarative-config/',
    paths: annotations('kubectl.kubernetes.io/last-applied-configuration'),
  },
  {
    owner: 'the horizontal pod autoscaler',
    source: 'https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/',
    kinds: ['Deployment'],
    paths: [['spec', 'replicas']],
    when: isScaled,
  },
  {
    owner: 'the deployment controller',
    source: 'https://kubernetes.io/docs/reference/labels-annotations-taints/#deployment-kubernetes-io-revision',
    kinds: ['Deployment'],
    paths: annotations('deployment.kubernetes.io/*'),
  },
  {
    owner: 'kubectl rollout restart, with which people restart pods (docs/secrets.md)',
    source: 'https://kubernetes.io/docs/reference/labels-annotations-taints/#kubectl-k8s-io-restart-at',
    kinds: ['Deployment', 'StatefulSet'],
    paths: [['spec', 'template', 'metadata', 'annotations', 'kubectl.kubernetes.io/restartedAt']],
  },
  {
    owner: 'the API server, which gives each Job a selector of its own',
    source: 'https://kubernetes.io/docs/concepts/workloads/controllers/job/#specifying-your-own-pod-selector',
    kinds: ['Job'],
    paths: [['spec', 'selector'], ...podLabels('batch.kubernetes.io/*', 'controller-uid', 'job-name')],
  },
  {
    owner: 'the persistent volume controllers',
    source: 'https://kubernetes.io/docs/concepts/storage/persistent-volumes/#binding',
    kinds: ['PersistentVolumeClaim'],
    paths: [
      ['spec', 'volumeName'],
      ...annotations('pv.kubernetes.io/*', 'volume.kubernetes.io/*', 'volume.beta.kubernetes.io/*'),
      ...metadata('finalizers'),
    ],
  },
  {
    owner: 'the AWS Load Balancer Controller, whose webhook fills in the defaults of a new binding only',
    source:
      'https://github.com/kubernetes-sigs/aws-load-balancer-controller/blob/128d15056b4fbb8bbd419b872fa21ef00d8d432d/webhooks/elbv2/targetgroupbinding_mutator.go',
    kinds: ['TargetGroupBinding'],
    paths: [
      ...['targetType', 'ipAddressType', 'vpcID', 'targetGroupProtocol'].map((name) => ['spec', name]),
      ...metadata('finalizers'),
    ],
  },
];

/** Objects in the namespaces of the platform that are in no template, and that no person has added. */
export interface OwnedObject extends Owned {
  /** @default - every kind */
  readonly kind?: string;
  /** The rule in words. */
  readonly what: string;
  readonly is: (object: Json, deployed: readonly Json[]) => boolean;
}

export const OWNED_OBJECTS: readonly OwnedObject[] = [
  {
    owner: 'its owner: a controller that made it',
    source: 'https://kubernetes.io/docs/concepts/overview/working-with-objects/owners-dependents/',
    what: 'objects with `metadata.ownerReferences`',
    is: ({ metadata: { ownerReferences = [] } }) => ownerReferences.length > 0,
  },
  {
    owner: 'the root certificate publisher',
    source: 'https://kubernetes.io/docs/concepts/configuration/configmap/',
    kind: 'ConfigMap',
    what: '`kube-root-ca.crt`',
    is: ({ metadata: { name } }) => name === 'kube-root-ca.crt',
  },
  {
    owner: 'the service account controller',
    source: 'https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/#serviceaccount-controller',
    kind: 'ServiceAccount',
    what: '`default`',
    is: ({ metadata: { name } }) => name === 'default',
  },
  {
    owner: 'the StatefulSet controller',
    source: 'https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#stable-storage',
    kind: 'PersistentVolumeClaim',
    what: 'claims of the templates of a StatefulSet',
    is: ({ metadata: { name, namespace } }, deployed) =>
      deployed.some(
        (one) =>
          one.kind === 'StatefulSet' &&
          one.metadata.namespace === namespace &&
          (one.spec.volumeClaimTemplates ?? []).some(
            (claim: Json) => name.replace(/-\d+$/, '') === `${claim.metadata.name}-${one.metadata.name}`,
          ),
      ),
  },
  {
    owner: 'Helm',
    source: 'https://helm.sh/docs/chart_best_practices/labels/',
    what: 'objects with the label `app.kubernetes.io/managed-by: Helm`',
    is: ({ metadata: { labels = {} } }) => labels['app.kubernetes.io/managed-by'] === 'Helm',
  },
];

/** A rule of a security group, as EC2 or a template has it. */
export interface Rule {
  readonly group: string;
  readonly isEgress: boolean;
  /** -1 for every protocol. */
  readonly protocol: string;
  /** -1 for all. `*`: only the deployment knew. */
  readonly from: number | '*';
  readonly to: number | '*';
  /** CIDR, id of a prefix list or of a security group. */
  readonly peer: string;
  readonly description: string;
}

/** Rules that are in no template, and that no person has added. */
export interface OwnedRule extends Owned {
  /** The rule in words. */
  readonly what: string;
  readonly is: (rule: Rule, clusterGroups: ReadonlySet<string>) => boolean;
}

export const OWNED_RULES: readonly OwnedRule[] = [
  {
    owner: 'the AWS Load Balancer Controller',
    source:
      'https://github.com/kubernetes-sigs/aws-load-balancer-controller/blob/main/pkg/targetgroupbinding/networking_manager.go',
    what: 'rules with the description `elbv2.k8s.aws/targetGroupBinding=shared`',
    is: ({ description }) => description === 'elbv2.k8s.aws/targetGroupBinding=shared',
  },
  {
    owner: 'EKS',
    source: 'https://docs.aws.amazon.com/eks/latest/userguide/sec-group-reqs.html',
    what: 'in the security group of a cluster: everything from itself, and everything out',
    is: ({ group, isEgress, protocol, peer }, clusterGroups) =>
      clusterGroups.has(group) &&
      protocol === '-1' &&
      (isEgress ? ['0.0.0.0/0', '::/0', group].includes(peer) : peer === group),
  },
];

const isKey = (pattern: string, key: string): boolean =>
  pattern.endsWith('*') ? key.startsWith(pattern.slice(0, -1)) : key === pattern;

/** Keys of the object at the end of a path that are owned. */
const endOf = (object: Json, path: readonly string[]): readonly (readonly [holder: Json, key: string])[] => {
  const holder = path.slice(0, -1).reduce((value, key) => value?.[key], object);
  return typeof holder === 'object' && holder !== null
    ? Object.keys(holder).flatMap((key): [Json, string][] => (isKey(path.at(-1)!, key) ? [[holder, key]] : []))
    : [];
};

/** The owned paths of an object. */
export const ownedPaths = (
  object: Json,
  deployed: readonly Json[],
  rows = OWNED_FIELDS,
): readonly (readonly string[])[] =>
  rows.flatMap(({ kinds = [object.kind], when = () => true, paths }) =>
    kinds.includes(object.kind) && when(object, deployed) ? paths : [],
  );

/** The object without its owned fields. */
export const without = (object: Json, paths: readonly (readonly string[])[]): Json => {
  const copy = structuredClone(object);
  for (const path of paths) for (const [holder, key] of endOf(copy, path)) delete holder[key];
  return copy;
};

/** The object with the owned fields of another one. */
export const withOwned = (object: Json, of: Json, paths: readonly (readonly string[])[]): Json => {
  const copy = without(object, paths);
  for (const path of paths)
    for (const [from, key] of endOf(of, path)) {
      const holder = path.slice(0, -1).reduce((value, name) => (value[name] ??= {}), copy);
      holder[key] = structuredClone(from[key]);
    }
  return copy;
};
