import { pipeline as config } from '../../lib/config/pipeline';
import { idsOf, propertiesOf, synthesizePipeline, type CfnResource } from '../synth';

const resources: Record<string, CfnResource> =
  synthesizePipeline().getStackByName('platform-pipeline').template.Resources;
const [pipeline] = propertiesOf(resources, 'AWS::CodePipeline::Pipeline');
const stages: { Name: string; Actions: { Name: string; ActionTypeId: { Category: string } }[] }[] = pipeline?.Stages;

test('is of type V2 and changes itself before it deploys', () => {
  expect(pipeline?.PipelineType).toBe('V2');
  expect(stages.map(({ Name }) => Name)).toEqual(['Source', 'Build', 'UpdatePipeline', 'Assets', 'staging', 'prod']);
});

test('deploys prod only after a person has approved', () => {
  const approvals = (name: string) =>
    stages.find(({ Name }) => Name === name)?.Actions.filter(({ ActionTypeId }) => ActionTypeId.Category === 'Approval')
      .length;
  expect(approvals('staging')).toBe(0);
  expect(approvals('prod')).toBe(1);
  expect(stages.at(-1)?.Actions[0]?.ActionTypeId.Category).toBe('Approval');
});

test('takes its source through the configured connection', () => {
  expect(JSON.stringify(stages[0])).toContain(config.connectionArn);
  expect(JSON.stringify(stages[0])).toContain(config.repository);
});

test('lints and tests before it synthesizes, with every validation on', () => {
  const specs = idsOf(resources, 'AWS::CodeBuild::Project').map((id) => JSON.stringify(resources[id]?.Properties));
  const synth = specs.find((spec) => spec.includes('cdk synth'));
  expect(synth).toMatch(/npm ci.*npm run lint.*npm test.*npx cdk synth/);
  expect(synth).toContain('"Name":"CDK_VALIDATION"');
});

test('encrypts its artifacts with a key that the deployment accounts may use', () => {
  const key = JSON.stringify(idsOf(resources, 'AWS::KMS::Key').map((id) => resources[id]));
  expect(key).toContain('333333333333');
  expect(key).toContain('"EnableKeyRotation":true');
});
