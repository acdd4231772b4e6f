import { deliveryPipeline, environment, serviceBuilds } from '../../../lib/config';
import { pipelineProblems } from '../../../lib/config/validation';
import { environments, pipeline } from '../../fixtures';

const source = pipeline.builds!.frontend;

test.each([
  ['a repository without its owner', { ...pipeline, repository: 'platform' }, /repository is "platform"/],
  [
    'an environment named twice',
    { ...pipeline, stages: [...pipeline.stages, ...pipeline.stages] },
    /stages repeats an environment/,
  ],
  ['nobody who hears of a failure', { ...pipeline, notify: { emails: [] } }, /notify.emails is empty/],
  ['an address that is none', { ...pipeline, notify: { emails: ['us'] } }, /notify.emails has "us"/],
  ['no environment', { ...pipeline, stages: [] }, /stages is empty/],
  ['a service whose source nobody names', { ...pipeline, builds: { frontend: source } as never }, /builds/],
  [
    'a folder outside of the repository',
    { ...pipeline, builds: { ...pipeline.builds!, frontend: { ...source, folder: '../other' } } },
    /builds.frontend.folder is "..\/other": write the path of a folder/,
  ],
  [
    'builds that start each other',
    { ...pipeline, builds: { ...pipeline.builds!, frontend: { ...source, folder: '.' } } },
    /builds.frontend.folder is ".", the whole repository that releases are written into/,
  ],
] as const)('refuses a delivery with %s', (_, config, message) => {
  expect(pipelineProblems(config)).toContainEqual(expect.stringMatching(message));
});

const [first, last] = [pipeline.stages[0]!, pipeline.stages.at(-1)!];
const stages = (change: object) => ({ ...pipeline, stages: [first, { ...last, ...change }] });

test.each([
  [
    'an environment that there is not',
    stages({ environment: 'qa' }),
    /pipeline: stages has "qa", no environment: choose dev, /,
  ],
  [
    'a connection of another account',
    stages({ connectionArn: first.connectionArn }),
    /pipeline: stages.prod.connectionArn is .*222222222222.*: write arn:aws:codeconnections:ap-southeast-1:333333333333:/,
  ],
  [
    'a connection of another region',
    stages({ connectionArn: last.connectionArn.replace('ap-southeast-1', 'eu-west-1') }),
    /pipeline: stages.prod.connectionArn is .*eu-west-1/,
  ],
] as const)('refuses a stage with %s', (_, config, message) => {
  expect(() => deliveryPipeline(first.environment, config, environments)).toThrow(message);
});

const images = (change: object) =>
  environments.map((config) => ({ ...config, images: { ...config.images, ...change } }));

describe('the registries of a delivery', () => {
  test.each(['staging', 'prod'])('let the account of the next stage pull: %s is refused otherwise', (name) => {
    expect(() => environment(name, {}, images({ pulledBy: [] }), pipeline)).toThrow(
      'staging: images.pulledBy lacks "333333333333", the account of prod, which follows in stages of lib/config/pipeline.ts: add it',
    );
  });

  test('sign what is built for the first stage', () => {
    const unsigned = images({ signed: false });
    expect(() => environment('staging', {}, unsigned, pipeline)).toThrow(
      'staging: images.signed is false, but the builds of the services give a tag to signed images only: set it to true, or delete builds of lib/config/pipeline.ts',
    );
    const { builds: _, ...elsewhere } = pipeline;
    expect(environment('staging', {}, unsigned, elsewhere).images.signed).toBe(false);
    expect(environment('prod', {}, unsigned, pipeline).images.signed).toBe(false);
  });

  test('ask nothing of an environment that no pipeline delivers', () => {
    expect(environment('dev', {}, images({ pulledBy: [], signed: false }), pipeline).name).toBe('dev');
  });

  test('ask nothing while the delivery has problems of its own', () => {
    expect(environment('prod', {}, images({ pulledBy: [] }), { ...pipeline, notify: { emails: [] } }).name).toBe(
      'prod',
    );
  });
});

test('refuses a channel of Slack to which alarms of an environment in the same account go', () => {
  const { slack } = pipeline.notify;
  const alarmed = environments.map((config) => ({
    ...config,
    monitoring: {
      ...config.monitoring,
      notify: { ...config.monitoring.notify, critical: { emails: ['a@b.example'], slack } },
    },
  }));
  expect(() => deliveryPipeline('prod', pipeline, alarmed)).toThrow(
    /notify.slack.channelId is "C0123DEPLOY", to which alarms of prod go: choose another channel/,
  );
});

test('names the environments that are delivered when asked for another one', () => {
  expect(() => deliveryPipeline('dev', pipeline, environments)).toThrow('-c pipeline is "dev": choose staging, prod');
});

test('the services are built for the environment that is delivered first', () => {
  const [{ environment: name }] = pipeline.stages as [typeof first];
  expect(serviceBuilds(name, pipeline, environments)).toBe(pipeline);
  expect(() => serviceBuilds('prod', pipeline, environments)).toThrow('-c builds is "prod": choose staging');
  const { builds: _, ...elsewhere } = pipeline;
  expect(() => serviceBuilds(name, elsewhere, environments)).toThrow('builds is absent: write the source of each');
});

test('the delivery has no problem', () => {
  expect(deliveryPipeline('prod', pipeline, environments)).toBe(pipeline);
});
