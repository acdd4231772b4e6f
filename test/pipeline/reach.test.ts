import { oncePipeline, propertiesOf, type CfnResource, type Json } from '../synth';
import { SERVICE_NAMES } from '../../lib/model/names';
import { signingProfiles } from '../../lib/pipeline/images';
import { environment, pipeline } from '../fixtures';
import { projectRoleOf, reached, rolesOf, rolesOfStage, writes } from './reach';

type Resources = Record<string, CfnResource>;

const resourcesIn = (name: string): Resources =>
  structuredClone(oncePipeline(name).getStackByName(`platform-${name}-pipeline`).template.Resources);

/** The buckets in which a pipeline keeps what it works on. */
const ownOf = (resources: Resources): readonly string[] =>
  propertiesOf(resources, 'AWS::S3::Bucket').map(({ id }) => `<${id}>`);

/** The powers that the steps before the approval reach. */
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

  test('no step can put something in place of what was reviewed: each writes its own output, or a review', () => {
    const resources = resourcesIn(name);
    const [{ Stages } = { Stages: [] }] = propertiesOf(resources, 'AWS::CodePipeline::Pipeline');
    const own = ownOf(resources);
    const places = Stages[1].Actions.map((action: Json) => {
      const role = rolesOf(resources).find(({ id }) => id === projectRoleOf(resources, action));
      return [
        action.Name,
        role ? writes(role, own).map((place) => place.replaceAll(/<(\w+?)[0-9A-F]{8}(\.Arn)?>/g, '<$1>')) : [],
      ];
    });
    const pipelineName = `platform-${name}-pipeline`.slice(0, 20);
    expect(Object.fromEntries(places)).toMatchObject({
      Check: [],
      Synth: [`<PipelineArtifactsBucket>/${pipelineName}/Synth_Outp/*`],
      Review: ['<Reviews>/*'],
    });
  });

  test('no policy of a role names another account, but for the images before it and the bus that hears of its commits', () => {
    const { account } = environment(name);
    const named = rolesOf(resourcesIn(name)).flatMap(({ id, statements }) =>
      [...JSON.stringify(statements).matchAll(/:(\d{12}):/g)].flatMap(([, other = '']) =>
        other === account ? [] : [`${/Promote|Images/.exec(id)} ${other}`],
      ),
    );
    const at = pipeline.stages.findIndex((stage) => stage.environment === name);
    const [before, after] = [pipeline.stages[at - 1], pipeline.stages[at + 1]];
    const expected = [
      ...(before ? [`Images ${environment(before.environment).account}`] : []),
      ...(after ? [`Promote ${environment(after.environment).account}`] : []),
    ];
    expect([...new Set(named)].toSorted()).toEqual(expected);
  });

  test('the step of images writes to the repositories of services of its account, and only if it follows an environment', () => {
    expect(writtenByImages(resourcesIn(name))).toEqual(
      name === pipeline.stages[0]!.environment
        ? []
        : [
            ...PUSHES.map((action) => `${action} on ${ownRepositories(name).join(', ')}`),
            `signer:SignPayload on ${signingProfiles(environment(name))}`,
          ],
    );
  });
});

const PUSHES = ['CompleteLayerUpload', 'InitiateLayerUpload', 'PutImage', 'UploadLayerPart'].map(
  (action) => `ecr:${action}`,
);

const ownRepositories = (name: string): readonly string[] => {
  const { account, region } = environment(name);
  return SERVICE_NAMES.toSorted().map((service) => `arn:aws:ecr:${region}:${account}:repository/platform/${service}`);
};

/** The changes that the step of images could make. */
const writtenByImages = (resources: Resources): readonly string[] => {
  const role = rolesOf(resources).find(({ id }) => id.startsWith('PipelineImages'))!;
  return reached(rolesOf(resources), [role.id], ownOf(resources)).map((power) => power.replace(`${role.id} may `, ''));
};

/** Breaks the policies of a role of production's pipeline whose id has a word. */
const broken = (word: string, statement: Json): readonly string[] => {
  const resources = resourcesIn('prod');
  const policy = Object.entries(resources).find(
    ([id, { Type }]) => Type === 'AWS::IAM::Policy' && id.startsWith(`PipelineBuild${word}`),
  );
  policy![1].Properties!.PolicyDocument.Statement.push({ Effect: 'Allow', ...statement });
  return beforeApproval(resources);
};

/** The powers that production's steps before the approval reach after a change. */
const early = (change: (resources: Resources) => void) => {
  const resources = resourcesIn('prod');
  change(resources);
  return beforeApproval(resources).join('\n');
};
const roleIn = (resources: Resources, word: string) =>
  Object.entries(resources).find(
    ([id, { Type }]) => Type === 'AWS::IAM::Role' && id.startsWith(`PipelineBuild${word}`),
  )!;

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
    [
      'a synthesis that may do something elsewhere than somewhere',
      'Synth',
      { Action: 'iam:*', NotResource: 'x' },
      /everything but some resources/,
    ],
    [
      'a check that ends keys',
      'Check',
      { Action: 'kms:ScheduleKeyDeletion', Resource: '*' },
      /CheckRole.* may kms:ScheduleKeyDeletion/,
    ],
    [
      'a check that sends events',
      'Check',
      { Action: 'events:PutEvents', Resource: '*' },
      /CheckRole.* may events:PutEvents/,
    ],
    [
      'a check that ends logs',
      'Check',
      { Action: 'logs:PutRetentionPolicy', Resource: '*' },
      /CheckRole.* may logs:PutRetentionPolicy/,
    ],
    ['everything but IAM', 'Check', { NotAction: 'iam:*', Resource: '*' }, /CheckRole.* may everything but/],
  ])('%s', (_, word, statement, says) => {
    const found = broken(word, statement);
    expect(found).not.toEqual([]);
    for (const line of found) expect(line).toMatch(says);
  });

  test.each([
    ['pushes to the environment before', { Action: 'ecr:PutImage', Resource: 'arn:aws:ecr:eu-north-1:222222222222:x' }],
    ['deletes images', { Action: 'ecr:BatchDeleteImage', Resource: '*' }],
    ['changes who may pull', { Action: 'ecr:SetRepositoryPolicy', Resource: '*' }],
    ['deploys', { Action: 'sts:AssumeRole', Resource: deployRole }],
  ])('a step of images that %s', (_, statement) => {
    const resources = resourcesIn('prod');
    const whole = writtenByImages(resources);
    const policy = Object.entries(resources).find(
      ([id, { Type }]) => Type === 'AWS::IAM::Policy' && id.startsWith('PipelineImages'),
    );
    policy![1].Properties!.PolicyDocument.Statement.push({ Effect: 'Allow', ...statement });
    expect(writtenByImages(resources)).toHaveLength(whole.length + 1);
  });

  test('a policy of AWS', () => {
    const found = early((resources) => {
      roleIn(resources, 'Check')[1].Properties!.ManagedPolicyArns = ['arn:aws:iam::aws:policy/AdministratorAccess'];
    });
    expect(found).toMatch(/CheckRole\w+ may everything of arn:aws:iam::aws:policy\/AdministratorAccess/);
  });

  test('a role that trusts the one of a check', () => {
    const found = early((resources) => {
      const [id] = roleIn(resources, 'Check');
      resources.Other = {
        Type: 'AWS::IAM::Role',
        Properties: {
          AssumeRolePolicyDocument: { Statement: [{ Principal: { AWS: { 'Fn::GetAtt': [id, 'Arn'] } } }] },
          ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'],
        },
      };
    });
    expect(found).toMatch(/CheckRole\w+ → <Other> may everything of/);
  });

  test('an action with a role from elsewhere', () => {
    const found = early((resources) => {
      const pipelineOf = Object.values(resources).find(({ Type }) => Type === 'AWS::CodePipeline::Pipeline');
      pipelineOf!.Properties!.Stages[1].Actions[0].RoleArn = deployRole;
    });
    expect(found).toMatch(/deploy-role-333333333333-ap-southeast-1 may assume/);
  });
});
