#!/usr/bin/env bash
# aws-cdk-lib 2.276.0, a managed node group with a launch template, a minimum and a maximum of nodes, and a tag on the app.
#
# Guess: a size that the app does not give is not in the template, and another tag changes tags only.
# Seen: the template has DesiredSize, so that a change of the maximum sets the number of nodes back; and another tag changes the
# launch template together with the tags of the group, which EKS refuses ("Version and ReleaseVersion updates cannot be combined
# with other updates", aws/aws-cdk#16644).
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true}' >package.json
npm install --silent --no-audit --no-fund aws-cdk-lib@2.276.0 constructs@10.8.1

cat >app.js <<'APP'
const { App, Stack, Tags } = require('aws-cdk-lib');
const { LaunchTemplate, Vpc } = require('aws-cdk-lib/aws-ec2');
const { Cluster, KubernetesVersion, Nodegroup, DefaultCapacityType } = require('aws-cdk-lib/aws-eks-v2');
const resources = (owner) => {
  const app = new App();
  const stack = new Stack(app, 'Stack');
  const cluster = new Cluster(stack, 'Cluster', {
    version: KubernetesVersion.of('1.34'),
    vpc: new Vpc(stack, 'Vpc'),
    defaultCapacityType: DefaultCapacityType.NODEGROUP,
    defaultCapacity: 0,
  });
  const template = new LaunchTemplate(stack, 'Template');
  const launchTemplateSpec = { id: template.launchTemplateId, version: template.latestVersionNumber };
  new Nodegroup(stack, 'Nodes', { cluster, launchTemplateSpec, minSize: 1, maxSize: 9 });
  Tags.of(app).add('Owner', owner);
  return Object.values(app.synth().getStackByName('Stack').template.Resources);
};
const of = (all, type) => all.find(({ Type }) => Type === type).Properties;
const [one, another] = ['a', 'b'].map(resources);
const changes = (type, property) =>
  JSON.stringify(of(one, type)[property]) !== JSON.stringify(of(another, type)[property]);
console.log(
  of(one, 'AWS::EKS::Nodegroup').ScalingConfig.DesiredSize,
  changes('AWS::EKS::Nodegroup', 'Tags'),
  changes('AWS::EC2::LaunchTemplate', 'LaunchTemplateData'),
);
APP
seen=$(node app.js)
echo "DesiredSize, whether another tag changes the tags of the group, and the launch template: $seen"
[ "$seen" = '1 true true' ] || { echo 'changed'; exit 1; }
echo 'ok: aws-cdk-lib 2.276.0 names a size that nobody gave, and one tag changes both'
