import type { Job, JobSpec } from 'kubernetes-types/batch/v1';
import { placement } from '../model/node-placement';
import type { Resources } from '../model/resources';
import type { Manifest } from './manifest';
import { container } from './objects/container';
import { appLabel, type WorkloadIdentity } from './objects/labels';
import { podSecurityContext } from './objects/security-context';
import { JOB_DEADLINE, oneOffJob } from './one-off-job';
import { PLATFORM_PRIORITY } from './priority-class';

export interface KubectlJobProps {
  readonly name: string;
  readonly namespace: string;
  readonly workload: WorkloadIdentity;
  /** Service account as which kubectl asks. Its namespace is that of the Job. */
  readonly serviceAccount: string;
  /** Image with kubectl. */
  readonly image: string;
  readonly resources: Resources;
  /** Its commands, in this order: the words after `kubectl`, by the name of their container. */
  readonly commands: Readonly<Record<string, readonly string[]>>;
}

/** The image would run as root. */
const USER = 65532;

/** A Job that runs some commands of kubectl, one after the other, and again from the first if one fails. */
export const kubectlJob = (props: KubectlJobProps): Manifest<Job> =>
  oneOffJob({
    name: props.name,
    namespace: props.namespace,
    workload: props.workload,
    also: undefined,
    spec: jobSpec(props),
  });

const jobSpec = ({ workload, serviceAccount, image, resources, commands }: KubectlJobProps): JobSpec => {
  const containers = Object.entries(commands).map(([name, words]) =>
    container({ name, image, command: ['kubectl', ...words], resources }),
  );
  const before = containers.slice(0, -1);
  return {
    backoffLimit: 5,
    activeDeadlineSeconds: JOB_DEADLINE,
    template: {
      metadata: { labels: appLabel(workload.app) },
      spec: {
        restartPolicy: 'Never',
        serviceAccountName: serviceAccount,
        automountServiceAccountToken: true,
        securityContext: podSecurityContext(USER),
        ...(before.length > 0 && { initContainers: before }),
        containers: containers.slice(-1),
        priorityClassName: PLATFORM_PRIORITY,
        ...placement('application'),
      },
    },
  };
};
