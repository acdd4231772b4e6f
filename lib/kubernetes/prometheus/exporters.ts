import type { Deployment } from 'kubernetes-types/apps/v1';
import type { EnvVar, Volume, VolumeMount } from 'kubernetes-types/core/v1';
import { MONITOR, MONITORING_RESOURCES } from '../../model/monitoring';
import { AUTHORITIES_FILE, authoritiesVolume } from '../certificate-authorities';
import type { Manifest } from '../manifest';
import { configMap } from '../objects/config-map';
import { answering, container } from '../objects/container';
import { deployment, rollingUpdate } from '../objects/deployment';
import { labelledAll } from '../objects/labels';
import { podDisruptionBudget } from '../objects/pod-disruption-budget';
import { podSpec } from '../objects/pod-spec';
import { NOBODY, runAs } from '../objects/security-context';
import { clusterIpService } from '../objects/service';
import { serviceAccount } from '../objects/service-account';
import { secretProviderClass, secretsVolume } from '../secret-provider-class';
import { MONITORING, monitoringWorkload, MYSQL_EXPORTER, REDIS_EXPORTER } from './services';

export interface ExporterProps {
  /** Full image reference. */
  readonly image: string;
  readonly region: string;
  /** ARN of the secret with the password of its user. */
  readonly secretArn: string;
}

/** The differences between exporters. */
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

const secretName = ({ name }: Exporter) => `${name}-secrets`;

const exporter = (props: Exporter): readonly Manifest[] => {
  const identity = { name: props.name, namespace: MONITORING };
  return labelledAll(monitoringWorkload({ host: props.name }), [
    serviceAccount(identity),
    secretProviderClass({
      ...identity,
      region: props.region,
      secrets: [{ arn: props.secretArn, files: { password: 'password' } }],
      variables: { secretName: secretName(props), files: ['password'] },
    }),
    ...(props.files ? [configMap({ ...identity, data: props.files.data })] : []),
    server(props),
    clusterIpService({ ...identity, port: props.port, portName: 'metrics' }),
    podDisruptionBudget(identity),
  ]);
};

const server = (props: Exporter): Manifest<Deployment> => {
  const { name, image, args, env, passwordVariable, port, health, files } = props;
  const secrets = secretsVolume(name);
  const authorities = authoritiesVolume();
  return deployment({
    name,
    namespace: MONITORING,
    replicas: 1, // a moment without it is a gap in a graph
    strategy: rollingUpdate(),
    pod: podSpec({
      serviceAccountName: name,
      nodeGroup: 'database',
      securityContext: runAs(NOBODY),
      containers: [
        container({
          name,
          image,
          args,
          env: [
            ...env,
            {
              name: passwordVariable,
              valueFrom: { secretKeyRef: { name: secretName(props), key: 'password' } },
            },
          ],
          ...answering({ port, portName: 'metrics', liveness: health, readiness: health }),
          resources: MONITORING_RESOURCES.exporter,
          volumeMounts: [...(files ? [files.mount] : []), secrets.mount, authorities.mount],
        }),
      ],
      volumes: [...(files ? [files.volume] : []), secrets.volume, authorities.volume],
    }),
  });
};
