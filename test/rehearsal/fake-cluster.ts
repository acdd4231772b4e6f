import type { Answer, Cluster } from '../../rehearsal/src/cluster/cluster';
import type { ControlLoops } from '../../rehearsal/src/cluster/patience';

/** Control loops that complete a round whenever they are asked. */
const busyLoops = (): (() => Promise<ControlLoops>) => {
  let rounds = 0;
  return async () => ({ scheduler: { rounds: (rounds += 1), error: '' } });
};

/** A cluster that holds these objects, by their resources, and answers requests like this. */
export const fakeCluster = (
  held: Readonly<Record<string, readonly object[]>>,
  answer: (request: string, body: object | undefined) => Answer | undefined = () => undefined,
): Cluster & { readonly requests: string[] } => {
  const requests: string[] = [];
  const send: Cluster['send'] = async (method, path, { body } = {}) => {
    const request = [method, path.replace(/^\/apis?\//, ''), ...(body ? [JSON.stringify(body)] : [])].join(' ');
    requests.push(request);
    return answer(request, body) ?? { status: method === 'POST' ? 201 : 200, body: {} };
  };
  const get: Cluster['get'] = async <T>(...resources: readonly string[]) =>
    resources.flatMap((resource) => held[resource] ?? []) as T[];
  return {
    requests,
    server: { url: 'https://127.0.0.1', authority: '' },
    send,
    get,
    follow: async (...resources) => ({ objects: () => get(...resources), end: () => {} }),
    patch: async (path, change) => void (await send('PATCH', path, { body: change })),
    resources: async () => Object.keys(held),
    loops: busyLoops(),
  };
};
