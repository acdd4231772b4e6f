import type { StatefulSet } from 'kubernetes-types/apps/v1';
import { MONITORING_RESOURCES } from '../../model/monitoring';
import type { Manifest } from '../manifest';
import { configMap } from '../objects/config-map';
import { answering, container } from '../objects/container';
import { configChecksum, statefulSet } from '../objects/deployment';
import { labelledAll } from '../objects/labels';
import { podDisruptionBudget } from '../objects/pod-disruption-budget';
import { podSpec } from '../objects/pod-spec';
import { NOBODY, runAs } from '../objects/security-context';
import { clusterIpService } from '../objects/service';
import { serviceAccount } from '../objects/service-account';
import { volumeClaimSpec } from '../objects/volume-claim';
import { ALERTMANAGER, MONITORING, monitoringWorkload } from '../prometheus/services';
import { alertmanagerConfig, type AlertmanagerConfigProps } from './config';

export interface AlertmanagerProps extends AlertmanagerConfigProps {
  /** Full image reference. */
  readonly image: string;
}

const { host: name, port } = ALERTMANAGER;
const identity = { name, namespace: MONITORING };
const CONFIG = 'alertmanager-config';

/** Alertmanager: tells people, and keeps what they silenced on a volume. `checksum` makes a text that changes with a value. */
export const alertmanager = (props: AlertmanagerProps, checksum: (value: object) => string): readonly Manifest[] => {
  const data = { 'alertmanager.yml': alertmanagerConfig(props) };
  return labelledAll(monitoringWorkload(ALERTMANAGER), [
    serviceAccount(identity),
    configMap({ ...identity, name: CONFIG, data }),
    server(props, checksum(data)),
    clusterIpService({ ...identity, port, headless: true }),
    podDisruptionBudget(identity),
  ]);
};

const server = ({ image, region }: AlertmanagerProps, checksum: string): Manifest<StatefulSet> =>
  statefulSet({
    ...identity,
    replicas: 1, // as of Prometheus: an alarm of CloudWatch tells when the two are silent
    annotations: configChecksum(checksum),
    pod: podSpec({
      serviceAccountName: name,
      nodeGroup: 'monitoring',
      securityContext: runAs(NOBODY),
      containers: [
        container({
          name,
          image,
          args: [
            '--config.file=/etc/alertmanager/alertmanager.yml',
            '--storage.path=/alertmanager',
            '--cluster.listen-address=', // it is alone
          ],
          env: [{ name: 'AWS_REGION', value: region }], // pods do not reach the metadata of their node
          ...answering({ port, liveness: '/-/healthy', readiness: '/-/ready' }),
          resources: MONITORING_RESOURCES.alertmanager,
          volumeMounts: [
            { name: 'config', mountPath: '/etc/alertmanager', readOnly: true },
            { name: 'storage', mountPath: '/alertmanager' },
          ],
        }),
      ],
      volumes: [{ name: 'config', configMap: { name: CONFIG } }],
    }),
    own: {
      volumeClaimTemplates: [{ metadata: { name: 'storage' }, spec: volumeClaimSpec(1) }],
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete', whenScaled: 'Retain' }, // nobody else would
    },
  });
