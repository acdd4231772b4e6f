import { ArnFormat, Stack } from 'aws-cdk-lib';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { CfnLoggingConfiguration, CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import type { EdgeConfig } from '../config/environment';
import { removalPolicy } from './removal-policy';

/** AWS WAF writes only to log groups whose names begin so. */
export const WAF_LOGS = 'aws-waf-logs-';

export interface WebAclProps {
  /** Of the ACL and, behind `aws-waf-logs-`, of its log group, to which AWS has to be let write first. */
  readonly name: string;
  readonly config: Pick<EdgeConfig, 'firewall' | 'largeBodyPaths' | 'logRetentionDays'>;
  /** Requests that one address may send in a minute. @default - as many as it likes */
  readonly requestsPerMinute?: number | undefined;
  /** Beginnings of paths that nobody gets, whatever the configuration says. @default - none */
  readonly closedPaths?: readonly string[] | undefined;
  /** ARN of the set of addresses that alone are let through, whatever the configuration says. @default - all are that no rule finds */
  readonly allowedSetArn?: string;
  readonly retainLogs: boolean;
}

/** A group of rules that AWS maintains, and those of its rules that only count. */
interface ManagedGroup {
  readonly name: string;
  readonly counted?: readonly string[];
}

const REPUTATION: ManagedGroup = { name: 'AWSManagedRulesAmazonIpReputationList' };
const MANAGED: readonly ManagedGroup[] = [
  REPUTATION,
  { name: 'AWSManagedRulesCommonRuleSet', counted: ['SizeRestrictions_BODY'] }, // its limit is 8 KiB; BodySize has ours
  { name: 'AWSManagedRulesKnownBadInputsRuleSet' },
  { name: 'AWSManagedRulesSQLiRuleSet' },
];

/** The most of a request's body that AWS WAF looks at. */
const INSPECTED = { limit: 'KB_64', bytes: 65_536 };

const bodyIsLarge: CfnWebACL.StatementProperty = {
  sizeConstraintStatement: {
    fieldToMatch: { body: { oversizeHandling: 'MATCH' } },
    comparisonOperator: 'GT',
    size: INSPECTED.bytes,
    textTransformations: [{ priority: 0, type: 'NONE' }],
  },
};

/** Looks at the path as a server does, so that `/uploads/../login` is no upload. */
const startsWith = (searchString: string): CfnWebACL.StatementProperty => ({
  byteMatchStatement: {
    fieldToMatch: { uriPath: {} },
    positionalConstraint: 'STARTS_WITH',
    searchString,
    textTransformations: ['URL_DECODE', 'NORMALIZE_PATH'].map((type, priority) => ({ priority, type })),
  },
});

/** A statement about any of some paths: AWS WAF accepts no `or` of one. */
const anyOf = (statements: readonly CfnWebACL.StatementProperty[]): CfnWebACL.StatementProperty =>
  statements.length === 1 ? statements[0]! : { orStatement: { statements: [...statements] } };

const bodySize = (exceptions: readonly string[]): CfnWebACL.StatementProperty =>
  exceptions.length === 0
    ? bodyIsLarge
    : {
        andStatement: {
          statements: [bodyIsLarge, { notStatement: { statement: anyOf(exceptions.map(startsWith)) } }],
        },
      };

/** A browser asks before it calls another host, by a request of its own that does not count. */
const rate = (limit: number): CfnWebACL.StatementProperty => ({
  rateBasedStatement: {
    limit,
    evaluationWindowSec: 60,
    aggregateKeyType: 'IP',
    scopeDownStatement: {
      notStatement: {
        statement: {
          byteMatchStatement: {
            fieldToMatch: { method: {} },
            positionalConstraint: 'EXACTLY',
            searchString: 'OPTIONS',
            textTransformations: [{ priority: 0, type: 'NONE' }],
          },
        },
      },
    },
  },
});

/** Headers that hold what lets somebody in, or where he was before, with its query string. */
const PRIVATE_HEADERS = ['authorization', 'cookie', 'referer'];

/** Fields that the log never shows, not even those that a rule matched. */
const PROTECTED: CfnWebACL.DataProtectionConfigProperty = {
  dataProtections: [
    { fieldType: 'SINGLE_HEADER', fieldKeys: PRIVATE_HEADERS },
    { fieldType: 'QUERY_STRING' },
    { fieldType: 'BODY' },
  ].map((field) => ({ field, action: 'SUBSTITUTION' })),
};

/** The log filter: requests that a rule blocked or counted. CloudFront logs all requests. */
const FOUND = {
  DefaultBehavior: 'DROP',
  Filters: [
    {
      Behavior: 'KEEP',
      Requirement: 'MEETS_ANY',
      Conditions: ['BLOCK', 'COUNT', 'EXCLUDED_AS_COUNT'].map((Action) => ({ ActionCondition: { Action } })),
    },
  ],
};

const managed = ({ firewall }: WebAclProps['config'], groups: readonly ManagedGroup[]) =>
  groups.map(({ name, counted = [] }) => ({
    name,
    overrideAction: firewall === 'block' ? { none: {} } : { count: {} },
    statement: {
      managedRuleGroupStatement: {
        vendorName: 'AWS',
        name,
        ruleActionOverrides: counted.map((rule) => ({ name: rule, actionToUse: { count: {} } })),
      },
    },
  }));

/** Rules of a site for everybody. */
const open = ({ config, requestsPerMinute }: WebAclProps) => [
  ...managed(config, MANAGED),
  ...Object.entries({
    BodySize: bodySize(config.largeBodyPaths ?? []),
    ...(requestsPerMinute !== undefined && { Rate: rate(requestsPerMinute) }),
  }).map(([name, statement]) => ({
    name,
    action: config.firewall === 'block' ? { block: {} } : { count: {} },
    statement,
  })),
];

/** Rules of a site for those on a list: nothing looks into what they send. */
const listed = ({ config }: WebAclProps, arn: string) => [
  ...managed(config, [REPUTATION]),
  { name: 'Allowed', action: { allow: {} }, statement: { ipSetReferenceStatement: { arn } } },
];

/** Rules of what nobody gets. Before all others, for whoever is on a list is let through. */
const closed = ({ closedPaths = [] }: WebAclProps) =>
  closedPaths.length === 0
    ? []
    : [{ name: 'ClosedPaths', action: { block: {} }, statement: anyOf(closedPaths.map(startsWith)) }];

/** The rules in the order in which they are looked at. */
const rules = (props: WebAclProps): CfnWebACL.RuleProperty[] =>
  [...closed(props), ...(props.allowedSetArn === undefined ? open(props) : listed(props, props.allowedSetArn))].map(
    (rule, priority) => ({ ...rule, priority, visibilityConfig: visible(rule.name) }),
  );

/** Without samples of requests: they would show what the log leaves out. */
const visible = (metricName: string): CfnWebACL.VisibilityConfigProperty => ({
  cloudWatchMetricsEnabled: true,
  sampledRequestsEnabled: false,
  metricName,
});

/** The firewall of one site, in front of its distribution, and its log. */
export class WebAcl extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, props: WebAclProps) {
    super(scope, id);
    const { name, config, allowedSetArn, retainLogs } = props;
    const acl = new CfnWebACL(this, 'Acl', {
      name,
      scope: 'CLOUDFRONT',
      ...(allowedSetArn === undefined
        ? {
            defaultAction: { allow: {} },
            associationConfig: { requestBody: { CLOUDFRONT: { defaultSizeInspectionLimit: INSPECTED.limit } } },
          }
        : { defaultAction: { block: {} } }),
      dataProtectionConfig: PROTECTED,
      rules: rules(props),
      visibilityConfig: visible(name),
    });
    this.arn = acl.attrArn;
    this.logs(`${WAF_LOGS}${name}`, config.logRetentionDays, retainLogs, acl);
  }

  private logs(logGroupName: string, retention: RetentionDays, retain: boolean, acl: CfnWebACL) {
    const group = new LogGroup(this, 'Logs', { logGroupName, retention, removalPolicy: removalPolicy(retain) });
    new CfnLoggingConfiguration(this, 'Logging', {
      resourceArn: acl.attrArn,
      logDestinationConfigs: [
        // Without the `:*` at the end of the group's own ARN.
        Stack.of(this).formatArn({
          service: 'logs',
          resource: 'log-group',
          arnFormat: ArnFormat.COLON_RESOURCE_NAME,
          resourceName: group.logGroupName,
        }),
      ],
      loggingFilter: FOUND,
      redactedFields: [...PRIVATE_HEADERS.map((Name) => ({ singleHeader: { Name } })), { queryString: {} }],
    });
  }
}
