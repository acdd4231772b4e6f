import { RuleTargetInput } from 'aws-cdk-lib/aws-events';

export interface EventMessage {
  /** A channel of Slack is among the topic's subscribers: it shows messages of one form only, which e-mails then have too. */
  readonly slack: boolean;
  readonly title: string;
  readonly description: string;
  /** The message where no channel listens. */
  readonly text: string;
}

/** The message of an event to a topic. */
export const eventMessage = ({ slack, title, description, text }: EventMessage): RuleTargetInput =>
  slack
    ? RuleTargetInput.fromObject({
        version: '1.0',
        source: 'custom',
        content: { textType: 'client-markdown', title, description },
      })
    : RuleTargetInput.fromText(text);
