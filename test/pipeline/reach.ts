import type { CfnResource, Json } from '../synth';

/** A role of a pipeline, with what it may do. */
export interface Role {
  readonly id: string;
  readonly statements: readonly Json[];
  /** ARNs of policies that are no part of the template. */
  readonly managed: readonly string[];
  /** The principals of AWS that may assume it. */
  readonly trusts: readonly string[];
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

/** The policies of a template that name a role. */
const policiesOf = (resources: Resources, id: string): readonly Json[] =>
  Object.values(resources)
    .filter(({ Type, Properties = {} }) =>
      /^AWS::IAM::(Policy|ManagedPolicy|RolePolicy)$/.test(Type)
        ? [...list<Json>(Properties.Roles), ...list<Json>(Properties.RoleName)].some((role) => ref(role) === id)
        : false,
    )
    .map(({ Properties }) => Properties);

/** Every role of a template. */
export const rolesOf = (resources: Resources): readonly Role[] =>
  Object.entries(resources)
    .filter(([, { Type }]) => Type === 'AWS::IAM::Role')
    .map(([id, { Properties = {} }]) => ({
      id,
      statements: [...list<Json>(Properties.Policies), ...policiesOf(resources, id)].flatMap(
        ({ PolicyDocument }) => PolicyDocument.Statement,
      ),
      managed: list<Json>(Properties.ManagedPolicyArns).map(text),
      trusts: list<Json>(Properties.AssumeRolePolicyDocument?.Statement).flatMap(({ Principal }) =>
        list<Json>(Principal?.AWS ?? (Principal === '*' ? '*' : undefined)).map(text),
      ),
    }));

/** The role that a value names: of the template by its id, another one by its ARN. Undefined: it names none. */
const named = (value: Json): string | undefined => (value === undefined ? undefined : ref(value) || text(value));

/** The role of what an action runs: that of its project. Undefined: it starts none. */
export const projectRoleOf = (resources: Resources, { Configuration }: Json): string | undefined => {
  const project = Configuration?.ProjectName;
  if (project === undefined) return undefined;
  return named(resources[ref(project)]?.Properties?.ServiceRole) ?? `the role of the project ${text(project)}`;
};

/** The roles of the actions of a stage of the pipeline: of the projects that they start, and their own. */
export const rolesOfStage = (resources: Resources, stage: Json): readonly string[] =>
  stage.Actions.flatMap((action: Json) => [named(action.RoleArn) ?? [], projectRoleOf(resources, action) ?? []].flat());

/** Actions that change nothing of what an environment is, whatever they are allowed on. */
const HARMLESS = new RegExp(
  `^(${[
    'logs:(CreateLogGroup|CreateLogStream|PutLogEvents)',
    'codebuild:(CreateReport|CreateReportGroup|UpdateReport|BatchPutTestCases|BatchPutCodeCoverages|BatchGetBuilds|StopBuild)',
    's3:(Get|List)[\\w*]*',
    'kms:(Decrypt|DescribeKey|Encrypt|ReEncrypt\\*|GenerateDataKey\\*)',
    'ssm:GetParameters',
    'ecr:(GetAuthorizationToken|BatchGetImage|GetDownloadUrlForLayer|BatchCheckLayerAvailability|DescribeImageSigningStatus)',
    '(cloudformation|cloudfront|cloudwatch|codepipeline|elasticache|rds|wafv2):(Describe|Get|List)\\w+',
    '(codeconnections|codestar-connections):UseConnection',
  ].join('|')})$`,
);

/** Change sets of the reviews' own name, and the transform that they go through. */
const isReview = (action: string, resources: readonly string[], condition: Json): boolean =>
  /^cloudformation:(Create|Delete)ChangeSet$/.test(action) &&
  (JSON.stringify(condition) === '{"StringLike":{"cloudformation:ChangeSetName":"review-*"}}' ||
    resources.every((resource) => resource.endsWith(':aws:transform/SecretsManager-*')));

/** Permissions of a role that could change an environment, in words. `own` are buckets of the pipeline. */
export const powers = ({ id, statements, managed }: Role, own: readonly string[]): readonly string[] => [
  ...managed.map((arn) => `everything of ${arn}`),
  ...statements
    .filter(({ Effect }) => Effect === 'Allow')
    .flatMap(({ Action, NotAction, Resource, NotResource, Condition }) => {
      if (NotAction !== undefined) return ['everything but some actions'];
      if (NotResource !== undefined) return ['something on everything but some resources'];
      const resources = list<Json>(Resource).map(text);
      const outside = resources.filter((resource) => !own.some((bucket) => resource.startsWith(bucket)));
      return list<string>(Action).flatMap((action) => {
        if (HARMLESS.test(action) || action === 'sts:AssumeRole') return [];
        if (action.startsWith('s3:') && outside.length === 0) return [];
        // CodePipeline alone takes this role; a build that is started with other commands does what the project's role may.
        if (action === 'codebuild:StartBuild' && /CodeBuildActionRole/.test(id)) return [];
        return isReview(action, resources, Condition) ? [] : [`${action} on ${outside.join(', ')}`];
      });
    }),
];

/** The roles that a role may assume by its own policies: of this template by their id, others by their ARN. */
export const assumes = ({ statements }: Role): readonly string[] =>
  statements
    .filter(
      ({ Effect, Action }) =>
        Effect === 'Allow' && list<string>(Action).some((one) => /^(sts:(AssumeRole|\*)|\*)$/.test(one)),
    )
    .flatMap(({ Resource }) => list<Json>(Resource).map(text));

/** Powers over an environment that roles reach, through every role that they may assume. `own` are buckets of the pipeline. */
export const reached = (roles: readonly Role[], from: readonly string[], own: readonly string[]): readonly string[] => {
  const seen = new Set<string>();
  const walk = (id: string, way: string): readonly string[] => {
    if (seen.has(id)) return [];
    seen.add(id);
    const role = roles.find((one) => one.id === id);
    if (!role) return [`${way} may assume ${id}`];
    const trusting = roles.filter(({ trusts }) => trusts.some((one) => one === `<${id}>` || one === '*'));
    const further = [...assumes(role), ...trusting.map((one) => `<${one.id}>`)].flatMap((target) =>
      walk(target.replace(/^<(.*)>$/, '$1'), `${way} → ${target}`),
    );
    return [...powers(role, own).map((power) => `${way} may ${power}`), ...further];
  };
  return from.flatMap((id) => walk(id, id));
};

const isWrite = (action: string) => /^s3:(Put|Delete|Abort|\*)/.test(action);

/** Where a role may write in the pipeline's buckets: the allowed places, or only those that a denial of all others leaves. */
export const writes = ({ statements }: Role, own: readonly string[]): readonly string[] => {
  const of = (effect: string) =>
    statements.filter(({ Effect, Action }) => Effect === effect && list<string>(Action).some(isWrite));
  const allowed = of('Allow').flatMap(({ Resource }) => list<Json>(Resource).map(text));
  const onlyIn = of('Deny').flatMap(({ NotResource }) => list<Json>(NotResource).map(text));
  const places = allowed.filter((place) => own.some((bucket) => place.startsWith(bucket)));
  return places.length === 0 || onlyIn.length === 0 ? places : onlyIn;
};
