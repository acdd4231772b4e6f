/** Series and their values each minute, in the notation of promtool. */
export type Series = Readonly<Record<string, string>>;

/** Series that make an alert fire, the services that it is for, and series that come close and do not. */
export interface AlertCase {
  readonly fires: Series;
  /** How many alerts there are for each service. */
  readonly for: Readonly<Record<string, number>>;
  readonly quiet: Series;
}

/** The same value for seven hours. */
export const always = (value: number) => `${value}x420`;
/** A counter that grows by so much a minute. */
export const grows = (by: number) => `0+${by}x420`;

/** One series that fires at one value and not at another. */
export const one = (series: string, service: string, fires: string, quiet: string): AlertCase => ({
  fires: { [series]: fires },
  for: { [service]: 1 },
  quiet: { [series]: quiet },
});

/** How much of its CPU quota a namespace uses, in percent. */
export const quotaUse = (namespace: string, used: number): Series => ({
  [`kube_resourcequota{resourcequota="quota", namespace="${namespace}", resource="limits.cpu", type="used"}`]:
    always(used),
  [`kube_resourcequota{resourcequota="quota", namespace="${namespace}", resource="limits.cpu", type="hard"}`]:
    always(100),
});
