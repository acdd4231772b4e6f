import type { Deployment } from 'kubernetes-types/apps/v1';
import type { PrometheusConfig } from '../../config/environment';
import { MONITORING_RESOURCES } from '../../model/monitoring';
import type { Manifest } from '../manifest';
import { filesMap, filesSource, type Files } from '../objects/config-map';
import { answering, container, httpProbe } from '../objects/container';
import { configChecksum, deployment } from '../objects/deployment';
import { labelledAll } from '../objects/labels';
import { podDisruptionBudget } from '../objects/pod-disruption-budget';
import { podSpec } from '../objects/pod-spec';
import { NOBODY, runAs } from '../objects/security-context';
import { clusterIpService } from '../objects/service';
import { serviceAccount } from '../objects/service-account';
import { volumeClaim } from '../objects/volume-claim';
import { prometheusConfig, type PrometheusConfigProps } from './config';
import { MONITORING, monitoringWorkload, PROMETHEUS } from './services';
import { prometheusRights } from './rbac';
import { ruleFile } from './rules';

export interface PrometheusProps extends PrometheusConfigProps {
  readonly config: PrometheusConfig;
  /** Full image reference. */
  readonly image: string;
  /** Where people read what an alert asks of them. */
  readonly runbookUrl: string;
}

const { host: name, port } = PROMETHEUS;
const identity = { name, namespace: MONITORING };
const CLAIM = 'prometheus-pvc';
const CONFIG = 'prometheus-config';
const READY = '/-/ready';

/** Its files, by their path below /etc/prometheus. */
const prometheusFiles = (props: Omit<PrometheusProps, 'config' | 'image'>): Files => ({
  'prometheus.yml': prometheusConfig(props),
  'rules/platform.yml': ruleFile(props.runbookUrl),
});

/** Prometheus: scrapes, keeps for some days on one volume, and works out what is wrong. `checksum` makes a text that changes with a value. */
export const prometheus = (props: PrometheusProps, checksum: (value: object) => string): readonly Manifest[] => {
  const files = prometheusFiles(props);
  return labelledAll(monitoringWorkload(PROMETHEUS), [
    serviceAccount({ ...identity, token: true }),
    ...prometheusRights(),
    filesMap({ ...identity, name: CONFIG, files }),
    volumeClaim({ ...identity, name: CLAIM, volumeGiB: props.config.volumeGiB }),
    server(props, files, checksum(files)),
    clusterIpService({ ...identity, port }),
    podDisruptionBudget(identity),
  ]);
};

/** Of the volume, for blocks; the rest is for the log of what is new and for compaction. */
const SHARE = 0.8;

const server = ({ config, image }: PrometheusProps, files: Files, checksum: string): Manifest<Deployment> =>
  deployment({
    ...identity,
    replicas: 1,
    strategy: { type: 'Recreate' }, // one pod at a time has the volume
    annotations: configChecksum(checksum),
    pod: podSpec({
      serviceAccountName: name,
      token: true,
      nodeGroup: 'monitoring',
      securityContext: runAs(NOBODY),
      terminationGracePeriodSeconds: 300, // it writes what it has in memory
      containers: [
        container({
          name,
          image,
          args: [
            '--config.file=/etc/prometheus/prometheus.yml',
            '--storage.tsdb.path=/prometheus/',
            `--storage.tsdb.retention.time=${config.retentionDays}d`,
            `--storage.tsdb.retention.size=${Math.floor(config.volumeGiB * SHARE * 1024)}MB`,
          ],
          ...answering({ port, liveness: '/-/healthy', readiness: READY }),
          startupProbe: httpProbe(READY, port, { periodSeconds: 10, failureThreshold: 90 }), // it reads its log
          resources: MONITORING_RESOURCES.prometheus,
          volumeMounts: [
            { name: 'config-volume', mountPath: '/etc/prometheus', readOnly: true },
            { name: 'storage-volume', mountPath: '/prometheus/' },
          ],
        }),
      ],
      volumes: [
        { name: 'config-volume', configMap: filesSource(CONFIG, files) },
        { name: 'storage-volume', persistentVolumeClaim: { claimName: CLAIM } },
      ],
    }),
  });
