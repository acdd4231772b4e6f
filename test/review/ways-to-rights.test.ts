import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import type { PropertyType } from '@aws-cdk/service-spec-types';
import { WAYS, wayOf } from '../../review/ways-to-rights';

/** Properties that are called policies and give nobody a right, and why. */
const NO_RIGHT: readonly (readonly [RegExp, string])[] = [
  [/\.(SecurityPolicy|SslPolicy|TlsPolicy)$/, 'versions of TLS'],
  [
    /\.(Lifecycle|Retention|DataDeletion|Default|DeletePropagation|ExcessCapacityTermination)Policy$/,
    'what is deleted when',
  ],
  [/::(LifecyclePolicy)\.Policy$/, 'what is deleted when'],
  [/\.\w*ProtectionPolicy$/, 'what is not scaled in'],
  [/\.(DeliveryPolicy|FilterPolicy|RedrivePolicy)$/, 'which messages are delivered, and how often'],
  [/^AWS::SSM::Parameter\.Policies$/, 'when a value ends'],
  [/^AWS::Kendra::Index\.UserContextPolicy$/, 'whether searches are filtered'],
];

/** Types that are called after a right and give none. */
const NO_WAY: readonly (readonly [RegExp, string])[] = [
  [
    /::\w*(Scaling|Scheduling|Lifecycle|Retention|StorageTier|Resiliency|Configuration|Deployment)Policy$/,
    'how something is run',
  ],
  [
    /^AWS::CloudFront::(Cache|OriginRequest|ResponseHeaders|ContinuousDeployment)Policy$/,
    'how a site is cached and answered',
  ],
  [/^AWS::(FMS|DLM|GuardDuty|SecurityHub|ResilienceHub|ResilienceHubV2)::/, 'what is watched'],
  [/^AWS::EC2::(NetworkInsightsAccessScope|TransitGateway(Metering)?Policy)/, 'what is analysed, counted or routed'],
  [/^AWS::(IVS|ImageBuilder|SES)::/, 'what is played, kept or sent'],
  [/^AWS::Batch::QuotaShare$/, 'who computes first'],
  [/^AWS::Bedrock::AutomatedReasoningPolicy/, 'what a model may answer'],
  [/^AWS::BedrockAgentCore::PolicyEngine$/, 'it holds policies, which are told'],
  [/^AWS::(VpcLattice::AccessLogSubscription|WorkSpacesWeb::UserAccessLoggingSettings)$/, 'what is logged'],
];

const db = loadAwsServiceSpecSync();

const isText = (type: PropertyType): boolean =>
  type.type === 'string' || type.type === 'json' || (type.type === 'union' && type.types.some(isText));

const scrutinized = (one: { readonly scrutinizable?: string }) =>
  one.scrutinizable !== undefined && one.scrutinizable !== 'None';

const resources = [...db.all('resource')];

test('whatever policy is in the schema is told, by the CDK or by the table', () => {
  const unknown = resources
    .filter((resource) => !scrutinized(resource))
    .flatMap(({ cloudFormationType: type, properties }) =>
      Object.entries(properties)
        .filter(
          ([name, property]) =>
            /Polic(y|ies)(Document|Text)?$/.test(name) && isText(property.type) && !scrutinized(property),
        )
        .filter(([name]) => wayOf(type, name) === undefined)
        .map(([name]) => `${type}.${name}`),
    );
  expect(unknown.filter((property) => !NO_RIGHT.some(([known]) => known.test(property)))).toEqual([]);
});

const RIGHT =
  /(Permissions?|Policy|PolicyGrant|Grant|Access[A-Za-z]*|Share|Assignment|Trust[A-Za-z]*|IdentityProvider[A-Za-z]*|Role|Principal[A-Za-z]*|Authoriz[a-z]*)$/;

test('whatever type is called after a right is told too', () => {
  const unknown = resources
    .filter((resource) => !scrutinized(resource) && !Object.values(resource.properties).some(scrutinized))
    .map(({ cloudFormationType }) => cloudFormationType)
    .filter((type) => RIGHT.test(type.split('::')[2]!))
    .filter((type) => wayOf(type) === undefined);
  expect(unknown.filter((type) => !NO_WAY.some(([known]) => known.test(type)))).toEqual([]);
});

test('each entry of the table is of the schema', () => {
  const wrong = WAYS.flatMap(({ type: known, properties = [] }) => {
    const types = resources.filter(({ cloudFormationType: type }) =>
      typeof known === 'string' ? known === type : known.test(type),
    );
    if (types.length === 0) return [`${known}`];
    return properties
      .filter((name) => !types.some((type) => name in type.properties))
      .map((name) => `${known}.${name}`);
  });
  expect(wrong).toEqual([]);
});
