import { assumes, powers, projectRoleOf, rolesOf } from '../../../test/pipeline/reach';
import { propertiesOf, type Json } from '../../../test/synth';
import { table } from '../markdown';
import type { Synthesize } from '../synthesize';

/** Powers over the same resources, in one line. */
const together = (several: readonly string[]): readonly string[] => {
  const parts = several.map((power) => power.split(' on ') as [action: string, resources?: string]);
  const resources = [...new Set(parts.map(([, each]) => each))];
  return resources.map((each) => {
    const actions = parts.filter(([, other]) => other === each).map(([action]) => `\`${action}\``);
    return each === undefined ? actions.join('<br>') : `${actions.join(', ')} on ${codes(each.split(', '))}`;
  });
};

const codes = (texts: readonly string[]): string => texts.map((text) => `\`${text}\``).join(', ');

/** The roles of the steps of production's pipeline, and the changes that each could make, from the templates. */
export const roles = (synthesize: Synthesize): string => {
  const { Resources: resources } = synthesize.pipeline('prod').getStackByName('platform-prod-pipeline').template;
  const own = propertiesOf(resources, 'AWS::S3::Bucket').map(({ id }) => `<${id}>`);
  const all = rolesOf(resources);
  const stages: readonly Json[] = propertiesOf(resources, 'AWS::CodePipeline::Pipeline')[0]!.Stages;
  const steps = stages.flatMap(({ Name, Actions }, stage) =>
    Actions.toSorted((one: Json, other: Json) => one.RunOrder - other.RunOrder).flatMap((action: Json) => {
      const role = all.find(({ id }) => id === projectRoleOf(resources, action));
      if (!role) return [];
      const may = [...together(powers(role, own)), ...assumes(role).map((target) => `assume \`${target}\``)];
      const isAfter = stage > 1 || action.Name === 'Release';
      return [[`${Name}: ${action.Name}`, isAfter ? 'after' : 'before', may.join('<br>') || 'nothing']];
    }),
  );
  const deployment = [`${stages.at(-1)!.Name}: each stack`, 'after', "CloudFormation's execution role"];
  return table(['step', 'the approval', 'may change'], [...steps.slice(0, -1), deployment, ...steps.slice(-1)]).join(
    '\n',
  );
};
