import { examine } from '../../verify/examine';
import { SECTIONS } from '../../verify/checks';
import * as watch from '../../verify/checks/watch';
import { policyActions } from '../../verify/permissions';
import { exitCode, report } from '../../verify/report';
import { targetOf } from '../../verify/target';
import type { Aws } from '../../doctor/aws';
import { withAccount } from '../doctor/emulated';
import { SUBJECT } from '../doctor/subject';
import type { PlantedAccount } from './account';
import { answering, recordedAnswers, type Replacement } from './answers';

/** The stacks that need no cluster, in an order in which they can be deployed. */
const DEPLOYED = [
  ['prod/Network'],
  ['prod/Mysql', 'prod/Redis', 'prod/Storage'],
  ['prod/LoadBalancer', 'prod/EdgeSecurity', 'prod/GrafanaFirewall'],
  ['prod/Edge', 'prod/EdgeMonitoring'],
];
const BEFORE = ['prod/Secrets', 'prod/Images'];

/** Checks that read alarms, which are recorded for the stacks that are not deployed. */
const OF_ALARMS: readonly object[] = Object.values(watch);

/** Deploys what needs no cluster to an emulated AWS, and plants what is wrong in its answers. */
export const inAccount = (
  planted: readonly PlantedAccount[],
  say: (title: string, fault: string | undefined) => void,
) =>
  withAccount(
    async ({ aws, plan, deploy, give, restore }) => {
      for (const ids of DEPLOYED) await deploy(ids);
      const ids = new Set([...BEFORE, ...DEPLOYED.flat()]);
      const whole = targetOf(SUBJECT, plan);
      const part = { ...whole, stacks: whole.stacks.filter(({ id }) => ids.has(id)) };
      const verified = async (asked: Aws, replacements: readonly Replacement[]) => {
        const world = {
          aws: answering(asked, [...recordedAnswers(whole), ...replacements]),
          web: { detours: [], patience: 0 },
          cluster: { patience: 0 },
          signal: new AbortController().signal,
        };
        const of = (target: typeof whole, alarms: boolean) =>
          examine(
            world,
            target,
            SECTIONS.account.filter((each) => OF_ALARMS.includes(each) === alarms),
          );
        return [...(await of(part, false)), ...(await of(whole, true))];
      };
      const well = async () => {
        const results = await verified(aws(), []);
        return exitCode(results) === 0 ? undefined : report('prod', results);
      };
      say('the account is well', await well());
      for (const { title, check, replacement, says } of planted) {
        const results = await verified(aws(), [replacement]);
        const lines = report(
          'prod',
          results.filter((each) => each.title === check.title),
        ).replaceAll(/^ +/gm, '');
        const code = exitCode(results);
        say(title, says.test(lines) && code === 1 ? undefined : `exit code ${code}, and it says\n${lines}`);
      }
      await give({ allowed: policyActions(SECTIONS) });
      say('the policy of docs/verify.md is enough', await well());
      await restore();
      await give({ refused: { 'rds:DescribeDBInstances': 'AccessDenied' } });
      const refused = report('prod', await verified(aws(), []));
      const says = /not asked, because the credentials do not allow rds:DescribeDBInstances/;
      say('an action is refused', says.test(refused) ? undefined : refused);
      await restore();
    },
    (line) => process.env.VERBOSE && console.log(line),
  );
