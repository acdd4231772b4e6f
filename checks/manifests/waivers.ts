/** A finding of the checker that is meant to be. */
export interface Waiver {
  /** The checker's name of its test. */
  readonly test: string;
  /** Which objects, as `prod Deployment platform-core/api-gateway`. */
  readonly objects: RegExp;
  readonly reason: string;
}

/** Findings that are meant to be, with the reason. A waiver that nothing needs is a failure. */
export const WAIVERS: readonly Waiver[] = [
  {
    test: 'container-security-context-user-group-id',
    objects: /^\w+ (Deployment|Job) platform-(core|apps)\//,
    reason: 'the specification has user and group 1001, which the images are built for',
  },
  {
    test: 'container-security-context-user-group-id',
    objects: /^\w+ Deployment platform-monitoring\/grafana$/,
    reason: 'the specification has user and group 472, which the image is built for',
  },
  {
    test: 'deployment-replicas',
    objects: /^dev Deployment /,
    reason: 'development runs one pod of each service',
  },
  {
    test: 'deployment-replicas',
    objects: /^(staging|prod) Deployment platform-monitoring\//,
    reason: 'Prometheus and Grafana have one volume each, and two exporters would ask the same servers twice',
  },
  {
    test: 'deployment-strategy',
    objects: /^\w+ Deployment platform-monitoring\/(prometheus|grafana)$/,
    reason: 'one pod at a time has the volume',
  },
  {
    test: 'pod-probes-identical',
    objects: /^\w+ Deployment platform-monitoring\/(mysql|redis)-exporter$/,
    reason: 'an exporter has one path that asks no server, and it should not end because a server is away',
  },
  {
    test: 'pod-probes-identical',
    objects: /^\w+ Deployment kube-system\/cluster-autoscaler$/,
    reason:
      'it has one path, which answers as soon as it listens; a rollout waits for that, and nothing sends it requests',
  },
  {
    test: 'networkpolicy-targets-pod',
    objects: /^\w+ NetworkPolicy (platform|tenant)-[\w-]+\/(deny-all|people|tenant|tenant-suspension)$/,
    reason: 'it holds for whatever will run in a namespace, which may be nothing yet',
  },
  {
    test: 'pod-networkpolicy',
    objects: /^\w+ Deployment kube-system\/cluster-autoscaler$/,
    reason: 'kube-system has no policies: what else runs there belongs to EKS and its add-ons (ADR 12)',
  },
];
