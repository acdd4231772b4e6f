import type { SiteName } from '../../lib/config/environment';

/** An Ingress of the specification, as far as it is about more than its controller. */
export interface SpecifiedIngress {
  /** The site that answers its hosts. */
  readonly site: SiteName;
  /** Requests of one address, in so many seconds. @default - as many as it likes */
  readonly rate?: { readonly requests: number; readonly seconds: number };
  /** Headers of every answer. `{api}` stands for the URL of the API. */
  readonly headers: Readonly<Record<string, string>>;
}

const HSTS = { 'Strict-Transport-Security': 'max-age=31536000; includeSubDomains' };

/** The Ingresses, by the Service that answers (S20, S23). */
export const INGRESSES: Readonly<Record<string, SpecifiedIngress>> = {
  'api-gateway': { site: 'api', rate: { requests: 100, seconds: 60 }, headers: HSTS },
  frontend: {
    site: 'app',
    headers: {
      ...HSTS,
      'X-Frame-Options': 'DENY',
      'X-Content-Type-Options': 'nosniff',
      'X-XSS-Protection': '1; mode=block',
      'Content-Security-Policy':
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; " +
        "img-src 'self' data: https:; font-src 'self' data:; connect-src 'self' {api};",
    },
  },
  grafana: { site: 'grafana', headers: {} },
};

/** Replacements of each field of the Ingresses: the field, the specified value, its replacement, and the reason. */
export const INGRESS_FIELDS: readonly (readonly [string, string, string, string])[] = [
  [
    '`kind`',
    '`Ingress`, `ingress.class: "nginx"`',
    'CloudFront, an internal load balancer, `TargetGroupBinding`',
    'Nothing of the cluster faces the internet, and no controller in it makes load balancers ([edge.md](edge.md)).',
  ],
  [
    '`spec.rules.host`',
    "the manifests' and the values' names",
    'the same in prod, and in dev except for Grafana; otherwise `staging.platform.com`, `api-staging.platform.com`, `grafana-staging.platform.com` and `grafana-dev.platform.com`',
    'The values give staging the names of production, and so does the manifest of Grafana. Two environments cannot share a name.',
  ],
  [
    'clients of Grafana',
    'everybody',
    '`monitoring.grafana.allowedCidrs`; nobody where that is empty, as in dev',
    'Its dashboards are for the team, and its login alone does not protect it from the internet.',
  ],
  [
    '`spec.rules.http.paths`',
    'port 80 of the Service, port 3000 for Grafana',
    "the pods' own port 3000",
    'The load balancer knows the pods of the Service, and needs no hop through a node.',
  ],
  [
    '`cert-manager.io/cluster-issuer`, `spec.tls`',
    "Let's Encrypt, a Secret",
    'certificates of AWS Certificate Manager, proven by DNS',
    'AWS renews them, and the cluster does not have their keys.',
  ],
  [
    '`rate-limit`, `rate-limit-window`',
    '`"100"`, `"1m"`',
    'a rule of AWS WAF: 100 requests of one address in 60 seconds',
    'It counts at the edge, for all pods together.',
  ],
  [
    '`ssl-redirect`, `force-ssl-redirect`',
    '`"true"`',
    'every cache behavior of the distributions redirects to HTTPS',
    'Plain HTTP ends at the edge.',
  ],
  [
    '`hsts`, `hsts-max-age`, `hsts-include-subdomains`',
    '`max-age=31536000; includeSubDomains`',
    'the same header, of a response headers policy',
    'CloudFront puts it on answers from its cache and on errors too.',
  ],
  [
    'headers of Grafana',
    'none',
    'HSTS, `X-Frame-Options: DENY`, `X-Content-Type-Options: nosniff`, `Referrer-Policy: same-origin`',
    'All other sites have them on every answer. No other page may show Grafana in a frame.',
  ],
  [
    '`configuration-snippet`',
    'five headers of the frontend',
    "the same headers; `connect-src` names the environment's API",
    'The manifest names the API of production.',
  ],
  [
    'headers of the API',
    'HSTS',
    'also `X-Frame-Options: DENY`, `X-Content-Type-Options: nosniff` and CORS',
    'Pages of the web application call it from another host. Nobody else may use its answers as a page.',
  ],
];
