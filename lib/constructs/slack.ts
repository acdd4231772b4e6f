import { CfnSlackChannelConfiguration } from 'aws-cdk-lib/aws-chatbot';
import { ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { type MonitoringConfig, type NotificationConfig, SEVERITIES, type Severity } from '../config/environment';
import { acknowledge } from './acknowledge';

export interface SlackProps {
  /** Beginning of the names of what it makes: `platform-prod`. */
  readonly identifier: string;
  /** Each channel once, with the ARNs of its topics, in whatever regions. */
  readonly channels: readonly (Channel & { readonly topicArns: readonly string[] })[];
}

type Channel = NonNullable<NotificationConfig['slack']>;

/** Permissions with which messages show alarms and their graphs. */
const READ = ['cloudwatch:DescribeAlarms', 'cloudwatch:GetMetricData', 'cloudwatch:GetMetricWidgetImage'];

/** Notifications in channels of Slack. AWS takes one configuration of a channel in an account, so severities may share one. */
export class Slack extends Construct {
  constructor(scope: Construct, id: string, { identifier, channels }: SlackProps) {
    super(scope, id);
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('chatbot.amazonaws.com') });
    // As a guardrail too: else whoever is in the channel could do with commands what an administrator can.
    const policy = new ManagedPolicy(this, 'Policy', {
      roles: [role],
      statements: [new PolicyStatement({ actions: READ, resources: ['*'] })],
    });
    acknowledge(policy, 'What reads metrics names none', ['AwsSolutions-IAM5[Resource::*]']);

    for (const { workspaceId, channelId, topicArns } of channels)
      new CfnSlackChannelConfiguration(this, channelId, {
        configurationName: `${identifier}-${channelId}`, // not by severity: under another name, it would be a second one of the channel
        slackWorkspaceId: workspaceId,
        slackChannelId: channelId,
        iamRoleArn: role.roleArn,
        guardrailPolicies: [policy.managedPolicyArn],
        snsTopicArns: [...topicArns],
        loggingLevel: 'ERROR',
      });
  }
}

/** The channels of a configuration, with the severities that go to each. */
export const channelsOf = (
  notify: MonitoringConfig['notify'],
): readonly (Channel & { readonly severities: readonly Severity[] })[] => {
  const all = SEVERITIES.flatMap((severity) => {
    const { slack } = notify[severity];
    return slack ? [{ severity, ...slack }] : [];
  });
  const ids = [...new Set(all.map(({ channelId }) => channelId))];
  return ids.map((id) => {
    const same = all.filter(({ channelId }) => channelId === id);
    const [{ workspaceId }] = same as [(typeof all)[number]];
    return { workspaceId, channelId: id, severities: same.map(({ severity }) => severity) };
  });
};
