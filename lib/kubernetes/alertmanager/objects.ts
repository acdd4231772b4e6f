import type { StatefulSet } from 'kubernetes-types/apps/v1';
import type { ConfigMap } from 'kubernetes-types/core/v1';
import { MONITORING_RESOURCES } from '../../model/monitoring';
import { placement } from '../../model/node-placement';
import { containerResources } from '../container-resources';
import type { Manifest } from '../manifest';
import { PLATFORM_PRIORITY } from '../priority-class';
import { ALERTMANAGER, MONITORING } from '../prometheus/services';
import { NOBODY, securityContext, runAs } from '../security-context';
import { serviceAccount } from '../service-account';
import { alertmanagerConfig, type AlertmanagerConfigProps } from './config';
import { clusterIpService } from '../cluster-ip-service';
import { podDisruptionBudget } from '../pod-disruption-budget';

export interface AlertmanagerProps extends AlertmanagerConfigProps {
  /** Full image reference. */
  readonly image: string;
}

const { host: name, port } = ALERTMANAGER;
const metadata = () => ({ name, namespace: MONITORING });
const labels = () => ({ app: name });

/** Alertmanager: tells people, and keeps what they silenced on a volume. `checksum` makes a text that changes with a value. */
export const alertmanager = (props: AlertmanagerProps, checksum: (value: object) => string): readonly Manifest[] => {
  const data = { 'alertmanager.yml': alertmanagerConfig(props) };
  return [
    serviceAccount(metadata()),
    configMap(data),
    statefulSet(props, checksum(data)),
    clusterIpService({ ...metadata(), port, headless: true }),
    podDisruptionBudget(metadata()),
  ];
};

const CONFIG = 'alertmanager-config';

const configMap = (data: Record<string, string>): Manifest<ConfigMap> => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { ...metadata(), name: CONFIG },
  data,
});

const statefulSet = ({ image, region }: AlertmanagerProps, checksum: string): Manifest<StatefulSet> => ({
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { ...metadata(), labels: labels() },
  spec: {
    replicas: 1, // as of Prometheus: an alarm of CloudWatch tells when the two are silent
    serviceName: name,
    selector: { matchLabels: labels() },
    template: {
      metadata: { labels: labels(), annotations: { 'checksum/config': checksum } },
      spec: {
        serviceAccountName: name,
        automountServiceAccountToken: false,
        enableServiceLinks: false,
        securityContext: runAs(NOBODY),
        containers: [
          {
            name,
            image,
            imagePullPolicy: 'Always',
            args: [
              '--config.file=/etc/alertmanager/alertmanager.yml',
              '--storage.path=/alertmanager',
              '--cluster.listen-address=', // it is alone
            ],
            env: [{ name: 'AWS_REGION', value: region }], // pods do not reach the metadata of their node
            ports: [{ name: 'http', containerPort: port }],
            livenessProbe: { httpGet: { path: '/-/healthy', port }, periodSeconds: 10, timeoutSeconds: 5 },
            readinessProbe: { httpGet: { path: '/-/ready', port }, periodSeconds: 5, timeoutSeconds: 3 },
            resources: containerResources(MONITORING_RESOURCES.alertmanager),
            securityContext: securityContext(),
            volumeMounts: [
              { name: 'config', mountPath: '/etc/alertmanager', readOnly: true },
              { name: 'storage', mountPath: '/alertmanager' },
            ],
          },
        ],
        volumes: [{ name: 'config', configMap: { name: CONFIG } }],
        priorityClassName: PLATFORM_PRIORITY,
        ...placement('monitoring'),
      },
    },
    volumeClaimTemplates: [
      {
        metadata: { name: 'storage' },
        spec: {
          accessModes: ['ReadWriteOnce'],
          storageClassName: 'ssd-storage',
          resources: { requests: { storage: '1Gi' } },
        },
      },
    ],
    persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete', whenScaled: 'Retain' }, // nobody else would
  },
});
