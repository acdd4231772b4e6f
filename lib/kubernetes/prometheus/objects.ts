import type { Deployment } from 'kubernetes-types/apps/v1';
import type { ConfigMap, ServiceAccount } from 'kubernetes-types/core/v1';
import type { PrometheusConfig } from '../../config/environment';
import { MONITORING_RESOURCES } from '../../model/monitoring';
import { placement } from '../../model/node-placement';
import { containerResources } from '../container-resources';
import type { Manifest } from '../manifest';
import { PLATFORM_PRIORITY } from '../priority-class';
import { NOBODY, securityContext, runAs } from '../security-context';
import { prometheusConfig, type PrometheusConfigProps } from './config';
import { MONITORING, PROMETHEUS } from './services';
import { prometheusRights } from './rbac';
import { ruleFile } from './rules';
import { clusterIpService } from '../cluster-ip-service';
import { podDisruptionBudget } from '../pod-disruption-budget';
import { volumeClaim } from '../volume-claim';

export interface PrometheusProps extends PrometheusConfigProps {
  readonly config: PrometheusConfig;
  /** Full image reference. */
  readonly image: string;
  /** Where people read what an alert asks of them. */
  readonly runbookUrl: string;
}

const { host: name, port } = PROMETHEUS;
const metadata = () => ({ name, namespace: MONITORING });
const labels = () => ({ app: name });
const CLAIM = 'prometheus-pvc';

/** Its files, by their path below /etc/prometheus. */
export const prometheusFiles = (
  props: Omit<PrometheusProps, 'config' | 'image'>,
): Readonly<Record<string, string>> => ({
  'prometheus.yml': prometheusConfig(props),
  'rules/platform.yml': ruleFile(props.runbookUrl),
});

/** Prometheus: scrapes, keeps for some days on one volume, and works out what is wrong. `checksum` makes a text that changes with a value. */
export const prometheus = (props: PrometheusProps, checksum: (value: object) => string): readonly Manifest[] => {
  const files = prometheusFiles(props);
  return [
    account(),
    ...prometheusRights(),
    configMap(files),
    volumeClaim({ ...metadata(), name: CLAIM, volumeGiB: props.config.volumeGiB }),
    deployment(props, files, checksum(files)),
    clusterIpService({ ...metadata(), port }),
    podDisruptionBudget(metadata()),
  ];
};

const account = (): Manifest<ServiceAccount> => ({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: metadata() });

/** Keys of a ConfigMap have no folders. */
const key = (path: string) => path.replace('/', '-');

const configMap = (files: Readonly<Record<string, string>>): Manifest<ConfigMap> => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { ...metadata(), name: 'prometheus-config' },
  data: Object.fromEntries(Object.entries(files).map(([path, text]) => [key(path), text])),
});

/** Of the volume, for blocks; the rest is for the log of what is new and for compaction. */
const SHARE = 0.8;

const deployment = (
  { config, image }: PrometheusProps,
  files: Readonly<Record<string, string>>,
  checksum: string,
): Manifest<Deployment> => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { ...metadata(), labels: labels() },
  spec: {
    replicas: 1,
    strategy: { type: 'Recreate' }, // one pod at a time has the volume
    selector: { matchLabels: labels() },
    template: {
      metadata: { labels: labels(), annotations: { 'checksum/config': checksum } },
      spec: {
        serviceAccountName: name,
        automountServiceAccountToken: true,
        enableServiceLinks: false,
        securityContext: runAs(NOBODY),
        terminationGracePeriodSeconds: 300, // it writes what it has in memory
        containers: [
          {
            name,
            image,
            imagePullPolicy: 'Always',
            args: [
              '--config.file=/etc/prometheus/prometheus.yml',
              '--storage.tsdb.path=/prometheus/',
              `--storage.tsdb.retention.time=${config.retentionDays}d`,
              `--storage.tsdb.retention.size=${Math.floor(config.volumeGiB * SHARE * 1024)}MB`,
            ],
            ports: [{ name: 'http', containerPort: port }],
            startupProbe: { httpGet: { path: '/-/ready', port }, periodSeconds: 10, failureThreshold: 90 }, // it reads its log
            livenessProbe: { httpGet: { path: '/-/healthy', port }, periodSeconds: 10, timeoutSeconds: 5 },
            readinessProbe: { httpGet: { path: '/-/ready', port }, periodSeconds: 5, timeoutSeconds: 3 },
            resources: containerResources(MONITORING_RESOURCES.prometheus),
            securityContext: securityContext(),
            volumeMounts: [
              { name: 'config-volume', mountPath: '/etc/prometheus', readOnly: true },
              { name: 'storage-volume', mountPath: '/prometheus/' },
            ],
          },
        ],
        volumes: [
          {
            name: 'config-volume',
            configMap: {
              name: 'prometheus-config',
              items: Object.keys(files).map((path) => ({ key: key(path), path })),
            },
          },
          { name: 'storage-volume', persistentVolumeClaim: { claimName: CLAIM } },
        ],
        priorityClassName: PLATFORM_PRIORITY,
        ...placement('monitoring'),
      },
    },
  },
});
