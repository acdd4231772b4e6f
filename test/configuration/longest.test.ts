import { synthesize } from '../assemblies/synthesize';
import { propertiesOf, type Json } from '../synth';
import { lengths, longest } from '../../checks/configuration/longest';

// `npm run check:configuration` takes them in the other order too.
describe('texts as long as validation takes them', () => {
  const config = longest('last');
  const { stacks } = synthesize({ environment: config });
  const all = (type: string): readonly Json[] =>
    stacks.flatMap(({ template: { Resources } }) => propertiesOf(Resources, type));

  test('are the longest', () => {
    expect(lengths(config)).toMatchObject({
      'tags.owner': 256,
      'tags.costCenter': 256,
      'extraNamespaces.0.name': 63,
      'extraNamespaces.0.team': 63,
      'tenants.0.id': 40,
      'tenants.0.name': 100,
      'monitoring.runbookUrl': 512,
      'domain.hosts.app': 64,
      'domain.hosts.api': 128,
      'domain.hosts.apiAliases.0': 128,
      'domain.hosts.grafana': 128,
    });
  });

  // https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
  test('leave room in the descriptions of alarms', () => {
    const described = [...all('AWS::CloudWatch::Alarm'), ...all('AWS::CloudWatch::CompositeAlarm')];
    expect(Math.max(...described.map(({ AlarmDescription }) => AlarmDescription.length))).toBeLessThanOrEqual(1024);
  });

  // https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_InputTransformer.html
  test('leave room in the templates of EventBridge', () => {
    const templates = all('AWS::Events::Rule').flatMap(({ Targets }) =>
      Targets.flatMap(({ InputTransformer }: Json) => InputTransformer?.InputTemplate ?? []),
    );
    expect(templates.length).toBeGreaterThan(0);
    expect(Math.max(...templates.map((each) => JSON.stringify(each).length))).toBeLessThanOrEqual(8192);
  });
});
