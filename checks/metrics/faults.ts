import type { Prometheus } from './programs';
import type { Target } from './target';

interface ActiveTarget {
  readonly scrapePool: string;
  readonly scrapeUrl: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly health: 'up' | 'down' | 'unknown';
  readonly lastError: string;
}

type Asks = Pick<Prometheus, 'ask'>;

/** Differences between the declared targets and those of Prometheus, and the latter that do not answer. */
export const faultsOfTargets = async ({ ask }: Asks, declared: readonly Target[]): Promise<readonly string[]> => {
  const { activeTargets: active } = await ask<{ activeTargets: readonly ActiveTarget[] }>('targets?state=active');
  const missing = declared.flatMap(({ job, url, what, labels }) => {
    const found = active.filter(({ scrapePool, scrapeUrl }) => scrapePool === job && scrapeUrl === url);
    if (found.length !== 1)
      return [`${job}: ${what} declares ${url}, and Prometheus has ${found.length || 'no'} such target`];
    return Object.entries(labels)
      .filter(([name, value]) => found[0]!.labels[name] !== value)
      .map(
        ([name, value]) => `${job}: ${url} of ${what} has ${name}="${found[0]!.labels[name] ?? ''}", not "${value}"`,
      );
  });
  const others = active.filter(
    ({ scrapePool, scrapeUrl }) => !declared.some(({ job, url }) => job === scrapePool && url === scrapeUrl),
  );
  return [
    ...missing,
    ...others.map(({ scrapePool, scrapeUrl }) => `${scrapePool}: Prometheus asks ${scrapeUrl}, which nothing declares`),
    ...active
      .filter(({ health }) => health !== 'up')
      .map(
        ({ scrapePool, scrapeUrl, lastError }) =>
          `${scrapePool}: ${scrapeUrl} is not up: ${lastError || 'not asked yet'}`,
      ),
  ];
};

interface Rule {
  readonly type: 'recording' | 'alerting';
  readonly name: string;
  readonly health: string;
  readonly lastError?: string;
  readonly state?: 'inactive' | 'pending' | 'firing';
}

/** Rules that fail, records without a value, and alerts but the one that always fires. */
export const faultsOfRules = async ({ ask }: Asks, always: string): Promise<readonly string[]> => {
  const { groups } = await ask<{ groups: readonly { rules: readonly Rule[] }[] }>('rules');
  const rules = groups.flatMap((group) => group.rules);
  const valued = new Set(await ask<readonly string[]>('label/__name__/values'));
  return rules.flatMap(({ type, name, health, lastError, state }) => {
    if (health !== 'ok') return [`the rule ${name} is ${health}: ${lastError || 'not worked out yet'}`];
    if (type === 'recording') return valued.has(name) ? [] : [`the record ${name} has no value`];
    const wanted = name === always ? 'firing' : 'inactive';
    return state === wanted ? [] : [`the alert ${name} is ${state}, though all is well`];
  });
};

/** Complaints of a program in its log, each once. */
export const errorsIn = (log: string): readonly string[] => {
  const lines = [...log.matchAll(/level=(?:WARN|ERROR) .*?msg=(.*)/g)].map(([, line]) => line!.replaceAll('\\"', "'"));
  return [...new Map(lines.map((line) => [line.replaceAll(/\d+/g, ''), line])).values()];
};
