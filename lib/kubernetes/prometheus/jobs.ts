/** The scrape jobs: six of the specification, and what they leave out. */
export const JOBS = [
  'kubernetes-apiservers',
  'kubernetes-nodes',
  'kubernetes-kubelet',
  'platform-services',
  'mysql',
  'redis',
  'kubernetes-containers',
  'kube-state-metrics',
  'prometheus',
  'alertmanager',
  'grafana',
] as const;
export type JobName = (typeof JOBS)[number];
