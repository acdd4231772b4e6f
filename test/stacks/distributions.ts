import type { SiteName } from '../../lib/config/environment';
import { SAMPLES } from '../sample';
import { once, propertiesOf, resourcesOf, sample, type CfnResource, type Json } from '../synth';

/** The resources of the edge's stack, in production. */
export const prod = resourcesOf(sample('prod'), 'edge');
/** Development without a domain. */
export const unnamed = once({ ...SAMPLES.dev, domain: undefined });
export const withoutDomain = resourcesOf(unnamed, 'edge');

export const EVERY_METHOD = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'];

export const distributionOf = (resources: Record<string, CfnResource>, site: SiteName) =>
  propertiesOf(resources, 'AWS::CloudFront::Distribution').find(({ DistributionConfig }) =>
    DistributionConfig.Comment.endsWith(`: ${site}`),
  )!;
export const configOf = (resources: Record<string, CfnResource>, site: SiteName): Json =>
  distributionOf(resources, site).DistributionConfig;
export const behaviorsOf = (resources: Record<string, CfnResource>, site: SiteName): Json[] => {
  const { CacheBehaviors = [], DefaultCacheBehavior } = configOf(resources, site);
  return [...CacheBehaviors, { PathPattern: '*', ...DefaultCacheBehavior }];
};
export const headersOf = (resources: Record<string, CfnResource>, site: SiteName): Json => {
  const ids = behaviorsOf(resources, site).map(({ ResponseHeadersPolicyId }) => ResponseHeadersPolicyId.Ref);
  expect(new Set(ids).size).toBe(1);
  return resources[ids[0]]?.Properties?.ResponseHeadersPolicyConfig;
};
