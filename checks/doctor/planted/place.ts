import { CreateKeyPairCommand, DeleteKeyPairCommand, EC2Client } from '@aws-sdk/client-ec2';
import * as place from '../../../doctor/checks/place';
import { SUBJECT } from '../subject';
import { given, type Planted } from './planted';

const { region } = SUBJECT;

export const PLACE: readonly Planted[] = [
  {
    check: place.REGIONS,
    plant: given({ disabledRegions: ['us-east-1'] }),
    says: /^The region us-east-1 is not enabled in the account\.$/,
    remedy: /aws account enable-region --region-name us-east-1/,
  },
  {
    check: place.ZONES,
    plant: given({ zones: { [`${region}b`]: 'use1-az3' } }),
    says: /^ap-southeast-1b is use1-az3 in this account, which lacks EKS, VPC origins of CloudFront, RDS Proxy\.$/,
    remedy: /network\.availabilityZones: ap-southeast-1a, ap-southeast-1c$/,
  },
  {
    check: place.ZONES,
    plan: (plan) => ({ ...plan, availabilityZoneIds: ['apse1-az1', 'apse1-az3', 'apse1-az2'] }),
    says: /^ap-southeast-1b is apse1-az2 in this account, not apse1-az3\.$/,
    remedy: /network\.availabilityZoneIds: apse1-az1, apse1-az2, apse1-az3$/,
  },
  {
    check: place.ZONES,
    plant: given({ zones: { [`${region}c`]: null } }),
    says: /^The account has no availability zone ap-southeast-1c in ap-southeast-1\.$/,
    remedy: /ap-southeast-1a, ap-southeast-1b$/,
  },
  {
    check: place.INSTANCE_TYPES,
    plant: given({ unsold: { 'r5.large': [`${region}b`] } }),
    says: /^EC2 does not offer r5\.large in ap-southeast-1b\.$/,
    remedy: /describe-instance-type-offerings/,
  },
  {
    check: place.NODE_IMAGE,
    plant: given({ nodeImages: [] }),
    says: /no image amazon-eks-node-al2023-x86_64-standard-1\.36-v20260923 in ap-southeast-1/,
    remedy: /optimized-ami\/1\.36\/.*release_version/,
  },
  {
    check: place.PREFIX_LIST,
    plant: given({ prefixList: 'pl-00000000' }),
    says: /^The load balancer admits pl-31a34658, but .*origin-facing is pl-00000000 in ap-southeast-1\.$/,
    remedy: /Write pl-00000000 .*cloudfront-prefix-lists\.ts/,
  },
  {
    check: place.KEY_PAIRS,
    plant: async ({ client }) => {
      await client(EC2Client).send(new DeleteKeyPairCommand({ KeyName: 'operators' }));
      return () => client(EC2Client).send(new CreateKeyPairCommand({ KeyName: 'operators' }));
    },
    says: /^There is no EC2 key pair operators in ap-southeast-1\.$/,
    remedy: /import-key-pair .*--key-name operators/,
  },
];
