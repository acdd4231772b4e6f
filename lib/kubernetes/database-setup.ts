import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Job, JobSpec } from 'kubernetes-types/batch/v1';
import type { ConfigMap } from 'kubernetes-types/core/v1';
import { CORE_NAMESPACE } from '../model/namespaces';
import { placement } from '../model/node-placement';
import { DATABASE_SETUP_RESOURCES } from '../model/services';
import { AUTHORITIES_FILE, authoritiesVolume } from './certificate-authorities';
import type { Manifest } from './manifest';
import { configMap } from './objects/config-map';
import { container } from './objects/container';
import { appLabel, labelled, labelledAll, type WorkloadIdentity } from './objects/labels';
import { podSecurityContext } from './objects/security-context';
import { serviceAccount } from './objects/service-account';
import { JOB_DEADLINE, oneOffJob } from './one-off-job';
import { PLATFORM_PRIORITY } from './priority-class';
import { secretProviderClass, SECRETS_FOLDER, secretsVolume } from './secret-provider-class';

/** Where the Jobs reach the databases' server. */
export interface DatabaseServer {
  /** The primary itself: a proxy does not know the administrator. */
  readonly host: string;
  readonly port: number;
}

export interface DatabaseSetupProps {
  /** Of the database and its user; of the user alone where it monitors. */
  readonly database: string;
  /** The user sees how the server fares, and has no database. @default false */
  readonly monitors?: boolean;
  /** Image with bash and the `mysql` client. */
  readonly image: string;
  readonly region: string;
  /** ARN of the administrator's secret. */
  readonly administratorArn: string;
  /** ARN of the secret of the database's user. */
  readonly userArn: string;
  /** Another number runs it again. @default 1 */
  readonly run?: number | undefined;
}

const NAMESPACE = CORE_NAMESPACE;
const FILES = 'database-setup';

/** Of the Job of a database: the service account, the label `app`, and the name of what it mounts. */
export const databaseSetupName = (database: string): string => `${FILES}-${database}`;

/** The Jobs of all databases are one program. */
export const databaseSetupWorkload = (database: string): WorkloadIdentity => ({
  app: databaseSetupName(database),
  program: FILES,
  component: 'database',
});

/** Objects that the Jobs of all databases mount: the script, and the way to the server. */
export const databaseSetupFiles = ({ host, port }: DatabaseServer): Manifest<ConfigMap> =>
  labelled(
    { app: FILES, component: 'database' },
    configMap({
      name: FILES,
      namespace: NAMESPACE,
      data: {
        'setup.sh': SCRIPT,
        'client.cnf': `[client]\nhost=${host}\nport=${port}\nssl-mode=VERIFY_IDENTITY\nssl-ca=${AUTHORITIES_FILE}\n`,
      },
    }),
  );

/** Seconds of one of six attempts of a login: with all of them, a pod has time left before the Job's deadline. */
const PATIENCE = 20;
const SCRIPT = readFileSync(join(__dirname, 'database-setup.sh'), 'utf8');
const FOLDER = '/etc/database-setup';
/** The user `mysql` of the image. */
const USER = 999;

/**
 * Makes a database and its user, once: the Job, and what it mounts of its own.
 *
 * The Job's name changes with what it is, so that a change runs it again, and nothing else does.
 */
export const databaseSetup = (props: DatabaseSetupProps): { job: Manifest<Job>; mounted: readonly Manifest[] } => {
  const { database, region, administratorArn, userArn, run } = props;
  const identity = { name: databaseSetupName(database), namespace: NAMESPACE };
  const workload = databaseSetupWorkload(database);
  return {
    mounted: labelledAll(workload, [
      serviceAccount(identity),
      secretProviderClass({
        ...identity,
        region,
        secrets: [
          { arn: administratorArn, files: credentialFiles('admin') },
          { arn: userArn, files: credentialFiles(database) },
        ],
      }),
    ]),
    job: oneOffJob({ ...identity, workload, spec: jobSpec(props), also: [SCRIPT, run ?? 1] }),
  };
};

const credentialFiles = (name: string) => ({ username: `${name}-username`, password: `${name}-password` });

const jobSpec = ({ database, monitors = false, image }: DatabaseSetupProps): JobSpec => {
  const name = databaseSetupName(database);
  const secrets = secretsVolume(name);
  const authorities = authoritiesVolume();
  return {
    backoffLimit: 5,
    activeDeadlineSeconds: JOB_DEADLINE,
    template: {
      metadata: { labels: appLabel(name) },
      spec: {
        restartPolicy: 'Never',
        serviceAccountName: name,
        automountServiceAccountToken: false,
        securityContext: podSecurityContext(USER, { fsGroup: USER }),
        containers: [
          container({
            name,
            image,
            command: ['bash', `${FOLDER}/setup.sh`],
            env: [
              { name: 'DATABASES', value: monitors ? '' : database },
              { name: 'MONITORS', value: monitors ? database : '' },
              { name: 'SECRETS', value: SECRETS_FOLDER },
              { name: 'OPTIONS', value: `${FOLDER}/client.cnf` },
              { name: 'PATIENCE', value: `${PATIENCE}` },
            ],
            resources: DATABASE_SETUP_RESOURCES,
            volumeMounts: [
              { name: 'setup', mountPath: FOLDER, readOnly: true },
              { name: 'tmp', mountPath: '/tmp' },
              secrets.mount,
              authorities.mount,
            ],
          }),
        ],
        volumes: [
          { name: 'setup', configMap: { name: FILES } },
          { name: 'tmp', emptyDir: { medium: 'Memory', sizeLimit: '16Mi' } },
          secrets.volume,
          authorities.volume,
        ],
        priorityClassName: PLATFORM_PRIORITY,
        ...placement('database'),
      },
    },
  };
};
