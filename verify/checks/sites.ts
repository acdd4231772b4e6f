import { check, findings, type Finding } from '../check';
import type { Asked } from '../facts/sites';

/** Milliseconds after which an answer is slow. The objective of the platform is half a second for 99 % (docs/metrics.md). */
const SLOW = 5_000;
/** Days that a certificate has left at least: the same as for its alarm. ACM renews it weeks before. */
const DAYS = 30;
const DAY = 86_400_000;

const EDGE = 'read docs/edge.md, and deploy ENV/Edge';
const remedyOf = (text: string, name: string) => text.replaceAll('ENV', name);

/** Answers of a site for listed networks, seen from elsewhere: its firewall alone answers. */
const isOutside = ({ site, answer }: Asked): boolean => site.listed && answer.status === 403;

const outside = ({ site, url }: Asked): Finding => ({
  unasked: true,
  what: `${url} answers 403: this machine is in no network of the list of the site ${site.name}`,
  remedy: 'run the command from a network of monitoring.grafana.allowedCidrs',
});

/** A finding for each answer that has one. Requests without an answer of their site prove nothing, which one finding says. */
const onAnswers = (
  asked: readonly Asked[],
  find: (asked: Asked) => readonly Finding[] | Finding | undefined,
): readonly Finding[] => {
  const answered = asked.filter((each) => each.answer.failed === undefined && !isOutside(each));
  const lacking = asked.filter((each) => !answered.includes(each)).map(({ host }) => host);
  return [
    ...answered.flatMap((each) => find(each) ?? []),
    ...(lacking.length === 0
      ? []
      : [
          {
            unasked: true,
            what: `no answer of ${[...new Set(lacking)].join(', ')} came that could be looked at`,
            remedy: `look at "${ANSWERS.title}" first`,
          },
        ]),
  ];
};

export const ANSWERS = check({
  title: 'Every site answers its health and readiness paths',
  facts: ['answers'],
  find: (target, { answers: { probes } }) =>
    findings(probes, (asked) => {
      const { url, answer, site } = asked;
      if (answer.failed !== undefined)
        return {
          what: `${url} does not answer: ${answer.failed}`,
          remedy: remedyOf('check the records of its name, then the distribution (docs/edge.md)', target.name),
        };
      if (isOutside(asked)) return outside(asked);
      if (answer.status >= 200 && answer.status < 400) return undefined;
      return {
        what: `${url} answers ${answer.status}${answer.status >= 500 ? ': no pod takes requests' : ''}`,
        remedy: `read the log of the pods behind the site ${site.name}, and their readiness (docs/runbook.md)`,
      };
    }),
});

export const QUICK = check({
  title: 'Every site answers quickly',
  facts: ['answers'],
  find: (_, { answers: { probes } }) =>
    onAnswers(probes, ({ url, answer: { milliseconds } }) =>
      milliseconds <= SLOW
        ? undefined
        : {
            what: `${url} takes ${(milliseconds / 1000).toFixed(1)} s, more than ${SLOW / 1000} s`,
            remedy: 'look at the dashboard Services in Grafana for the slow route or tier',
          },
    ),
});

export const CLOUDFRONT = check({
  title: 'Every name leads to CloudFront',
  facts: ['answers'],
  find: (target, { answers: { probes } }) =>
    onAnswers(probes, ({ url, answer: { headers } }) =>
      headers['x-amz-cf-id'] !== undefined
        ? undefined
        : {
            what: `${url} is answered by another server: the answer has no x-amz-cf-id`,
            remedy: remedyOf(`correct the records of its name: ${EDGE}`, target.name),
          },
    ),
});

export const HEADERS = check({
  title: 'Every answer has the security headers of its site',
  facts: ['answers'],
  find: (target, { answers: { probes, roots } }) =>
    onAnswers([...roots, ...probes], ({ site, url, answer }) =>
      findings(site.headers, ({ name, value, pattern }) => {
        const sent = answer.headers[name];
        if (sent !== undefined && pattern.test(sent)) return undefined;
        return {
          what: `${url} sends ${sent === undefined ? `no ${name}` : `${name} "${sent}"`}, but has to send "${value}"`,
          remedy: remedyOf('deploy ENV/Edge, which has the response headers policy of the site', target.name),
        };
      }),
    ),
});

export const CORS = check({
  title: 'The pages of the web application may call the API',
  facts: ['answers'],
  find: (target, { answers: { probes, roots } }) => {
    const app = roots.find(({ site }) => site.name === 'app');
    return onAnswers(
      probes.filter(({ site }) => site.origins.length > 0),
      ({ url, answer: { headers } }) => {
        const origin = `https://${app?.host}`;
        const allowed = headers['access-control-allow-origin'];
        return allowed === '*' || allowed === origin
          ? undefined
          : {
              what: `${url} sends ${allowed === undefined ? 'no access-control-allow-origin' : `access-control-allow-origin "${allowed}"`} to a page of ${origin}`,
              remedy: remedyOf('deploy ENV/Edge, and look for a service that sends this header itself', target.name),
            };
      },
    );
  },
});

export const UNCACHED = check({
  title: 'No cache answers for the pods',
  facts: ['answers'],
  find: (target, { answers: { probes } }) =>
    onAnswers(probes, ({ url, answer: { headers } }) => {
      const kept = /^(Hit|RefreshHit) from cloudfront/i.test(headers['x-cache'] ?? '') ? 'x-cache' : 'age';
      return headers[kept] === undefined
        ? undefined
        : {
            what: `${url} comes from a cache: ${kept} is "${headers[kept]}"`,
            remedy: remedyOf('compare the behaviors of the distribution with ENV/Edge, and deploy it', target.name),
          };
    }),
});

/** Node's codes of the reasons for which a browser refuses a certificate. */
const REFUSED: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'has expired',
  CERT_NOT_YET_VALID: 'is not valid yet',
  ERR_TLS_CERT_ALTNAME_INVALID: 'is for other names',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'is signed by itself',
  SELF_SIGNED_CERT_IN_CHAIN: 'comes from an authority that nobody trusts',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'comes from an authority that nobody trusts',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'comes from an authority that nobody trusts',
};

export const CERTIFICATE = check({
  title: `Every name has a valid certificate, for ${DAYS} more days`,
  facts: ['answers', 'now'],
  find: (target, { answers: { roots }, now }) =>
    findings(roots, ({ host, answer: { certificate } }) => {
      if (certificate === undefined)
        return {
          unasked: true,
          what: `${host} shows no certificate`,
          remedy: `look at "${ANSWERS.title}" first`,
        };
      const { names, ends, refused } = certificate;
      const remedy = remedyOf(
        'look at the certificate of ENV/EdgeSecurity in ACM (us-east-1): its validation records must exist',
        target.name,
      );
      if (refused !== undefined)
        return {
          what: `The certificate of ${host} ${REFUSED[refused] ?? refused} (names ${names}, ends ${ends})`,
          remedy,
        };
      const days = Math.floor((Date.parse(ends) - now) / DAY);
      return days >= DAYS
        ? undefined
        : { what: `The certificate of ${host} ends in ${days} days (${ends}), and ACM has not renewed it`, remedy };
    }),
});

export const REDIRECT = check({
  title: 'HTTP leads to HTTPS',
  facts: ['answers'],
  find: (target, { answers: { plain } }) =>
    findings(plain, (asked) => {
      const { url, answer } = asked;
      const wanted = url.replace(/^http:/, 'https:');
      const remedy = remedyOf('deploy ENV/Edge: viewers are redirected to HTTPS by their distribution', target.name);
      if (answer.failed !== undefined) return { what: `${url} does not answer: ${answer.failed}`, remedy };
      if (isOutside(asked)) return outside(asked);
      if (![301, 302, 307, 308].includes(answer.status))
        return { what: `${url} answers ${answer.status} over plain HTTP, and not with a redirect`, remedy };
      return answer.headers.location === wanted
        ? undefined
        : { what: `${url} leads to "${answer.headers.location ?? ''}", and not to ${wanted}`, remedy };
    }),
});

export const CLOSED = check({
  title: 'Paths that are for the cluster alone are closed',
  facts: ['answers'],
  find: (target, { answers: { closed } }) =>
    onAnswers(
      closed.map((each) => ({ ...each, site: { ...each.site, listed: false } })),
      ({ url, answer: { status } }) =>
        status === 403
          ? undefined
          : {
              what: `${url} answers ${status}, but its firewall has to refuse it with 403`,
              remedy: remedyOf('deploy the firewall of the site (ENV/GrafanaFirewall)', target.name),
            },
    ),
});
