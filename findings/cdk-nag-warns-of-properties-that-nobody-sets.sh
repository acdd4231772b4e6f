#!/usr/bin/env bash
# aws-cdk-lib 2.276.0 with cdk-nag 3.0.2, its AwsSolutions checks as a plugin.
#
# Guess: the CDK warns of a deprecated property when an app sets it. EventBus.addToResourcePolicy sets `statement`, and no deprecated
# one, so it is quiet.
# Seen: it is quiet without cdk-nag. The checks read every property of each resource, and a getter of a deprecated one warns even if
# nobody has set it. Each synthesis then warns of CfnEventBusPolicy#principal, and no change of the app ends that but another API: a
# policy in CfnEventBus itself.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >npm.log
npm install --silent --no-audit --no-fund aws-cdk-lib@2.276.0 cdk-nag@3.0.2 constructs@10.8.1 >>npm.log 2>&1

cat >app.cjs <<'JS'
const { App, Stack, Validations } = require('aws-cdk-lib');
const { EventBus } = require('aws-cdk-lib/aws-events');
const { AccountPrincipal, PolicyStatement } = require('aws-cdk-lib/aws-iam');
const { AwsSolutionsChecks } = require('cdk-nag');
const app = new App();
if (process.argv[2] === 'nag') Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
const bus = new EventBus(new Stack(app, 'Stack'), 'Bus');
const principals = [new AccountPrincipal('123456789012')];
bus.addToResourcePolicy(
  new PolicyStatement({ sid: 'Send', principals, actions: ['events:PutEvents'], resources: [bus.eventBusArn] }),
);
app.synth();
JS
alone=$(node app.cjs alone 2>&1)
with_nag=$(node app.cjs nag 2>&1)
echo "without cdk-nag: ${alone:-quiet}"
echo "with cdk-nag: $with_nag"
[ -z "$alone" ] && grep -q 'CfnEventBusPolicy#principal is deprecated' <<<"$with_nag" || { echo 'changed'; exit 1; }
echo 'ok: with cdk-nag 3.0.2, aws-cdk-lib 2.276.0 warns of a deprecated property that nobody sets'
