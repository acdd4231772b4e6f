#!/usr/bin/env bash
# cfn-lint 1.58.0 and the engine versions of aws-cdk-lib 2.276.0 that name a major version only.
#
# Guess: cfn-lint takes a major version. RDS does, and "defaults to a recent release of" it (RDS User Guide, MySQL on Amazon RDS
# versions); the library's own constants offer it.
# Seen: MySQL's 8.0 is an error (E3691), the supported PostgreSQL 17 "is deprecated and cannot be used to create new RDS DB
# instances" (W3691), and PostgreSQL 18, of the same kind, is clean.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true}' >package.json
npm install --silent --no-audit --no-fund aws-cdk-lib@2.276.0 constructs@10.8.1
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check cfn-lint==1.58.0

cat >app.js <<'APP'
const { App, Stack } = require('aws-cdk-lib');
const { Vpc } = require('aws-cdk-lib/aws-ec2');
const { DatabaseInstance, DatabaseInstanceEngine, MysqlEngineVersion, PostgresEngineVersion } = require('aws-cdk-lib/aws-rds');
const engines = {
  mysql80: DatabaseInstanceEngine.mysql({ version: MysqlEngineVersion.VER_8_0 }),
  postgres17: DatabaseInstanceEngine.postgres({ version: PostgresEngineVersion.VER_17 }),
  postgres18: DatabaseInstanceEngine.postgres({ version: PostgresEngineVersion.VER_18 }),
};
const app = new App({ outdir: 'out' });
for (const [name, engine] of Object.entries(engines)) {
  const stack = new Stack(app, name);
  const vpc = Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId: 'vpc-0123456789abcdef0',
    availabilityZones: ['eu-west-1a', 'eu-west-1b'],
    privateSubnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
  });
  new DatabaseInstance(stack, 'Database', { engine, vpc, storageEncrypted: true });
}
app.synth();
APP
node app.js 2>/dev/null
seen=''
for name in mysql80 postgres17 postgres18; do
  found=$(env/bin/cfn-lint --regions eu-west-1 --format parseable "out/$name.template.json" | grep -o '[EW]3691:.*' | cut -c1-120 || true)
  echo "$name: ${found:-clean}"
  seen="$seen${found%%:*} "
done
[ "$seen" = 'E3691 W3691  ' ] || { echo 'changed'; exit 1; }
echo 'ok: cfn-lint 1.58.0 says three things of three versions of one kind'
