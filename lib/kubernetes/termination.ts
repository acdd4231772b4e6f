import type { Lifecycle } from 'kubernetes-types/core/v1';
import type { ServiceDefinition } from '../model/services';

/**
 * Seconds for which a pod goes on as before while it is taken out of what sends it requests: the load balancer for a public site, else
 * the addresses of its Service on each node, which is faster. Longer, more pods would end at a time, and count for their quota. Where
 * the node of the load balancer's controller is drained too, another one has to notice first: 17 seconds, for the one that goes does
 * not give its lease back.
 */
export const preStopSeconds = ({ site }: Pick<ServiceDefinition, 'site'>): number => (site === undefined ? 5 : 40);

/** Seconds after which a pod is ended by force, counted from the same moment. The rest is for requests that it has begun. */
export const TERMINATION_GRACE = 90;

/** The wait between the decision to end a pod and the signal. */
export const beforeEnd = (definition: ServiceDefinition, kubernetesVersion: string): Lifecycle => {
  const seconds = preStopSeconds(definition);
  const sleeps = Number(kubernetesVersion.split('.')[1]) >= 30; // before, the image has to
  return { preStop: sleeps ? { sleep: { seconds } } : { exec: { command: ['sleep', `${seconds}`] } } };
};
