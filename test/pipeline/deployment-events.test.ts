import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import type { EventProperty } from '@aws-cdk/service-spec-types';
import { pipeline as config } from '../fixtures';
import { idsOf, oncePipeline, propertiesOf, type Json } from '../synth';

const spec = loadAwsServiceSpecSync();

/** The fields of an event's detail, as the schema registry of EventBridge has them: `execution-trigger.trigger-type`. */
const fieldsOf = (detailType: string): readonly string[] => {
  const event = spec.all('event').find((each) => each.source === 'aws.codepipeline' && each.detailType === detailType);
  if (!event) throw new Error(`the schema registry has no ${detailType}`);
  const below = (properties: Readonly<Record<string, EventProperty>>, path: string): readonly string[] =>
    Object.entries(properties).flatMap(([name, { type }]) => [
      `${path}${name}`,
      ...(type.type === 'ref'
        ? below(spec.get('eventTypeDefinition', type.reference.$ref).properties, `${path}${name}.`)
        : []),
    ]);
  return below(spec.get('eventTypeDefinition', event.rootProperty.$ref).properties, '');
};

const pathsOf = (detail: Json, path = ''): readonly string[] =>
  Array.isArray(detail)
    ? [path]
    : Object.entries(detail).flatMap(([name, each]) => pathsOf(each, path === '' ? name : `${path}.${name}`));

describe.each(config.stages.map((stage) => [stage.environment, stage] as const))(
  'the events of the pipeline of %s',
  (name, { manualApproval }) => {
    const resources = oncePipeline(name).getStackByName(`platform-${name}-pipeline`).template.Resources;
    const rules = propertiesOf(resources, 'AWS::Events::Rule');
    const ofPipeline = rules.filter(({ EventPattern }) => EventPattern.source.includes('aws.codepipeline'));
    const [queue] = idsOf(resources, 'AWS::SQS::Queue');

    test('have the fields by which the rules choose, and which the function gets', () => {
      expect(ofPipeline.length).toBeGreaterThan(3);
      for (const { EventPattern, Targets } of ofPipeline) {
        const fields = fieldsOf(EventPattern['detail-type'][0]);
        const { time, ...given } = Targets[0].InputTransformer.InputPathsMap;
        const asked = [
          ...pathsOf(EventPattern.detail),
          ...Object.values<string>(given).map((path) => path.slice('$.detail.'.length)),
        ];
        expect(asked.filter((path) => !fields.includes(path))).toEqual([]);
        expect(time).toBe('$.time');
      }
    });

    test('are dead letters if nothing takes them, and so is a promotion', () => {
      for (const { Targets } of rules)
        for (const { DeadLetterConfig, RetryPolicy } of Targets) {
          expect(DeadLetterConfig.Arn).toEqual({ 'Fn::GetAtt': [queue, 'Arn'] });
          expect(RetryPolicy).toEqual({ MaximumEventAgeInSeconds: 3600, MaximumRetryAttempts: 20 });
        }
      const follower = propertiesOf(resources, 'AWS::Lambda::Function').find(
        ({ DeadLetterConfig }) => DeadLetterConfig,
      );
      expect(follower?.DeadLetterConfig.TargetArn).toEqual({ 'Fn::GetAtt': [queue, 'Arn'] });
    });

    test('people hear of a dead letter, in every way', () => {
      const [alarm] = propertiesOf(resources, 'AWS::CloudWatch::Alarm');
      expect(alarm).toMatchObject({
        Namespace: 'AWS/SQS',
        MetricName: 'ApproximateNumberOfMessagesVisible',
        Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': [queue, 'QueueName'] } }],
        ComparisonOperator: 'GreaterThanThreshold',
        Threshold: 0,
      });
      expect(alarm?.AlarmActions).toEqual(idsOf(resources, 'AWS::SNS::Topic').map((topic) => ({ Ref: topic })));
    });

    test('notifies people by e-mail and in Slack: of a beginning, a wait, an end, a failure, a way back', () => {
      const topics = idsOf(resources, 'AWS::SNS::Topic');
      const subscriptions = propertiesOf(resources, 'AWS::SNS::Subscription');
      expect(subscriptions.map(({ Protocol, Endpoint }) => [Protocol, Endpoint])).toEqual(
        config.notify.emails.map((email) => ['email', email]),
      );
      const expected = ['Started', ...(manualApproval ? ['Waits'] : []), 'Ended', 'Failed', 'RollsBack'];
      expect(ofPipeline.map(({ id }) => id.replace(/.{8}$/, ''))).toEqual(expected);
      const [id] = idsOf(resources, 'AWS::CodePipeline::Pipeline');
      const follower = propertiesOf(resources, 'AWS::Lambda::Function').find(
        ({ Environment }) => Environment?.Variables.MAIL,
      );
      for (const { EventPattern, Targets, State } of ofPipeline) {
        expect([EventPattern.detail.pipeline, State]).toEqual([[{ Ref: id }], 'ENABLED']);
        expect(Targets.map(({ Arn }: Json) => Arn)).toEqual([{ 'Fn::GetAtt': [follower!.id, 'Arn'] }]);
      }
      const { MAIL, CHAT } = follower!.Environment.Variables;
      expect([MAIL, CHAT]).toEqual(topics.map((topic) => ({ Ref: topic })));
      const granted = propertiesOf(resources, 'AWS::IAM::Policy').find(({ id: policy }) =>
        policy.startsWith('DeploymentsRole'),
      );
      const allowed = (actions: string) =>
        granted?.PolicyDocument.Statement.filter(({ Action: named }: Json) => [named].flat().includes(actions)).flatMap(
          ({ Resource }: Json) => Resource,
        );
      expect(allowed('sns:Publish')).toEqual([MAIL, CHAT]);
      expect(allowed('kms:Decrypt')).not.toEqual([]);
      expect(propertiesOf(resources, 'AWS::Chatbot::SlackChannelConfiguration')).toMatchObject([
        { SlackChannelId: config.notify.slack!.channelId },
      ]);
      for (const { PolicyDocument } of propertiesOf(resources, 'AWS::SNS::TopicPolicy'))
        expect(PolicyDocument.Statement).toContainEqual(
          expect.objectContaining({
            Sid: 'Publish',
            Effect: 'Allow',
            Principal: { Service: 'cloudwatch.amazonaws.com' },
          }),
        );
    });
  },
);
