import type { Json } from './assembly';
import type { KubernetesObject } from './objects';
import type { Table } from './security';

/** Permissions that an object grants, a line each, by its kind. Kinds that are not here grant none by themselves. */
const RIGHTS: Readonly<Record<string, (object: Json) => readonly string[]>> = {
  Role: (role) => rules(role),
  ClusterRole: (role) => [
    ...rules(role),
    ...(role.aggregationRule ? [`all rights of roles with ${JSON.stringify(role.aggregationRule)}`] : []),
  ],
  RoleBinding: (binding) => subjects(binding),
  ClusterRoleBinding: (binding) => subjects(binding),
  ServiceAccount: ({ metadata }) => [
    'is there',
    ...Object.entries(metadata.annotations ?? {})
      .filter(([key]) => key.startsWith('eks.amazonaws.com/'))
      .map((pair) => pair.join(': ')),
  ],
  Namespace: ({ metadata }) =>
    Object.entries(metadata.labels ?? {})
      .filter(([key]) => key.startsWith('pod-security.kubernetes.io/') || key === 'tenant-id')
      .map((pair) => pair.join(': ')),
  NetworkPolicy: ({ spec }) => [
    `selects ${JSON.stringify(spec?.podSelector ?? {})}`,
    ...(spec?.policyTypes ?? []).map((type: string) => `closes ${type}`),
    ...(spec?.ingress ?? []).map((rule: Json) => `lets in ${JSON.stringify(rule)}`),
    ...(spec?.egress ?? []).map((rule: Json) => `lets out ${JSON.stringify(rule)}`),
  ],
  Service: ({ spec }) =>
    spec?.type === 'LoadBalancer' || spec?.type === 'NodePort' || spec?.externalIPs
      ? [`opens ${JSON.stringify({ type: spec.type, externalIPs: spec.externalIPs, ports: spec.ports })}`]
      : [],
  Ingress: ({ spec }) => [`opens ${JSON.stringify(spec)}`],
  TargetGroupBinding: ({ spec }) => [`opens ${JSON.stringify(spec?.serviceRef)} to ${spec?.targetGroupARN}`],
  SecretProviderClass: ({ spec }) => [`reads ${JSON.stringify(spec?.parameters ?? {})}`],
};

/** Kinds that decide what the API server lets in: whatever changes in them counts. */
const ADMISSION =
  /^(ValidatingAdmissionPolicy|ValidatingAdmissionPolicyBinding|MutatingAdmissionPolicy|MutatingAdmissionPolicyBinding|ValidatingWebhookConfiguration|MutatingWebhookConfiguration|APIService|CertificateSigningRequest|CustomResourceDefinition)$/;

const rules = ({ rules: all = [] }: Json): readonly string[] =>
  (all ?? []).map(({ verbs = [], resources = [], apiGroups = [], resourceNames, nonResourceURLs }: Json) =>
    [
      `${verbs.join(', ')}: ${(nonResourceURLs ?? resources).join(', ')}`,
      ...(apiGroups.some((group: string) => group !== '')
        ? [`of ${apiGroups.map((group: string) => group || 'core').join(', ')}`]
        : []),
      ...(resourceNames ? [`named ${resourceNames.join(', ')}`] : []),
    ].join(' '),
  );

const subjects = ({ roleRef, subjects: all = [] }: Json): readonly string[] =>
  (all ?? []).map(
    ({ kind, namespace, name }: Json) =>
      `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name} has the rights of the ${roleRef.kind} ${roleRef.name}`,
  );

/** Identity of an object's pods, and their permissions on their node. */
const podRights = (object: Json): readonly string[] => {
  const pod =
    object.spec?.jobTemplate?.spec?.template?.spec ??
    object.spec?.template?.spec ??
    (object.kind === 'Pod' ? object.spec : undefined);
  if (pod === undefined) return [];
  const account = pod.serviceAccountName;
  const host = ['hostNetwork', 'hostPID', 'hostIPC'].filter((field) => pod[field] === true);
  const containers = [...(pod.initContainers ?? []), ...(pod.containers ?? [])];
  return [
    ...(account === undefined ? [] : [`pods run as the ServiceAccount ${account}`]),
    ...host.map((field) => `pods have ${field}`),
    ...(pod.volumes ?? [])
      .filter(({ hostPath }: Json) => hostPath)
      .map(({ hostPath }: Json) => `pods mount ${hostPath.path} of the node`),
    ...containers
      .filter(
        ({ securityContext = {} }: Json) =>
          securityContext.privileged || securityContext.allowPrivilegeEscalation || securityContext.capabilities?.add,
      )
      .map(({ name, securityContext }: Json) => `the container ${name} has ${JSON.stringify(securityContext)}`),
  ];
};

const rightsOf = (object: KubernetesObject | undefined): readonly string[] => {
  if (object === undefined) return [];
  if (ADMISSION.test(object.kind)) {
    const { metadata: _, apiVersion: __, kind: ___, ...content } = object as Json;
    return [JSON.stringify(content)];
  }
  return [...(RIGHTS[object.kind]?.(object) ?? []), ...podRights(object)];
};

interface Changed {
  readonly file: string;
  readonly before: KubernetesObject | undefined;
  readonly after: KubernetesObject | undefined;
}

const LONG = 300; // characters that a cell has room for

/** Changed permissions in the cluster, and changed ways to its pods: empty, or a table with its head. */
export const objectRights = (objects: readonly Changed[]): Table => {
  const rows = objects.flatMap(({ file, before, after }) => {
    const [old, next] = [rightsOf(before), rightsOf(after)];
    const line = (sign: string) => (right: string) => [
      sign,
      file,
      right.length > LONG ? `${right.slice(0, LONG)}…` : right,
    ];
    return [
      ...old.filter((right) => !next.includes(right)).map(line('-')),
      ...next.filter((right) => !old.includes(right)).map(line('+')),
    ];
  });
  return rows.length === 0 ? [] : [['', 'Object', 'Right'], ...rows];
};
