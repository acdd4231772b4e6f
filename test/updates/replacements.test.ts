import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fullDiff } from '@aws-cdk/cloudformation-diff';
import { transformSync } from '@swc/core';
import type { EnvironmentConfig } from '../../lib/config/environment';
import { replacements, type Replacement, type StackTemplate } from '../../rehearsal/src/provider/replacement';
import { verdictOf } from '../../review/resources';
import { once } from '../synth';
import type { Edit } from '../../checks/rehearsed-copy';
import { UPDATES } from '../../checks/updates/updates';

const ROOT = join(__dirname, '..', '..');

const DEV = 'test/fixtures/dev.ts';

/** Those that change nothing but development's configuration: the others are only rehearsed. */
const CONFIGURED = UPDATES.filter(({ earlier, later }) => [...earlier, ...later].every(([file]) => file === DEV));

/** The configuration of development with edits of its file. */
const edited = (edits: readonly Edit[]): EnvironmentConfig => {
  let source = readFileSync(join(ROOT, DEV), 'utf8');
  for (const [file, text, instead] of edits) {
    if (source.split(text).length !== 2) throw new Error(`${file} does not have once: ${text}`);
    source = source.replace(text, instead);
  }
  const parser = { syntax: 'typescript' } as const;
  const { code } = transformSync(source, {
    jsc: { target: 'es2022', parser },
    module: { type: 'commonjs' },
    swcrc: false,
  });
  const exported: { dev?: EnvironmentConfig } = {};
  const load = (name: string) => require(join(ROOT, 'test', 'fixtures', name));
  new Function('require', 'exports', code)(load, exported);
  return exported.dev!;
};

const stacks = (edits: readonly Edit[]): readonly StackTemplate[] =>
  once(edited(edits)).stacks.map(({ stackName, template }) => ({ name: stackName, template }));

/** Types that hold data, or in which everything else lives. */
const PROTECTED = new Set([
  'AWS::EC2::Subnet',
  'AWS::EC2::VPC',
  'AWS::ECR::Repository',
  'AWS::EKS::Cluster',
  'AWS::ElastiCache::ReplicationGroup',
  'AWS::KMS::Key',
  'AWS::RDS::DBInstance',
  'AWS::Route53::HostedZone',
  'AWS::S3::Bucket',
  'AWS::SecretsManager::Secret',
]);

describe.each(CONFIGURED)('$title', ({ earlier, later, replaces }) => {
  const found = () => replacements(stacks(earlier), stacks(later));
  const typesOf = (verdict: Replacement['verdict']) =>
    found()
      .filter((one) => one.verdict === verdict)
      .map(({ type }) => type)
      .toSorted();

  test('replaces what it says, by the schemas', () => {
    expect(typesOf('replaced')).toEqual(replaces.toSorted());
  });

  test('neither replaces nor may replace what is protected', () => {
    expect(found().filter(({ type }) => PROTECTED.has(type))).toEqual([]);
  });

  test('the diff of the CDK says the same', () => {
    const [before, after] = [stacks(earlier), stacks(later)];
    const uncertain = after.flatMap(({ name, template }) => {
      const old = before.find((stack) => stack.name === name)?.template ?? {};
      return Object.values(fullDiff(old, template).resources.changes).flatMap((difference) =>
        difference.oldValue && difference.newValue
          ? Object.entries(difference.propertyUpdates).map(
              ([property, change]) =>
                `${difference.resourceType} ${property}: ${verdictOf(difference.resourceType, property, change)}`,
            )
          : [],
      );
    });
    expect([...new Set(uncertain)].filter((line) => line.endsWith('perhaps replaced'))).toEqual(
      [...new Set(typesOf('perhaps replaced'))].map((type) => expect.stringContaining(type)),
    );
  });
});
