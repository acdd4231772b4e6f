import type { CfnResource, Json } from '../synth';

/** A role of a pipeline, with what it may do by its own policies. */
export interface Role {
  readonly id: string;
  readonly statements: readonly Json[];
}

type Resources = Readonly<Record<string, CfnResource>>;

const ref = (value: Json): string => value?.['Fn::GetAtt']?.[0] ?? value?.Ref ?? '';

/** A value of a template as text, with `*` for what only a deployment knows. */
const text = (value: Json): string => {
  if (typeof value === 'string') return value;
  if (value?.Ref === 'AWS::Partition') return 'aws';
  if (value?.['Fn::Join']) return value['Fn::Join'][1].map(text).join(value['Fn::Join'][0]);
  if (value?.['Fn::Sub']) return value['Fn::Sub'].replaceAll(/\$\{AWS::Partition\}/g, 'aws');
  return ref(value) === '' ? '*' : `<${ref(value)}>`;
};

const list = <T>(value: T | readonly T[] | undefined): readonly T[] =>
  value === undefined ? [] : ([value].flat() as readonly T[]);

/** Every role of a template, with the statements of its policies. */
export const rolesOf = (resources: Resources): readonly Role[] =>
  Object.entries(resources)
    .filter(([, { Type }]) => Type === 'AWS::IAM::Role')
    .map(([id, { Properties = {} }]) => ({
      id,
      statements: [
        ...(Properties.Policies ?? []),
        ...Object.values(resources)
          .filter(
            (one) =>
              /^AWS::IAM::(Managed)?Policy$/.test(one.Type) &&
              list(one.Properties?.Roles).some((role: Json) => ref(role) === id),
          )
          .map(({ Properties: policy }) => policy),
      ].flatMap(({ PolicyDocument }: Json) => PolicyDocument.Statement),
    }));

/** The role of what an action runs: that of its project. Undefined: it starts none. */
export const projectRoleOf = (resources: Resources, { Configuration }: Json): string | undefined =>
  ref(resources[ref(Configuration?.ProjectName)]?.Properties?.ServiceRole) || undefined;

/** The roles of the actions of a stage of the pipeline: of the projects that they start, and their own. */
export const rolesOfStage = (resources: Resources, stage: Json): readonly string[] =>
  stage.Actions.flatMap((action: Json) =>
    [ref(action.RoleArn), projectRoleOf(resources, action)].filter((id) => id !== undefined && id !== ''),
  );

/** Actions that change nothing of what an environment is, whatever they are allowed on. */
const HARMLESS =
  /^(logs:(Create|Put)|codebuild:(CreateReport|UpdateReport|BatchPut|BatchGet|StopBuild)|s3:(Get|List)|kms:|ssm:Get|(cloudformation|cloudfront|cloudwatch|codepipeline|elasticache|rds|wafv2):(Describe|Get|List)|codeconnections:UseConnection|codestar-connections:UseConnection|events:PutEvents)/;

/** What a role may do that could change an environment, in words. */
export const powers = ({ id, statements }: Role, own: readonly string[]): readonly string[] =>
  statements
    .filter(({ Effect }) => Effect === 'Allow')
    .flatMap(({ Action, NotAction, Resource, Condition }) => {
      if (NotAction !== undefined) return ['everything but some actions'];
      const resources = list<Json>(Resource).map(text);
      const outside = resources.filter((resource) => !own.some((bucket) => resource.startsWith(bucket)));
      return list<string>(Action).flatMap((action) => {
        if (HARMLESS.test(action) || outside.length === 0) return [];
        // CodePipeline alone takes this role; a build that is started with other commands does what the project's role may.
        if (action === 'codebuild:StartBuild' && /CodeBuildActionRole/.test(id)) return [];
        const isReview =
          /^cloudformation:(Create|Delete)ChangeSet$/.test(action) &&
          JSON.stringify(Condition) === '{"StringLike":{"cloudformation:ChangeSetName":"review-*"}}';
        return isReview || action === 'sts:AssumeRole' ? [] : [`${action} on ${outside.join(', ')}`];
      });
    });

/** The roles that a role may assume: of this template by their id, others by their ARN. */
export const assumes = ({ statements }: Role): readonly string[] =>
  statements
    .filter(
      ({ Effect, Action }) =>
        Effect === 'Allow' && list<string>(Action).some((one) => /^(sts:(AssumeRole|\*)|\*)$/.test(one)),
    )
    .flatMap(({ Resource }) => list<Json>(Resource).map(text));

/** What some roles reach that could change an environment, through every role that they may assume. `own` are buckets of the pipeline. */
export const reached = (roles: readonly Role[], from: readonly string[], own: readonly string[]): readonly string[] => {
  const seen = new Set<string>();
  const walk = (id: string, way: string): readonly string[] => {
    if (seen.has(id)) return [];
    seen.add(id);
    const role = roles.find((one) => one.id === id);
    if (!role) return [`${way} may assume ${id}`];
    const further = assumes(role).flatMap((target) => walk(target.replace(/^<(.*)>$/, '$1'), `${way} → ${target}`));
    return [...powers(role, own).map((power) => `${way} may ${power}`), ...further];
  };
  return from.flatMap((id) => walk(id, id));
};
