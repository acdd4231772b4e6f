import type { Pod, Service } from 'kubernetes-types/core/v1';
import type { ObjectMeta } from 'kubernetes-types/meta/v1';
import type { Cluster } from '../cluster/cluster';
import type { AwsParts, Binding, RequestPath } from './request-path';
import type { Outcome } from '../outcome';
import { settle } from '../cluster/patience';
import { selects } from '../cluster/selector';
import { arrivalOf, attempt, distributionOf, type Arrival } from './walk';

/** Whether a request to every public host arrives at something: walks what is deployed, link by link. */
export const requests = async ({ get, loops }: Cluster, lookUp: () => Promise<AwsParts>): Promise<Outcome> => {
  const { found } = await settle(loops, async () => {
    const parts = await lookUp();
    const bindings =
      parts.targetGroups.length > 0
        ? bindingsOf(
            await get<TargetGroupBinding>('targetgroupbindings'),
            await get<Service>('services'),
            await get<Pod>('pods'),
          )
        : [];
    const walks = publicHosts(parts).map((host) => walkFrom(host, { ...parts, bindings }));
    const faults = walks.flatMap((walk) => walk.faults); // targets are registered a moment after their pods run
    const line = walks.map((walk) => walk.line).join('; ') || 'nothing is public';
    return { found: { faults, line }, settled: faults.length === 0, state: faults };
  });
  return found;
};

/** The object that registers the pods of a Service in a target group. */
export interface TargetGroupBinding {
  readonly metadata: ObjectMeta;
  readonly spec: { readonly targetGroupARN: string; readonly serviceRef: { readonly name: string } };
}

/** Bindings with the pods that their Services select. */
export const bindingsOf = (
  bindings: readonly TargetGroupBinding[],
  services: readonly Service[],
  pods: readonly Pod[],
): readonly Binding[] =>
  bindings.map(({ metadata: { name = '', namespace = '' }, spec }) => {
    const { name: service } = spec.serviceRef;
    const matchLabels = services.find(({ metadata }) => metadata?.namespace === namespace && metadata.name === service)
      ?.spec?.selector;
    const selector = matchLabels && { matchLabels };
    const own = pods.filter(
      ({ metadata }) =>
        metadata?.namespace === namespace && !metadata.deletionTimestamp && selects(selector, metadata.labels),
    );
    const addresses = own.flatMap(({ status }) => status?.podIP ?? []);
    return { name, namespace, targetGroup: spec.targetGroupARN, service, addresses };
  });

/** The names of alias records and of distributions; without any, the distributions' own. */
export const publicHosts = ({ records, distributions }: AwsParts): readonly string[] => {
  const named = [
    ...records.filter(({ alias }) => alias.endsWith('.cloudfront.net')).map(({ name }) => name),
    ...distributions.flatMap(({ aliases }) => aliases),
  ];
  return [...new Set(named.length > 0 ? named : distributions.map(({ domain }) => domain))];
};

/** The destination of a request to a host on each path, and the links that are missing. */
const walkFrom = (host: string, parts: RequestPath): Outcome => {
  const { found, fault } = attempt(() => distributionOf(host, parts));
  if (found === undefined) return { faults: [`https://${host}: ${fault}`], line: '' };
  const ends = found.behaviours.map((behaviour) => ({
    path: behaviour.path,
    ...attempt(() => named(arrivalOf(host, found, behaviour, parts))),
  }));
  const { found: usual } = ends.find(({ path }) => path === '*') ?? {};
  const others = ends.filter((end) => end.found !== usual).map((end) => `${end.path} → ${end.found}`);
  return {
    faults: ends.flatMap((end) =>
      end.fault === undefined ? [] : [`https://${host}/${end.path.replace(/^\//, '')}: ${end.fault}`],
    ),
    line: [`https://${host} → ${usual}`, ...others].join(', '),
  };
};

/** `frontend (5 pods)`, or the bucket. */
const named = ({ origin, pods }: Arrival): string => {
  if (!pods) return `bucket ${origin.bucket}`;
  const ends = [pods, ...pods.others].map(({ binding: { service, addresses } }) => {
    return `${service} (${addresses.length} ${addresses.length === 1 ? 'pod' : 'pods'})`;
  });
  return ends.join(' and ');
};
