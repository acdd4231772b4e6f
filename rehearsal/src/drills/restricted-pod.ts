import type { Container, LimitRange, LimitRangeItem, Pod, ResourceQuota } from 'kubernetes-types/core/v1';
import { quantity } from '../cluster/quantity';

/** The rules of a namespace about what pods may ask for. */
export interface Rules {
  readonly quotas: readonly ResourceQuota[];
  readonly ranges: readonly LimitRange[];
  /** Whether the namespace is a tenant's. */
  readonly tenant: boolean;
}

/** Amounts of a resource, by its name. */
type Amounts = Readonly<Record<string, string>>;

/** Requests of a small container, unless a limit range asks for more. */
const SMALL: Amounts = { cpu: '10m', memory: '16Mi', 'ephemeral-storage': '16Mi' };

/** A pod that keeps to the strictest of the Pod Security standards and to the rules of its namespace. */
export const compliantPod = (rules: Rules): Pod => {
  const amounts = smallest(rules);
  return podOf([container('app', amounts, amounts)]);
};

/** The same pod with changes to its first container, or to itself. */
export const altered = (pod: Pod, changes: Partial<Container>, spec: Partial<Pod['spec']> = {}): Pod => {
  const [first, ...rest] = pod.spec?.containers ?? [];
  return { ...pod, spec: { ...pod.spec, ...spec, containers: [{ name: 'app', ...first, ...changes }, ...rest] } };
};

/** A pod that asks for more of a resource than a quota has left, in as many containers as a limit range makes necessary. */
export const excessivePod = (rules: Rules, resource: string, left: number): Pod => {
  const amounts = smallest(rules);
  const wanted = left + quantity(amounts[resource] ?? '1');
  const most = Math.min(
    ...items(rules, 'Container')
      .flatMap(({ max = {} }) => amountsOf(max)[resource] ?? [])
      .map(quantity),
  );
  const count = Math.max(1, Math.ceil(wanted / most));
  const each = {
    ...amounts,
    [resource]: resource === 'cpu' ? `${Math.ceil((wanted / count) * 1000)}m` : `${Math.ceil(wanted / count)}`,
  };
  return podOf(Array.from({ length: count }, (_, index) => container(`app-${index}`, each, each)));
};

/** How much is left of each thing that a quota counts for every pod: one with scopes counts some only. */
export const remaining = ({ spec = {}, status = {} }: ResourceQuota): ReadonlyMap<string, number> => {
  if (spec.scopes || spec.scopeSelector) return new Map();
  const used = amountsOf(status.used ?? {});
  const hard = Object.entries(amountsOf(status.hard ?? {}));
  return new Map(hard.map(([key, most]) => [key, quantity(most) - quantity(used[key] ?? '0')]));
};

/** The use of a quota by a pod, by the quota's names. */
export const usageOf = (pod: Pod): ReadonlyMap<string, number> => {
  const usage = new Map([
    ['pods', 1],
    ['count/pods', 1],
  ]);
  const add = (key: string, amount: string) => usage.set(key, (usage.get(key) ?? 0) + quantity(amount));
  for (const { resources } of pod.spec?.containers ?? []) {
    for (const [resource, amount] of Object.entries(amountsOf(resources?.requests ?? {}))) {
      add(resource, amount);
      add(`requests.${resource}`, amount);
    }
    for (const [resource, amount] of Object.entries(amountsOf(resources?.limits ?? {})))
      add(`limits.${resource}`, amount);
  }
  return usage;
};

const podOf = (containers: Container[]): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'rehearsal' },
  spec: {
    automountServiceAccountToken: false,
    securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    containers,
  },
});

const container = (name: string, requests: Amounts, limits: Amounts): Container => ({
  name,
  image: 'example.com/app:1',
  resources: { requests, limits },
  securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
});

/** The least that a container may ask for. */
const smallest = (rules: Rules): Amounts => {
  const counted = rules.quotas.flatMap(({ status }) => Object.keys(status?.hard ?? {}));
  const wanted = Object.entries(SMALL).filter(
    ([resource]) => resource === 'cpu' || resource === 'memory' || counted.some((key) => key.endsWith(resource)),
  );
  const least = [...items(rules, 'Container'), ...items(rules, 'Pod')].map(({ min = {} }) => amountsOf(min));
  return Object.fromEntries(
    wanted.map(([resource, small]) => {
      const amounts = [small, ...least.flatMap((min) => min[resource] ?? [])];
      return [resource, amounts.toSorted((a, b) => quantity(b) - quantity(a))[0] ?? small];
    }),
  );
};

const items = ({ ranges }: Rules, type: string): readonly LimitRangeItem[] =>
  ranges.flatMap(({ spec }) => spec?.limits ?? []).filter((item) => item.type === type);

const amountsOf = (amounts: object): Amounts => amounts as Amounts; // quantities are strings in JSON
