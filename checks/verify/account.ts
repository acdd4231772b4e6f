import {
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  type DescribeAlarmsCommandOutput,
  type GetMetricDataCommandOutput,
} from '@aws-sdk/client-cloudwatch';
import { GetDistributionCommand, type GetDistributionCommandOutput } from '@aws-sdk/client-cloudfront';
import {
  DescribeStacksCommand,
  GetTemplateCommand,
  type DescribeStacksCommandOutput,
  type GetTemplateCommandOutput,
} from '@aws-sdk/client-cloudformation';
import {
  DescribeReplicationGroupsCommand,
  type DescribeReplicationGroupsCommandOutput,
} from '@aws-sdk/client-elasticache';
import { DescribeDBInstancesCommand, type DescribeDBInstancesCommandOutput } from '@aws-sdk/client-rds';
import { GetWebACLCommand, type GetWebACLCommandOutput } from '@aws-sdk/client-wafv2';
import type { Check } from '../../verify/check';
import * as data from '../../verify/checks/data';
import * as deployment from '../../verify/checks/deployment';
import * as edge from '../../verify/checks/edge';
import * as watch from '../../verify/checks/watch';
import { changed, type Replacement } from './answers';

/** Something that is wrong in the account, and what the verification then says. */
export interface PlantedAccount {
  readonly title: string;
  readonly check: Check;
  readonly replacement: Replacement;
  readonly says: RegExp;
}

const stacks = (change: (stack: NonNullable<DescribeStacksCommandOutput['Stacks']>[number]) => void) =>
  changed<DescribeStacksCommandOutput>(DescribeStacksCommand, ({ Stacks = [] }) => Stacks.forEach(change));
const template = (from: RegExp, to: string) =>
  changed<GetTemplateCommandOutput>(GetTemplateCommand, (answer) => {
    answer.TemplateBody = answer.TemplateBody?.replaceAll(from, to);
  });
const instances = (change: (id: string) => string | undefined) =>
  changed<DescribeDBInstancesCommandOutput>(DescribeDBInstancesCommand, (answer) => {
    answer.DBInstances = answer.DBInstances?.flatMap((one) => {
      const status = change(one.DBInstanceIdentifier ?? '');
      return status === undefined ? [] : [{ ...one, DBInstanceStatus: status }];
    });
  });
type Group = NonNullable<DescribeReplicationGroupsCommandOutput['ReplicationGroups']>[number];
const groups = (change: (group: Group) => void) =>
  changed<DescribeReplicationGroupsCommandOutput>(DescribeReplicationGroupsCommand, ({ ReplicationGroups = [] }) =>
    ReplicationGroups.forEach(change),
  );
const lag = (values: readonly number[]) =>
  changed<GetMetricDataCommandOutput>(GetMetricDataCommand, ({ MetricDataResults: [first] = [] }) => {
    first!.Values = [...values];
  });
type MetricAlarm = NonNullable<DescribeAlarmsCommandOutput['MetricAlarms']>[number];
const alarm = (name: string, change: (alarm: MetricAlarm) => MetricAlarm | undefined) =>
  changed<DescribeAlarmsCommandOutput>(DescribeAlarmsCommand, (answer) => {
    answer.MetricAlarms = answer.MetricAlarms?.flatMap((one) => (one.AlarmName === name ? (change(one) ?? []) : one));
  });
type Rule = NonNullable<NonNullable<GetWebACLCommandOutput['WebACL']>['Rules']>[number];
const rules = (change: (rules: Rule[]) => Rule[]) =>
  changed<GetWebACLCommandOutput>(GetWebACLCommand, ({ WebACL }) => {
    WebACL!.Rules = change(WebACL!.Rules ?? []);
  });
const distribution = (change: (one: NonNullable<GetDistributionCommandOutput['Distribution']>) => void) =>
  changed<GetDistributionCommandOutput>(GetDistributionCommand, ({ Distribution }) => change(Distribution!));

export const ACCOUNT: readonly PlantedAccount[] = [
  {
    title: 'a deployment has rolled back',
    check: deployment.STACKS,
    replacement: stacks((stack) => {
      if (stack.StackName === 'platform-prod-edge') stack.StackStatus = 'UPDATE_ROLLBACK_COMPLETE';
    }),
    says: /^The stack platform-prod-edge is UPDATE_ROLLBACK_COMPLETE → aws cloudformation describe-stack-events --region ap-southeast-1 --stack-name platform-prod-edge/m,
  },
  {
    title: 'another commit is deployed',
    check: deployment.DRIFT,
    replacement: template(/"AccessControlMaxAgeSec": ?31536000/g, '"AccessControlMaxAgeSec": 300'),
    says: /^The stack platform-prod-edge is not what this commit makes: \w*Headers\w* differs, .* → npx cdk diff --method=change-set prod\/Edge -c env=prod, then deploy/m,
  },
  {
    title: 'CloudFront still deploys',
    check: edge.DISTRIBUTIONS,
    replacement: distribution((one) => {
      one.Status = 'InProgress';
    }),
    says: /^The distribution of the site app is "InProgress" → wait some minutes/m,
  },
  {
    title: 'a distribution has no firewall',
    check: edge.FIREWALL,
    replacement: distribution((one) => {
      one.DistributionConfig!.WebACLId = '';
    }),
    says: /^The distribution of the site api has no firewall → npx cdk deploy prod\/EdgeSecurity -c env=prod/m,
  },
  {
    title: 'the rate limit is missing',
    check: edge.FIREWALL,
    replacement: rules((all) => all.filter(({ Name }) => Name !== 'Rate')),
    says: /^The rule Rate in the firewall of the site api is missing → npx cdk deploy prod\/EdgeSecurity -c env=prod/m,
  },
  {
    title: 'the rate limit only counts',
    check: edge.FIREWALL,
    replacement: rules((all) => all.map((one) => (one.Name === 'Rate' ? { ...one, Action: { Count: {} } } : one))),
    says: /^The rule Rate in the firewall of the site api is "Count, 100 requests in 60 s", and not "Block, 100 requests in 60 s" → /m,
  },
  {
    title: 'an instance is not available',
    check: data.DATABASES,
    replacement: instances((id) => (id === 'platform-prod' ? 'storage-full' : 'available')),
    says: /^The instance platform-prod is "storage-full" → aws rds describe-events --region ap-southeast-1/m,
  },
  {
    title: 'a replica does not exist',
    check: data.DATABASES,
    replacement: instances((id) => (id === 'platform-prod-replica-2' ? undefined : 'available')),
    says: /^RDS has no instance platform-prod-replica-2 → /m,
  },
  {
    title: 'a replica is behind',
    check: data.REPLICATION,
    replacement: lag([90, 1]),
    says: /^The replica platform-prod-replica-1 is 90 s behind, more than 60 s → /m,
  },
  {
    title: 'a replication has stopped',
    check: data.REPLICATION,
    replacement: lag([-1]),
    says: /^The replication of platform-prod-replica-1 has stopped: its lag is -1 → /m,
  },
  {
    title: 'a replica is silent',
    check: data.REPLICATION,
    replacement: lag([]),
    says: /^The replica platform-prod-replica-1 has published no lag for 15 minutes → /m,
  },
  {
    title: 'Redis is changing',
    check: data.REDIS,
    replacement: groups((group) => {
      group.Status = 'modifying';
    }),
    says: /^The replication group platform-prod is "modifying" → aws elasticache describe-replication-groups/m,
  },
  {
    title: 'Redis has lost a replica',
    check: data.REDIS,
    replacement: groups((group) => {
      group.NodeGroups![1]!.NodeGroupMembers!.pop();
    }),
    says: /^The shard \w+ of platform-prod has 1 nodes, and not 2 → /m,
  },
  {
    title: 'Redis has lost a shard',
    check: data.REDIS,
    replacement: groups((group) => {
      group.NodeGroups!.pop();
    }),
    says: /^platform-prod has 2 shards, and not 3 → /m,
  },
  {
    title: 'Redis does not fail over',
    check: data.REDIS,
    replacement: groups((group) => {
      group.AutomaticFailover = 'disabled';
    }),
    says: /^The automatic failover of platform-prod is "disabled" → /m,
  },
  {
    title: 'an alarm fires',
    check: watch.ALARMS,
    replacement: alarm('platform-prod-mysql-cpu-primary', (one) => ({
      ...one,
      StateValue: 'ALARM',
      StateReason: 'Threshold Crossed: 3 datapoints were greater than the threshold (90.0).',
    })),
    says: /^platform-prod-mysql-cpu-primary fires in ap-southeast-1: Threshold Crossed: .* → follow docs\/runbook\.md/m,
  },
  {
    title: 'an alarm does not exist',
    check: watch.WATCHED,
    replacement: alarm('platform-prod-mysql-cpu-primary', () => undefined),
    says: /^CloudWatch has no alarm platform-prod-mysql-cpu-primary → npx cdk deploy prod\/Monitoring -c env=prod/m,
  },
  {
    title: 'the heartbeat is missing',
    check: watch.HEARTBEAT,
    replacement: alarm('platform-prod-telemetry-silent', (one) => ({ ...one, StateValue: 'ALARM' })),
    says: /^The alarm of the heartbeat, platform-prod-telemetry-silent, is ALARM, and not OK → follow "telemetry-silent"/m,
  },
];
