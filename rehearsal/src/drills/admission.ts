import type { LimitRange, Namespace, Pod, ResourceQuota, Service } from 'kubernetes-types/core/v1';
import type { Answer, ApiServer, Cluster } from '../cluster/cluster';
import { forbidden, type Forbidden } from './forbidden';
import { isTenants } from './isolation';
import type { Outcome } from '../outcome';
import { compliantPod, remaining, usageOf, type Rules } from './restricted-pod';

const ENFORCE = 'pod-security.kubernetes.io/enforce';

/** Whether only pods of the strictest Pod Security standard run in a namespace. */
const isRestricted = ({ metadata }: Namespace): boolean => metadata?.labels?.[ENFORCE] === 'restricted';

/**
 * Whether each restricted namespace accepts a pod that keeps to its rules, and refuses what breaks one of them, for that
 * reason. Nothing is made: the API server is asked for a dry run, quotas included. Namespaces with the same rules are tried
 * once.
 */
export const policyRefusals = async (cluster: Pick<Cluster, 'get' | 'send'>): Promise<Outcome> => {
  const { get } = cluster;
  const all = await get<Namespace>('namespaces');
  const namespaces = all.filter(isRestricted);
  const quotas = await get<ResourceQuota>('resourcequotas');
  const ranges = await get<LimitRange>('limitranges');

  const different = new Map<string, readonly [string, Rules]>();
  const faults = all
    .filter((one) => isTenants(one) && !isRestricted(one))
    .map(
      ({ metadata }) => `Namespace ${metadata?.name} belongs to a tenant, but lacks the label ${ENFORCE}=restricted`,
    );
  for (const { metadata } of namespaces) {
    const name = metadata?.name ?? '';
    const tenant = isTenants({ metadata });
    const rules = { quotas: inNamespace(quotas, name), ranges: inNamespace(ranges, name), tenant };
    const limited = [...rules.quotas, ...rules.ranges].map(({ spec }) => spec);
    const key = JSON.stringify([
      tenant,
      limited,
      Object.entries(metadata?.labels ?? {}).filter(([label]) => label.startsWith('pod-security')),
    ]);
    different.set(key, [name, rules]);
    if (rules.quotas.length === 0)
      faults.push(`Namespace ${name} has no ResourceQuota, so its pods can use up all nodes: add one`);
  }
  let refused = 0;
  for (const [name, rules] of different.values()) {
    faults.push(...(await compliantFaults(cluster, name, rules)));
    const violations = forbidden(rules);
    const found = (await Promise.all(violations.map((violation) => acceptance(cluster, name, violation)))).flat();
    faults.push(...found);
    refused += violations.length - found.length;
  }
  return {
    faults,
    line: `${refused} violations of policy rejected (namespaces: ${namespaces.length}, with different rules: ${different.size})`,
  };
};

/** Whether a pod that keeps to the rules is accepted as long as the quotas have room, and only then. */
const compliantFaults = async (api: ApiServer, namespace: string, rules: Rules): Promise<readonly string[]> => {
  const pod = compliantPod(rules);
  const usage = usageOf(pod);
  const full = rules.quotas
    .flatMap((quota) => [...remaining(quota)])
    .filter(([key, left]) => (usage.get(key) ?? 0) > left)
    .map(([key]) => key);
  if (full.length > 0)
    return acceptance(api, namespace, {
      title: `a pod, though its quota has no ${full.join(', ')} left`,
      object: pod,
      refusal: /exceeded quota/,
    });
  const { status, body } = await tryOut(api, namespace, pod);
  return status === 201 ? [] : [`Namespace ${namespace} rejects a pod that complies with its rules: ${body.message}`];
};

const acceptance = async (
  api: ApiServer,
  namespace: string,
  { title, object, refusal, isMended }: Forbidden,
): Promise<readonly string[]> => {
  const { status, body } = await tryOut(api, namespace, object);
  if (status < 300) return isMended?.(body as Pod) ? [] : [`Namespace ${namespace} accepts ${title}`];
  return refusal.test(body.message ?? '')
    ? []
    : [`Namespace ${namespace} rejects ${title}, but for another reason: ${body.message}`];
};

const tryOut = (api: ApiServer, namespace: string, object: Pod | Service): Promise<Answer> =>
  api.send('POST', `/api/v1/namespaces/${namespace}/${object.kind === 'Pod' ? 'pods' : 'services'}?dryRun=All`, {
    body: object,
  });

const inNamespace = <T extends ResourceQuota | LimitRange>(objects: readonly T[], namespace: string) =>
  objects.filter(({ metadata }) => metadata?.namespace === namespace);
