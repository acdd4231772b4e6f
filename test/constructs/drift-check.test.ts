import { SAMPLES } from '../sample';
import { once, propertiesOf, resourcesOf, sample, type Json } from '../synth';

const { prod } = SAMPLES;
const home = resourcesOf(sample('prod'), 'monitoring');

/** When rules of EventBridge start something. */
const schedules = (resources: typeof home): readonly string[] =>
  propertiesOf(resources, 'AWS::Events::Rule')
    .filter(({ id }) => id.startsWith('DriftCheck'))
    .flatMap(({ ScheduleExpression = [] }) => ScheduleExpression);

/** The function of the daily drift check, if there is one. */
const looks = (resources: typeof home): readonly Json[] =>
  propertiesOf(resources, 'AWS::Lambda::Function').filter(({ FunctionName = '' }) =>
    FunctionName.endsWith('-drift-check'),
  );

describe('the daily drift check', () => {
  test('looks at every stack of the environment, in its region', () => {
    const { STACKS } = looks(home)[0].Environment.Variables;
    const all = sample('prod').stacks.map(({ stackName: name, environment: { region } }) => ({ name, region }));
    expect(JSON.parse(STACKS)).toEqual(expect.arrayContaining(all));
    expect(JSON.parse(STACKS)).toHaveLength(all.length);
  });

  test('knows what others own', () => {
    const { OWNED } = looks(home)[0].Environment.Variables;
    expect(JSON.parse(OWNED)).toContainEqual({
      type: 'AWS::EKS::Nodegroup',
      path: String.raw`^\/ScalingConfig\/DesiredSize$`,
    });
  });

  test('runs after the quiet hours, and only if the configuration says so', () => {
    expect(schedules(home)).toEqual(['cron(0 22 * * ? *)']);
    const without = resourcesOf(once({ ...prod, monitoring: { ...prod.monitoring, driftCheck: false } }), 'monitoring');
    expect([looks(without), schedules(without)]).toEqual([[], []]);
  });

  test('may read resources, and no secret', () => {
    const statements: readonly Json[] = propertiesOf(home, 'AWS::IAM::Policy')
      .flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
      .filter(
        ({ Action }) => JSON.stringify(Action).includes('DetectStackDrift') || Action.includes('ec2:DescribeVpcs'),
      );
    const actions: readonly string[] = statements.flatMap(({ Action }) => Action);
    expect(actions).toEqual(expect.arrayContaining(['cloudformation:DetectStackDrift', 'rds:DescribeDBInstances']));
    const reading = /:(BatchGet|Describe|Detect|Get|List|View)\w+$/;
    const secret = /GetSecretValue|kms:Decrypt|ssm:GetParameter|s3:GetObject$/;
    expect(actions.filter((action) => !reading.test(action) || secret.test(action))).toEqual([]);
  });
});
