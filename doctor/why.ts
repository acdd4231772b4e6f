/** An error of the AWS SDK, as far as it says why. */
interface AwsError {
  readonly name?: string;
  readonly message?: string;
  readonly code?: string;
  readonly cause?: unknown;
  readonly errors?: readonly unknown[];
}

/** Codes of errors by what they mean; services have their own for the same. */
const CAUSES: readonly (readonly [RegExp, string])[] = [
  [
    /^(CredentialsProviderError|MissingAuthenticationToken(Exception)?|TokenProviderError)$/,
    'there are no credentials: log in (aws sso login), or set a profile (AWS_PROFILE)',
  ],
  [/^(ExpiredToken(Exception)?|RequestExpired|ExpiredTokenException)$/, 'the credentials have expired: log in again'],
  [
    /^(InvalidClientTokenId|UnrecognizedClientException|AuthFailure|SignatureDoesNotMatch|InvalidAccessKeyId|InvalidSignatureException)$/,
    'AWS rejects the credentials: log in again, and check the clock of this machine',
  ],
  [/^OptInRequired$/, 'the account has not enabled the service or the region'],
  [
    /^(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|EPIPE|TimeoutError|NetworkingError)$/,
    'AWS does not answer: check the network, the proxy and AWS_ENDPOINT_URL',
  ],
];

const DENIED =
  /^(AccessDenied(Exception)?|UnauthorizedOperation|NotAuthorized|AuthorizationError|Client\.UnauthorizedOperation)$/;

/** Something that did not answer, in words. */
export class Unanswered extends Error {}

/** Why AWS did not say what it was asked, in one line. */
export const why = (error: unknown): string => {
  if (error instanceof Unanswered) return error.message;
  const chain = causes(error as AwsError);
  for (const { name, code } of chain)
    for (const [pattern, meaning] of CAUSES) if (pattern.test(code ?? '') || pattern.test(name ?? '')) return meaning;
  const denied = chain.find(({ name, code }) => DENIED.test(name ?? '') || DENIED.test(code ?? ''));
  if (denied) {
    const [, action] = /perform: ?([\w-]+:\w+)/.exec(denied.message ?? '') ?? [];
    return `the credentials do not allow ${action ?? 'the request'}: give them the policy of docs/doctor.md`;
  }
  const [{ name, message }] = chain as [AwsError];
  return `AWS answers ${[name, message].filter(Boolean).join(': ').split('\n')[0]}`;
};

/** An error, and what lies behind it. */
const causes = (error: AwsError | undefined): readonly AwsError[] =>
  error === undefined || error === null || typeof error !== 'object'
    ? []
    : [
        error,
        ...causes(error.cause as AwsError | undefined),
        ...(error.errors ?? []).flatMap((one) => causes(one as AwsError)),
      ];

/** Whether AWS says that something is not there. */
export const isAbsent = (error: unknown, ...names: readonly string[]): boolean =>
  error instanceof Error && names.includes(error.name);
