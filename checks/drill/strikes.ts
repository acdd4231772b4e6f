import { setTimeout as sleep } from 'node:timers/promises';
import type { Pod, ResourceQuota } from 'kubernetes-types/core/v1';
import { APP_LABEL } from '../../lib/model/labels';
import type { Scene } from './scene';

/** How a deployment ended that a fault has struck. */
interface Struck {
  /** Why it failed; empty if it did not. */
  readonly failure: string;
  /** Looks for what the command leaves undone beside the wanted state, a line each. @default - nothing */
  readonly missing?: () => Promise<readonly string[]>;
}

/** Strikes in the middle of a deployment. Throws if the fault does not strike. */
export type Strike = (scene: Scene) => Promise<Struck>;

const endOf = async ({ deployment }: Scene): Promise<Struck> => ({ failure: await deployment.ended });

export const DEPLOY = 'npx cdk deploy --all -c env=ENV';

const MANIFEST = 'Custom::AWSCDK-EKS-KubernetesResource';

/** Milliseconds between two looks at what goes on without a deployment. */
const INTERVAL = 100;

const own = ({ environment }: Scene, command: string): string => command.replaceAll('ENV', environment);

/** Types a command that must be refused. */
const refused = async (scene: Scene, command: string, refusal: RegExp): Promise<void> => {
  const failure = await scene.type(own(scene, command));
  if (!refusal.test(failure)) throw new Error(`${command} is not refused with ${refusal}: ${failure || 'it succeeds'}`);
};

const statusOf = async (scene: Scene, stack: string): Promise<string> => {
  const answer = await scene.query('cloudformation', { Action: 'DescribeStacks', StackName: scene.stack(stack) });
  return /<StackStatus>(\w+)</.exec(answer)?.[1] ?? 'gone';
};

const atRest = async (scene: Scene, stack: string): Promise<string> => {
  for (;;) {
    const status = await statusOf(scene, stack);
    if (!status.endsWith('_IN_PROGRESS')) return status;
    await sleep(INTERVAL);
  }
};

/**
 * Does something while CloudFormation applies a manifest of a stack, which waits for it. A stack at work says so meanwhile, as on AWS:
 * otherwise the emulator answers when it is at rest.
 */
const whileApplying = async (scene: Scene, stack: string, work: () => Promise<void>): Promise<void> => {
  const { faults, until } = scene;
  await faults.strike({ stack: scene.stack(stack), type: MANIFEST });
  try {
    await until(`a manifest of ${stack} is applied`, async () => (await faults.held()).length > 0);
    await faults.answerAtOnce(true);
    await work();
  } finally {
    await faults.release();
    await faults.answerAtOnce(false);
  }
};

/** The mistake is in what is deployed. */
export const nothing: Strike = endOf;

const AT_WORK = /is in UPDATE_IN_PROGRESS state and can not be updated/;

export const killed: Strike = async (scene) => {
  await whileApplying(scene, 'workloads', async () => {
    scene.deployment.kill();
    await scene.deployment.ended;
    const status = await statusOf(scene, 'workloads');
    if (status !== 'UPDATE_IN_PROGRESS') throw new Error(`the stack is not at work: ${status}`);
  });
  return endOf(scene);
};

/** One call of kubectl does not reach the API server: that of the manifest. */
export const unreachableOnce: Strike = async (scene) => {
  await whileApplying(scene, 'workloads', async () => void (await scene.faults.hideApiServer(1)));
  const failure = await scene.deployment.ended;
  const status = await atRest(scene, 'workloads');
  if (status !== 'UPDATE_ROLLBACK_COMPLETE') throw new Error(`the stack did not roll back: ${status}`);
  return { failure };
};

/** More calls than an update and its rollback make. */
const ALL = 10_000;

export const unreachableDuringRollback: Strike = async (scene) => {
  await whileApplying(scene, 'workloads', async () => void (await scene.faults.hideApiServer(ALL)));
  const failure = await scene.deployment.ended;
  await scene.faults.hideApiServer(0);
  const status = await atRest(scene, 'workloads');
  if (status !== 'UPDATE_ROLLBACK_FAILED') throw new Error(`the rollback did not fail: ${status}`);
  await refused(scene, DEPLOY, /is in UPDATE_ROLLBACK_FAILED state and can not be updated/);
  return { failure };
};

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/throttling.html; CloudFormation and RDS say Throttling. */
const THROTTLING = { code: 'Throttling', message: 'Rate exceeded', status: 400 };
/** Fewer than the seven attempts of the CLI (aws-cdk 2.1148.1). */
const TIMES = 3;

export const throttled: Strike = async (scene) => {
  const struck = await endOf(scene);
  const left = (await scene.faults.refuse({})) + (await scene.faults.release());
  if (left > 0) throw new Error(`${left} requests were never throttled`);
  return struck;
};

/** Begins before the deployment, because the first stacks are quick. */
export const throttle = async ({ faults, stack }: Pick<Scene, 'faults' | 'stack'>): Promise<void> => {
  await faults.refuse({
    'cloudformation:CreateChangeSet': { ...THROTTLING, times: TIMES },
    'cloudformation:ExecuteChangeSet': { ...THROTTLING, times: TIMES },
  });
  await faults.strike({
    stack: stack('mysql'),
    type: 'AWS::RDS::DBInstance',
    message: 'Rate exceeded (Service: Rds, Status Code: 400) (HandlerErrorCode: Throttling)',
  });
};

const APPS = '/api/v1/namespaces/platform-apps';

export const withoutNamespace: Strike = async (scene) => {
  await whileApplying(scene, 'workloads', async () => {
    await scene.cluster.send('DELETE', APPS);
    await scene.until('the namespace is gone', async () => (await scene.cluster.send('GET', APPS)).status === 404);
  });
  const failure = await scene.deployment.ended;
  const status = await atRest(scene, 'workloads');
  if (status !== 'UPDATE_ROLLBACK_FAILED') throw new Error(`the rollback did not fail: ${status}`);
  return { failure };
};

export const withoutStack: Strike = async (scene) => {
  const { query, stack } = scene;
  await whileApplying(scene, 'telemetry', async () => {
    await query('cloudformation', { Action: 'DeleteStack', StackName: stack('workloads') });
    const status = await atRest(scene, 'workloads');
    if (!['gone', 'DELETE_COMPLETE'].includes(status)) throw new Error(`the stack was not deleted: ${status}`);
  });
  return endOf(scene);
};

export const second: Strike = async (scene) => {
  await whileApplying(scene, 'workloads', () => refused(scene, DEPLOY, AT_WORK));
  return endOf(scene);
};

export const expired: Strike = async (scene) => {
  await whileApplying(scene, 'workloads', async () => {
    if ((await scene.faults.expireSessions()) === 0) throw new Error('the CLI had no session');
    await scene.deployment.ended;
  });
  await atRest(scene, 'workloads');
  return endOf(scene);
};

/** The user of a database, by the beginning of the logical id of its secret, and the service that has its password. */
const ROTATED = { secret: 'MysqlUserauth', app: 'auth-service' };

export const rotated: Strike = async (scene) => {
  const { cluster, emulator, callSecretsManager } = scene;
  const secret = (await emulator.resources()).find(({ logicalId }) => logicalId.startsWith(ROTATED.secret))!;
  const value = async () =>
    (await callSecretsManager('GetSecretValue', { SecretId: secret.physicalId })).SecretString as string;
  const pods = async () =>
    (await cluster.get<Pod>('pods')).filter(
      ({ metadata }) => metadata?.labels?.[APP_LABEL] === ROTATED.app && !metadata.deletionTimestamp,
    );
  const old = await value();
  await whileApplying(scene, 'workloads', async () => {
    await callSecretsManager('RotateSecret', { SecretId: secret.physicalId });
  });
  const { failure } = await endOf(scene);
  const [changed, before] = [await value(), (await pods()).map(({ metadata }) => metadata?.uid)];
  if (changed === old) throw new Error('the rotation did not change the password');
  const missing = async () => [
    ...((await value()) === changed ? [] : ['the secret has another value than the rotation gave it']),
    ...(await pods())
      .filter(({ metadata }) => before.includes(metadata?.uid))
      .map(({ metadata }) => `the pod ${metadata?.name} began before the rotation, and has the old password`),
  ];
  return { failure, missing };
};

const FULL = `${APPS}/resourcequotas/quota`;

export const fullQuota: Strike = async (scene) => {
  const { cluster } = scene;
  await whileApplying(scene, 'workloads', async () => {
    const { body } = await cluster.send('GET', FULL);
    const { used } = (body as unknown as ResourceQuota).status!;
    await cluster.patch(FULL, { spec: { hard: { pods: used!.pods } } });
  });
  return endOf(scene);
};

const zoneOfDatabase = async ({ query, environment }: Scene): Promise<string> => {
  const asked = { Action: 'DescribeDBInstances', DBInstanceIdentifier: `platform-${environment}` };
  return /<AvailabilityZone>([^<]+)</.exec(await query('rds', asked))![1]!;
};

export const lostZone: Strike = async (scene) => {
  const { emulator } = scene;
  const zone = await zoneOfDatabase(scene);
  try {
    await whileApplying(scene, 'workloads', () => emulator.loseZone(zone));
    if ((await zoneOfDatabase(scene)) === zone) throw new Error(`the database stays in ${zone}`);
    return await endOf(scene);
  } finally {
    await emulator.restoreZone(zone);
  }
};
