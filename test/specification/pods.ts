import type { Difference } from './difference';
import type { Fields, Value } from './fields';

/** Path of a Deployment's pods. */
export const POD = 'spec.template.spec';

/** Path of the container that serves. */
export const CONTAINER = `${POD}.containers[{name}]`;

/** A variable of the container. */
export const variable = (name: string, instead: Value | undefined) => ({ [`${CONTAINER}.env[${name}]`]: instead });

/** The value of a variable, from the Secret of the service. */
export const ownSecret = (key: string): Value => ({ valueFrom: { secretKeyRef: { name: '{name}-secrets', key } } });

/** Secrets as files. */
export const MOUNTED_SECRETS: Fields = {
  [`${POD}.volumes[secrets]`]: {
    csi: {
      driver: 'secrets-store.csi.k8s.io',
      readOnly: true,
      volumeAttributes: { secretProviderClass: '{name}' },
    },
  },
  [`${CONTAINER}.volumeMounts[secrets]`]: { mountPath: '/var/run/secrets/platform', readOnly: true },
};

/** Fields that Pod Security requires of a pod with a volume. */
export const POD_SECURITY: Fields = {
  [`${POD}.securityContext.runAsNonRoot`]: true,
  [`${POD}.securityContext.fsGroupChangePolicy`]: 'OnRootMismatch',
  [`${POD}.securityContext.seccompProfile.type`]: 'RuntimeDefault',
  [`${CONTAINER}.securityContext`]: {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  },
};

/** How a service gets its secrets. */
export const SECRETS_FOLDER: Difference = {
  fields: MOUNTED_SECRETS,
  reason: 'The Secrets Store CSI driver brings the secrets of the service, as files that follow a rotation.',
};

/** Pods are rather on different nodes. */
export const SPREAD_OVER_NODES: Fields = {
  'affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution': [
    {
      weight: 100,
      podAffinityTerm: {
        labelSelector: { matchExpressions: [{ key: 'app', operator: 'In', values: ['{name}'] }] },
        topologyKey: 'kubernetes.io/hostname',
      },
    },
  ],
};

/** Pods are on nodes for applications. */
export const ON_APPLICATION_NODES: Fields = {
  'nodeSelector.node-type': 'application',
  tolerations: [{ key: 'application', operator: 'Equal', value: 'true', effect: 'NoSchedule' }],
};
