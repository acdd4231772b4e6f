import { isDeepStrictEqual } from 'node:util';
import type { Json } from '../../doctor/plan';
import { check, few, findings, type Finding } from '../check';

export const STACKS = check({
  title: 'Every stack is deployed, and no deployment has failed',
  facts: ['stacks'],
  find: (target, { stacks }) =>
    findings(target.stacks, ({ name, id, region }) => {
      const status = stacks[name]?.status;
      if (status === undefined)
        return {
          what: `The stack ${name} does not exist in ${region}`,
          remedy: `npx cdk deploy ${id} -c env=${target.name}`,
        };
      return /^(CREATE|UPDATE|IMPORT)_COMPLETE$/.test(status)
        ? undefined
        : {
            what: `The stack ${name} is ${status}`,
            remedy: `aws cloudformation describe-stack-events --region ${region} --stack-name ${name}`,
          };
    }),
});

/** Names of the entries of a section that differ, with how. */
const differences = (there: Json, wanted: Json, section: string): readonly string[] => {
  const [old, now]: readonly [Json, Json] = [there[section] ?? {}, wanted[section] ?? {}];
  return [...new Set([...Object.keys(old), ...Object.keys(now)])].flatMap((key) => {
    if (key === 'CDKMetadata' || isDeepStrictEqual(old[key], now[key])) return [];
    if (old[key] === undefined) return [`${key} is not deployed yet`];
    return [now[key] === undefined ? `${key} is deployed, and no longer in the code` : `${key} differs`];
  });
};

const SECTIONS = ['Resources', 'Outputs', 'Parameters', 'Conditions', 'Mappings', 'Rules'];

/** How a deployed template differs from the one of this commit. */
export const templateDifferences = (there: Json, wanted: Json): readonly string[] =>
  SECTIONS.flatMap((section) => differences(there, wanted, section));

export const DRIFT = check({
  title: 'The deployed templates are those of this commit',
  facts: ['templates'],
  find: (target, { templates }) =>
    findings(target.stacks, ({ name, id, template }): Finding | undefined => {
      const there = templates[name];
      if (there === undefined) return undefined;
      const all = templateDifferences(there, template);
      if (all.length === 0) return undefined;
      return {
        what: `The stack ${name} is not what this commit makes: ${few(all)}`,
        remedy: `npx cdk diff --method=change-set ${id} -c env=${target.name}, then deploy, or check out the deployed commit`,
      };
    }),
});
