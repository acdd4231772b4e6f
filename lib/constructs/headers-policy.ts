import { Duration } from 'aws-cdk-lib';
import {
  HeadersFrameOption,
  HeadersReferrerPolicy,
  ResponseHeadersPolicy,
  type ResponseSecurityHeadersBehavior,
} from 'aws-cdk-lib/aws-cloudfront';
import type { Construct } from 'constructs';

/** On every answer of every site, whatever the services say. */
const ALWAYS = {
  strictTransportSecurity: { accessControlMaxAge: Duration.days(365), includeSubdomains: true, override: true },
  contentTypeOptions: { override: true },
  frameOptions: { frameOption: HeadersFrameOption.DENY, override: true },
} as const satisfies ResponseSecurityHeadersBehavior;

/** Sources from which a page of the web application may load, by kind. */
const contentSecurityPolicy = (api: string): string =>
  [
    "default-src 'self'",
    "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: https:",
    "font-src 'self' data:",
    `connect-src 'self' ${api}`,
  ]
    .map((directive) => `${directive};`)
    .join(' ');

/** Headers of the web application, which talks to the API at this URL. */
export const appHeaders = (scope: Construct, id: string, api: string): ResponseHeadersPolicy =>
  new ResponseHeadersPolicy(scope, id, {
    comment: 'Limits what the web application may do in a browser',
    securityHeadersBehavior: {
      ...ALWAYS,
      xssProtection: { protection: true, modeBlock: true, override: true },
      contentSecurityPolicy: { contentSecurityPolicy: contentSecurityPolicy(api), override: true },
    },
  });

/** Headers of the API, which pages of these origins may call; where the API says something itself, that stands. */
export const apiHeaders = (scope: Construct, id: string, origins: readonly string[]): ResponseHeadersPolicy =>
  new ResponseHeadersPolicy(scope, id, {
    comment: 'Says which pages may call the API',
    securityHeadersBehavior: ALWAYS,
    corsBehavior: {
      accessControlAllowOrigins: [...origins],
      accessControlAllowMethods: ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE'],
      accessControlAllowHeaders: ['Authorization', 'Content-Type'],
      accessControlAllowCredentials: false,
      accessControlMaxAge: Duration.minutes(10),
      originOverride: false,
    },
  });

/** Headers of a tool for people who know it, which says itself what its pages may load. */
export const toolHeaders = (scope: Construct, id: string): ResponseHeadersPolicy =>
  new ResponseHeadersPolicy(scope, id, {
    comment: 'Security headers of the tools',
    securityHeadersBehavior: {
      ...ALWAYS,
      referrerPolicy: { referrerPolicy: HeadersReferrerPolicy.SAME_ORIGIN, override: true },
    },
  });
