/**
 * By region, the managed prefix list `com.amazonaws.global.cloudfront.origin-facing`: the addresses from which CloudFront asks an
 * origin. AWS keeps what is in it; its id stays. Recorded from public repositories, not asked of AWS; to see one, or for another
 * region:
 *
 *     aws ec2 describe-managed-prefix-lists --region REGION \
 *       --filters Name=prefix-list-name,Values=com.amazonaws.global.cloudfront.origin-facing --query 'PrefixLists[].PrefixListId'
 */
export const CLOUDFRONT_PREFIX_LISTS: Readonly<Record<string, string>> = {
  'ap-southeast-1': 'pl-31a34658',
  'ap-southeast-2': 'pl-b8a742d1',
  'us-east-1': 'pl-3b927c52',
};
