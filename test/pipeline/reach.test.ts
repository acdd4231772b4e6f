import { oncePipeline, propertiesOf, type CfnResource, type Json } from '../synth';
import { environment, pipeline } from '../fixtures';
import { reached, rolesOf, rolesOfStage } from './reach';

type Resources = Record<string, CfnResource>;

const resourcesIn = (name: string): Resources =>
  structuredClone(oncePipeline(name).getStackByName(`platform-${name}-pipeline`).template.Resources);

/** The buckets in which a pipeline keeps what it works on. */
const ownOf = (resources: Resources): readonly string[] =>
  propertiesOf(resources, 'AWS::S3::Bucket').map(({ id }) => `<${id}>`);

/** What the steps before the approval reach. */
const beforeApproval = (resources: Resources): readonly string[] => {
  const [{ Stages } = { Stages: [] }] = propertiesOf(resources, 'AWS::CodePipeline::Pipeline');
  const early = Stages.filter(({ Name }: Json) => ['Source', 'Build'].includes(Name));
  const roles = new Set<string>(early.flatMap((stage: Json) => rolesOfStage(resources, stage)));
  expect(roles.size).toBeGreaterThan(4);
  return reached(rolesOf(resources), [...roles], ownOf(resources));
};

describe.each(pipeline.stages.map((stage) => stage.environment))('before the approval of %s', (name) => {
  test('no role reaches one that changes the account, by whatever roles it may assume', () => {
    expect(beforeApproval(resourcesIn(name))).toEqual([]);
  });

  test('nothing of the stages after it is used', () => {
    const resources = resourcesIn(name);
    const [{ Stages } = { Stages: [] }] = propertiesOf(resources, 'AWS::CodePipeline::Pipeline');
    const [early, late] = [Stages.slice(0, 2), Stages.slice(2)].map(
      (stages) => new Set<string>(stages.flatMap((stage: Json) => rolesOfStage(resources, stage))),
    );
    const shared = [...early!].filter((role) => late!.has(role));
    // CodePipeline starts every build with it, and it may start builds of this pipeline only.
    expect(shared.map((id) => id.replace(/.{8}$/, ''))).toEqual(['PipelineCodeBuildActionRole']);
  });

  test('no policy of a role names another account, but for the bus that hears of its commits', () => {
    const { account } = environment(name);
    const accounts = rolesOf(resourcesIn(name)).flatMap(({ id, statements }) =>
      [...JSON.stringify(statements).matchAll(/:(\d{12}):/g)].filter(([, other]) => other !== account).map(() => id),
    );
    const last = pipeline.stages.at(-1)!.environment === name;
    expect(accounts.map((id) => /Promote/.test(id))).toEqual(last ? [] : [true]);
  });
});

/** Breaks the policies of a role of production's pipeline whose id has a word. */
const broken = (word: string, statement: Json): readonly string[] => {
  const resources = resourcesIn('prod');
  const policy = Object.entries(resources).find(
    ([id, { Type }]) => Type === 'AWS::IAM::Policy' && id.startsWith(`PipelineBuild${word}`),
  );
  policy![1].Properties!.PolicyDocument.Statement.push({ Effect: 'Allow', ...statement });
  return beforeApproval(resources);
};

describe('would be found:', () => {
  const deployRole = 'arn:aws:iam::333333333333:role/cdk-hnb659fds-deploy-role-333333333333-ap-southeast-1';

  test.each<[string, string, Json, RegExp]>([
    [
      'a check that may deploy',
      'Check',
      { Action: 'sts:AssumeRole', Resource: deployRole },
      /CheckRole.* may assume .*deploy-role/,
    ],
    [
      'a synthesis that may assume any role',
      'Synth',
      { Action: ['sts:*'], Resource: '*' },
      /SynthRole\w+ (may sts:\* on \*|→ \* may assume \*)$/,
    ],
    [
      'a check that gets there through a role of this pipeline',
      'Check',
      {
        Action: 'sts:AssumeRole',
        Resource: { 'Fn::GetAtt': ['PipelineUpdatePipelineSelfMutationRole57E559E8', 'Arn'] },
      },
      /CheckRole\w+ → <PipelineUpdatePipelineSelfMutationRole57E559E8> → arn:\*:iam::333333333333:role\/\* may assume/,
    ],
    [
      'a review that executes',
      'Review',
      { Action: 'cloudformation:ExecuteChangeSet', Resource: '*' },
      /ReviewRole.* may cloudformation:ExecuteChangeSet/,
    ],
    [
      'a review that makes change sets of any name',
      'Review',
      { Action: 'cloudformation:CreateChangeSet', Resource: '*' },
      /ReviewRole.* may cloudformation:CreateChangeSet on \*/,
    ],
    [
      'a review that passes roles',
      'Review',
      { Action: 'iam:PassRole', Resource: '*' },
      /ReviewRole.* may iam:PassRole/,
    ],
    [
      'a synthesis that writes assets',
      'Synth',
      { Action: 's3:PutObject', Resource: 'arn:aws:s3:::cdk-hnb659fds-assets-333333333333-ap-southeast-1/*' },
      /SynthRole.* may s3:PutObject on arn:aws:s3:::cdk-/,
    ],
    [
      'a check that starts the build which changes the pipeline',
      'Check',
      { Action: 'codebuild:StartBuild', Resource: '*' },
      /CheckRole.* may codebuild:StartBuild on \*/,
    ],
    ['everything but IAM', 'Check', { NotAction: 'iam:*', Resource: '*' }, /CheckRole.* may everything but/],
  ])('%s', (_, word, statement, says) => {
    const found = broken(word, statement);
    expect(found).not.toEqual([]);
    for (const line of found) expect(line).toMatch(says);
  });
});
