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
import type { PublicSite } from '../config/derive/public-sites';
import { takesIpv6, type BehaviorName, type SiteDefinition } from '../model/sites';
import { acknowledge } from './acknowledge';
import { ERROR_PAGE } from './error-page';

/** Where a distribution gets what it is asked for. */
type OriginName = 'loadBalancer' | 'assets';

export interface SiteDistributionProps {
  readonly site: PublicSite;
  /** The text in the list of distributions. */
  readonly comment: string;
  /** Certificate of the site's hosts. @default - CloudFront's own name and certificate */
  readonly certificate?: ICertificate | undefined;
  readonly webAclArn: string;
  readonly origins: Readonly<Record<OriginName, IOrigin>>;
  readonly headers: IResponseHeadersPolicyRef;
}

interface Behavior {
  readonly origin: OriginName;
  readonly cache: ICachePolicy;
  /** The parts of a request that the origin gets, beside its path. @default - nothing */
  readonly forwards?: IOriginRequestPolicy;
  /** @default - those that only read */
  readonly methods?: AllowedMethods;
}

const BEHAVIORS: Readonly<Record<BehaviorName, Behavior>> = {
  /** A request as it came: every method, header, cookie and query string, and who CloudFront saw; nothing is kept. */
  dynamic: {
    origin: 'loadBalancer',
    cache: CachePolicy.CACHING_DISABLED,
    forwards: OriginRequestPolicy.ALL_VIEWER_AND_CLOUDFRONT_2022,
    methods: AllowedMethods.ALLOW_ALL,
  },
  /** Kept as long as CloudFront likes. The load balancer tells sites apart by the host. */
  static: {
    origin: 'loadBalancer',
    cache: CachePolicy.CACHING_OPTIMIZED,
    forwards: OriginRequestPolicy.HOST_HEADER_ONLY,
  },
  assets: { origin: 'assets', cache: CachePolicy.CACHING_OPTIMIZED },
};

/** Errors that CloudFront keeps for ten seconds unless told otherwise, and would give to whoever asks next. */
const KEPT_ERRORS = [404, 405, 414, 500, 501, 502, 503, 504];

const errorResponses = ({ errorsWithPage }: SiteDefinition): ErrorResponse[] =>
  KEPT_ERRORS.map((httpStatus) => ({
    httpStatus,
    ttl: Duration.seconds(0),
    ...(errorsWithPage.includes(httpStatus) && {
      responsePagePath: `/${ERROR_PAGE}`,
      responseHttpStatus: httpStatus,
    }),
  }));

/** The CloudFront distribution of one site. */
export class SiteDistribution extends Construct {
  readonly distribution: Distribution;

  constructor(scope: Construct, id: string, props: SiteDistributionProps) {
    super(scope, id);
    const { site, comment, certificate, webAclArn, origins, headers } = props;
    const options = (name: BehaviorName): BehaviorOptions => {
      const { origin, cache, forwards, methods } = BEHAVIORS[name];
      return {
        origin: origins[origin],
        cachePolicy: cache,
        ...(forwards && { originRequestPolicy: forwards }),
        ...(methods && { allowedMethods: methods }),
        responseHeadersPolicy: headers,
        viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        compress: true,
      };
    };
    const { '*': rest, ...paths } = site.behaviors;
    this.distribution = new Distribution(this, 'Distribution', {
      comment,
      defaultBehavior: options(rest),
      additionalBehaviors: Object.fromEntries(
        Object.entries<BehaviorName>(paths).map(([pattern, name]) => [pattern, options(name)]),
      ),
      errorResponses: errorResponses(site),
      webAclId: webAclArn,
      httpVersion: HttpVersion.HTTP2_AND_3,
      enableIpv6: takesIpv6(site),
      priceClass: PriceClass.PRICE_CLASS_ALL,
      ...(certificate && {
        domainNames: [...site.hosts],
        certificate,
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
    if (!certificate)
      acknowledge(
        this.distribution,
        "CloudFront's own certificate, for its own name, takes older TLS: give the environment a domain",
        ['AwsSolutions-CFR4'],
      );
  }
}
