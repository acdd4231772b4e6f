import { COPIED_TIERS } from '../lib/model/recovery';
import { allOf, text, type Place, type Templates } from './references';
import type { Json } from './synth';

export const ALARM = 'AWS::CloudWatch::Alarm';
export const COMPOSITE = 'AWS::CloudWatch::CompositeAlarm';

/** The resources that a dimension names, by the templates, and whether each of them has to be watched. */
interface Named {
  readonly watched: boolean;
  readonly names: (templates: Templates) => readonly string[];
}

const property = (type: string, name: string) => (templates: Templates) =>
  allOf(templates, type).map(({ stack, Properties }) => text(templates, stack, Properties[name]));
const attribute =
  (type: string, name = '') =>
  (templates: Templates) =>
    allOf(templates, type).map(({ stack, id }) => `\${${[`${stack}.${id}`, name].filter(Boolean).join('.')}}`);

/** The nodes that ElastiCache makes of a group in cluster mode. */
const cacheNodes = (templates: Templates) =>
  allOf(templates, 'AWS::ElastiCache::ReplicationGroup').flatMap(({ Properties: group }) =>
    numbers(group.NumNodeGroups, 4).flatMap((shard) =>
      numbers(group.ReplicasPerNodeGroup + 1, 3).map((node) => `${group.ReplicationGroupId}-${shard}-${node}`),
    ),
  );
const numbers = (count: number, digits: number) =>
  Array.from({ length: count }, (_, i) => `${i + 1}`.padStart(digits, '0'));

const functions = (templates: Templates) => [
  ...attribute('AWS::Lambda::Function')(templates),
  ...allOf(templates, 'AWS::Lambda::Function').flatMap(({ Properties }) => Properties.FunctionName ?? []),
  ...allOf(templates, 'AWS::SecretsManager::RotationSchedule').map(
    ({ Properties }) => Properties.HostedRotationLambda.RotationLambdaName,
  ),
];

const replications = (templates: Templates) =>
  allOf(templates, 'AWS::S3::Bucket').flatMap(({ stack, Properties }) =>
    (Properties.ReplicationConfiguration?.Rules ?? []).map((rule: Json) => ({ stack, rule })),
  );

/** Of the functions that measure copies, what their environment gives. */
const measured = (given: (variables: Json) => readonly string[]) => (templates: Templates) =>
  allOf(templates, 'AWS::Lambda::Function').flatMap(({ Properties }) => {
    const variables = Properties.Environment?.Variables ?? {};
    return 'METRIC' in variables ? given(variables) : [];
  });

/** The dimensions by which CloudWatch knows resources; the rest say which values of a resource are meant. */
const DIMENSIONS: Readonly<Record<string, Named>> = {
  DBInstanceIdentifier: { watched: true, names: property('AWS::RDS::DBInstance', 'DBInstanceIdentifier') },
  ProxyName: { watched: true, names: property('AWS::RDS::DBProxy', 'DBProxyName') },
  CacheClusterId: { watched: true, names: cacheNodes },
  LoadBalancer: {
    watched: true,
    names: attribute('AWS::ElasticLoadBalancingV2::LoadBalancer', 'LoadBalancerFullName'),
  },
  TargetGroup: { watched: true, names: attribute('AWS::ElasticLoadBalancingV2::TargetGroup', 'TargetGroupFullName') },
  NatGatewayId: { watched: true, names: attribute('AWS::EC2::NatGateway') },
  DistributionId: { watched: true, names: attribute('AWS::CloudFront::Distribution') },
  CertificateArn: { watched: true, names: attribute('AWS::CertificateManager::Certificate') },
  WebACL: {
    watched: true,
    names: (templates) =>
      allOf(templates, 'AWS::WAFv2::WebACL').map(({ Properties }) => Properties.VisibilityConfig.MetricName),
  },
  ClusterName: { watched: true, names: property('AWS::EKS::Cluster', 'Name') },
  FunctionName: { watched: false, names: functions },
  SourceBucket: {
    watched: false,
    names: (templates) =>
      allOf(templates, 'AWS::S3::Bucket').flatMap(({ stack, id, Properties }) =>
        Properties.ReplicationConfiguration ? [`\${${stack}.${id}}`] : [],
      ),
  },
  DestinationBucket: {
    watched: false,
    names: (templates) =>
      replications(templates).map(({ stack, rule }) =>
        text(templates, stack, rule.Destination.Bucket).replace('arn:aws:s3:::', ''),
      ),
  },
  RuleId: { watched: false, names: (templates) => replications(templates).map(({ rule }) => rule.Id) },
  // Of the metric of a function, which it writes with the name of what it measures.
  Environment: { watched: false, names: measured(({ IDENTIFIER }) => [IDENTIFIER]) },
  Tier: { watched: false, names: measured(() => COPIED_TIERS) },
  TopicName: { watched: false, names: attribute('AWS::SNS::Topic', 'TopicName') },
};

/** Values that are the same for all resources of a kind. */
const FIXED: Readonly<Record<string, string>> = { CacheNodeId: '0001', Region: 'Global', Rule: 'ALL' };

/** The metrics that an alarm looks at. */
const metricsOf = ({ Properties }: Place): readonly Json[] =>
  Properties.Metrics?.flatMap(({ MetricStat }: Json) => MetricStat?.Metric ?? []) ?? [Properties];

/** Alarms that look at nothing, and resources that no alarm looks at. */
export const unwatched = (templates: Templates): readonly string[] => {
  const seen = allOf(templates, ALARM).flatMap((alarm) =>
    metricsOf(alarm).flatMap(({ Dimensions = [] }: Json) =>
      Dimensions.map(({ Name, Value }: Json) => ({
        alarm: alarm.Properties.AlarmName as string,
        Name: Name as string,
        value: text(templates, alarm.stack, Value),
      })),
    ),
  ) as readonly { alarm: string; Name: string; value: string }[];
  const known = Object.entries(DIMENSIONS).map(([name, { watched, names }]) => ({
    name,
    watched,
    names: names(templates),
  }));
  const blind = seen
    .filter(({ Name, value }) => FIXED[Name] !== value)
    .filter(({ Name, value }) => !known.find(({ name }) => name === Name)?.names.includes(value))
    .map(({ alarm, Name, value }) => `${alarm} looks at the ${Name} ${value}, which no template has`);
  const alone = known
    .filter(({ watched }) => watched)
    .flatMap(({ name, names }) =>
      names
        .filter((value) => !seen.some((one) => one.Name === name && one.value === value))
        .map((value) => `no alarm looks at the ${name} ${value}`),
    );
  return [...new Set([...blind, ...alone])];
};

/** A composite alarm, and the names of the alarms in its rule. */
interface Composite {
  readonly stack: string;
  readonly name: string;
  readonly children: readonly string[];
}

const compositesOf = (templates: Templates): readonly Composite[] =>
  allOf(templates, COMPOSITE).map(({ stack, Properties }) => {
    const rule = text(templates, stack, Properties.AlarmRule);
    const children = [...rule.matchAll(/ALARM\("\$\{([\w-]+)\.(\w+)\.Arn\}"\)/g)].map(
      ([, of, id]) => templates[of!].Resources[id!].Properties.AlarmName as string,
    );
    return { stack, name: Properties.AlarmName, children };
  });

/** Rules that CloudWatch would refuse: it takes a hundred alarms and 10,240 characters, of which an ARN may be 100. */
export const tooLarge = (templates: Templates): readonly string[] =>
  compositesOf(templates)
    .filter(({ children }) => children.length > 100 || children.length * ('ALARM("")OR '.length + 100) > 10_240)
    .map(({ name, children }) => `${name} has ${children.length} alarms`);

/** Alarms that reach nobody, or that a composite alarm of another tier or severity tells of. */
export const silent = (templates: Templates): readonly string[] => {
  const composites = compositesOf(templates);
  const parts = new Set(composites.flatMap(({ children }) => children));
  const notifying = [
    ...allOf(templates, COMPOSITE).filter(({ Properties }) => !parts.has(Properties.AlarmName)),
    ...allOf(templates, ALARM).filter(({ Properties }) => Properties.AlarmActions !== undefined),
  ];
  const topics = (region: string) =>
    allOf(templates, 'AWS::SNS::Topic')
      .filter(({ stack }) => templates[stack].region === region)
      .map(({ stack, id }) => `\${${stack}.${id}}`);
  return [
    ...notifying.flatMap(({ stack, Properties: { AlarmName, AlarmActions = [], OKActions = [] } }) =>
      [AlarmActions, OKActions]
        .map((actions) => actions.map((action: Json) => text(templates, stack, action)))
        .filter((of) => of.length !== 1 || !topics(templates[stack].region).includes(of[0]))
        .map((of) => `${AlarmName} notifies ${JSON.stringify(of)}, not one topic of its region`),
    ),
    ...composites.flatMap(({ name, children }) => {
      const tier = name.replace(/-(critical|warning)(-\d+)?$/, ''); // the beginning of the names of its alarms
      return children.filter((child) => !child.startsWith(`${tier}-`)).map((child) => `${name} tells of ${child}`);
    }),
    ...[...allOf(templates, ALARM), ...allOf(templates, COMPOSITE)].flatMap(({ stack, Properties }) => {
      const { AlarmName: name, AlarmActions = [] } = Properties;
      const told = composites.filter((one) => one.stack === stack && one.children.includes(name)).length;
      return told + AlarmActions.length === 1 ? [] : [`${name} is told of ${told + AlarmActions.length} times`];
    }),
  ];
};

/** The heading of the runbook that each alarm links to. */
export const anchorsOf = (templates: Templates): readonly string[] =>
  [ALARM, COMPOSITE].flatMap((type) =>
    allOf(templates, type).map(({ Properties }) => (Properties.AlarmDescription as string).split('#').at(-1)!),
  );
