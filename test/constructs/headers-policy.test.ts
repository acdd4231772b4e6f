import { CspEvaluator } from 'csp_evaluator/dist/evaluator';
import { Severity } from 'csp_evaluator/dist/finding';
import { CspParser } from 'csp_evaluator/dist/parser';
import { assembly, flat, resourcesOf } from '../synth';
import { ENVIRONMENT_NAMES, environment } from '../fixtures';
import { distributionOf, EVERY_METHOD, headersOf, prod, withoutDomain } from '../stacks/distributions';

/** The policy that the specification's Ingress of the frontend sets, for this host of the API. */
const contentSecurityPolicy = (api: string): Readonly<Record<string, readonly string[]>> => ({
  'default-src': ["'self'"],
  'script-src': ["'self'", "'unsafe-inline'", "'unsafe-eval'"],
  'style-src': ["'self'", "'unsafe-inline'"],
  'img-src': ["'self'", 'data:', 'https:'],
  'font-src': ["'self'", 'data:'],
  'connect-src': ["'self'", `https://${api}`],
});

describe('headers', () => {
  test.each(ENVIRONMENT_NAMES)("%s: the application's are the specification's, whatever its pods say", (name) => {
    const headers = headersOf(resourcesOf(assembly(name), 'edge'), 'app').SecurityHeadersConfig;
    const { ContentSecurityPolicy, ...others } = headers;
    expect(others).toEqual({
      FrameOptions: { FrameOption: 'DENY', Override: true },
      ContentTypeOptions: { Override: true }, // nosniff, its only value
      XSSProtection: { Protection: true, ModeBlock: true, Override: true },
      StrictTransportSecurity: { AccessControlMaxAgeSec: 31_536_000, IncludeSubdomains: true, Override: true },
    });
    const { csp } = new CspParser(ContentSecurityPolicy.ContentSecurityPolicy);
    expect(csp.directives).toEqual(contentSecurityPolicy(environment(name).domain!.hosts.api));
    const faults = new CspEvaluator(csp).evaluate().filter(({ severity }) => severity === Severity.SYNTAX);
    expect(faults).toEqual([]);
    expect(ContentSecurityPolicy.Override).toBe(true);
  });

  test("the API's say that it is neither framed nor guessed at, and whose pages may call it", () => {
    expect(headersOf(prod, 'api').SecurityHeadersConfig).toEqual({
      FrameOptions: { FrameOption: 'DENY', Override: true },
      ContentTypeOptions: { Override: true },
      StrictTransportSecurity: { AccessControlMaxAgeSec: 31_536_000, IncludeSubdomains: true, Override: true },
    });
    expect(headersOf(prod, 'api').CorsConfig).toMatchObject({
      AccessControlAllowOrigins: { Items: ['https://platform.example', 'https://www.platform.example'] },
      AccessControlAllowHeaders: { Items: ['Authorization', 'Content-Type'] },
      AccessControlAllowCredentials: false,
      OriginOverride: false,
    });
    expect(headersOf(prod, 'api').CorsConfig.AccessControlAllowMethods.Items.toSorted()).toEqual(EVERY_METHOD);
    expect(headersOf(prod, 'app').CorsConfig).toBeUndefined();
  });

  test('without a domain, the application may call the API by the name of its distribution, which lets any distribution call, unnamed', () => {
    const api = { 'Fn::GetAtt': [distributionOf(withoutDomain, 'api').id, 'DomainName'] };
    const policy = headersOf(withoutDomain, 'app').SecurityHeadersConfig.ContentSecurityPolicy.ContentSecurityPolicy;
    expect(policy['Fn::Join'][1][1]).toEqual(api);
    expect(new CspParser(flat(policy)).csp.directives).toEqual(contentSecurityPolicy('TOKEN'));
    expect(headersOf(withoutDomain, 'api').CorsConfig).toMatchObject({
      AccessControlAllowOrigins: { Items: ['https://*.cloudfront.net'] },
      AccessControlAllowCredentials: false,
    });
  });
});
