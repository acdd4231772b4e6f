import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AnyPrincipal, Effect, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic, type ITopic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';

export interface NotificationsProps {
  /** Beginning of the names of the topics: `platform-prod`, before `-critical`. */
  readonly identifier: string;
  /** Services of AWS that publish, e.g. `cloudwatch.amazonaws.com`. */
  readonly publishers: readonly string[];
}

/** Topics, encrypted with a key of their own that services of AWS may use. */
export class Notifications extends Construct {
  /** Encrypts the topics: a role that publishes needs `kms:GenerateDataKey*` and `kms:Decrypt` with it. */
  readonly key: Key;
  private readonly principals: ServicePrincipal[];
  private readonly identifier: string;

  constructor(scope: Construct, id: string, { identifier, publishers }: NotificationsProps) {
    super(scope, id);
    this.identifier = identifier;
    this.principals = publishers.map((service) => new ServicePrincipal(service));
    this.key = new Key(this, 'Key', {
      description: `Notifications of ${identifier}`,
      enableKeyRotation: true,
      pendingWindow: Duration.days(7), // it opens messages on their way only
      removalPolicy: RemovalPolicy.DESTROY,
    });
    // Without conditions, which not all of these services meet; the policies of the topics say who may publish.
    this.key.addToResourcePolicy(
      new PolicyStatement({
        principals: this.principals,
        actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        resources: ['*'],
      }),
    );
  }

  /** A topic, and the e-mail addresses that it reaches. */
  topic(name: string, emails: readonly string[]): ITopic {
    const topic = new Topic(this, name, { topicName: `${this.identifier}-${name}`, masterKey: this.key });
    const statement = { actions: ['sns:Publish'], resources: [topic.topicArn] };
    // A policy of one's own takes the place of the one with which AWS lets the account publish.
    topic.addToResourcePolicy(
      new PolicyStatement({
        ...statement,
        sid: 'Publish',
        principals: this.principals,
        conditions: { StringEqualsIfExists: { 'aws:SourceAccount': Stack.of(this).account } }, // EventBridge does not say
      }),
    );
    topic.addToResourcePolicy(
      new PolicyStatement({
        ...statement,
        sid: 'OnlyEncrypted',
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        conditions: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
    );
    for (const address of emails) topic.addSubscription(new EmailSubscription(address));
    return topic;
  }
}
