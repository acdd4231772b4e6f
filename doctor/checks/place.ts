import { lackedBy } from '../../lib/config';
import { check, misses } from '../check';
import { instanceTypes, nodeImageName, releases, CLOUDFRONT_PREFIX_LIST } from '../facts/place';
import { planned, regionsOf, unique } from '../plan';

export const REGIONS = check({
  title: 'The regions are enabled',
  source: 'https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html',
  facts: ['regions'],
  find: (plan, { regions }) =>
    misses(regionsOf(plan), (region) =>
      /^(opted-in|opt-in-not-required)$/.test(regions[region] ?? '')
        ? undefined
        : {
            missing: `The region ${region} ${regions[region] === undefined ? 'does not exist' : 'is not enabled in the account'}.`,
            remedy: `aws account enable-region --region-name ${region}   # then wait until aws account get-region-opt-status says ENABLED`,
          },
    ),
});

export const ZONES = check({
  title: 'The availability zones have every service, and the configured IDs',
  source: 'https://docs.aws.amazon.com/global-infrastructure/latest/regions/az-ids.html',
  facts: ['zones'],
  find: ({ availabilityZones, availabilityZoneIds, region }, { zones }) => {
    const good = Object.entries(zones).filter(
      ([, { id, state }]) => state === 'available' && lackedBy(id).length === 0,
    );
    const remedy = `Choose others in network.availabilityZones: ${good.map(([name]) => name).join(', ')}`;
    return misses(availabilityZones, (name) => {
      const zone = zones[name];
      if (zone === undefined) return { missing: `The account has no availability zone ${name} in ${region}.`, remedy };
      const lacked = lackedBy(zone.id);
      if (lacked.length > 0)
        return { missing: `${name} is ${zone.id} in this account, which lacks ${lacked.join(', ')}.`, remedy };
      if (zone.state !== 'available') return { missing: `The availability zone ${name} is ${zone.state}.`, remedy };
      const configured = availabilityZoneIds?.[availabilityZones.indexOf(name)];
      return configured === undefined || configured === zone.id
        ? undefined
        : {
            missing: `${name} is ${zone.id} in this account, not ${configured}.`,
            remedy: `Write the ids of the account in network.availabilityZoneIds: ${availabilityZones.map((one) => zones[one]?.id ?? '?').join(', ')}`,
          };
    });
  },
});

export const INSTANCE_TYPES = check({
  title: 'EC2 offers the instance types in every zone',
  source: 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-discovery.html',
  facts: ['offerings'],
  find: (plan, { offerings }) =>
    misses(
      instanceTypes(plan).flatMap((type) => plan.availabilityZones.map((zone) => ({ type, zone }))),
      ({ type, zone }) =>
        offerings[type]?.includes(zone)
          ? undefined
          : {
              missing: `EC2 does not offer ${type} in ${zone}.`,
              remedy: `Choose another instanceType or another zone; this command lists what EC2 offers: aws ec2 describe-instance-type-offerings --region ${plan.region} --location-type availability-zone --filters Name=location,Values=${zone}`,
            },
    ),
});

export const NODE_IMAGE = check({
  title: 'The image of the nodes exists',
  source: 'https://docs.aws.amazon.com/eks/latest/userguide/eks-linux-ami-versions.html',
  facts: ['nodeImages'],
  find: (plan, { nodeImages }) =>
    misses(releases(plan), (release) =>
      nodeImages.includes(nodeImageName(release))
        ? undefined
        : {
            missing: `There is no image ${nodeImageName(release)} in ${plan.region}, the release ${release} of lib/model/versions.ts.`,
            remedy: `Write the release that AWS recommends: aws ssm get-parameter --region ${plan.region} --name /aws/service/eks/optimized-ami/${plan.kubernetesVersion}/amazon-linux-2023/x86_64/standard/recommended/release_version --query Parameter.Value`,
          },
    ),
});

export const PREFIX_LIST = check({
  title: "CloudFront's prefix list has the recorded ID",
  source: 'https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/LocationsOfEdgeServers.html',
  facts: ['prefixList'],
  find: (plan, { prefixList: { id } }) => {
    const text = JSON.stringify(
      plan.stacks.filter(({ region }) => region === plan.region).map(({ resources }) => resources),
    );
    const recorded = unique([...text.matchAll(/"SourcePrefixListId":"(pl-\w+)"/g)].map(([, one]) => one!));
    return misses(recorded, (one) =>
      one === id
        ? undefined
        : {
            missing: `The load balancer admits ${one}, but ${CLOUDFRONT_PREFIX_LIST} ${id === undefined ? 'does not exist' : `is ${id}`} in ${plan.region}.`,
            remedy:
              id === undefined
                ? `Ask AWS Support why ${plan.region} has no such list`
                : `Write ${id} for ${plan.region} in lib/model/cloudfront-prefix-lists.ts`,
          },
    );
  },
});

export const KEY_PAIRS = check({
  title: 'The EC2 key pairs exist',
  source: 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-key-pairs.html',
  facts: ['keyPairs'],
  find: (plan, { keyPairs }) =>
    misses(
      unique(
        planned(plan, 'AWS::EC2::LaunchTemplate').flatMap(
          ({ properties }) => properties.LaunchTemplateData.KeyName ?? [],
        ),
      ),
      (name) =>
        keyPairs.includes(name)
          ? undefined
          : {
              missing: `There is no EC2 key pair ${name} in ${plan.region}.`,
              remedy: `aws ec2 import-key-pair --region ${plan.region} --key-name ${name} --public-key-material fileb://KEY.pub, or remove sshKeyName: Session Manager needs no key`,
            },
    ),
});
