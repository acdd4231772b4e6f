import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { idsOf, oncePipeline, propertiesOf, type CfnResource } from '../synth';
import { environment, pipeline as config } from '../fixtures';

const resources: Record<string, CfnResource> = oncePipeline().getStackByName('platform-pipeline').template.Resources;
const projects = propertiesOf(resources, 'AWS::CodeBuild::Project');
const [pipeline] = propertiesOf(resources, 'AWS::CodePipeline::Pipeline');
const stages: { Name: string; Actions: { Name: string; ActionTypeId: { Category: string } }[] }[] = pipeline?.Stages;

test('is of type V2 and changes itself before it deploys', () => {
  expect(pipeline?.PipelineType).toBe('V2');
  expect(stages.map(({ Name }) => Name)).toEqual([
    'Source',
    'Build',
    'UpdatePipeline',
    'Assets',
    ...config.stages.map((stage) => stage.environment),
  ]);
});

test('waits for a person before the stages that ask for it', () => {
  for (const { environment: name, manualApproval } of config.stages) {
    const actions = stages.find(({ Name }) => Name === name)?.Actions.map(({ ActionTypeId }) => ActionTypeId.Category);
    expect(actions?.filter((category) => category === 'Approval')).toHaveLength(manualApproval ? 1 : 0);
    expect(actions?.[0] === 'Approval').toBe(manualApproval);
  }
});

test('takes its source through the configured connection', () => {
  expect(JSON.stringify(stages[0])).toContain(config.connectionArn);
  expect(JSON.stringify(stages[0])).toContain(config.repository);
});

test('lints and tests before it synthesizes, with every validation on', () => {
  const synth = projects.find(({ Source }) => Source.BuildSpec.includes('cdk synth'));
  expect(JSON.parse(synth?.Source.BuildSpec).phases.build.commands).toEqual([
    'npm ci',
    'npm run lint',
    'npm test',
    'npx cdk synth',
  ]);
  expect(synth?.Environment.EnvironmentVariables).toContainEqual({
    Name: 'CDK_VALIDATION',
    Type: 'PLAINTEXT',
    Value: 'true',
  });
});

test('runs a Node and tools of pinned versions, the CLI that of package.json', () => {
  const { devDependencies } = JSON.parse(readFileSync(join(__dirname, '..', '..', 'package.json'), 'utf8'));
  const specs = projects.map(({ Source }) => Source.BuildSpec).filter((spec: string) => spec.startsWith('{'));
  expect(specs.length).toBeGreaterThan(1);
  for (const spec of specs) expect(JSON.parse(spec).phases.install['runtime-versions']).toEqual({ nodejs: '22' });
  expect(specs.join()).toContain(`npm install -g aws-cdk@${devDependencies['aws-cdk']}`);
  expect(specs.join()).not.toContain('latest');
  expect(new Set(projects.map(({ Environment }) => Environment.Image))).toEqual(
    new Set(['aws/codebuild/standard:7.0']),
  );
});

test('logs what it builds where it goes after half a year', () => {
  const [logs] = idsOf(resources, 'AWS::Logs::LogGroup');
  expect(resources[logs!]?.Properties?.RetentionInDays).toBe(180);
  for (const { LogsConfig } of projects) expect(LogsConfig.CloudWatchLogs.GroupName).toEqual({ Ref: logs });
});

test('publishes all assets in one build', () => {
  const publishing = stages.find(({ Name }) => Name === 'Assets')?.Actions;
  expect(publishing).toHaveLength(1);
});

test('lets the source role use the connection, under both names of the service', () => {
  const statements = propertiesOf(resources, 'AWS::IAM::Policy').flatMap(
    ({ PolicyDocument }) => PolicyDocument.Statement,
  );
  const allowed = statements
    .filter(({ Resource }) => Resource === config.connectionArn)
    .flatMap(({ Action }) => Action);
  expect(allowed.toSorted()).toEqual(['codeconnections:UseConnection', 'codestar-connections:UseConnection']);
});

test('tags what takes tags with owner and cost centre', () => {
  for (const type of ['AWS::S3::Bucket', 'AWS::KMS::Key', 'AWS::IAM::Role', 'AWS::CodePipeline::Pipeline'])
    for (const { Tags } of propertiesOf(resources, type))
      expect(Tags).toEqual(
        expect.arrayContaining([
          { Key: 'Owner', Value: config.tags.owner },
          { Key: 'CostCenter', Value: config.tags.costCenter },
        ]),
      );
});

test('encrypts its artifacts with a key that the deployment accounts may use', () => {
  const key = JSON.stringify(idsOf(resources, 'AWS::KMS::Key').map((id) => resources[id]));
  const neighbours = config.stages
    .map((stage) => environment(stage.environment))
    .filter(({ region }) => region === config.region);
  for (const { account } of neighbours) expect(key).toContain(account);
  expect(key).toContain('"EnableKeyRotation":true');
});

test('deploys to another region too, through a bucket there', () => {
  const elsewhere = oncePipeline({ ...config, region: 'eu-north-1' });
  const support = elsewhere.stacks.find(({ environment: { region } }) => region === environment('prod').region);
  const [bucket] = propertiesOf(support?.template.Resources, 'AWS::S3::Bucket');
  expect(bucket?.Tags).toContainEqual({ Key: 'Owner', Value: config.tags.owner });
});

test('tells of a stage that failed, and of one that waits for a person, by a topic that lets events publish', () => {
  const [topic] = idsOf(resources, 'AWS::SNS::Topic');
  const subscriptions = propertiesOf(resources, 'AWS::SNS::Subscription');
  expect(subscriptions.map(({ Protocol, Endpoint, TopicArn }) => [Protocol, Endpoint, TopicArn.Ref])).toEqual(
    config.notifyEmails.map((email) => ['email', email, topic]),
  );
  const [id] = idsOf(resources, 'AWS::CodePipeline::Pipeline');
  const rules = propertiesOf(resources, 'AWS::Events::Rule').filter(({ Targets }) => Targets[0].Arn.Ref === topic);
  expect(rules.map(({ EventPattern, State }) => [EventPattern.detail, State])).toEqual([
    [{ state: ['FAILED'], pipeline: [{ Ref: id }] }, 'ENABLED'],
    [{ state: ['STARTED'], type: { category: ['Approval'] }, pipeline: [{ Ref: id }] }, 'ENABLED'],
  ]);
  const publisher = { Service: 'events.amazonaws.com' };
  const [policy] = propertiesOf(resources, 'AWS::SNS::TopicPolicy');
  expect(policy?.PolicyDocument.Statement).toContainEqual(
    expect.objectContaining({ Sid: 'Publish', Effect: 'Allow', Principal: publisher }),
  );
  const key = resources[resources[topic!]?.Properties?.KmsMasterKeyId['Fn::GetAtt'][0]];
  expect(key?.Properties?.KeyPolicy.Statement).toContainEqual(
    expect.objectContaining({ Effect: 'Allow', Principal: publisher, Action: ['kms:Decrypt', 'kms:GenerateDataKey*'] }),
  );
});
