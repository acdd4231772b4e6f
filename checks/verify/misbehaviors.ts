import type { Check } from '../../verify/check';
import * as sites from '../../verify/checks/sites';
import type { Behavior, Draft } from './edge';
import type { Certificates } from './certificates';

/** Something that is wrong with the public sites, and what the verification then says. */
export interface Misbehavior {
  readonly title: string;
  readonly check: Check;
  readonly behavior: (certificates: Certificates) => Behavior;
  readonly says: RegExp;
  /** @default 1 */
  readonly exitCode?: 1 | 2;
}

type Change = (draft: Draft, host: string, path: string) => void;
const https = (change: Change) => () => ({ https: change });
const http = (change: Change) => () => ({ http: change });

export const MISBEHAVIORS: readonly Misbehavior[] = [
  {
    title: 'a path answers 500',
    check: sites.ANSWERS,
    behavior: https((draft, host, path) => {
      if (host === 'api.platform.com' && path === '/health') draft.status = 500;
    }),
    says: /^https:\/\/api\.platform\.com\/health answers 500: no pod takes requests → read the log of the pods behind the site api/m,
  },
  {
    title: 'a path does not exist',
    check: sites.ANSWERS,
    behavior: https((draft, host, path) => {
      if (host === 'www.platform.com' && path === '/api/ready') draft.status = 404;
    }),
    says: /^https:\/\/www\.platform\.com\/api\/ready answers 404 → /m,
  },
  {
    title: 'a connection closes without an answer',
    check: sites.ANSWERS,
    behavior: https((draft, _, path) => {
      if (path === '/ready') draft.instead = 'close';
    }),
    says: /^https:\/\/api\.platform\.com\/ready does not answer: (it closes the connection without an answer|socket hang up)/m,
  },
  {
    title: 'no answer comes in time',
    check: sites.ANSWERS,
    behavior: https((draft, _, path) => {
      if (path === '/ready') draft.instead = 'silence';
    }),
    says: /^https:\/\/api\.platform\.com\/ready does not answer: no whole answer within \d+ s → /m,
  },
  {
    title: 'nothing listens',
    check: sites.ANSWERS,
    behavior: () => ({ closed: true }),
    says: /^https:\/\/platform\.com\/api\/health does not answer: it refuses the connection \(ECONNREFUSED\)/m,
  },
  {
    title: 'an answer is slow',
    check: sites.QUICK,
    behavior: https((draft, _, path) => {
      if (path === '/health') draft.wait = 5_500;
    }),
    says: /^https:\/\/api\.platform\.com\/health takes [5-9]\.\d s, more than 5 s → /m,
  },
  {
    title: 'a name leads past CloudFront',
    check: sites.CLOUDFRONT,
    behavior: https((draft, host) => {
      if (host === 'www.platform.com') delete draft.headers['X-Amz-Cf-Id'];
    }),
    says: /^https:\/\/www\.platform\.com\/api\/health is answered by another server: the answer has no x-amz-cf-id → correct the records/m,
  },
  {
    title: 'a security header is missing',
    check: sites.HEADERS,
    behavior: https((draft) => {
      delete draft.headers['X-Frame-Options'];
    }),
    says: /^https:\/\/platform\.com\/ sends no x-frame-options, but has to send "DENY" → deploy prod\/Edge/m,
  },
  {
    title: 'a security header has another value',
    check: sites.HEADERS,
    behavior: https((draft) => {
      draft.headers['Strict-Transport-Security'] = 'max-age=3600';
    }),
    says: /^https:\/\/api\.platform\.com\/ sends strict-transport-security "max-age=3600", but has to send "max-age=31536000; includeSubDomains" → /m,
  },
  {
    title: 'pages may load scripts of others',
    check: sites.HEADERS,
    behavior: https((draft, host) => {
      if (host === 'platform.com')
        draft.headers['Content-Security-Policy'] += " script-src-elem 'self' https://example.com;";
    }),
    says: /^https:\/\/platform\.com\/ sends content-security-policy ".*example\.com;", but has to send "default-src/m,
  },
  {
    title: 'the API lets other pages call it',
    check: sites.CORS,
    behavior: https((draft, host) => {
      if (host === 'api.platform.com') draft.headers['Access-Control-Allow-Origin'] = 'https://example.com';
    }),
    says: /^https:\/\/api\.platform\.com\/health sends access-control-allow-origin "https:\/\/example\.com" to a page of https:\/\/platform\.com → /m,
  },
  {
    title: 'the API lets no page call it',
    check: sites.CORS,
    behavior: https((draft) => {
      delete draft.headers['Access-Control-Allow-Origin'];
    }),
    says: /^https:\/\/api\.platform\.com\/ready sends no access-control-allow-origin to a page of https:\/\/platform\.com → /m,
  },
  {
    title: 'CloudFront answers from its cache',
    check: sites.UNCACHED,
    behavior: https((draft) => {
      draft.headers['X-Cache'] = 'Hit from cloudfront';
    }),
    says: /^https:\/\/platform\.com\/api\/health comes from a cache: x-cache is "Hit from cloudfront" → /m,
  },
  {
    title: 'another cache answers',
    check: sites.UNCACHED,
    behavior: https((draft) => {
      draft.headers.Age = '17';
    }),
    says: /^https:\/\/platform\.com\/api\/health comes from a cache: age is "17" → /m,
  },
  {
    title: 'the certificate has expired',
    check: sites.CERTIFICATE,
    behavior: ({ expired }) => ({ certificate: expired }),
    says: /^The certificate of platform\.com has expired \(names platform\.com, \*\.platform\.com, ends .* GMT\) → look at the certificate of prod\/EdgeSecurity/m,
  },
  {
    title: 'the certificate ends soon',
    check: sites.CERTIFICATE,
    behavior: ({ endsSoon }) => ({ certificate: endsSoon }),
    says: /^The certificate of platform\.com ends in 1[89] days \(.* GMT\), and ACM has not renewed it → /m,
  },
  {
    title: 'the certificate is for another name',
    check: sites.CERTIFICATE,
    behavior: ({ otherName }) => ({ certificate: otherName }),
    says: /^The certificate of platform\.com is for other names \(names example\.com, ends /m,
  },
  {
    title: 'the certificate comes from a stranger',
    check: sites.CERTIFICATE,
    behavior: ({ strange }) => ({ certificate: strange }),
    says: /^The certificate of platform\.com comes from an authority that nobody trusts \(/m,
  },
  {
    title: 'HTTP is answered without a redirect',
    check: sites.REDIRECT,
    behavior: http((draft) => {
      draft.status = 200;
    }),
    says: /^http:\/\/platform\.com\/verify\?a=b answers 200 over plain HTTP, and not with a redirect → deploy prod\/Edge/m,
  },
  {
    title: 'HTTP leads to another host',
    check: sites.REDIRECT,
    behavior: http((draft) => {
      draft.headers.Location = 'https://example.com/';
    }),
    says: /^http:\/\/platform\.com\/verify\?a=b leads to "https:\/\/example\.com\/", and not to https:\/\/platform\.com\/verify\?a=b → /m,
  },
  {
    title: 'HTTP closes the connection',
    check: sites.REDIRECT,
    behavior: http((draft) => {
      draft.instead = 'close';
    }),
    says: /^http:\/\/platform\.com\/verify\?a=b does not answer: /m,
  },
  {
    title: 'a closed path is open',
    check: sites.CLOSED,
    behavior: https((draft, _, path) => {
      if (path === '/metrics') draft.status = 200;
    }),
    says: /^https:\/\/grafana\.platform\.com\/metrics answers 200, but its firewall has to refuse it with 403 → /m,
  },
  {
    title: 'this machine is in no listed network',
    check: sites.ANSWERS,
    behavior: () => ({
      https: (draft, host) => {
        if (host === 'grafana.platform.com') draft.status = 403;
      },
      http: (draft, host) => {
        if (host === 'grafana.platform.com') draft.status = 403;
      },
    }),
    says: /^not asked, because https:\/\/grafana\.platform\.com\/api\/health answers 403: this machine is in no network of the list of the site grafana → /m,
    exitCode: 2,
  },
];
