import { Duration } from 'aws-cdk-lib';
import {
  AllowedMethods,
  CachePolicy,
  Distribution,
  HttpVersion,
  OriginRequestPolicy,
  PriceClass,
  SecurityPolicyProtocol,
  SSLMethod,
  ViewerProtocolPolicy,
  type BehaviorOptions,
  type ErrorResponse,
  type ICachePolicy,
  type IOrigin,
  type IOriginRequestPolicy,
  type IResponseHeadersPolicyRef,
} from 'aws-cdk-lib/aws-cloudfront';
import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Construct } from 'constructs';
import type { SiteName } from '../config/environment';
import { acknowledge } from './acknowledge';
import { ERROR_PAGE } from './error-page';

/** Where a distribution gets what it is asked for. */
export type OriginName = 'loadBalancer' | 'assets';

export interface SiteDistributionProps {
  readonly site: SiteName;
  /** What people read in the list of distributions. */
  readonly comment: string;
  /** Names of the site, and their certificate. @default - CloudFront's own name and certificate */
  readonly names?: { readonly hosts: readonly string[]; readonly certificate: ICertificate } | undefined;
  readonly webAclArn: string;
  readonly origins: Readonly<Record<OriginName, IOrigin>>;
  readonly headers: IResponseHeadersPolicyRef;
}

interface Behavior {
  readonly origin: OriginName;
  readonly cache: ICachePolicy;
  /** What of a request the origin sees, beside its path. @default - nothing */
  readonly forwards?: IOriginRequestPolicy;
  /** @default - those that only read */
  readonly methods?: AllowedMethods;
}

/** A request as it came: every method, header, cookie and query string, and who CloudFront saw; nothing is kept. */
const PASSED_ON: Behavior = {
  origin: 'loadBalancer',
  cache: CachePolicy.CACHING_DISABLED,
  forwards: OriginRequestPolicy.ALL_VIEWER_AND_CLOUDFRONT_2022,
  methods: AllowedMethods.ALLOW_ALL,
};

/** What becomes of a request, by the pattern of its path; `*` is all the rest. */
const BEHAVIORS: Readonly<Record<SiteName, Readonly<Record<string, Behavior>>>> = {
  app: {
    '/assets/*': { origin: 'assets', cache: CachePolicy.CACHING_OPTIMIZED },
    // Named by their content: kept as long as CloudFront likes. The load balancer tells sites apart by the host.
    '/_next/static/*': {
      origin: 'loadBalancer',
      cache: CachePolicy.CACHING_OPTIMIZED,
      forwards: OriginRequestPolicy.HOST_HEADER_ONLY,
    },
    '*': PASSED_ON,
  },
  api: { '*': PASSED_ON },
};

/** Errors that CloudFront keeps for ten seconds unless told otherwise, and would give to whoever asks next. */
const KEPT_ERRORS = [404, 405, 414, 500, 501, 502, 503, 504];

/** Errors in place of which people see a page. A program that calls the API gets them as they are. */
const ERRORS_WITH_PAGE: Readonly<Record<SiteName, readonly number[]>> = { app: [502, 503, 504], api: [] };

const errorResponses = (site: SiteName): ErrorResponse[] =>
  KEPT_ERRORS.map((httpStatus) => ({
    httpStatus,
    ttl: Duration.seconds(0),
    ...(ERRORS_WITH_PAGE[site].includes(httpStatus) && {
      responsePagePath: `/${ERROR_PAGE}`,
      responseHttpStatus: httpStatus,
    }),
  }));

/** The CloudFront distribution of one site. */
export class SiteDistribution extends Construct {
  readonly distribution: Distribution;

  constructor(scope: Construct, id: string, props: SiteDistributionProps) {
    super(scope, id);
    const { site, comment, names, webAclArn, origins, headers } = props;
    const options = ({ origin, cache, forwards, methods }: Behavior): BehaviorOptions => ({
      origin: origins[origin],
      cachePolicy: cache,
      ...(forwards && { originRequestPolicy: forwards }),
      ...(methods && { allowedMethods: methods }),
      responseHeadersPolicy: headers,
      viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
      compress: true,
    });
    const { '*': rest, ...paths } = BEHAVIORS[site];
    this.distribution = new Distribution(this, 'Distribution', {
      comment,
      defaultBehavior: options(rest!),
      additionalBehaviors: Object.fromEntries(
        Object.entries(paths).map(([pattern, behavior]) => [pattern, options(behavior)]),
      ),
      errorResponses: errorResponses(site),
      webAclId: webAclArn,
      httpVersion: HttpVersion.HTTP2_AND_3,
      enableIpv6: true,
      priceClass: PriceClass.PRICE_CLASS_ALL,
      ...(names && {
        domainNames: [...names.hosts],
        certificate: names.certificate,
        minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
        sslSupportMethod: SSLMethod.SNI,
      }),
    });
    acknowledge(this.distribution, 'Users are wherever they are', ['AwsSolutions-CFR1']);
    acknowledge(
      this.distribution,
      'The rule sees legacy logging only: access is logged by deliveries (EdgeLogsStack)',
      ['AwsSolutions-CFR3'],
    );
    if (!names)
      acknowledge(
        this.distribution,
        "CloudFront's own certificate, for its own name, takes older TLS: give the environment a domain",
        ['AwsSolutions-CFR4'],
      );
  }
}
