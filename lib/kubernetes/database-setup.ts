import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Job, JobSpec } from 'kubernetes-types/batch/v1';
import type { ConfigMap, ServiceAccount } from 'kubernetes-types/core/v1';
import { placement } from '../config/node-placement';
import { AUTHORITIES_FILE, authoritiesVolume } from './certificate-authorities';
import type { Manifest } from './manifest';
import { JOB_DEADLINE, once } from './once';
import { secretProviderClass, SECRETS_FOLDER, secretsVolume } from './secret-provider-class';

export interface DatabaseSetupProps {
  /** Image with bash and the `mysql` client. */
  readonly image: string;
  readonly region: string;
  /** The primary itself: a proxy does not know the administrator. */
  readonly host: string;
  readonly port: number;
  /** ARN of the administrator's secret. */
  readonly administratorArn: string;
  /** ARN of the secret of each database's user, by the name of the database. */
  readonly userArns: Readonly<Record<string, string>>;
  /** Another number runs it again. @default 1 */
  readonly run?: number | undefined;
}

/** Of the Job's pods: the service account, the label `app`, and the name of what it mounts. */
export const DATABASE_SETUP = { name: 'database-setup', namespace: 'platform-core' } as const;

const SCRIPT = readFileSync(join(__dirname, 'database-setup.sh'), 'utf8');
const FOLDER = '/etc/database-setup';

/**
 * Makes each database and its user, once: the Job, and what it mounts.
 *
 * The Job's name changes with what it is, so that a change runs it again, and nothing else does.
 */
export const databaseSetup = (props: DatabaseSetupProps): { job: Manifest<Job>; mounted: readonly Manifest[] } => ({
  mounted: [
    serviceAccount(),
    files(props),
    secretProviderClass({
      ...DATABASE_SETUP,
      region: props.region,
      secrets: [
        { arn: props.administratorArn, files: credentialFiles('admin') },
        ...Object.entries(props.userArns).map(([database, arn]) => ({ arn, files: credentialFiles(database) })),
      ],
    }),
  ],
  job: job(props),
});

const credentialFiles = (name: string) => ({ username: `${name}-username`, password: `${name}-password` });

const serviceAccount = (): Manifest<ServiceAccount> => ({
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { ...DATABASE_SETUP },
  automountServiceAccountToken: false,
});

const files = ({ host, port }: DatabaseSetupProps): Manifest<ConfigMap> => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { ...DATABASE_SETUP },
  data: {
    'setup.sh': SCRIPT,
    'client.cnf': `[client]\nhost=${host}\nport=${port}\nssl-mode=VERIFY_IDENTITY\nssl-ca=${AUTHORITIES_FILE}\n`,
  },
});

const job = (props: DatabaseSetupProps): Manifest<Job> =>
  once({ ...DATABASE_SETUP, spec: jobSpec(props), also: [SCRIPT, props.run ?? 1] });

const labels = () => ({ app: DATABASE_SETUP.name });

const jobSpec = ({ image, userArns }: DatabaseSetupProps): JobSpec => {
  const secrets = secretsVolume(DATABASE_SETUP.name);
  const authorities = authoritiesVolume();
  return {
    backoffLimit: 5,
    activeDeadlineSeconds: JOB_DEADLINE,
    template: {
      metadata: { labels: labels() },
      spec: {
        restartPolicy: 'Never',
        serviceAccountName: DATABASE_SETUP.name,
        automountServiceAccountToken: false,
        securityContext: {
          runAsNonRoot: true,
          runAsUser: 999, // the user `mysql` of the image
          fsGroup: 999,
          seccompProfile: { type: 'RuntimeDefault' },
        },
        containers: [
          {
            name: DATABASE_SETUP.name,
            image,
            command: ['bash', `${FOLDER}/setup.sh`],
            env: [
              { name: 'DATABASES', value: Object.keys(userArns).join(' ') },
              { name: 'SECRETS', value: SECRETS_FOLDER },
              { name: 'OPTIONS', value: `${FOLDER}/client.cnf` },
            ],
            resources: { requests: { cpu: '50m', memory: '64Mi' }, limits: { cpu: '200m', memory: '128Mi' } },
            securityContext: {
              allowPrivilegeEscalation: false,
              readOnlyRootFilesystem: true,
              capabilities: { drop: ['ALL'] },
            },
            volumeMounts: [
              { name: 'setup', mountPath: FOLDER, readOnly: true },
              { name: 'tmp', mountPath: '/tmp' },
              secrets.mount,
              authorities.mount,
            ],
          },
        ],
        volumes: [
          { name: 'setup', configMap: { name: DATABASE_SETUP.name } },
          { name: 'tmp', emptyDir: { medium: 'Memory', sizeLimit: '16Mi' } },
          secrets.volume,
          authorities.volume,
        ],
        ...placement('database'),
      },
    },
  };
};
