import type { Aws } from '../../doctor/aws';
import type { Target } from '../target';
import type { Web } from '../web';

/** The sources that a verification may ask. */
export interface World {
  readonly aws: Aws;
  readonly web: Web;
  /** How the Kubernetes API is reached. */
  readonly cluster: ClusterAccess;
  readonly signal: AbortSignal;
}

interface ClusterAccess {
  /** Context of kubectl. @default - the one that `aws eks update-kubeconfig` makes */
  readonly context?: string | undefined;
  /** Milliseconds in which rollouts may complete. */
  readonly patience: number;
}

/** How one fact is learned. */
export interface Reader<T> {
  /** The service that it asks, in words. */
  readonly asks: string;
  /** IAM actions that it takes. Without any, it takes no credentials. */
  readonly actions: readonly string[];
  readonly read: (world: World, target: Target) => Promise<T>;
}

/** A reader, with the type of what it learns. */
export const reader = <T>(asks: string, actions: readonly string[], read: Reader<T>['read']): Reader<T> => ({
  asks,
  actions,
  read,
});
