import { DISTURBANCES, LOOKS, type Drill } from './drills/drills';
import type { Report } from './report/progress';
import type { Life, RehearsalProps, Version } from './state';
import { bring, deployEarlier, deployOwn, examine, failFirst, lacksPeople } from './steps/deployment';
import { destroyAll, keepsOnRefusing, liftProtection, stop } from './steps/end';
import { compareDeployed, lookAtWorkloads, lookForSecrets, lookForStored } from './steps/look';
import { bootstrapAccounts, findPython, startAws, synthesizeApps } from './steps/preparation';

/** A step of the life: the title that people read while it runs, its condition, and its work, which throws at a fault. */
export interface Step {
  readonly title: string | ((life: Life) => string);
  /** @default - always */
  readonly when?: (life: Life) => boolean;
  readonly work: (life: Life, report: Report) => Promise<void>;
}

const hasCluster = ({ cluster }: Life) => cluster !== undefined;
const ends = ({ props }: Life) => !props.keep;
const isGuarded = (life: Life) => ends(life) && life.stacks.some(({ terminationProtection }) => terminationProtection);
const failsFirst = ({ props }: Life) => props.afterFailure !== undefined;
const updates = ({ props }: Life) => props.update !== undefined;
const earlier = (life: Life): Version => life.earlier!;
const own = (life: Life): Version => life.own;

/** Deployments need what only people bring, and what the account must have. */
const before = (version: (life: Life) => Version, when: (life: Life) => boolean = () => true): readonly Step[] => [
  {
    title: 'provide values and images',
    when: (life) => when(life) && lacksPeople(life, version(life)),
    work: (life, report) => bring(life, version(life), report),
  },
];

const examination = (
  title: string,
  version: (life: Life) => Version,
  when: (life: Life) => boolean = () => true,
): Step => ({
  title,
  when: (life) => when(life) && life.context.env !== undefined && examine.isPossible(version(life)),
  work: (life, report) => examine.run(life, version(life), report),
});

const drillStep = ([subject, title, attempt]: Drill): Step => ({
  title,
  when: hasCluster,
  work: async (life, report) => {
    const { faults, line } = await attempt({ cluster: life.cluster!, emulator: life.aws, signal: life.signal }, report);
    if (faults.length > 0) throw new Error(faults.join('\n  '));
    life.tried.push([subject, line]);
  },
});

/** The life of an environment, in its order. */
export const lifeOf = ({ drills = [] }: Pick<RehearsalProps, 'drills'>): readonly Step[] => [
  { title: 'synthesize', work: synthesizeApps },
  { title: 'Python', work: findPython },
  { title: 'emulated AWS', work: startAws },
  { title: 'bootstrap', work: bootstrapAccounts },

  ...before(earlier, failsFirst),
  { title: 'fail a deployment', when: failsFirst, work: failFirst },
  ...before(earlier, updates),
  examination('nothing is missing', earlier, updates),
  { title: 'deploy the earlier version', when: updates, work: deployEarlier },

  ...before(own),
  examination('nothing is missing', own),
  { title: (life) => (updates(life) ? 'update' : 'deploy'), work: deployOwn },
  { title: 'workloads', when: hasCluster, work: lookAtWorkloads },
  { title: 'compare stored objects', when: hasCluster, work: lookForStored },
  ...[...LOOKS, ...drills, ...DISTURBANCES].map(drillStep),
  examination('nothing is missing afterwards', own),
  { title: 'no differences', work: compareDeployed },
  { title: 'no secret is exposed', work: lookForSecrets },

  { title: 'check the protection', when: isGuarded, work: keepsOnRefusing },
  { title: 'lift protection', when: isGuarded, work: liftProtection },
  { title: 'destroy', when: ends, work: destroyAll },
  { title: 'stop', when: ends, work: stop },
];

/** Goes through the life, and stops at the first step that fails. */
export const live = async (life: Life, steps: readonly Step[] = lifeOf(life.props)): Promise<void> => {
  for (const { title, when, work } of steps) {
    if (when && !when(life)) continue;
    await life.steps.step(typeof title === 'string' ? title : title(life), (report) => work(life, report));
  }
};
