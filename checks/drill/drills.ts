import type { Edit } from '../rehearsed-copy';
import type { Scene } from './scene';
import * as strikes from './strikes';
import { DEPLOY, type Strike } from './strikes';

/** A fault in the middle of a deployment, and the command that ends it. */
export interface Drill {
  readonly title: string;
  /** For the page: what happens. */
  readonly happens: string;
  /** For the page: what the person who deploys sees. */
  readonly seen: string;
  /** For the page: what users see. */
  readonly users: string;
  /** Whether requests of users arrive at every moment. @default - that depends on where their pods run */
  readonly served?: boolean;
  /** The only command that brings the environment to the wanted state, as the page has it: ENV is the environment. */
  readonly command: string;
  /** Whether the environment is as wanted before the command. @default false */
  readonly recovers?: boolean;
  /** Changes of the wanted version, beside a new release. @default - none */
  readonly wanted?: readonly Edit[];
  /** Changes of what is being deployed when the fault strikes, beside those. @default - none */
  readonly deployed?: readonly Edit[];
  /** Happens before the deployment begins. @default - nothing */
  readonly before?: (scene: Pick<Scene, 'faults' | 'stack'>) => Promise<void>;
  readonly strike: Strike;
  /** The message with which the deployment fails. @default - it succeeds */
  readonly fails?: RegExp;
}

const DEV = 'test/fixtures/dev.ts';

/** Pods name an image by its digest, so another tag alone would change nothing. */
const image = (number: number) => ({ tag: `1.1.${number}`, digest: `sha256:${`${number}`.padStart(64, 'd')}` });

/** The changed environment that every drill deploys: another image of the frontend, and after the workloads another setting. */
export const release = (number: number): readonly Edit[] => [
  ...BASE,
  [DEV, 'import { RELEASES, withAllServices }', 'import { RELEASES, withAllServices, withRelease }'],
  [DEV, 'releases: RELEASES,', `releases: withRelease(RELEASES, 'frontend', ${JSON.stringify(image(number))}),`],
  [DEV, 'prometheus: { retentionDays: 15,', `prometheus: { retentionDays: ${15 + number},`],
];

/** The CLI takes a stack at work for a stack without changes, if its own template is at work there. */
const WAIT = 'aws cloudformation wait stack-update-complete --stack-name platform-ENV-workloads';
/** Changes of development before the first drill: a database with a standby. */
export const BASE: readonly Edit[] = [[DEV, 'multiAz: false,', 'multiAz: true,']];

const ROLL_BACK = 'npx cdk rollback ENV/Workloads -c env=ENV';

export const DRILLS: readonly Drill[] = [
  {
    title: 'a failed manifest',
    happens: 'The API server refuses a manifest.',
    seen: 'The deployment fails with the words of the API server, and CloudFormation rolls the stack back.',
    users: 'The version before.',
    served: true,
    command: DEPLOY,
    deployed: [
      ['lib/kubernetes/service.ts', '      ...pod.spec,\n', "      ...pod.spec,\n      dnsPolicy: 'Elsewhere',\n"],
    ],
    strike: strikes.nothing,
    fails: /spec\.template\.spec\.dnsPolicy: Unsupported value: \\?"Elsewhere/,
  },
  {
    title: 'a killed CLI',
    happens: 'The computer that deploys stops.',
    seen: 'CloudFormation finishes the stack that is at work, and begins no other one.',
    users: 'The new version of the stack that was at work, and the version before of the others.',
    served: true,
    command: `${WAIT} && ${DEPLOY}`,
    strike: strikes.killed,
    fails: /^/,
  },
  {
    title: 'an API server that is away',
    happens: 'The function that applies manifests does not reach the API server once.',
    seen: 'The deployment fails, and CloudFormation rolls the stack back.',
    users: 'The version before.',
    served: true,
    command: DEPLOY,
    strike: strikes.unreachableOnce,
    fails: /connection refused|connection to the server .* was refused/,
  },
  {
    title: 'a throttled API',
    happens: 'CloudFormation throttles the CLI, and RDS throttles CloudFormation.',
    seen: 'The CLI tries again by itself. The stack of the database fails, and CloudFormation rolls it back.',
    users: 'The version before.',
    served: true,
    command: DEPLOY,
    wanted: [[DEV, 'backupRetentionDays: 7,', 'backupRetentionDays: 8,']],
    before: strikes.throttle,
    strike: strikes.throttled,
    fails: /HandlerErrorCode: Throttling/,
  },
  {
    title: 'a rollback that fails',
    happens: 'The API server stays away until the rollback has failed too.',
    seen: 'The stack is in `UPDATE_ROLLBACK_FAILED`, and accepts no deployment.',
    users: 'The version before, or the new one.',
    served: true,
    command: `${ROLL_BACK} && ${DEPLOY}`,
    strike: strikes.unreachableDuringRollback,
    fails: /connection refused|connection to the server .* was refused/,
  },
  {
    title: 'a deleted stack of workloads',
    happens: 'Somebody deletes the stack of the workloads.',
    seen: 'The deployment succeeds, because it is past that stack.',
    users: 'Errors until the command ends.',
    served: false,
    command: DEPLOY,
    strike: strikes.withoutStack,
  },
  {
    title: 'a rotation',
    happens: 'Secrets Manager rotates the password of a database.',
    seen: 'Nothing: the deployment succeeds.',
    users: 'Errors only if a service reads its password once, and stays when MySQL refuses it.',
    served: true,
    command: 'kubectl rollout restart deployment -n platform-core -l app=auth-service',
    strike: strikes.rotated,
  },
  {
    title: 'a full quota',
    happens: 'The quota of the namespace of the frontend has no room for one more pod.',
    seen: 'No pod of the release becomes available, so the deployment fails, and CloudFormation rolls the stack back.',
    users: 'The version before.',
    served: true,
    command: DEPLOY,
    wanted: [[DEV, "'platform-apps': { pods: 20,", "'platform-apps': { pods: 24,"]],
    deployed: [[DEV, "'platform-apps': { pods: 24,", "'platform-apps': { pods: 20,"]],
    strike: strikes.fullQuota,
    fails: /Timeout waiting for output from kubectl command/,
  },
  {
    title: 'an expired token',
    happens: 'The session of the CLI expires.',
    seen: 'The CLI stops with `ExpiredToken`. CloudFormation finishes the stack. Log in again.',
    users: 'The new version of the stack that was at work, and the version before of the others.',
    served: true,
    command: `${WAIT} && ${DEPLOY}`,
    strike: strikes.expired,
    fails: /ExpiredToken|security token included in the request is expired/,
  },
  {
    title: 'a lost zone',
    happens: 'The zone of the database is lost, with its nodes.',
    seen: 'RDS fails over. The deployment waits until the pods run on other nodes.',
    users: 'Errors until the pods of a service run on other nodes, if all were in that zone.',
    command: DEPLOY,
    recovers: true,
    strike: strikes.lostZone,
  },
  {
    title: 'a second deployment',
    happens: 'Somebody deploys another commit at the same time.',
    seen: 'The second deployment fails at the stack that is at work. The first one goes on.',
    users: 'One of both versions of each stack.',
    served: true,
    command: DEPLOY,
    deployed: [[DEV, '"tag":"1.1.', '"tag":"1.2.']],
    strike: strikes.second,
  },
  // The last one, because the deployment after it applies every object once more, which would end other faults.
  {
    title: 'a deleted namespace',
    happens: 'Somebody deletes the namespace of the frontend.',
    seen: 'The deployment fails, and the rollback too: `UPDATE_ROLLBACK_FAILED`.',
    users: 'No frontend until the command ends.',
    served: false,
    command: `${ROLL_BACK} --force && ${DEPLOY} -c applyAgain=true`,
    strike: strikes.withoutNamespace,
    fails: /namespaces \\?"platform-apps\\?" not found/,
  },
];
