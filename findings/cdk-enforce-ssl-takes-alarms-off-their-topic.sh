#!/usr/bin/env bash
# aws-cdk-lib 2.276.0 and cdk-nag 3.0.2, a topic that an alarm, a rule or a bucket publishes to.
#
# Guess: `SnsAction` gives CloudWatch the right to publish, as the targets of EventBridge and of S3 give it to their service; and
# doing what cdk-nag's AwsSolutions-SNS3 asks for (`enforceSSL: true`) only refuses plain HTTP.
# Seen: `SnsAction` gives no right. Without a policy of its own a topic has that of SNS, which lets the account's alarms publish.
# `enforceSSL` makes a policy, which replaces it: the one statement is a Deny, and cdk-nag is content. CloudWatch then "is not
# authorized to perform: SNS:Publish" (aws-solutions/automated-security-response-on-aws#43); the alarm's history alone says so.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true}' >package.json
npm install --silent --no-audit --no-fund aws-cdk-lib@2.276.0 cdk-nag@3.0.2 constructs@10.8.1

cat >app.js <<'APP'
const { readFileSync } = require('node:fs');
const { App, Duration, Stack, Validations } = require('aws-cdk-lib');
const { Alarm, Metric } = require('aws-cdk-lib/aws-cloudwatch');
const { SnsAction } = require('aws-cdk-lib/aws-cloudwatch-actions');
const { Rule, Schedule } = require('aws-cdk-lib/aws-events');
const { SnsTopic } = require('aws-cdk-lib/aws-events-targets');
const { Bucket, EventType } = require('aws-cdk-lib/aws-s3');
const { SnsDestination } = require('aws-cdk-lib/aws-s3-notifications');
const { Topic } = require('aws-cdk-lib/aws-sns');
const { AwsSolutionsChecks } = require('cdk-nag');

const publishers = {
  alarm: (stack, topic) =>
    new Alarm(stack, 'Alarm', {
      metric: new Metric({ namespace: 'AWS/RDS', metricName: 'CPUUtilization' }),
      threshold: 80,
      evaluationPeriods: 1,
    }).addAlarmAction(new SnsAction(topic)),
  rule: (stack, topic) => new Rule(stack, 'Rule', { schedule: Schedule.rate(Duration.days(1)), targets: [new SnsTopic(topic)] }),
  bucket: (stack, topic) => new Bucket(stack, 'Bucket').addEventNotification(EventType.OBJECT_CREATED, new SnsDestination(topic)),
};
for (const enforceSSL of [false, true])
  for (const [name, publish] of Object.entries(publishers)) {
    const app = new App({ outdir: `${name}-${enforceSSL}` });
    const stack = new Stack(app, 'Stack');
    publish(stack, new Topic(stack, 'Topic', { enforceSSL }));
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    try {
      app.synth();
    } catch {
      // a rule of cdk-nag is broken: the report says which
    }
    const read = (file) => readFileSync(`${name}-${enforceSSL}/${file}`, 'utf8');
    const policy = Object.values(JSON.parse(read('Stack.template.json')).Resources).find(({ Type }) => Type === 'AWS::SNS::TopicPolicy');
    const statements = policy?.Properties.PolicyDocument.Statement.map(({ Effect, Principal }) => `${Effect} ${Principal.Service ?? Principal}`);
    const asks = read('validation-report.json').includes('AwsSolutions-SNS3');
    console.log(`${name}, enforceSSL ${enforceSSL}: ${statements?.join(', ') ?? 'the policy of SNS'}; cdk-nag ${asks ? 'asks for SNS3' : 'is content'}`);
  }
APP
seen=$(node app.js 2>/dev/null)
echo "$seen"
[ "$seen" = 'alarm, enforceSSL false: the policy of SNS; cdk-nag asks for SNS3
rule, enforceSSL false: Allow events.amazonaws.com; cdk-nag asks for SNS3
bucket, enforceSSL false: Allow s3.amazonaws.com; cdk-nag asks for SNS3
alarm, enforceSSL true: Deny *; cdk-nag is content
rule, enforceSSL true: Deny *, Allow events.amazonaws.com; cdk-nag is content
bucket, enforceSSL true: Deny *, Allow s3.amazonaws.com; cdk-nag is content' ] || { echo 'changed'; exit 1; }
echo 'ok: aws-cdk-lib 2.276.0 lets a rule and a bucket publish, and not an alarm'
