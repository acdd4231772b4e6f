import type { EnvVar, ServiceAccount, Volume, VolumeMount } from 'kubernetes-types/core/v1';
import type { ServiceDefinition } from '../model/services';
import type { DataEndpoints } from './data-endpoints';
import type { Manifest } from './manifest';
import { labelled } from './objects/labels';
import { serviceAccount } from './objects/service-account';
import {
  secretProviderClass,
  SECRETS_FOLDER,
  secretsVolume,
  type MountedSecret,
  type SecretProviderClass,
} from './secret-provider-class';
import { serviceWorkload } from './service-workload';

/** ARNs of the secrets that a service gets: those that it needs. */
export interface ServiceSecretArns {
  /** Of the user of its database. */
  readonly database?: string;
  /** Of its Redis user. */
  readonly redis?: string;
  readonly jwt?: string;
  readonly sentry?: string;
}

export interface ServiceSecretsProps {
  /** Name of the service: also of its service account, its class and, with `-secrets`, its Kubernetes Secret. */
  readonly name: string;
  readonly namespace: string;
  readonly region: string;
  readonly definition: ServiceDefinition;
  readonly arns: ServiceSecretArns;
  readonly endpoints: DataEndpoints;
}

/** The secrets of a service: objects of its own, and parts of its pods. */
export interface ServiceSecrets {
  readonly objects: readonly (Manifest<ServiceAccount> | Manifest<SecretProviderClass>)[];
  readonly env: EnvVar[];
  readonly volumes: Volume[];
  readonly mounts: VolumeMount[];
}

/**
 * A service's secrets: files of its pods, which follow a rotation, and variables, which do not. A service that reads the file
 * `DATABASE_PASSWORD_FILE` whenever it connects notices nothing; one that uses `DATABASE_URL` has to end when it is refused, for
 * its container starts again with the new value (docs/secrets.md).
 *
 * URLs are composed in the pod. Kubernetes puts `$(PASSWORD)` in as it is, so passwords have no character that a URL would
 * have to encode.
 */
export const serviceSecrets = (props: ServiceSecretsProps): ServiceSecrets => {
  const { name, namespace, region } = props;
  const parts = secretParts(props);
  const secretName = `${name}-secrets`;
  const workload = serviceWorkload(name);
  const account = labelled(workload, serviceAccount({ name, namespace }));
  if (parts.length === 0) return { objects: [account], env: [], volumes: [], mounts: [] };
  const { volume, mount } = secretsVolume(name);
  const providerClass = secretProviderClass({
    name,
    namespace,
    region,
    secrets: parts.map(({ secret }) => secret),
    variables: { secretName, files: parts.map(({ file }) => file) },
  });
  return {
    objects: [account, labelled(workload, providerClass)],
    volumes: [volume],
    mounts: [mount],
    env: parts.flatMap(({ variable, file, composed }) => [
      { name: variable, valueFrom: { secretKeyRef: { name: secretName, key: file } } },
      ...composed,
    ]),
  };
};

/** A secret of a service: its file, the variable with the same value, and the variables that are made of it. */
interface SecretPart {
  readonly secret: MountedSecret;
  readonly file: string;
  readonly variable: string;
  readonly composed: readonly EnvVar[];
}

/** A secret that is one value as it is. */
const whole = (arn: string | undefined, file: string, variable: string): readonly SecretPart[] =>
  arn === undefined ? [] : [{ secret: { arn, files: file }, file, variable, composed: [] }];

const fileVariable = (name: string, file: string): EnvVar => ({ name, value: `${SECRETS_FOLDER}/${file}` });

const password = (arn: string, file: string): MountedSecret => ({ arn, files: { password: file } });

const secretParts = ({
  name,
  definition: { database, sentryVariable },
  arns,
  endpoints,
}: ServiceSecretsProps): readonly SecretPart[] => {
  const { mysqlWriter, mysqlPort, redis, redisPort } = endpoints;
  return [
    ...(arns.redis === undefined
      ? []
      : [
          {
            secret: password(arns.redis, 'redis-password'),
            file: 'redis-password',
            variable: 'REDIS_PASSWORD',
            composed: [
              fileVariable('REDIS_PASSWORD_FILE', 'redis-password'),
              { name: 'REDIS_URL', value: `rediss://${name}:$(REDIS_PASSWORD)@${redis}:${redisPort}` },
              { name: 'REDIS_KEY_PREFIX', value: `${name}:` },
            ],
          },
        ]),
    ...whole(arns.jwt, 'jwt-secret', 'JWT_SECRET'),
    ...(arns.database === undefined || database === undefined
      ? []
      : [
          {
            secret: password(arns.database, `${database}-database-password`),
            file: `${database}-database-password`,
            variable: 'DATABASE_PASSWORD',
            composed: [
              fileVariable('DATABASE_PASSWORD_FILE', `${database}-database-password`),
              {
                name: 'DATABASE_URL',
                value: `mysql://${database}:$(DATABASE_PASSWORD)@${mysqlWriter}:${mysqlPort}/${database}`,
              },
            ],
          },
        ]),
    ...(sentryVariable === undefined ? [] : whole(arns.sentry, 'sentry-dsn', sentryVariable)),
  ];
};
