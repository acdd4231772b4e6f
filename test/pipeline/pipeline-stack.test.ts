import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parse } from 'yaml';
import { SECTIONS } from '../../verify/checks';
import { policyActions } from '../../verify/permissions';
import { VERIFY_ACTIONS } from '../../lib/pipeline/verification';
import { assembly, idsOf, oncePipeline, propertiesOf, type CfnResource, type Json } from '../synth';
import { environment, pipeline as config } from '../fixtures';

const [first, last] = [config.stages[0]!, config.stages.at(-1)!];

const resourcesIn = (name: string): Record<string, CfnResource> =>
  oncePipeline(name).getStackByName(`platform-${name}-pipeline`).template.Resources;

interface Action {
  readonly Name: string;
  readonly RunOrder: number;
  readonly ActionTypeId: { readonly Category: string };
  readonly Configuration: Json;
  readonly OutputArtifacts?: readonly { readonly Name: string }[];
}
const stagesIn = (resources: Record<string, CfnResource>): { Name: string; Actions: Action[] }[] =>
  propertiesOf(resources, 'AWS::CodePipeline::Pipeline')[0]?.Stages;

describe.each(config.stages.map((stage) => [stage.environment, stage] as const))(
  'the pipeline of %s',
  (name, stage) => {
    const resources = resourcesIn(name);
    const projects = propertiesOf(resources, 'AWS::CodeBuild::Project');
    const stages = stagesIn(resources);
    const commandsOf = (step: string): string[] => {
      const project = projects.find(({ id }) => id.startsWith(`PipelineBuild${step}`));
      return JSON.parse(project?.Source.BuildSpec).phases.build.commands;
    };

    test('is of type V2, in the account and the region of its environment', () => {
      const { environment: place } = oncePipeline(name).getStackByName(`platform-${name}-pipeline`);
      const { account, region } = environment(name);
      expect(propertiesOf(resources, 'AWS::CodePipeline::Pipeline')[0]?.PipelineType).toBe('V2');
      expect(place).toMatchObject({ account, region });
    });

    test('checks, reviews, waits, and only then changes itself, publishes assets, looks for images and deploys', () => {
      const passesOn = stage === last ? [] : ['Promote'];
      expect(stages.map(({ Name }) => Name)).toEqual([
        'Source',
        'Build',
        'UpdatePipeline',
        'Assets',
        'Images',
        name,
        ...passesOn,
      ]);
      const order = stages[1]!.Actions.toSorted((one, other) => one.RunOrder - other.RunOrder).map(
        (action) => action.Name,
      );
      const wait = stage.manualApproval ? [`Approve-${name}`] : [];
      expect(order).toEqual(['Check', 'Synth', 'Review', ...wait, 'Release']);
      const orders = new Map(stages[1]!.Actions.map((action) => [action.Name, action.RunOrder]));
      expect([...orders.values()]).toEqual([1, 1, 2, 3, 4].slice(0, orders.size));
    });

    test('deploys nothing but what was reviewed', () => {
      expect(commandsOf('Release').join('\n')).toMatch(/test "\$RELEASED" = "\$REVIEWED" \|\| \{ .*exit 1/);
      const digest = /find \. -type f[^)]*/;
      expect(digest.exec(commandsOf('Release').join('\n'))?.[0]).toBe(
        digest.exec(commandsOf('Review').join('\n'))?.[0],
      );
      const release = stages[1]!.Actions.find((action) => action.Name === 'Release');
      expect(release?.Configuration.EnvironmentVariables).toContain('#{Build@Review.ASSEMBLY_SHA256}');
      const later = stages
        .slice(2)
        .flatMap(({ Actions }) => Actions.filter(({ Name }) => !/^(Images|Promote|Verify)$/.test(Name)));
      const inputs = later.flatMap(
        (action) => (action as Json).InputArtifacts?.map((artifact: Json) => artifact.Name) ?? [],
      );
      expect(new Set(inputs)).toEqual(new Set(['Release_Output']));
    });

    test('checks in a build that hands nothing on', () => {
      const check = stages[1]!.Actions.find((action) => action.Name === 'Check');
      expect(check?.OutputArtifacts).toBeUndefined();
      const commands = commandsOf('Check');
      expect(commands.slice(0, 5)).toEqual([
        'npm ci',
        'npm run lint',
        'npm test',
        'npm audit --audit-level=high',
        'npm audit signatures',
      ]);
      // The program that scans is the one of the builds of the services, which a test pins.
      const [files, synth, templates] = commands.slice(-3);
      expect(files).toMatch(/^trivy filesystem --exit-code 1 --severity HIGH,CRITICAL /);
      expect(synth).toMatch(/^npx cdk synth --quiet -c pipeline=\w+$/);
      expect(templates).toMatch(/^trivy config --exit-code 1 --severity HIGH,CRITICAL .* cdk\.out$/);
    });

    test('runs no script of a package where it synthesizes and reviews, and validates everything', () => {
      expect(commandsOf('Synth')).toEqual(['npm ci --ignore-scripts', `npx cdk synth --quiet -c pipeline=${name}`]);
      expect(commandsOf('Review')[0]).toBe('npm ci --ignore-scripts');
      const synth = projects.find(({ id }) => id.startsWith('PipelineBuildSynth'));
      expect(synth?.Environment.EnvironmentVariables).toContainEqual({
        Name: 'CDK_VALIDATION',
        Type: 'PLAINTEXT',
        Value: 'true',
      });
    });

    test('takes its source through the connection of its account', () => {
      expect(JSON.stringify(stages[0])).toContain(stage.connectionArn);
      expect(JSON.stringify(stages[0])).toContain(config.repository);
      const statements = propertiesOf(resources, 'AWS::IAM::Policy').flatMap(
        ({ PolicyDocument }) => PolicyDocument.Statement,
      );
      const allowed = statements
        .filter(({ Resource }) => Resource === stage.connectionArn)
        .flatMap(({ Action: actions }) => actions);
      // Under both names of the service.
      expect(allowed.toSorted()).toEqual(['codeconnections:UseConnection', 'codestar-connections:UseConnection']);
    });

    test('runs a Node and tools of pinned versions, the CLI that of package.json', () => {
      const { devDependencies } = JSON.parse(readFileSync(join(__dirname, '..', '..', 'package.json'), 'utf8'));
      const own = projects.filter(({ Source }) => Source.BuildSpec.startsWith('{'));
      const specs = own.map(({ Source }) => Source.BuildSpec);
      expect(specs.length).toBeGreaterThan(5);
      for (const { id, Source } of own)
        expect(JSON.parse(Source.BuildSpec).phases.install['runtime-versions']).toEqual({
          nodejs: '22',
          python: '3.12',
          ...(id.startsWith('PipelineImages') && { golang: '1.25' }),
        });
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
      expect(stages.find((each) => each.Name === 'Assets')?.Actions).toHaveLength(1);
    });

    test('makes the asset manifests readable for cdk-assets before it publishes', () => {
      const project = projects.find(({ id }) => id.startsWith('PipelineAssets'));
      const spec = readFileSync(join(oncePipeline(name).directory, project?.Source.BuildSpec), 'utf8');
      const [, program] = /sed -i '(.*)' assembly-\*\/\*\.assets\.json/.exec(
        parse(spec).phases.install.commands.join('\n'),
      )!;
      const nested = join(oncePipeline(name).directory, `assembly-${name}`);
      const manifests = readdirSync(nested).filter((file) => file.endsWith('.assets.json'));
      expect(manifests.length).toBeGreaterThan(5);
      for (const file of manifests) {
        const { stdout } = spawnSync('sed', [program!, join(nested, file)], { encoding: 'utf8' });
        const manifest = JSON.parse(readFileSync(join(nested, file), 'utf8'));
        expect(JSON.parse(stdout)).toEqual({ ...manifest, version: '54.0.0' });
      }
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

    test('deploys to another region too, through a bucket there', () => {
      const support = oncePipeline(name).stacks.find(({ environment: { region } }) => region === 'us-east-1');
      const [bucket] = propertiesOf(support?.template.Resources, 'AWS::S3::Bucket');
      expect(bucket?.Tags).toContainEqual({ Key: 'Owner', Value: config.tags.owner });
    });
  },
);

test('asset manifests have the schema that cdk-assets 4.7.3 reads', () => {
  const library = createRequire(require.resolve('aws-cdk-lib/package.json'));
  const schema = library.resolve('@aws-cdk/cloud-assembly-schema/schema/assets.schema.json');
  // Of version 54.22.0, which cdk-assets 4.7.3 contains.
  expect(createHash('sha256').update(readFileSync(schema)).digest('hex')).toBe(
    '63c74acf7436ddbcba3e5ad7ac16a2f1014a0082877033dececd7d8c0104d309',
  );
});

const detects = (resources: Record<string, CfnResource>) =>
  stagesIn(resources)[0]!.Actions[0]!.Configuration.DetectChanges;

test('the verification may do what its checks ask for, and no more', () => {
  expect(VERIFY_ACTIONS).toEqual(policyActions(SECTIONS));
  const resources = resourcesIn(last.environment);
  const verify = propertiesOf(resources, 'AWS::IAM::Policy').find(({ id }) => /Verify/.test(id));
  expect(verify?.PolicyDocument.Statement.flatMap(({ Action: actions }: Json) => actions)).toEqual(
    expect.arrayContaining([...VERIFY_ACTIONS]),
  );
});

test.each(config.stages)(
  '%j: a deployment that fails, or after which a critical alarm fires, is rolled back',
  (stage) => {
    const resources = resourcesIn(stage.environment);
    const deployed = stagesIn(resources).find(({ Name }) => Name === stage.environment) as Json;
    expect(deployed.OnFailure).toEqual({ Result: 'ROLLBACK' });
    const [{ Result, Rules }] = deployed.OnSuccess.Conditions;
    expect([Result, Rules.length <= 5]).toEqual(['ROLLBACK', true]);
    const alarms = new Set(
      assembly(stage.environment).stacks.flatMap(({ template, environment: { region } }) =>
        propertiesOf(template.Resources, 'AWS::CloudWatch::CompositeAlarm').map(
          ({ AlarmName }) => `${region} ${AlarmName}`,
        ),
      ),
    );
    for (const { Region, Configuration } of Rules) {
      expect(alarms).toContain(`${Region} ${Configuration.AlarmName}`);
      expect(Configuration).toMatchObject({
        AlarmStates: 'ALARM',
        WaitTime: `${environment(stage.environment).monitoring.bakeMinutes}`,
      });
    }
    const role = propertiesOf(resources, 'AWS::IAM::Policy').find(({ id }) => id.startsWith('PipelineRole'));
    expect(JSON.stringify(role?.PolicyDocument)).toContain('cloudwatch:DescribeAlarms');
  },
);

test('the next pipeline does not start again by itself with another commit, once it has changed itself', () => {
  const restarts = config.stages.map(({ environment: name }) => {
    const [pipelineOf] = propertiesOf(resourcesIn(name), 'AWS::CodePipeline::Pipeline');
    return pipelineOf?.RestartExecutionOnUpdate;
  });
  expect(restarts).toEqual(config.stages.map((stage) => stage === first));
});

test('a commit is passed on in a stage of its own: once it was verified, and no alarm has fired for a while', () => {
  const names = stagesIn(resourcesIn(first.environment)).map(({ Name }) => Name);
  expect(names.slice(-2)).toEqual([first.environment, 'Promote']);
  const { Actions } = stagesIn(resourcesIn(first.environment)).at(-2)!;
  const deployments = Actions.filter(({ Name }) => Name.endsWith('.Deploy')).map((action) => action.RunOrder);
  const verify = Actions.find((action) => action.Name === 'Verify')!;
  expect(verify.RunOrder).toBeGreaterThan(Math.max(...deployments));
});

test('a push starts the first pipeline, and a commit that passed there the next', () => {
  const [start, next] = [first, last].map((stage) => resourcesIn(stage.environment));
  expect([detects(start!) ?? true, detects(next!)]).toEqual([true, false]);

  const { account, region } = environment(last.environment);
  const bus = `arn:aws:events:${region}:${account}:event-bus/platform-${last.environment}-promotions`;
  const promote = propertiesOf(start!, 'AWS::CodeBuild::Project').find(({ id }) => /Promote/.test(id));
  expect(promote?.Environment.EnvironmentVariables).toContainEqual({ Name: 'BUS', Type: 'PLAINTEXT', Value: bus });
  const statement = {
    Action: 'events:PutEvents',
    Principal: { AWS: `arn:aws:iam::${environment(first.environment).account}:root` },
    Resource: bus,
  };
  expect(propertiesOf(next!, 'AWS::Events::EventBus')).toMatchObject([
    { Name: bus.split('/')[1], Policy: { Statement: [statement] } },
  ]);
  const rule = propertiesOf(next!, 'AWS::Events::Rule').find(({ id }) => id.startsWith('Promoted'));
  expect(rule?.EventPattern).toEqual({
    source: ['platform.delivery'],
    'detail-type': ['Promotion'],
    account: [environment(first.environment).account],
  });
  expect(rule?.Targets[0].InputTransformer.InputTemplate).toBe(
    '{"sourceRevisions":[{"actionName":"Source","revisionType":"COMMIT_ID","revisionValue":<detail-commit>}]}',
  );
  expect(idsOf(start!, 'AWS::Events::EventBus')).toEqual([]);
});
