#!/usr/bin/env bash
# aws-cdk-lib 2.276.0 with cdk-assets 4.7.3, the newest of it.
#
# Guess: cdk-assets, which a pipeline of CDK Pipelines installs to publish assets, reads the asset manifests that the library writes.
# Seen: the library writes schema 55, cdk-assets reads up to 54, so every publishing build fails. The CLI itself reads both. What the
# two schemas say of assets is the same: with 54.0.0 written in place of 55.0.0, cdk-assets lists the asset.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >npm.log
npm install --silent --no-audit --no-fund aws-cdk-lib@2.276.0 cdk-assets@4.7.3 constructs@10.8.1 >>npm.log 2>&1

cat >app.cjs <<'JS'
const { App, Stack } = require('aws-cdk-lib');
const { Asset } = require('aws-cdk-lib/aws-s3-assets');
const app = new App({ outdir: 'cdk.out' });
new Asset(new Stack(app, 'Stack'), 'File', { path: __filename });
app.synth();
JS
node app.cjs 2>synth.log
list() { npx cdk-assets --path "$1" ls 2>&1 || echo "fails with $?"; }
written=$(list cdk.out/Stack.assets.json)
sed 's/"version": "55\.0\.0"/"version": "54.0.0"/' cdk.out/Stack.assets.json >cdk.out/Older.assets.json
older=$(list cdk.out/Older.assets.json)
echo "as the library writes it: ${written%%$'\n'*}"
echo "with 54.0.0: ${older%%$'\n'*}"
grep -q 'Maximum schema version supported is 54' <<<"$written" && ! grep -q 'fails with' <<<"$older" || { echo changed; exit 1; }
echo 'ok: cdk-assets 4.7.3 reads no asset manifest of aws-cdk-lib 2.276.0'
