import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Deployment } from 'kubernetes-types/apps/v1';
import type { ConfigMap } from 'kubernetes-types/core/v1';
import type { GrafanaConfig } from '../../config/environment';
import { MONITORING_RESOURCES } from '../../model/monitoring';
import { placement } from '../../model/node-placement';
import { containerResources } from '../container-resources';
import type { Manifest } from '../manifest';
import { PLATFORM_PRIORITY } from '../priority-class';
import { GRAFANA, MONITORING } from '../prometheus/services';
import { securityContext, runAs } from '../security-context';
import { secretProviderClass, secretsVolume } from '../secret-provider-class';
import { serviceAccount } from '../service-account';
import { targetHealth } from '../target-group-binding';
import { dashboards } from './dashboards';
import type { DashboardProps } from './dashboards/board';
import { DASHBOARDS_FOLDER, provisioning } from './provisioning';
import { SECRET_FILES, settingsEnv } from './settings';
import { clusterIpService } from '../cluster-ip-service';
import { podDisruptionBudget } from '../pod-disruption-budget';
import { volumeClaim } from '../volume-claim';

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
const metadata = () => ({ name, namespace: MONITORING });
const labels = () => ({ app: name });

/** User of the image. */
const USER = 472;
const CONFIG = 'grafana-config';
const CLAIM = 'grafana-pvc';

/** Grafana: shows what Prometheus and CloudWatch have. `checksum` makes a text that changes with a value. */
export const grafana = (props: GrafanaProps, checksum: (value: object) => string): readonly Manifest[] => {
  const files = provisioning(props.region);
  const boards = dashboards(props);
  return [
    serviceAccount(metadata()),
    secretProviderClass({
      ...metadata(),
      region: props.region,
      secrets: [
        { arn: props.secretArns.administrator, files: { password: SECRET_FILES.password } },
        { arn: props.secretArns.key, files: SECRET_FILES.key },
      ],
    }),
    configMap(CONFIG, Object.fromEntries(Object.entries(files).map(([path, text]) => [key(path), text]))),
    ...boards.map((board) => configMap(mapOf(board), { [fileOf(board)]: `${JSON.stringify(board, null, 1)}\n` })),
    volumeClaim({ ...metadata(), name: CLAIM, volumeGiB: props.config.volumeGiB }),
    deployment(props, Object.keys(files), boards, checksum(files)),
    clusterIpService({ ...metadata(), port }),
    podDisruptionBudget(metadata()),
  ];
};

/** Keys of a ConfigMap have no folders. */
const key = (path: string) => path.replace('/', '-');
const fileOf = ({ uid }: Dashboard) => `${uid}.json`;
/** A dashboard has a ConfigMap of its own: the function that applies objects takes 256 KiB at a time. */
const mapOf = ({ uid }: Dashboard) => `grafana-${uid}`;

const configMap = (of: string, data: Record<string, string>): Manifest<ConfigMap> => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { ...metadata(), name: of },
  data,
});

const deployment = (
  { image, region, url }: GrafanaProps,
  files: readonly string[],
  boards: readonly Dashboard[],
  checksum: string,
): Manifest<Deployment> => {
  const secrets = secretsVolume(name);
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { ...metadata(), labels: labels() },
    spec: {
      replicas: 1,
      strategy: { type: 'Recreate' }, // one pod at a time has the volume
      selector: { matchLabels: labels() },
      template: {
        // Dashboards need no other pod: it looks for new ones itself.
        metadata: { labels: labels(), annotations: { 'checksum/config': checksum } },
        spec: {
          serviceAccountName: name,
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          securityContext: runAs(USER),
          ...(url !== undefined && { readinessGates: [{ conditionType: targetHealth(name) }] }),
          terminationGracePeriodSeconds: 30, // it ends at once: no other pod could answer meanwhile
          containers: [
            {
              name,
              image,
              imagePullPolicy: 'Always',
              env: [{ name: 'AWS_REGION', value: region }, ...settingsEnv(url)], // pods do not reach the metadata of their node
              ports: [{ name: 'http', containerPort: port }],
              startupProbe: { httpGet: { path: '/api/health', port }, periodSeconds: 10, failureThreshold: 30 }, // it makes its database
              livenessProbe: { httpGet: { path: '/healthz', port }, periodSeconds: 10, timeoutSeconds: 5 },
              readinessProbe: { httpGet: { path: '/api/health', port }, periodSeconds: 5, timeoutSeconds: 3 },
              resources: containerResources(MONITORING_RESOURCES.grafana),
              securityContext: securityContext(),
              volumeMounts: [
                { name: 'grafana-config', mountPath: '/etc/grafana/provisioning', readOnly: true },
                { name: 'dashboards', mountPath: DASHBOARDS_FOLDER, readOnly: true },
                { name: 'grafana-storage', mountPath: '/var/lib/grafana' },
                { name: 'tmp', mountPath: '/tmp' },
                secrets.mount,
              ],
            },
          ],
          volumes: [
            {
              name: 'grafana-config',
              configMap: { name: CONFIG, items: files.map((path) => ({ key: key(path), path })) },
            },
            {
              name: 'dashboards',
              projected: { sources: boards.map((board) => ({ configMap: { name: mapOf(board) } })) },
            },
            { name: 'grafana-storage', persistentVolumeClaim: { claimName: CLAIM } },
            { name: 'tmp', emptyDir: {} },
            secrets.volume,
          ],
          priorityClassName: PLATFORM_PRIORITY,
          ...placement('monitoring'),
        },
      },
    },
  };
};
