import type { Json, Plan } from '../doctor/plan';
import { planned } from '../doctor/plan';
import type { EnvironmentConfig } from '../lib/config/environment';
import { publicSites } from '../lib/config/derive/public-sites';
import { SERVICES } from '../lib/model/services';

/** A header that each answer of a site has, and its value as a pattern: a part that only a deployment knows may be anything. */
interface ExpectedHeader {
  readonly name: string;
  readonly value: string;
  readonly pattern: RegExp;
}

/** A public site of the environment, and what its answers have to be. */
export interface Site {
  readonly name: string;
  /** Empty without a domain: an output of a stack then has the name. */
  readonly hosts: readonly string[];
  /** Paths that answer while the service lives, and while it takes requests. */
  readonly paths: readonly string[];
  /** Only listed networks reach it. */
  readonly listed: boolean;
  readonly closedPaths: readonly string[];
  readonly headers: readonly ExpectedHeader[];
  /** Origins whose pages may call it; `https://*.cloudfront.net` stands for those that only a deployment knows. */
  readonly origins: readonly string[];
}

/** The environment to verify, as its configuration and its templates describe it. */
export interface Target extends Plan {
  readonly sites: readonly Site[];
}

/** A text of a template, with `*` for values that only a deployment knows. */
export const textOf = (value: Json): string => {
  if (typeof value !== 'object' || value === null) return `${value}`;
  const [separator, parts] = value['Fn::Join'] ?? [];
  return parts === undefined ? '*' : parts.map(textOf).join(separator);
};

const expected = (name: string, value: string): ExpectedHeader => {
  const parts = value.split('*').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  return { name, value, pattern: new RegExp(`^${parts.join('.*')}$`, 'i') };
};

/** How CloudFront writes what a response headers policy says. https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-response-headers-policies.html */
const SECURITY_HEADERS: Readonly<Record<string, readonly [name: string, value: (config: Json) => string]>> = {
  StrictTransportSecurity: [
    'strict-transport-security',
    ({ AccessControlMaxAgeSec, IncludeSubdomains, Preload }) =>
      [`max-age=${AccessControlMaxAgeSec}`, IncludeSubdomains && 'includeSubDomains', Preload && 'preload']
        .filter(Boolean)
        .join('; '),
  ],
  ContentTypeOptions: ['x-content-type-options', () => 'nosniff'],
  FrameOptions: ['x-frame-options', ({ FrameOption }) => FrameOption],
  XSSProtection: [
    'x-xss-protection',
    ({ Protection, ModeBlock }) => `${Protection ? 1 : 0}${ModeBlock ? '; mode=block' : ''}`,
  ],
  ContentSecurityPolicy: ['content-security-policy', ({ ContentSecurityPolicy }) => textOf(ContentSecurityPolicy)],
  ReferrerPolicy: ['referrer-policy', ({ ReferrerPolicy }) => ReferrerPolicy],
};

/** The response headers policy of a site's distribution. */
const policyOf = (plan: Plan, site: string): Json => {
  const distribution = planned(plan, 'AWS::CloudFront::Distribution').find(({ properties }) =>
    textOf(properties.DistributionConfig.Comment).endsWith(`: ${site}`),
  );
  const id = distribution?.properties.DistributionConfig.DefaultCacheBehavior.ResponseHeadersPolicyId?.Ref;
  const policy = planned(plan, 'AWS::CloudFront::ResponseHeadersPolicy').find(({ logicalId }) => logicalId === id);
  if (policy === undefined) throw new Error(`the templates have no response headers policy for the site "${site}"`);
  return policy.properties.ResponseHeadersPolicyConfig;
};

/** The target of an environment. */
export const targetOf = (config: EnvironmentConfig, plan: Plan): Target => ({
  ...plan,
  sites: publicSites(config).map(({ name, hosts, access, closedPaths = [], target }) => {
    const { SecurityHeadersConfig = {}, CorsConfig } = policyOf(plan, name);
    const service = Object.entries(SERVICES).find(([each]) => each === target.name)?.[1];
    return {
      name,
      hosts,
      paths: [...new Set([service?.probes.liveness ?? target.readiness, target.readiness])],
      listed: access === 'allow-list',
      closedPaths,
      headers: Object.entries<Json>(SecurityHeadersConfig).map(([key, value]) => {
        const known = SECURITY_HEADERS[key];
        if (known === undefined) throw new Error(`the headers policy has "${key}": add it to verify/target.ts`);
        return expected(known[0], known[1](value));
      }),
      origins: CorsConfig?.AccessControlAllowOrigins.Items ?? [],
    };
  }),
});
