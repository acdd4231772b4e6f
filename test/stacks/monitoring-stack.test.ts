import { instanceMemory } from '../../lib/model/instance-memory';
import { type MonitoringConfig, SEVERITIES } from '../../lib/config/environment';
import { channelsOf } from '../../lib/constructs/slack';
import { SAMPLES } from '../sample';
import { flat, idsOf, once, propertiesOf, resourcesOf, sample, type Json } from '../synth';
import { environment } from '../fixtures';

const { prod } = SAMPLES;
const stacks = {
  home: resourcesOf(sample('prod'), 'monitoring'),
  edge: resourcesOf(sample('prod'), 'edge-monitoring'),
};
const { home } = stacks;
const alarm = (name: string): Json =>
  propertiesOf(home, 'AWS::CloudWatch::Alarm').find(({ AlarmName }) => AlarmName === `platform-prod-${name}`);

describe.each(Object.entries(stacks))('the topics of the %s stack', (where, resources) => {
  const topics = propertiesOf(resources, 'AWS::SNS::Topic');
  const publishers =
    where === 'home'
      ? ['budgets.amazonaws.com', 'cloudwatch.amazonaws.com', 'events.amazonaws.com']
      : 'cloudwatch.amazonaws.com';

  test('are encrypted with a key that what publishes may use', () => {
    const [key] = idsOf(resources, 'AWS::KMS::Key');
    for (const { KmsMasterKeyId } of topics) expect(KmsMasterKeyId).toEqual({ 'Fn::GetAtt': [key, 'Arn'] });
    expect(resources[key!]?.Properties?.KeyPolicy.Statement).toContainEqual({
      Effect: 'Allow',
      Principal: { Service: publishers },
      Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
      Resource: '*',
    });
  });

  test('let services of the account publish, and nothing in clear', () => {
    const policies = propertiesOf(resources, 'AWS::SNS::TopicPolicy');
    expect(policies).toHaveLength(SEVERITIES.length);
    for (const { PolicyDocument } of policies)
      // The library adds one of its own for EventBridge.
      expect(PolicyDocument.Statement.slice(0, 2)).toMatchObject([
        {
          Effect: 'Allow',
          Principal: { Service: publishers },
          Action: 'sns:Publish',
          Condition: { StringEqualsIfExists: { 'aws:SourceAccount': prod.account } },
        },
        { Effect: 'Deny', Action: 'sns:Publish', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
      ]);
  });

  test('reach whom the configuration names', () => {
    const reached = propertiesOf(resources, 'AWS::SNS::Subscription').map(({ TopicArn, Endpoint }) => [
      resources[TopicArn.Ref]?.Properties?.TopicName,
      Endpoint,
    ]);
    const prefix = where === 'home' ? 'platform-prod' : 'platform-prod-edge';
    expect(reached).toEqual(
      SEVERITIES.flatMap((severity) =>
        prod.monitoring.notify[severity].emails.map((email) => [`${prefix}-${severity}`, email]),
      ),
    );
  });
});

const slack = (channelId: string) => ({ emails: [], slack: { workspaceId: 'T1', channelId } });

describe('Slack', () => {
  const notify: MonitoringConfig['notify'] = { critical: slack('C1'), warning: slack('C2') };
  const resources = resourcesOf(once({ ...prod, monitoring: { ...prod.monitoring, notify } }), 'monitoring');
  const configurations = propertiesOf(resources, 'AWS::Chatbot::SlackChannelConfiguration');

  test('shows what each severity tells, of both regions, to its channel', () => {
    expect(
      configurations.map(({ SlackChannelId, SnsTopicArns }) => [
        SlackChannelId,
        SnsTopicArns.map((arn: Json) => (typeof arn === 'string' ? arn : resources[arn.Ref]?.Properties?.TopicName)),
      ]),
    ).toEqual(
      [
        ['critical', 'C1'],
        ['warning', 'C2'],
      ].map(([severity, channel]) => [
        channel,
        [`platform-prod-${severity}`, `arn:aws:sns:us-east-1:${prod.account}:platform-prod-edge-${severity}`],
      ]),
    );
  });

  test('lets nobody do anything there but look', () => {
    const [policy] = propertiesOf(resources, 'AWS::IAM::ManagedPolicy');
    for (const { GuardrailPolicies } of configurations) expect(GuardrailPolicies).toEqual([{ Ref: policy?.id }]);
    const actions = policy?.PolicyDocument.Statement.flatMap(({ Action }: Json) => Action);
    for (const action of actions) expect(action).toMatch(/^cloudwatch:(Describe|Get)/);
  });

  test('keeps the name of a channel, whatever goes to it, for another would be a second configuration of it', () => {
    const shared = { critical: slack('C1'), warning: slack('C1') };
    const [one] = propertiesOf(
      resourcesOf(once({ ...prod, monitoring: { ...prod.monitoring, notify: shared } }), 'monitoring'),
      'AWS::Chatbot::SlackChannelConfiguration',
    );
    expect(one?.ConfigurationName).toBe('platform-prod-C1');
    expect(configurations[0]?.ConfigurationName).toBe(one?.ConfigurationName);
  });

  test('has one configuration of a channel, as AWS wants', () => {
    expect(channelsOf({ critical: slack('C1'), warning: slack('C1') })).toEqual([
      { workspaceId: 'T1', channelId: 'C1', severities: ['critical', 'warning'] },
    ]);
    expect(channelsOf(prod.monitoring.notify)).toEqual([]);
  });
});

/** The rules for events of a service: the pattern, the topic and the message. */
const rulesOf = (source: string, resources: typeof home) =>
  propertiesOf(resources, 'AWS::Events::Rule')
    .filter(({ EventPattern }) => EventPattern?.source.includes(source))
    .map(({ EventPattern, Targets: [{ Arn, InputTransformer }] }) => ({
      pattern: EventPattern,
      topic: resources[Arn.Ref]?.Properties?.TopicName,
      // As EventBridge fills it in.
      message: Object.entries<string>(InputTransformer.InputPathsMap).reduce(
        (template, [name, path]) => template.replace(`<${name}>`, path),
        InputTransformer.InputTemplate as string,
      ),
    }));

const rules = (resources: typeof home) => rulesOf('aws.rds', resources);

/** Whether the rule of each severity takes events of an instance. */
const told = (identifier: string) =>
  rules(home).map(({ pattern }) =>
    pattern.detail.SourceIdentifier.some((each: Json) =>
      typeof each === 'string' ? each === identifier : identifier.startsWith(each.prefix),
    ),
  );

describe('AWS Backup tells of jobs that fail', () => {
  const failing = [
    ['Backup', { state: ['FAILED', 'EXPIRED', 'ABORTED', 'PARTIAL'] }],
    ['Copy', { state: ['FAILED', 'PARTIAL'] }],
    ['Restore', { status: ['FAILED', 'ABORTED'] }],
  ] as const;

  test('the warning topic, of each kind of job', () => {
    expect(rulesOf('aws.backup', home)).toMatchObject(
      failing.map(([job, detail]) => ({
        topic: 'platform-prod-warning',
        pattern: { source: ['aws.backup'], 'detail-type': [`${job} Job State Change`], detail },
      })),
    );
  });

  test('in words that lead to the runbook', () => {
    expect(rulesOf('aws.backup', home).map(({ message }) => JSON.parse(message))).toEqual(
      failing.map(
        ([job, detail]) =>
          `AWS Backup: a ${job.toLowerCase()} job of $.detail.resourceType is $.detail.${Object.keys(detail)[0]}. ` +
          `${prod.monitoring.runbookUrl}#copies-age`,
      ),
    );
  });

  test('not where nothing is copied', () => {
    expect(rulesOf('aws.backup', resourcesOf(sample('dev'), 'monitoring'))).toEqual([]);
  });
});

describe('RDS tells of failures and failovers', () => {
  test('to the topic of each severity', () => {
    const common = { source: ['aws.rds'], 'detail-type': ['RDS DB Instance Event'] };
    const ours = ['platform-prod', { prefix: 'platform-prod-replica-' }];
    expect(rules(home)).toMatchObject([
      {
        topic: 'platform-prod-critical',
        pattern: { ...common, detail: { EventCategories: ['failure'], SourceIdentifier: ours } },
      },
      {
        topic: 'platform-prod-warning',
        pattern: {
          ...common,
          detail: { EventCategories: ['failover', 'low storage', 'read replica'], SourceIdentifier: ours },
        },
      },
    ]);
  });

  test('of every instance of the environment, and of no other database of the account', () => {
    const instances = propertiesOf(resourcesOf(sample('prod'), 'mysql'), 'AWS::RDS::DBInstance');
    const identifiers = instances.map(({ DBInstanceIdentifier }) => DBInstanceIdentifier);
    expect(identifiers).toHaveLength(3);
    for (const identifier of identifiers) expect([identifier, told(identifier)]).toEqual([identifier, [true, true]]);
    for (const identifier of ['other', 'platform-prod-copy', 'platform-production', 'my-platform-prod'])
      expect([identifier, told(identifier)]).toEqual([identifier, [false, false]]);
  });

  test('in words that lead to the runbook, and in the form of Slack where that listens', () => {
    const description = `$.detail.Message ${prod.monitoring.runbookUrl}#mysql`;
    expect(JSON.parse(rules(home)[0]!.message)).toBe(`RDS critical: $.detail.SourceIdentifier: ${description}`);
    const notify = { ...prod.monitoring.notify, critical: slack('C1') };
    const [critical, warning] = rules(
      resourcesOf(once({ ...prod, monitoring: { ...prod.monitoring, notify } }), 'monitoring'),
    );
    expect(JSON.parse(critical!.message)).toEqual({
      version: '1.0',
      source: 'custom',
      content: { textType: 'client-markdown', title: 'RDS critical: $.detail.SourceIdentifier', description },
    });
    expect(JSON.parse(warning!.message)).toMatch(/^RDS warning/);
  });
});

test('somebody hears before and when the budget of the environment is spent', () => {
  const [{ Budget, NotificationsWithSubscribers } = {}] = propertiesOf(home, 'AWS::Budgets::Budget');
  expect(Budget.BudgetName).toBeUndefined(); // another list of notices is another budget, which could not have the name of the first
  expect(Budget).toMatchObject({
    BudgetLimit: { Amount: prod.monitoring.monthlyBudgetUsd, Unit: 'USD' },
    CostFilters: { TagKeyValue: ['user:Environment$production'] },
  });
  expect(
    NotificationsWithSubscribers.map(({ Notification, Subscribers }: Json) => [
      Notification.NotificationType,
      Notification.Threshold,
      home[Subscribers[0].Address.Ref]?.Properties?.TopicName,
    ]),
  ).toEqual([
    ['ACTUAL', 80, 'platform-prod-warning'],
    ['ACTUAL', 100, 'platform-prod-warning'],
    ['FORECASTED', 100, 'platform-prod-warning'],
  ]);
});

describe('thresholds follow the configuration', () => {
  test.each([
    ['db.t4g.micro', 1],
    ['db.t4g.medium', 4],
    ['db.m6g.large', 8],
    ['db.r6g.2xlarge', 64],
    ['cache.r7g.xlarge', 32],
    ['db.m7g.4xlarge', 64],
  ])('%s has %d GiB', (instanceClass, gib) => {
    expect(instanceMemory(instanceClass)).toBe(gib * 2 ** 30);
  });

  test('a family that nobody knows is refused', () => {
    expect(() => instanceMemory('db.z1d.large')).toThrow('does not know the memory of db.z1d.large: add it');
  });

  test('of the database', () => {
    const memory = instanceMemory(prod.mysql.instanceClass);
    expect(alarm('mysql-memory-primary').Threshold).toBe(0.05 * memory);
    expect(alarm('mysql-storage-primary').Threshold).toBe(0.05 * prod.mysql.storageGiB * 2 ** 30);
    expect(alarm('mysql-connections-primary').Threshold).toBe(
      Math.floor(0.8 * Math.floor((0.75 * memory) / 12_582_880)),
    );
  });

  test('in every environment, and what the firewall does', () => {
    for (const name of ['dev', 'prod'] as const) {
      const surge = propertiesOf(
        resourcesOf(once(environment(name)), 'edge-monitoring'),
        'AWS::CloudWatch::Alarm',
      ).find(({ AlarmName }) => AlarmName.endsWith('firewall-surge-app'))!;
      const found = environment(name).edge.firewall === 'block' ? 'BlockedRequests' : 'CountedRequests';
      expect(surge.Metrics.map(({ MetricStat }: Json) => MetricStat?.Metric.MetricName)).toContain(found);
    }
  });
});

test('the audit log answers who read, who was denied, who entered, who changed rights, what a user did (S12)', () => {
  const queries = propertiesOf(home, 'AWS::Logs::QueryDefinition').filter(({ Name }) => Name.includes('/audit/'));
  expect(queries.map(({ Name }) => Name.split('/').at(-1))).toEqual([
    'who read secrets',
    'who was denied',
    'who entered a pod',
    'who changed rights',
    'what a user did',
  ]);
  for (const { LogGroupNames, QueryString } of queries) {
    expect(LogGroupNames).toEqual(['/aws/eks/platform-prod/cluster']);
    expect(flat(QueryString)).toMatch(/^filter @logStream like .*\n\| .*\| limit 200$/s);
  }
});

test('nodes that are replaced and pods that start, one after another, are no failure', () => {
  const metric = (name: string) => alarm(name).Metrics[0].MetricStat;
  expect(metric('cluster-failed-nodes')).toMatchObject({ Stat: 'Minimum', Period: 300 });
  expect(metric('cluster-pending-pods')).toMatchObject({ Stat: 'Maximum', Period: 60 });
  expect(alarm('cluster-pending-pods')).toMatchObject({ EvaluationPeriods: 15, DatapointsToAlarm: 15 });
});

test('CloudFront measures what the alarms of the edge look at, of each site', () => {
  const measured = propertiesOf(stacks.edge, 'AWS::CloudFront::MonitoringSubscription');
  const watched = propertiesOf(stacks.edge, 'AWS::CloudWatch::Alarm').filter(({ AlarmName }) =>
    AlarmName.startsWith('platform-prod-edge-latency-'),
  );
  expect(measured.map(({ DistributionId }) => DistributionId)).toEqual(
    watched.map(({ Metrics }) => Metrics[1].MetricStat.Metric.Dimensions[0].Value),
  );
});
