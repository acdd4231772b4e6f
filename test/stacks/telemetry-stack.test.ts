import { propertiesOf, resourcesOf, sample, type Json } from '../synth';

const resources = resourcesOf(sample('prod'), 'telemetry');
const topic = () => propertiesOf(resources, 'AWS::SNS::Topic')[0]!;
const publisher = (): readonly Json[] =>
  propertiesOf(resources, 'AWS::IAM::Policy')
    .map(({ PolicyDocument }) => PolicyDocument.Statement)
    .find((statements) => JSON.stringify(statements).includes('sns:Publish'));

test('the heartbeat takes the way of the alerts: one identity, one key', () => {
  const [publish, encrypt] = publisher();
  expect(publish.Resource).toHaveLength(3);
  expect(JSON.stringify(publish.Resource)).toContain('Heartbeat');
  expect(encrypt.Resource).toEqual(topic().KmsMasterKeyId);
  expect(JSON.stringify(encrypt.Resource)).toContain('ImportValue');
});

test('silence of a quarter of an hour or more calls, and so does an alarm without any data', () => {
  const [alarm] = propertiesOf(resources, 'AWS::CloudWatch::Alarm');
  expect(alarm).toMatchObject({
    AlarmName: 'platform-prod-telemetry-silent',
    MetricName: 'NumberOfMessagesPublished',
    Statistic: 'Sum',
    Period: 300,
    EvaluationPeriods: 4,
    Threshold: 1,
    ComparisonOperator: 'LessThanThreshold',
    TreatMissingData: 'breaching',
  });
  expect(alarm!.AlarmActions).toHaveLength(1);
});
