import * as z from 'zod/mini';
import { LABEL_VALUE } from '../../model/labels';
import { colorsOf } from '../../model/colors';
import { COLORS, PLATFORM_NAMESPACE_NAMES, SERVICE_NAMES, type ServiceName } from '../../model/names';
import { count, cpu, memory, oneOf, text, wholeNumber } from './fields';
import { each, group, type Config } from './group';

/** Kubernetes quantities, e.g. `100m` and `256Mi`. */
const quantities = group({ cpu: cpu(), memory: memory() });
export type ResourceQuantities = Config<typeof quantities>;

/** Requests and limits. */
const resources = { requests: quantities, limits: quantities };
const podResources = group(resources);
export type Resources = Config<typeof podResources>;

const pods = wholeNumber(1, 1e6, 'choose 1 or more');

/** The quota of a namespace: the sum over its pods. */
const quota = group({
  ...resources,
  /** Number of pods that run, start or end: 1 or more. */
  pods,
});
export type QuotaConfig = Config<typeof quota>;

/** Quotas of the platform's namespaces: room for the maximum of pods, in the middle of a rollout too. */
export const quotas = each(PLATFORM_NAMESPACE_NAMES, quota);

/** A namespace of one environment, and whom it belongs to. */
export const extraNamespace = group({
  name: text(
    'write up to 63 lower case letters, digits and hyphens, none at an end',
    /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
  ),
  team: text('write up to 63 letters, digits and -, _ or . between them, because it becomes a label', LABEL_VALUE),
  securityLevel: oneOf(['high', 'medium', 'low']),
  quota,
});
type ExtraNamespaceConfig = Config<typeof extraNamespace>;
export type NamespaceConfig = Omit<ExtraNamespaceConfig, 'quota'>;

/** Pods of a service. */
export const MAX_REPLICAS = 1000;

/** Horizontal autoscaling of every service. It owns the number of replicas where it is on. */
export const autoscaling = group({
  /** Lowest number of pods; a service's own `replicas` where that is larger. */
  minReplicas: wholeNumber(1, MAX_REPLICAS),
  maxReplicas: count(),
  /** Average use of the CPU that pods request (not of their limit), in percent, above which there are more of them. */
  targetCpuPercent: wholeNumber(1, 1000),
  /** The same of memory. */
  targetMemoryPercent: wholeNumber(1, 1000),
});
export type AutoscalingConfig = Config<typeof autoscaling>;

const IMAGE_TAG =
  'name a released version, e.g. 1.0.0: up to 63 letters, digits and -, _ or . between them, for it is a label too';

/** The image that the pods of a service run. */
const image = {
  /** Image tag: a released version, never a moving one like `latest`. Also the label `app.kubernetes.io/version` of its pods. */
  tag: text(IMAGE_TAG, LABEL_VALUE).check(z.refine((tag) => tag !== 'latest', IMAGE_TAG)),
  /** Digest of the image under that tag, or of its index, which names an image for each architecture. */
  digest: text('write the digest that the registry shows, sha256: and 64 digits from 0 to f', /^sha256:[0-9a-f]{64}$/),
};
const release = group(image);
export type Release = Config<typeof release>;

/** The release of one color of a public service. */
const color = group({
  ...image,
  /**
   * Lowest number of its pods, before a switch to it: so many as the other color has under its load. @default - as many as the
   * service has
   */
  replicas: z.optional(wholeNumber(1, MAX_REPLICAS)),
});

/** A public service: its users meet one color. The other one is there before a switch, and stays for the way back. */
const colors = group({
  /** The color that users meet. */
  live: oneOf(COLORS),
  blue: z.optional(color),
  green: z.optional(color),
});

/** The release that each of the platform's own services runs. Written by people, and by the builds of images. */
export const releases = group(
  Object.fromEntries(
    SERVICE_NAMES.map((name) => [name, colorsOf(name).length > 0 ? colors : release]),
  ) as unknown as Record<ServiceName, typeof colors | typeof release>,
);
export type Releases = Config<typeof releases>;

/** One service: how often it runs, and how large. */
const service = group({
  replicas: wholeNumber(1, 1e6, 'choose 1 or more'),
  /** Of one pod. */
  resources: podResources,
});
export type ServiceConfig = Config<typeof service>;

/** The platform's own services, by name. */
export const services = each(SERVICE_NAMES, service);
