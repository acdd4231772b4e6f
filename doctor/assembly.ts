import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { CloudAssembly, CloudFormationStackArtifact } from 'aws-cdk-lib/cx-api';
import { Construct } from 'constructs';
import { connectionOf } from '../lib/config';
import type { EnvironmentConfig } from '../lib/config/environment';
import { platform } from '../lib/platform';
import type { Json, Plan, PlannedStack } from './plan';

/** The plan of an environment, from its configuration and a cloud assembly of it. @default - it is synthesized */
export const planOf = (
  config: EnvironmentConfig,
  assembly?: string,
  connectionArn = connectionOf(config.name),
): Plan => ({
  name: config.name,
  account: config.account,
  region: config.region,
  kubernetesVersion: config.cluster.kubernetesVersion,
  administratorRoleArns: config.cluster.administratorRoleArns,
  availabilityZones: config.network.availabilityZones,
  availabilityZoneIds: config.network.availabilityZoneIds,
  zones: config.domain?.zones ?? [],
  connectionArn,
  stacks: assembly === undefined ? synthesized(config) : stacksOf(new CloudAssembly(assembly)),
});

const synthesized = (config: EnvironmentConfig): readonly PlannedStack[] => {
  const outdir = mkdtempSync(join(tmpdir(), 'platform-doctor-'));
  try {
    const { context } = JSON.parse(readFileSync(join(__dirname, '..', 'cdk.json'), 'utf8'));
    const app = new App({ outdir, context, builtinCloudFormationValidation: false });
    platform(new Construct(app, config.name), config);
    return stacksOf(app.synth());
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
};

const stacksOf = ({ stacksRecursively }: CloudAssembly): readonly PlannedStack[] =>
  stacksRecursively.map((stack) => {
    const { account, region } = stack.environment;
    const partition = region.startsWith('cn-') ? 'aws-cn' : 'aws';
    const resources: Readonly<Record<string, Json>> = stack.template.Resources ?? {};
    return {
      name: stack.stackName,
      id: stack.hierarchicalId,
      after: stack.dependencies.flatMap((one) =>
        one instanceof CloudFormationStackArtifact ? [one.hierarchicalId] : [],
      ),
      region,
      bootstrapVersion: stack.requiresBootstrapStackVersion ?? 0,
      executionRoleArn: (stack.cloudFormationExecutionRoleArn ?? '')
        .replace('${AWS::Partition}', partition)
        .replaceAll('${AWS::AccountId}', account)
        .replaceAll('${AWS::Region}', region),
      resources: Object.entries(resources).map(([logicalId, { Type, Properties = {} }]) => ({
        type: Type,
        logicalId,
        properties: Properties,
      })),
      template: stack.template,
    };
  });
