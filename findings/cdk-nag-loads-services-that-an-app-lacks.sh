#!/usr/bin/env bash
# cdk-nag 3.0.2 with aws-cdk-lib 2.276.0, on an app that is one bucket.
#
# Guess: a rule about QuickSight or SageMaker costs an app nothing that has neither.
# Seen: the rules ask `node instanceof CfnDataSource`, and to read that name loads the service: the library exports lazily.
# An app with one bucket loads QuickSight, SageMaker, Glue and others at each synthesis.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true}' >package.json
npm install --silent --no-audit --no-fund aws-cdk-lib@2.276.0 cdk-nag@3.0.2 constructs@10.8.1

cat >app.js <<'APP'
const { App, Stack, Validations } = require('aws-cdk-lib');
const { Bucket } = require('aws-cdk-lib/aws-s3');
const { AwsSolutionsChecks } = require('cdk-nag');
const app = new App({ outdir: 'out' });
new Bucket(new Stack(app, 'Stack'), 'Bucket');
if (process.argv[2] === 'checked') Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
try {
  app.synth();
} catch {
  // the bucket breaks rules, which is not what this is about
}
const loaded = Object.keys(require.cache).flatMap((file) => /aws-cdk-lib\/(aws-[a-z0-9-]+)\/lib\/[^/]+\.generated\.js$/.exec(file)?.[1] ?? []);
console.log([...new Set(loaded)].sort().join('\n'));
APP
node app.js unchecked >without 2>/dev/null
node app.js checked >with 2>/dev/null
added=$(comm -13 without with)
echo "loaded because of cdk-nag: $(echo "$added" | tr '\n' ' ')"
for service in aws-quicksight aws-sagemaker aws-glue; do
  echo "$added" | grep -qx "$service" || { echo "changed: $service is not loaded any more"; exit 1; }
done
echo "ok: cdk-nag 3.0.2 loads $(echo "$added" | wc -l) services that the app does not have"
