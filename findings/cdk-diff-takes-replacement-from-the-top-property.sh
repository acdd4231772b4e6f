#!/usr/bin/env bash
# @aws-cdk/cloudformation-diff 2.187.4, which is what `cdk diff` prints without a change set, and the registry's schemas that
# cfn-lint 1.58.0 packages.
#
# Guess: `cdk diff` says "replace" where the registry's schema has a create-only property, at whatever depth, and nowhere else.
# Seen: it asks the top property alone. A create-only property below it is an update (a budget's name, a health check's type), and
# where the top property is marked, all below it replaces: load balancing on an EKS cluster "replaces" the cluster, which AWS
# updates in place.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true}' >package.json
npm install --silent --no-audit --no-fund @aws-cdk/cloudformation-diff@2.187.4
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check cfn-lint==1.58.0

cat >schema.py <<'PY'
import json
import sys
from pathlib import Path

import cfnlint

schemas = Path(cfnlint.__file__).parent / "data" / "schemas"
kind, path = sys.argv[1:]
name = json.loads((schemas / "providers" / "us-east-1.json").read_text())[kind]
schema = json.loads((schemas / "resources" / f"{name}.json").read_text())
below = [other for other in schema["createOnlyProperties"] if f"{path}/".startswith(f"{other}/")]
print("replace" if below else "update")
PY
cat >diff.js <<'JS'
const { fullDiff } = require('@aws-cdk/cloudformation-diff');
const [type, path, from, to] = process.argv.slice(2);
const properties = (value) =>
  path.split('/').slice(2).reduceRight((inner, name) => ({ [name]: inner }), value);
const template = (value) => ({ Resources: { It: { Type: type, Properties: properties(JSON.parse(value)) } } });
const { changeImpact } = fullDiff(template(from), template(to)).resources.changes.It;
console.log({ WILL_UPDATE: 'update', WILL_REPLACE: 'replace', MAY_REPLACE: 'may replace' }[changeImpact]);
JS

seen=''
while read -r type path from to; do
  schema=$(env/bin/python schema.py "$type" "$path")
  diff=$(node diff.js "$type" "$path" "$from" "$to")
  echo "$type $path: the schema says $schema, the diff says $diff"
  seen="$seen$schema-$diff "
done <<'CHANGES'
AWS::EKS::Cluster /properties/KubernetesNetworkConfig/ServiceIpv4Cidr "10.0.0.0/16" "10.1.0.0/16"
AWS::EKS::Cluster /properties/KubernetesNetworkConfig/ElasticLoadBalancing/Enabled false true
AWS::Budgets::Budget /properties/Budget/BudgetName "one" "another"
AWS::Route53::HealthCheck /properties/HealthCheckConfig/Type "HTTP" "HTTPS"
CHANGES
[ "$seen" = 'replace-replace update-replace replace-update replace-update ' ] || { echo 'changed'; exit 1; }
echo 'ok: cloudformation-diff 2.187.4 differs from the schema in three of four'
