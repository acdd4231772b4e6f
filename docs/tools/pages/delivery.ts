import { assumes, powers, projectRoleOf, rolesOf } from '../../../test/pipeline/reach';
import { propertiesOf, type CfnResource, type Json } from '../../../test/synth';
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

type Resources = Readonly<Record<string, CfnResource>>;

/** Everything that the role of an action could change, in words. Undefined: it starts no project. */
const mayChange = (resources: Resources, action: Json): string | undefined => {
  const own = propertiesOf(resources, 'AWS::S3::Bucket').map(({ id }) => `<${id}>`);
  const role = rolesOf(resources).find(({ id }) => id === projectRoleOf(resources, action));
  if (!role) return undefined;
  const may = [...together(powers(role, own)), ...assumes(role).map((target) => `assume \`${target}\``)];
  return may.join('<br>') || 'nothing';
};

const inOrder = (actions: readonly Json[]): readonly Json[] =>
  actions.toSorted((one: Json, other: Json) => one.RunOrder - other.RunOrder);

/** The roles of the steps of production's pipeline, and the changes that each could make, from the templates. */
export const roles = (synthesize: Synthesize): string => {
  const { Resources: resources } = synthesize.pipeline('prod').getStackByName('platform-prod-pipeline').template;
  const stages: readonly Json[] = propertiesOf(resources, 'AWS::CodePipeline::Pipeline')[0]!.Stages;
  const steps = stages.flatMap(({ Name, Actions }, stage) =>
    inOrder(Actions).flatMap((action) => {
      const may = mayChange(resources, action);
      const isAfter = stage > 1 || action.Name === 'Release';
      return may === undefined ? [] : [[`${Name}: ${action.Name}`, isAfter ? 'after' : 'before', may]];
    }),
  );
  const deployment = [`${stages.at(-1)!.Name}: each stack`, 'after', "CloudFormation's execution role"];
  return table(['step', 'the approval', 'may change'], [...steps.slice(0, -1), deployment, ...steps.slice(-1)]).join(
    '\n',
  );
};

/** The same of the build of a service. */
export const buildRoles = (synthesize: Synthesize): string => {
  const { Resources: resources } = synthesize.builds().getStackByName('platform-staging-builds').template;
  const stages: readonly Json[] = propertiesOf(resources, 'AWS::CodePipeline::Pipeline').find(
    ({ Name }) => Name === 'platform-staging-build-auth-service',
  )!.Stages;
  const steps = stages.flatMap(({ Actions }) =>
    inOrder(Actions).flatMap((action) => {
      const may = mayChange(resources, action);
      return may === undefined ? [] : [[action.Name, may]];
    }),
  );
  return table(['step', 'may change'], steps).join('\n');
};
