import { callAws } from './aws-api';
import { giveAccount } from './account';

/** An update of a resource that is held until somebody releases it, or that fails. */
interface Strike {
  readonly stack: string;
  /** Of the resource. The first one counts of which a property changes. */
  readonly type: string;
  /** Why the update fails, as a service says it. @default - the update is held */
  readonly message?: string;
  /** Updates that are struck. @default 1 */
  readonly times?: number;
}

/** A refusal of AWS's API. */
interface Refusal {
  readonly code: string;
  readonly message: string;
  /** Of HTTP. */
  readonly status: number;
  /** Requests that are refused. */
  readonly times: number;
}

/** Faults of AWS and of the cluster that somebody asks for. */
export interface Faults {
  readonly strike: (strike: Strike) => Promise<void>;
  /** Logical ids of the resources whose update is held. */
  readonly held: () => Promise<readonly string[]>;
  /** Lets everything go on. Returns how many updates were never struck. */
  readonly release: () => Promise<number>;
  /** Hides the API server from the function that applies manifests, for calls of kubectl. Returns how many were left before. */
  readonly hideApiServer: (calls: number) => Promise<number>;
  /** Lets all sessions expire that STS has given out. Returns how many. */
  readonly expireSessions: () => Promise<number>;
  /** Refuses IAM actions, in place of those refused before. Returns the requests that were left to refuse. */
  readonly refuse: (refusals: Readonly<Record<string, Refusal>>) => Promise<number>;
  /** Whether the state of a stack at work is told at once, as on AWS, or when the stack is at rest, which spares time. */
  readonly answerAtOnce: (does: boolean) => Promise<void>;
}

export const faultsOf = (endpoint: string, account: string): Faults => {
  const post = async <T>(path: string, body: object): Promise<T> => {
    const called = { account, service: 'cloudformation' };
    const response = await callAws(`${endpoint}/_rehearsal/${path}`, called, JSON.stringify(body));
    if (!response.ok) throw new Error(`could not change ${path}: ${await response.text()}`);
    return (await response.json()) as T;
  };
  return {
    strike: (strike) => post('strikes', strike),
    held: async () => (await (await fetch(`${endpoint}/_rehearsal/held`)).json()) as string[],
    release: async () => (await post<{ left: number }>('release', {})).left,
    hideApiServer: async (calls) => (await post<{ left: number }>('unreachable', { calls })).left,
    expireSessions: async () => (await post<{ expired: number }>('expired-sessions', {})).expired,
    refuse: async (refusals) => {
      const { refused } = await post<{ refused?: Readonly<Record<string, Refusal>> }>('account', {});
      await giveAccount(endpoint, account, { refused: refusals });
      return Object.values(refused ?? {}).reduce((sum, { times }) => sum + times, 0);
    },
    answerAtOnce: (does) => giveAccount(endpoint, account, { answersAtOnce: does }),
  };
};
