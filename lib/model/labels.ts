/** Label of the platform's pods, and the only one by which anything selects all pods of a workload. */
export const APP_LABEL = 'app';

/** Label that tells the two colors of a public service apart. */
export const COLOR_LABEL = 'color';

/** Label of a service's pods that tells one release from another: a digest of their template. Nothing selects pods by it. */
export const RELEASE_LABEL = 'release';

/** Keys of the labels that Kubernetes recommends: https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/ */
export const LABELS = {
  name: 'app.kubernetes.io/name',
  instance: 'app.kubernetes.io/instance',
  version: 'app.kubernetes.io/version',
  component: 'app.kubernetes.io/component',
  partOf: 'app.kubernetes.io/part-of',
  managedBy: 'app.kubernetes.io/managed-by',
} as const;

/** The pattern of a label's value: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set */
export const LABEL_VALUE = /^[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?$/;
