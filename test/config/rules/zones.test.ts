import { inRegion, SAMPLES } from '../../sample';
import { zonesOf } from '../../../lib/model/availability-zones';
import { SUPPORTED_REGIONS } from '../../../lib/model/supported-regions';
import { problems } from '../../../lib/config/validation';

const { prod } = SAMPLES;

describe('zones without a service', () => {
  const LACKING = [
    ['ap-northeast-1', 'apne1-az3', 'VPC origins of CloudFront'],
    ['ca-central-1', 'cac1-az3', 'EKS and VPC origins of CloudFront'],
    ['us-east-1', 'use1-az3', 'EKS, VPC origins of CloudFront and RDS Proxy'],
  ] as const;

  test('are those of a few regions', () => {
    expect(SUPPORTED_REGIONS.filter((region) => zonesOf(region).lacking.length > 0)).toEqual(
      LACKING.map(([region]) => region),
    );
  });

  test.each(LACKING)('in %s are refused by their id: %s', (region, id, services) => {
    const { whole } = zonesOf(region);
    expect(problems(inRegion(prod, region, [whole[2]!, id, whole[0]!]))).toEqual([
      `prod: network.availabilityZoneIds has "${id}" for ${region}b, but ${id} lacks ${services}: choose zones among ${whole.join(', ')}`,
    ]);
    expect(problems(inRegion(prod, region, whole.slice(0, 3)))).toEqual([]);
  });

  test.each(LACKING)('in %s ask for ids, for a name says nothing', (region, id, services) => {
    expect(problems(inRegion(prod, region))).toEqual([
      `prod: network.availabilityZoneIds is missing, but ${id} lacks ${services}, and accounts name zones differently: give the ids of ` +
        `${region}a, ${region}b, ${region}c, which \`aws ec2 describe-availability-zones --region ${region}\` prints`,
    ]);
  });

  test('leave us-west-1 too few', () => {
    expect(problems(inRegion(prod, 'us-west-1', ['usw1-az1', 'usw1-az2', 'usw1-az3']))).toEqual([
      expect.stringMatching(
        /region is "us-west-1", where only usw1-az1 and usw1-az3 have every service \(usw1-az2 lacks EKS, VPC origins of CloudFront and RDS Proxy\), but the cluster needs 3 zones: choose ap-northeast-1, /,
      ),
    ]);
  });

  test('have ids of the region, one each', () => {
    expect(problems(inRegion(prod, 'us-east-1', ['use1-az2', 'use1-az2', 'use1-az4']))).toEqual([
      expect.stringMatching(/availabilityZoneIds is use1-az2, use1-az2, use1-az4: give one id for each of us-east-1a,/),
    ]);
    expect(problems(inRegion(prod, 'eu-west-1', ['euw1-az1', 'use1-az2', 'euw1-az9']))).toEqual([
      'prod: network.availabilityZoneIds has "use1-az2": write the id of a zone of eu-west-1, like euw1-az1',
    ]);
  });
});
