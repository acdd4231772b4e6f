import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Deployment } from 'kubernetes-types/apps/v1';
import type { GrafanaConfig } from '../../config/environment';
import { MONITORING_RESOURCES } from '../../model/monitoring';
import { SITES } from '../../model/sites';
import type { Manifest } from '../manifest';
import { configMap, filesMap, filesSource, type Files } from '../objects/config-map';
import { answering, container, httpProbe } from '../objects/container';
import { configChecksum, deployment } from '../objects/deployment';
import { labelledAll } from '../objects/labels';
import { podDisruptionBudget } from '../objects/pod-disruption-budget';
import { podSpec } from '../objects/pod-spec';
import { runAs } from '../objects/security-context';
import { clusterIpService } from '../objects/service';
import { serviceAccount } from '../objects/service-account';
import { volumeClaim } from '../objects/volume-claim';
import { GRAFANA, MONITORING, monitoringWorkload } from '../prometheus/services';
import { secretProviderClass, secretsVolume } from '../secret-provider-class';
import { targetHealth } from '../target-group-binding';
import { dashboards } from './dashboards';
import type { DashboardProps } from './dashboards/board';
import { DASHBOARDS_FOLDER, provisioning } from './provisioning';
import { SECRET_FILES, settingsEnv } from './settings';

export interface GrafanaProps extends DashboardProps {
  readonly config: GrafanaConfig;
  /** Full image reference. */
  readonly image: string;
  readonly region: string;
  /** ARNs of the secrets with the password of its administrator, and with the key by which it encrypts. */
  readonly secretArns: { readonly administrator: string; readonly key: string };
  /** Where people find it on the internet. @default - it is not public */
  readonly url?: string | undefined;
}

const { host: name, port } = GRAFANA;
const identity = { name, namespace: MONITORING };
const { readiness } = SITES.grafana.target;

/** User of the image. */
const USER = 472;
const CONFIG = 'grafana-config';
const CLAIM = 'grafana-pvc';

/** Grafana: shows what Prometheus and CloudWatch have. `checksum` makes a text that changes with a value. */
export const grafana = (props: GrafanaProps, checksum: (value: object) => string): readonly Manifest[] => {
  const files = provisioning(props.region);
  const boards = dashboards(props);
  return labelledAll(monitoringWorkload(GRAFANA), [
    serviceAccount(identity),
    secretProviderClass({
      ...identity,
      region: props.region,
      secrets: [
        { arn: props.secretArns.administrator, files: { password: SECRET_FILES.password } },
        { arn: props.secretArns.key, files: SECRET_FILES.key },
      ],
    }),
    filesMap({ ...identity, name: CONFIG, files }),
    ...boards.map((board) =>
      configMap({
        ...identity,
        name: mapOf(board),
        data: { [`${board.uid}.json`]: `${JSON.stringify(board, null, 1)}\n` },
      }),
    ),
    volumeClaim({ ...identity, name: CLAIM, volumeGiB: props.config.volumeGiB }),
    server(props, files, boards, checksum(files)),
    clusterIpService({ ...identity, port }),
    podDisruptionBudget(identity),
  ]);
};

/** A dashboard has a ConfigMap of its own: the function that applies objects takes 256 KiB at a time. */
const mapOf = ({ uid }: Dashboard) => `grafana-${uid}`;

const server = (
  { image, region, url }: GrafanaProps,
  files: Files,
  boards: readonly Dashboard[],
  checksum: string,
): Manifest<Deployment> => {
  const secrets = secretsVolume(name);
  return deployment({
    ...identity,
    replicas: 1,
    strategy: { type: 'Recreate' }, // one pod at a time has the volume
    annotations: configChecksum(checksum), // dashboards need no other pod: it looks for new ones itself
    pod: podSpec({
      serviceAccountName: name,
      nodeGroup: 'monitoring',
      securityContext: runAs(USER),
      ...(url !== undefined && { readinessGates: [{ conditionType: targetHealth(name) }] }),
      terminationGracePeriodSeconds: 30, // it ends at once: no other pod could answer meanwhile
      containers: [
        container({
          name,
          image,
          env: [{ name: 'AWS_REGION', value: region }, ...settingsEnv(url)], // pods do not reach the metadata of their node
          ...answering({ port, liveness: '/healthz', readiness }),
          startupProbe: httpProbe(readiness, port, { periodSeconds: 10, failureThreshold: 30 }), // it makes its database
          resources: MONITORING_RESOURCES.grafana,
          volumeMounts: [
            { name: 'grafana-config', mountPath: '/etc/grafana/provisioning', readOnly: true },
            { name: 'dashboards', mountPath: DASHBOARDS_FOLDER, readOnly: true },
            { name: 'grafana-storage', mountPath: '/var/lib/grafana' },
            { name: 'tmp', mountPath: '/tmp' },
            secrets.mount,
          ],
        }),
      ],
      volumes: [
        { name: 'grafana-config', configMap: filesSource(CONFIG, files) },
        { name: 'dashboards', projected: { sources: boards.map((board) => ({ configMap: { name: mapOf(board) } })) } },
        { name: 'grafana-storage', persistentVolumeClaim: { claimName: CLAIM } },
        { name: 'tmp', emptyDir: {} },
        secrets.volume,
      ],
    }),
  });
};
