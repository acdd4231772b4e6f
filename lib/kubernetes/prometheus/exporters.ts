import type { Deployment } from 'kubernetes-types/apps/v1';
import type { ConfigMap, EnvVar, Volume, VolumeMount } from 'kubernetes-types/core/v1';
import { MONITOR, MONITORING_RESOURCES } from '../../model/monitoring';
import { placement } from '../../model/node-placement';
import { AUTHORITIES_FILE, authoritiesVolume } from '../certificate-authorities';
import { containerResources } from '../container-resources';
import type { Manifest } from '../manifest';
import { PLATFORM_PRIORITY } from '../priority-class';
import { NOBODY, securityContext, runAs } from '../security-context';
import { secretProviderClass, secretsVolume } from '../secret-provider-class';
import { serviceAccount } from '../service-account';
import { MONITORING, MYSQL_EXPORTER, REDIS_EXPORTER } from './services';
import { clusterIpService } from '../cluster-ip-service';
import { podDisruptionBudget } from '../pod-disruption-budget';

export interface ExporterProps {
  /** Full image reference. */
  readonly image: string;
  readonly region: string;
  /** ARN of the secret with the password of its user. */
  readonly secretArn: string;
}

/** What makes an exporter the one that it is. */
interface Exporter extends ExporterProps {
  readonly name: string;
  readonly port: number;
  readonly args: string[];
  readonly env: EnvVar[];
  /** Variable that gets the password. */
  readonly passwordVariable: string;
  /** Path that answers without asking a server. */
  readonly health: string;
  /** Files of its own. @default - none */
  readonly files?: { readonly data: Record<string, string>; readonly volume: Volume; readonly mount: VolumeMount };
}

const FOLDER = '/etc/mysql-exporter';

/** Asks every MySQL server that Prometheus names how it fares, from where services stand. */
export const mysqlExporter = (props: ExporterProps): readonly Manifest[] =>
  exporter({
    ...props,
    name: MYSQL_EXPORTER.host,
    port: MYSQL_EXPORTER.port,
    args: [`--config.my-cnf=${FOLDER}/client.cnf`],
    env: [],
    passwordVariable: 'MYSQLD_EXPORTER_PASSWORD',
    health: '/',
    files: {
      data: { 'client.cnf': `[client]\nuser=${MONITOR}\nssl-ca=${AUTHORITIES_FILE}\n` },
      volume: { name: 'config', configMap: { name: MYSQL_EXPORTER.host } },
      mount: { name: 'config', mountPath: FOLDER, readOnly: true },
    },
  });

/** Asks every node of Redis that Prometheus names how it fares, from where services stand. */
export const redisExporter = (props: ExporterProps): readonly Manifest[] =>
  exporter({
    ...props,
    name: REDIS_EXPORTER.host,
    port: REDIS_EXPORTER.port,
    args: [
      '--redis.addr=', // it asks whom Prometheus names, and nobody by itself
      '--config-command=-', // ElastiCache has no CONFIG
      `--tls-ca-cert-file=${AUTHORITIES_FILE}`,
    ],
    env: [{ name: 'REDIS_USER', value: MONITOR }],
    passwordVariable: 'REDIS_PASSWORD',
    health: '/health',
  });

const labels = ({ name }: Exporter) => ({ app: name });
const metadata = ({ name }: Exporter) => ({ name, namespace: MONITORING });
const secretName = ({ name }: Exporter) => `${name}-secrets`;

const exporter = (props: Exporter): readonly Manifest[] => [
  serviceAccount(metadata(props)),
  secretProviderClass({
    ...metadata(props),
    region: props.region,
    secrets: [{ arn: props.secretArn, files: { password: 'password' } }],
    variables: { secretName: secretName(props), files: ['password'] },
  }),
  ...(props.files ? [configMap(props, props.files.data)] : []),
  deployment(props),
  clusterIpService({ ...metadata(props), port: props.port, portName: 'metrics' }),
  podDisruptionBudget(metadata(props)),
];

const configMap = (props: Exporter, data: Record<string, string>): Manifest<ConfigMap> => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: metadata(props),
  data,
});

const deployment = (props: Exporter): Manifest<Deployment> => {
  const { name, image, args, env, passwordVariable, port, health, files } = props;
  const secrets = secretsVolume(name);
  const authorities = authoritiesVolume();
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { ...metadata(props), labels: labels(props) },
    spec: {
      replicas: 1, // a moment without it is a gap in a graph
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      selector: { matchLabels: labels(props) },
      template: {
        metadata: { labels: labels(props) },
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
              args,
              env: [
                ...env,
                {
                  name: passwordVariable,
                  valueFrom: { secretKeyRef: { name: secretName(props), key: 'password' } },
                },
              ],
              ports: [{ name: 'metrics', containerPort: port }],
              livenessProbe: { httpGet: { path: health, port }, periodSeconds: 10, timeoutSeconds: 5 },
              readinessProbe: { httpGet: { path: health, port }, periodSeconds: 5, timeoutSeconds: 3 },
              resources: containerResources(MONITORING_RESOURCES.exporter),
              securityContext: securityContext(),
              volumeMounts: [...(files ? [files.mount] : []), secrets.mount, authorities.mount],
            },
          ],
          volumes: [...(files ? [files.volume] : []), secrets.volume, authorities.volume],
          priorityClassName: PLATFORM_PRIORITY,
          ...placement('database'),
        },
      },
    },
  };
};
