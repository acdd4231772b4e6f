#!/usr/bin/env bash
# aws-cdk-lib 2.276.0, an app of one bucket.
#
# Guess: the context `aws:cdk:disable-stack-trace` is what keeps stack traces out of an assembly.
# Seen: with it, the metadata still holds a creation stack for every resource. A second context,
# `aws:cdk:disable-creation-stack-traces`, takes those away.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true}' >package.json
npm install --silent --no-audit --no-fund aws-cdk-lib@2.276.0 constructs@10.8.1

cat >app.js <<'APP'
const { readFileSync, readdirSync } = require('node:fs');
const { App, Stack } = require('aws-cdk-lib');
const { Bucket } = require('aws-cdk-lib/aws-s3');
const app = new App({ outdir: process.argv[2], context: Object.fromEntries(process.argv.slice(3).map((key) => [key, true])) });
new Bucket(new Stack(app, 'Stack'), 'Bucket');
app.synth();
const files = readdirSync(process.argv[2]).filter((name) => name.endsWith('.json'));
const text = files.map((name) => readFileSync(`${process.argv[2]}/${name}`, 'utf8')).join('');
console.log(text.split('app.js:').length - 1);
APP
none=$(node app.js none)
one=$(node app.js one aws:cdk:disable-stack-trace)
both=$(node app.js both aws:cdk:disable-stack-trace aws:cdk:disable-creation-stack-traces)
echo "frames of the app in the assembly: $none without a switch, $one with the first, $both with both"
[ "$none" -gt 0 ] && [ "$one" -gt 0 ] && [ "$both" -eq 0 ] || { echo 'changed'; exit 1; }
echo 'ok: aws-cdk-lib 2.276.0 needs both switches'
