import type { Json } from '../synth';

/** Properties of a bucket that only its owner reaches. */
export const PRIVATE_BUCKET = {
  PublicAccessBlockConfiguration: {
    BlockPublicAcls: true,
    BlockPublicPolicy: true,
    IgnorePublicAcls: true,
    RestrictPublicBuckets: true,
  },
  OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
};

/** The conditions under which the policy of a bucket denies a request. */
export const denials = (statements: readonly Json[]): readonly Json[] =>
  statements.filter(({ Effect }) => Effect === 'Deny').map(({ Condition }) => Condition);

/** Denials of requests without TLS, and of those with an old version of it. */
export const ONLY_BY_TLS = [
  { Bool: { 'aws:SecureTransport': 'false' } },
  { NumericLessThan: { 's3:TlsVersion': 1.2 } },
];
