import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Stack } from './assembly';

/** Logical ids with their types, by the name of their stack. */
export type LogicalIds = Readonly<Record<string, readonly string[]>>;

/** Types that CloudFormation must never replace or delete because of a change of the code: they have data, addresses or live objects. */
const PRECIOUS =
  /^(AWS::CloudFront::(Distribution|VpcOrigin)|AWS::EC2::(VPC|Subnet|NatGateway|EIP|VPCCidrBlock)|AWS::EKS::Cluster|AWS::KMS::Key|AWS::RDS::(DBInstance|DBSubnetGroup|DBProxy)|AWS::ElastiCache::.*|AWS::ElasticLoadBalancingV2::.*|AWS::Route53::HostedZone|AWS::S3::Bucket|AWS::SecretsManager::Secret|AWS::WAFv2::WebACL|Custom::AWSCDK-EKS-.*)$/;

/** The logical ids of what must keep its own. Not those of Jobs, whose name and id change with their input, nor of tenants, which come and go. */
export const logicalIds = (stacks: readonly Pick<Stack, 'name' | 'template'>[]): LogicalIds =>
  Object.fromEntries(
    stacks
      .filter(({ name }) => !/-tenants-\d+$/.test(name))
      .map(({ name, template }) => [
        name,
        Object.entries(template.Resources ?? {})
          .filter(
            ([id, { Type, DeletionPolicy }]) =>
              !/manifestJob/.test(id) &&
              (PRECIOUS.test(Type) ||
                DeletionPolicy?.startsWith('Retain') ||
                /KubectlProviderframeworkonEvent.{8}$/.test(id)),
          )
          .map(([id, { Type }]) => `${id} ${Type}`)
          .toSorted(),
      ]),
  );

const flat = (ids: LogicalIds): readonly string[] =>
  Object.entries(ids).flatMap(([stack, own]) => own.map((id) => `${stack}: ${id}`));

/** The ids of a record that are gone, and those that it does not have yet. */
export const compareWithRecord = (record: LogicalIds, ids: LogicalIds) => {
  const [recorded, present] = [flat(record), flat(ids)];
  return {
    gone: recorded.filter((id) => !present.includes(id)),
    fresh: present.filter((id) => !recorded.includes(id)),
  };
};

/** The file with the record of an environment. */
export const recordFile = (name: string): string =>
  join(__dirname, '..', 'lib', 'config', 'logical-ids', `${name}.json`);

/** The record of an environment; undefined if nobody made one, because it is not deployed yet. */
export const recordOf = (name: string): LogicalIds | undefined =>
  existsSync(recordFile(name)) ? JSON.parse(readFileSync(recordFile(name), 'utf8')) : undefined;

/** Writes the record of an environment. */
export const writeRecord = (name: string, ids: LogicalIds): void =>
  writeFileSync(recordFile(name), `${JSON.stringify(ids, null, 2)}\n`);
