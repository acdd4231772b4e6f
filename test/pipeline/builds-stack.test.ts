import { execFileSync } from 'node:child_process';
import { LABEL_VALUE } from '../../lib/model/labels';
import { SERVICE_NAMES } from '../../lib/model/names';
import { environment, pipeline } from '../fixtures';
import { idsOf, onceBuilds, propertiesOf, type Json } from '../synth';
import { powers, projectRoleOf, reached, rolesOf } from './reach';

const [first] = pipeline.stages;
const { account, region } = environment(first!.environment);
const stack = onceBuilds().getStackByName(`platform-${first!.environment}-builds`);
const resources = stack.template.Resources;
const pipelines = propertiesOf(resources, 'AWS::CodePipeline::Pipeline');
const projects = new Map(propertiesOf(resources, 'AWS::CodeBuild::Project').map((each) => [each.id, each]));
const own = propertiesOf(resources, 'AWS::S3::Bucket').map(({ id }) => `<${id}>`);

const pipelineOf = (service: string): Json =>
  pipelines.find(({ Name }) => Name === `platform-${first!.environment}-build-${service}`);

const actionOf = (service: string, step: string): Json =>
  pipelineOf(service).Stages.find(({ Name }: Json) => Name === step).Actions[0];

const projectOf = (service: string, step: string): Json =>
  projects.get(actionOf(service, step).Configuration.ProjectName.Ref);

const specOf = (service: string, step: string): Json => JSON.parse(projectOf(service, step).Source.BuildSpec);

test('is where the first environment is', () => {
  expect(stack.environment).toMatchObject({ account, region });
});

test('one definition builds every service', () => {
  expect(pipelines.map(({ Name }) => Name)).toEqual(
    SERVICE_NAMES.map((service) => `platform-${first!.environment}-build-${service}`),
  );
  for (const service of SERVICE_NAMES) {
    const steps = pipelineOf(service).Stages.map(({ Name }: Json) => Name);
    expect(steps).toEqual(['Source', 'Check', 'Image', 'Propose']);
    for (const step of steps.slice(1)) expect(specOf(service, step)).toEqual(specOf('auth-service', step));
  }
});

test('a push to the folder of a service starts its build, and nothing else does', () => {
  const { repository, branch, folder } = pipeline.builds!['auth-service'];
  const { Stages, Triggers, PipelineType } = pipelineOf('auth-service');
  expect(PipelineType).toBe('V2');
  expect(Stages[0].Actions[0].Configuration).toMatchObject({ FullRepositoryId: repository, BranchName: branch });
  expect(Triggers).toEqual([
    {
      ProviderType: 'CodeStarSourceConnection',
      GitConfiguration: {
        SourceActionName: 'Source',
        Push: [{ Branches: { Includes: [branch] }, FilePaths: { Includes: [`${folder}/**`] } }],
      },
    },
  ]);
});

test('only the step that makes the image runs containers', () => {
  const privileged = ['Check', 'Image', 'Propose'].map(
    (step) => projectOf('frontend', step).Environment.PrivilegedMode === true,
  );
  expect(privileged).toEqual([false, true, false]);
});

test('what it fetches has a version and a digest', () => {
  const commands = ['Check', 'Image'].flatMap((step) => specOf('frontend', step).phases.build.commands).join('\n');
  const images = commands.match(/docker\.io\/\S+/g) ?? [];
  expect(images.length).toBe(3);
  for (const image of images) expect(image).toMatch(/^docker\.io\/[\w/-]+:[\w.-]+@sha256:[0-9a-f]{64}$/);
  const archives = commands.match(/https:\/\/github\.com\/\S+/g) ?? [];
  const checked = commands.match(/^echo "[0-9a-f]{64} {2}\$TOOLS\/\S+" \| sha256sum --check --strict$/gm) ?? [];
  expect([archives.length, checked.length]).toEqual([2, 2]);
});

const roleOf = (service: string, step: string) =>
  rolesOf(resources).find(({ id }) => id === projectRoleOf(resources, actionOf(service, step)))!;

describe('a step', () => {
  test.each(SERVICE_NAMES)(
    'of %s may change the images of that service, and nothing else in the account',
    (service) => {
      expect(powers(roleOf(service, 'Check'), own)).toEqual([]);
      expect(powers(roleOf(service, 'Propose'), own)).toEqual([]);
      const repository = `arn:aws:ecr:${region}:${account}:repository/platform/${service}`;
      const where = powers(roleOf(service, 'Image'), own).map((power) => power.split(' on ')[1]);
      expect(new Set(where)).toEqual(new Set([repository, `arn:aws:signer:${region}:${account}:/signing-profiles/*`]));
    },
  );

  test('reaches no role that changes something else', () => {
    const steps = SERVICE_NAMES.flatMap((service) => ['Check', 'Propose'].map((step) => roleOf(service, step).id));
    expect(reached(rolesOf(resources), steps, own)).toEqual([]);
  });

  test('cannot put something in place of the source that the next one builds', () => {
    for (const service of SERVICE_NAMES)
      for (const step of ['Check', 'Image', 'Propose']) {
        const actions = roleOf(service, step).statements.flatMap(({ Action }) => Action);
        expect(actions.filter((action: string) => /^s3:(Put|Delete|Abort|\*)/.test(action))).toEqual([]);
      }
  });

  test('pushes to the repository of the platform only', () => {
    const statements = roleOf('auth-service', 'Propose').statements.filter(({ Action }) =>
      /UseConnection/.test(Action),
    );
    expect(statements).toHaveLength(2);
    for (const { Condition, Resource } of statements) {
      expect(Object.values(Condition.StringEqualsIfExists)).toEqual([pipeline.repository]);
      expect(Resource).toBe(first!.connectionArn);
    }
  });
});

test.each([
  ['main', /^main-c0ffeec0ffee$/],
  ['feature/Größe_2', /^feature-Gr--+e_2-c0ffeec0ffee$/],
  ['__x', /^x-c0ffeec0ffee$/],
  [`release/${'x'.repeat(200)}`, /^release-x{42}-c0ffeec0ffee$/],
])('a commit of the branch %s becomes a tag that is a label too', (BRANCH, tag) => {
  const [command] = specOf('auth-service', 'Image').phases.build.commands;
  const env = { PATH: process.env.PATH, BRANCH, COMMIT: 'c0ffee'.repeat(7).slice(0, 40) };
  const made = execFileSync('sh', ['-c', `${command}\nprintf %s "$TAG"`], { env, encoding: 'utf8' });
  expect(made).toMatch(tag);
  expect(made).toMatch(LABEL_VALUE);
});

test('people hear of a step that fails', () => {
  const [rule] = propertiesOf(resources, 'AWS::Events::Rule');
  expect(rule?.EventPattern.detail).toEqual({
    state: ['FAILED'],
    pipeline: idsOf(resources, 'AWS::CodePipeline::Pipeline').map((Ref) => ({ Ref })),
  });
  expect(propertiesOf(resources, 'AWS::SNS::Subscription').map(({ Endpoint }) => Endpoint)).toEqual(
    pipeline.notify.emails,
  );
});
