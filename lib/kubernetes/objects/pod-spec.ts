import type { PodSpec } from 'kubernetes-types/core/v1';
import type { NodeGroupName } from '../../model/names';
import { placement } from '../../model/node-placement';
import { PLATFORM_PRIORITY } from '../priority-class';

export interface PodSpecProps extends Omit<PodSpec, 'containers'> {
  readonly serviceAccountName: string;
  /** It gets a token for the Kubernetes API. @default false */
  readonly token?: boolean;
  readonly nodeGroup: NodeGroupName;
}

/** The spec of the platform's pods that run until another replaces them. */
export const podSpec = <T extends PodSpecProps>(props: T) => {
  const { serviceAccountName, token = false, nodeGroup, securityContext, ...own } = props;
  return {
    serviceAccountName,
    automountServiceAccountToken: token,
    enableServiceLinks: false, // else each Service of the namespace puts variables in, like AUTH_SERVICE_PORT
    securityContext,
    ...own,
    priorityClassName: PLATFORM_PRIORITY,
    ...placement(nodeGroup),
  };
};
