import { zoneOf } from '../../lib/config/derive/zones';
import { type SiteName } from '../../lib/config/environment';
import { SERVICES, type ServiceDefinition } from '../../lib/model/services';
import { SAMPLES } from '../sample';
import { flat, idsOf, once, propertiesOf, resourcesOf, sample, type CfnResource, type Json } from '../synth';
import { hostsOf, OPEN_SITES } from '../sites';
import { behaviorsOf, configOf, distributionOf, EVERY_METHOD, prod, unnamed, withoutDomain } from './distributions';

/** Policies that AWS maintains: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html */
const CACHE = { off: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad', optimized: '658327ea-f89d-4fab-a63d-7e88639e58f6' };
const FORWARD = { everything: '33f36d7e-f396-46d9-90e0-52428a34d9dc', host: 'bf0718e1-ba1e-49d1-88b1-f726733018ae' };

const table = (site: SiteName) =>
  behaviorsOf(prod, site).map((behavior) => [
    behavior.PathPattern,
    behavior.TargetOriginId,
    behavior.CachePolicyId,
    behavior.OriginRequestPolicyId,
    behavior.AllowedMethods?.toSorted(),
  ]);

describe('what becomes of a request (S5, S6, S7)', () => {
  test('the application: files from the bucket, the rest from the load balancer; what is named by its content is kept', () => {
    expect(table('app')).toEqual([
      ['/assets/*', 'assets', CACHE.optimized, undefined, undefined],
      ['/_next/static/*', 'load-balancer', CACHE.optimized, FORWARD.host, undefined],
      ['*', 'load-balancer', CACHE.off, FORWARD.everything, EVERY_METHOD],
    ]);
  });

  test('the API: all of it reaches the load balancer as it came', () => {
    expect(table('api')).toEqual([['*', 'load-balancer', CACHE.off, FORWARD.everything, EVERY_METHOD]]);
  });

  test('all of it is encrypted, and compressed where viewers take that', () => {
    for (const behavior of OPEN_SITES.flatMap((site) => behaviorsOf(prod, site)))
      expect(behavior).toMatchObject({ ViewerProtocolPolicy: 'redirect-to-https', Compress: true });
  });
});

describe.each(OPEN_SITES)('the distribution of the %s', (site) => {
  const { prod: config } = SAMPLES;

  test('has its names, their certificate, new protocols and its firewall', () => {
    expect(configOf(prod, site)).toMatchObject({
      Enabled: true,
      Aliases: hostsOf(config, site),
      HttpVersion: 'http2and3',
      IPV6Enabled: true,
      PriceClass: 'PriceClass_All',
      ViewerCertificate: { MinimumProtocolVersion: 'TLSv1.2_2021', SslSupportMethod: 'sni-only' },
    });
    const { ViewerCertificate, WebACLId } = configOf(prod, site);
    const security = sample('prod').stacks.find(({ stackName }) => stackName === 'platform-prod-edge-security')!;
    const source = ({ 'Fn::GetStackOutput': { StackName, Region, OutputName } }: Json) => {
      expect([StackName, Region]).toEqual([security.stackName, 'us-east-1']);
      const { Ref, 'Fn::GetAtt': [id] = [Ref] } = security.template.Outputs[OutputName].Value;
      return security.template.Resources[id];
    };
    expect(source(ViewerCertificate.AcmCertificateArn).Type).toBe('AWS::CertificateManager::Certificate');
    expect(source(WebACLId).Properties.Name).toBe(`platform-prod-${site}`);
  });

  test('asks the load balancer through the VPC origin, and waits as long as a pod that stops may answer', () => {
    const [origin] = propertiesOf(prod, 'AWS::CloudFront::VpcOrigin');
    const { VpcOriginConfig, OriginCustomHeaders } = configOf(prod, site).Origins.find(
      ({ Id }: Json) => Id === 'load-balancer',
    );
    expect(VpcOriginConfig).toEqual({ VpcOriginId: { 'Fn::GetAtt': [origin?.id, 'Id'] }, OriginReadTimeout: 30 });
    expect(OriginCustomHeaders).toBeUndefined(); // the host tells the sites apart
  });

  test('keeps no error for the next one who asks', () => {
    const { CustomErrorResponses } = configOf(prod, site);
    expect(
      CustomErrorResponses.map(({ ErrorCode, ErrorCachingMinTTL }: Json) => [ErrorCode, ErrorCachingMinTTL]),
    ).toEqual([404, 405, 414, 500, 501, 502, 503, 504].map((code) => [code, 0]));
  });

  test('has records for both kinds of addresses of each name, in its zone', () => {
    const { id } = distributionOf(prod, site);
    const records = propertiesOf(prod, 'AWS::Route53::RecordSet')
      .filter(({ AliasTarget }) => AliasTarget.DNSName['Fn::GetAtt'][0] === id)
      .map(({ Type, Name, HostedZoneId }) => [Type, Name, HostedZoneId]);
    const { domain } = config;
    expect(records).toEqual(
      hostsOf(config, site).flatMap((host) =>
        ['A', 'AAAA'].map((type) => [type, `${host}.`, zoneOf(host, domain!.zones)?.id]),
      ),
    );
  });
});

const pages = (site: SiteName) =>
  configOf(prod, site).CustomErrorResponses.flatMap(({ ErrorCode, ResponseCode, ResponsePagePath }: Json) =>
    ResponsePagePath ? [[ErrorCode, ResponseCode, ResponsePagePath]] : [],
  );

test('people see a page where the application does not answer, programs the error itself', () => {
  const [page] = propertiesOf(prod, 'Custom::ErrorPage');
  expect(pages('app')).toEqual([502, 503, 504].map((code) => [code, code, `/${page?.Name}`]));
  expect(pages('api')).toEqual([]);
  expect(page?.Name).toMatch(/^assets\//); // the paths that lead to the bucket
  expect(page?.Bucket).toEqual({ 'Fn::ImportValue': expect.stringContaining('platform-prod-storage:') });
  expect(page?.Page).toContain('<h1>');
});

test('the function of the error page writes that object and its log, and does nothing else', () => {
  const [policy] = propertiesOf(prod, 'AWS::IAM::Policy');
  const [logs] = idsOf(prod, 'AWS::Logs::LogGroup');
  expect(policy?.PolicyDocument.Statement.map(({ Action, Resource }: Json) => [Action, Resource])).toEqual([
    [['logs:CreateLogStream', 'logs:PutLogEvents'], { 'Fn::GetAtt': [logs, 'Arn'] }],
    ['s3:PutObject', expect.anything()],
  ]);
  expect(flat(policy?.PolicyDocument.Statement[1].Resource)).toBe(
    'arn:aws:s3:::TOKEN/assets/error-pages/unavailable.html',
  );
});

test('CloudFront signs what it asks the bucket', () => {
  const [access] = propertiesOf(prod, 'AWS::CloudFront::OriginAccessControl');
  expect(access?.OriginAccessControlConfig).toMatchObject({
    OriginAccessControlOriginType: 's3',
    SigningBehavior: 'always',
    SigningProtocol: 'sigv4',
  });
  expect(configOf(prod, 'app').Origins.find(({ Id }: Json) => Id === 'assets')).toMatchObject({
    OriginAccessControlId: { 'Fn::GetAtt': [access?.id, 'Id'] },
    DomainName: { 'Fn::Join': ['', [{ 'Fn::ImportValue': expect.anything() }, '.s3.ap-southeast-1.amazonaws.com']] },
  });
});

const originOf = (resources: Record<string, CfnResource>) => propertiesOf(resources, 'AWS::CloudFront::VpcOrigin');

describe('the VPC origin', () => {
  test('speaks HTTPS with the load balancer, and plain HTTP without a domain', () => {
    expect(originOf(prod)).toMatchObject([
      {
        VpcOriginEndpointConfig: {
          Arn: { 'Fn::ImportValue': expect.stringContaining('platform-prod-load-balancer:') },
          OriginProtocolPolicy: 'https-only',
          HTTPPort: 80,
          HTTPSPort: 443,
          OriginSSLProtocols: ['TLSv1.2'],
        },
      },
    ]);
    expect(originOf(withoutDomain)).toMatchObject([{ VpcOriginEndpointConfig: { OriginProtocolPolicy: 'http-only' } }]);
  });

  test('stays as it is when every tag changes: CloudFront refuses to update one in use', () => {
    const tags = { environment: 'staging', owner: 'others', costCenter: 'other' } as const;
    const tagged = resourcesOf(once({ ...SAMPLES.prod, tags }), 'edge');
    expect(distributionOf(tagged, 'app').Tags).not.toEqual(distributionOf(prod, 'app').Tags);
    const [id] = idsOf(prod, 'AWS::CloudFront::VpcOrigin');
    expect(tagged[id!]).toEqual(prod[id!]);
  });

  test('gets a second one, with a name of its own, when its number is raised', () => {
    const raised = originOf(
      resourcesOf(once({ ...SAMPLES.prod, edge: { ...SAMPLES.prod.edge, vpcOrigin: 2 } }), 'edge'),
    );
    const names = [...originOf(prod), ...raised].map(({ VpcOriginEndpointConfig }) => VpcOriginEndpointConfig.Name);
    expect(names).toEqual(['platform-prod-https-1', 'platform-prod-https-2']);
    expect(raised[0]?.id).not.toBe(originOf(prod)[0]?.id);
  });
});

describe('without a domain', () => {
  test('sites are told apart by a header that each distribution adds', () => {
    for (const site of OPEN_SITES)
      expect(
        configOf(withoutDomain, site).Origins.find(({ Id }: Json) => Id === 'load-balancer').OriginCustomHeaders,
      ).toEqual([{ HeaderName: 'x-platform-site', HeaderValue: site }]);
  });

  test("distributions have CloudFront's own names and certificate, and nothing has a record", () => {
    for (const site of OPEN_SITES) {
      expect(configOf(withoutDomain, site).Aliases).toBeUndefined();
      expect(configOf(withoutDomain, site).ViewerCertificate).toBeUndefined();
    }
    expect(idsOf(withoutDomain, 'AWS::Route53::RecordSet')).toEqual([]);
  });

  test('what renders pages learns both names from the distributions', () => {
    const stack = unnamed.stacks.find(({ stackName }) => stackName === 'platform-dev-edge')!;
    const exported = Object.values<Json>(stack.template.Outputs).map(({ Value }) => Value['Fn::GetAtt']);
    for (const site of OPEN_SITES)
      expect(exported).toContainEqual([distributionOf(withoutDomain, site).id, 'DomainName']);
    const text = JSON.stringify(resourcesOf(unnamed, 'workloads'));
    for (const variable of ['NEXT_PUBLIC_API_URL', 'NEXT_PUBLIC_APP_URL']) expect(text).toContain(variable);
    const renderers = Object.values<ServiceDefinition>(SERVICES).filter(({ publicUrls }) => publicUrls);
    expect(text.match(/platform-dev-edge:ExportsOutput\w+DomainName/g)).toHaveLength(2 * renderers.length);
  });
});
