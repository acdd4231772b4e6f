import { zoneOf } from '../../lib/config/derive/zones';
import { type SiteName } from '../../lib/config/environment';
import { SAMPLES } from '../sample';
import {
  assembly,
  idsOf,
  once,
  ordered,
  propertiesOf,
  resourcesOf,
  sample,
  type CfnResource,
  type Json,
} from '../synth';
import { allHostsOf, OPEN_SITES } from '../sites';
import { ENVIRONMENT_NAMES, environment } from '../fixtures';

const prod = resourcesOf(sample('prod'), 'edge-security');
const withEdge = (change: Partial<typeof SAMPLES.prod.edge>) =>
  resourcesOf(once({ ...SAMPLES.prod, edge: { ...SAMPLES.prod.edge, ...change } }), 'edge-security');

const aclOf = (resources: Record<string, CfnResource>, site: SiteName) =>
  propertiesOf(resources, 'AWS::WAFv2::WebACL').find(({ Name }) => Name.endsWith(`-${site}`))!;
const ruleOf = (resources: Record<string, CfnResource>, site: SiteName, name: string): Json =>
  aclOf(resources, site).Rules.find(({ Name }: Json) => Name === name);

/**
 * Capacity units, as AWS documents them:
 * https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html and the pages of each statement.
 */
const MANAGED_UNITS: Readonly<Record<string, number>> = {
  AWSManagedRulesAmazonIpReputationList: 25,
  AWSManagedRulesCommonRuleSet: 700,
  AWSManagedRulesKnownBadInputsRuleSet: 200,
  AWSManagedRulesSQLiRuleSet: 200,
};
const transformed = ({ TextTransformations }: Json) =>
  10 * TextTransformations.filter(({ Type }: Json) => Type !== 'NONE').length;
const STATEMENT_UNITS: Readonly<Record<string, (statement: Json) => number>> = {
  ManagedRuleGroupStatement: ({ Name }) => MANAGED_UNITS[Name]!,
  SizeConstraintStatement: (statement) => 1 + transformed(statement),
  ByteMatchStatement: (statement) => 2 + transformed(statement), // for the beginning of a text
  RateBasedStatement: () => 2, // by address, with no scope
  AndStatement: ({ Statements }) => units(Statements),
  OrStatement: ({ Statements }) => units(Statements),
  NotStatement: ({ Statement }) => units([Statement]),
};
const units = (statements: readonly Json[]): number =>
  statements
    .flatMap((statement) => Object.entries(statement))
    .map(([kind, statement]) => STATEMENT_UNITS[kind]!(statement))
    .reduce((sum, each) => sum + each, 0);
const capacity = (acl: Json): number => units(acl.Rules.map(({ Statement }: Json) => Statement));

test('each site has a firewall of its own, which lets through what no rule finds', () => {
  for (const site of OPEN_SITES)
    expect(aclOf(prod, site)).toMatchObject({ Scope: 'CLOUDFRONT', DefaultAction: { Allow: {} } });
});

describe.each(OPEN_SITES)('the firewall of the %s (S20)', (site) => {
  test("has AWS's rules for bad addresses, common attacks, known bad inputs and SQL injection", () => {
    const managed = aclOf(prod, site).Rules.flatMap(
      ({ Statement }: Json) => Statement.ManagedRuleGroupStatement?.Name ?? [],
    );
    expect(managed).toEqual(Object.keys(MANAGED_UNITS));
  });

  test('refuses bodies of which it would see only a part, and lets others be as long as it sees', () => {
    expect(ruleOf(prod, site, 'BodySize').Statement.SizeConstraintStatement).toMatchObject({
      FieldToMatch: { Body: { OversizeHandling: 'MATCH' } },
      ComparisonOperator: 'GT',
      Size: 64 * 1024,
    });
    expect(aclOf(prod, site).AssociationConfig).toEqual({
      RequestBody: { CLOUDFRONT: { DefaultSizeInspectionLimit: 'KB_64' } },
    });
    expect(
      ruleOf(prod, site, 'AWSManagedRulesCommonRuleSet').Statement.ManagedRuleGroupStatement.RuleActionOverrides,
    ).toEqual([{ Name: 'SizeRestrictions_BODY', ActionToUse: { Count: {} } }]); // it would refuse more than 8 KiB
  });

  test.each(['block', 'count'] as const)(
    'every rule %ss where the configuration says so, and can be watched',
    (firewall) => {
      const { Rules } = aclOf(withEdge({ firewall }), site);
      for (const { Name, Priority, Statement, Action, OverrideAction, VisibilityConfig } of Rules) {
        const own = firewall === 'block' ? { Block: {} } : { Count: {} };
        const managed = firewall === 'block' ? { None: {} } : { Count: {} };
        expect([Name, Action, OverrideAction]).toEqual(
          Statement.ManagedRuleGroupStatement ? [Name, undefined, managed] : [Name, own, undefined],
        );
        expect(VisibilityConfig).toEqual({
          CloudWatchMetricsEnabled: true,
          SampledRequestsEnabled: false,
          MetricName: Name,
        });
        expect(Rules[Priority].Name).toBe(Name);
      }
    },
  );

  test('writes its log, without what people keep secret', () => {
    const acl = aclOf(prod, site);
    const logging = propertiesOf(prod, 'AWS::WAFv2::LoggingConfiguration').find(
      ({ ResourceArn }) => ResourceArn['Fn::GetAtt'][0] === acl.id,
    )!;
    expect(logging.RedactedFields).toEqual([
      { SingleHeader: { Name: 'authorization' } },
      { SingleHeader: { Name: 'cookie' } },
      { SingleHeader: { Name: 'referer' } },
      { QueryString: {} },
    ]);
    // Redaction leaves what a rule found in these as it is.
    const hidden = acl.DataProtectionConfig.DataProtections.map(({ Field, Action }: Json) => [
      Field.FieldType,
      Field.FieldKeys,
      Action,
    ]);
    expect(hidden).toEqual([
      ['SINGLE_HEADER', ['authorization', 'cookie', 'referer'], 'SUBSTITUTION'],
      ['QUERY_STRING', undefined, 'SUBSTITUTION'],
      ['BODY', undefined, 'SUBSTITUTION'],
    ]);
    const { DefaultBehavior, Filters } = logging.LoggingFilter;
    expect([DefaultBehavior, Filters.map(({ Behavior }: Json) => Behavior)]).toEqual(['DROP', ['KEEP']]);
    expect(Filters[0].Conditions.map(({ ActionCondition }: Json) => ActionCondition.Action)).toEqual([
      'BLOCK',
      'COUNT',
      'EXCLUDED_AS_COUNT',
    ]);
    const group = propertiesOf(prod, 'AWS::Logs::LogGroup').find(
      ({ LogGroupName }) => LogGroupName === `aws-waf-logs-platform-prod-${site}`,
    );
    expect(group?.RetentionInDays).toBe(90);
    expect(logging.LogDestinationConfigs).toEqual([
      { 'Fn::Join': ['', ['arn:aws:logs:us-east-1:333333333333:log-group:', { Ref: group?.id }]] },
    ]);
    const [policy] = idsOf(prod, 'AWS::Logs::ResourcePolicy');
    expect(ordered(prod, policy!, logging.id)).toBe(true); // else AWS adds one of its own
  });
});

test('one address sends a hundred requests to the API in a minute (S20), and as many as it likes to the application', () => {
  expect(ruleOf(prod, 'api', 'Rate').Statement).toEqual({
    RateBasedStatement: {
      Limit: 100,
      EvaluationWindowSec: 60,
      AggregateKeyType: 'IP',
      ScopeDownStatement: {
        NotStatement: {
          Statement: {
            ByteMatchStatement: {
              FieldToMatch: { Method: {} },
              PositionalConstraint: 'EXACTLY',
              SearchString: 'OPTIONS',
              TextTransformations: [{ Priority: 0, Type: 'NONE' }],
            },
          },
        },
      },
    },
  });
  expect(ruleOf(withEdge({ apiRequestsPerMinute: 250 }), 'api', 'Rate').Statement.RateBasedStatement.Limit).toBe(250);
  expect(ruleOf(prod, 'app', 'Rate')).toBeUndefined();
});

const path = (SearchString: string) => ({
  ByteMatchStatement: {
    FieldToMatch: { UriPath: {} },
    PositionalConstraint: 'STARTS_WITH',
    SearchString,
    // As a server reads it: /uploads/../login and /uploads/%2e%2e/login are no uploads.
    TextTransformations: [
      { Priority: 0, Type: 'URL_DECODE' },
      { Priority: 1, Type: 'NORMALIZE_PATH' },
    ],
  },
});

describe('paths with long bodies', () => {
  const statement = (largeBodyPaths: string[]) => ruleOf(withEdge({ largeBodyPaths }), 'api', 'BodySize').Statement;
  const large = ruleOf(prod, 'api', 'BodySize').Statement;

  test('one is excepted', () => {
    expect(statement(['/uploads/'])).toEqual({
      AndStatement: { Statements: [large, { NotStatement: { Statement: path('/uploads/') } }] },
    });
  });

  test('several are excepted', () => {
    expect(statement(['/uploads/', '/import'])).toEqual({
      AndStatement: {
        Statements: [
          large,
          { NotStatement: { Statement: { OrStatement: { Statements: [path('/uploads/'), path('/import')] } } } },
        ],
      },
    });
  });
});

test('the rules fit into what a firewall holds without a surcharge: 1500 units', () => {
  expect(capacity(aclOf(prod, 'app'))).toBe(25 + 700 + 200 + 200 + 1);
  expect(capacity(aclOf(prod, 'api'))).toBe(25 + 700 + 200 + 200 + 1 + 2);
  expect(capacity(aclOf(withEdge({ largeBodyPaths: ['/a/', '/b/'] }), 'app'))).toBe(25 + 700 + 200 + 200 + 1 + 2 * 22);
  for (const name of ENVIRONMENT_NAMES)
    for (const acl of propertiesOf(resourcesOf(assembly(name), 'edge-security'), 'AWS::WAFv2::WebACL'))
      expect(capacity(acl)).toBeLessThanOrEqual(1500);
});

test('AWS delivers logs of this account to the groups of the firewalls, and nothing else', () => {
  const policies = propertiesOf(prod, 'AWS::Logs::ResourcePolicy');
  expect(policies.map(({ PolicyDocument }) => JSON.parse(PolicyDocument).Statement)).toEqual([
    [
      {
        Effect: 'Allow',
        Principal: { Service: 'delivery.logs.amazonaws.com' },
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: 'arn:aws:logs:us-east-1:333333333333:log-group:aws-waf-logs-platform-prod-*:log-stream:*',
        Condition: {
          StringEquals: { 'aws:SourceAccount': '333333333333' },
          ArnLike: { 'aws:SourceArn': 'arn:aws:logs:us-east-1:333333333333:*' },
        },
      },
    ],
  ]);
});

describe('the certificate that viewers see', () => {
  test.each(ENVIRONMENT_NAMES)('%s: has every public name, each proven in its zone', (name) => {
    const config = environment(name);
    const { zones } = config.domain!;
    const [certificate] = propertiesOf(
      resourcesOf(assembly(name), 'edge-security'),
      'AWS::CertificateManager::Certificate',
    );
    expect([certificate?.DomainName].concat(certificate?.SubjectAlternativeNames)).toEqual(allHostsOf(config));
    expect(certificate?.ValidationMethod).toBe('DNS');
    const proven = certificate?.DomainValidationOptions.map(({ DomainName, HostedZoneId }: Json) => [
      DomainName,
      HostedZoneId['Fn::GetStackOutput']?.StackName ?? HostedZoneId,
    ]);
    expect(proven).toEqual(
      allHostsOf(config).map((host) => [host, zoneOf(host, zones)?.id ?? `platform-${name}-zones`]),
    );
  });

  test('stays when another takes its place, which the distributions learn a stack later', () => {
    const [id] = idsOf(prod, 'AWS::CertificateManager::Certificate');
    expect(prod[id!]).toMatchObject({ UpdateReplacePolicy: 'Retain', DeletionPolicy: 'Delete' });
  });

  test('is none without a domain', () => {
    const without = resourcesOf(once({ ...SAMPLES.dev, domain: undefined }), 'edge-security');
    expect(idsOf(without, 'AWS::CertificateManager::Certificate')).toEqual([]);
    expect(idsOf(without, 'AWS::WAFv2::WebACL')).toHaveLength(2);
  });
});
