import { type SiteName } from '../../lib/config/environment';
import { allOf, target, templatesOf, type Place } from '../references';
import { assembly, type Json } from '../synth';
import { INGRESSES } from './ingresses';
import { NUMBERS, STAGING_HOSTS } from './numbers';
import { hostsOf, sitesOf } from '../sites';
import { ENVIRONMENT_NAMES, type EnvironmentName, environment } from '../fixtures';

const all = Object.fromEntries(ENVIRONMENT_NAMES.map((name) => [name, templatesOf(assembly(name))])) as Record<
  EnvironmentName,
  ReturnType<typeof templatesOf>
>;

const cases = ENVIRONMENT_NAMES.flatMap((name) =>
  Object.entries(INGRESSES)
    .filter(([, { site }]) => sitesOf(environment(name)).includes(site))
    .map(([service, ingress]) => ({ name, service, ...ingress })),
);

/** The distribution that answers a site. */
const distribution = (name: EnvironmentName, site: SiteName): Place => {
  const [host] = hostsOf(environment(name), site);
  return allOf(all[name], 'AWS::CloudFront::Distribution').find(({ Properties }) =>
    Properties.DistributionConfig.Aliases.includes(host),
  )!;
};

const behaviours = ({ Properties }: Place): Json[] => {
  const { DefaultCacheBehavior, CacheBehaviors = [] } = Properties.DistributionConfig;
  return [DefaultCacheBehavior, ...CacheBehaviors];
};

/** The headers of a policy, as a browser reads them. */
const headersOf = (policy: Place | undefined): Record<string, string> => {
  const security = policy?.Properties.ResponseHeadersPolicyConfig.SecurityHeadersConfig;
  const { StrictTransportSecurity: hsts, XSSProtection: xss, ContentSecurityPolicy: csp } = security;
  return {
    'Strict-Transport-Security': `max-age=${hsts.AccessControlMaxAgeSec}${hsts.IncludeSubdomains ? '; includeSubDomains' : ''}`,
    'X-Frame-Options': security.FrameOptions.FrameOption,
    ...(security.ContentTypeOptions && { 'X-Content-Type-Options': 'nosniff' }),
    ...(xss && { 'X-XSS-Protection': `${xss.Protection ? 1 : 0}${xss.ModeBlock ? '; mode=block' : ''}` }),
    ...(csp && { 'Content-Security-Policy': csp.ContentSecurityPolicy }),
  };
};

test.each(ENVIRONMENT_NAMES)('%s has the specified names; what is given those of production, its own', (name) => {
  const { hosts } = environment(name).domain!;
  const { appAliases = [], ...names } = hosts;
  const own = { dev: { grafana: 'grafana-dev.platform.com' }, staging: STAGING_HOSTS, prod: {} }[name];
  expect(names).toEqual({ ...NUMBERS[name].hosts, ...own });
  expect(appAliases).toEqual(name === 'prod' ? ['www.platform.com'] : []);
});

test.each(cases)('$name answers with the headers of the Ingress of $service, from wherever (S20, S23)', (each) => {
  const { name, site, headers } = each;
  const api = `https://${hostsOf(environment(name), 'api')[0]}`;
  const wanted = Object.entries(headers).map(([header, value]) => [header, value.replace('{api}', api)]);
  const from = distribution(name, site);
  for (const { ResponseHeadersPolicyId } of behaviours(from))
    expect(headersOf(target(all[name], from.stack, ResponseHeadersPolicyId))).toMatchObject(Object.fromEntries(wanted));
});

test.each(cases)('$name redirects plain HTTP for $service', ({ name, site }) => {
  const policies = behaviours(distribution(name, site)).map(({ ViewerProtocolPolicy }) => ViewerProtocolPolicy);
  expect(new Set(policies)).toEqual(new Set(['redirect-to-https']));
});

test.each(cases)('$name lets one address send $service what its Ingress does: $rate (S20)', ({ name, site, rate }) => {
  const { stack, Properties } = distribution(name, site);
  const acl = target(all[name], stack, Properties.DistributionConfig.WebACLId);
  const rates = acl?.Properties.Rules.flatMap(({ Action, Statement: { RateBasedStatement: rule } }: Json) =>
    rule
      ? [{ requests: rule.Limit, seconds: rule.EvaluationWindowSec, of: rule.AggregateKeyType, action: Action }]
      : [],
  );
  const action = environment(name).edge.firewall === 'block' ? { Block: {} } : { Count: {} };
  expect(rates).toEqual(rate ? [{ ...rate, of: 'IP', action }] : []);
});
