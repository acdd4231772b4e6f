import type { KeyGrant, KeyPolicy, KeyStatement, VolumeKey } from './facts/access';

/** The requester of a key. */
export interface KeyUser {
  readonly account: string;
  readonly region: string;
  /** @default - known once it is deployed */
  readonly role?: string | undefined;
}

/** Undefined: that depends on what only the request itself says. */
type Verdict = boolean | undefined;

const all = (verdicts: readonly Verdict[]): Verdict =>
  verdicts.includes(false) ? false : verdicts.includes(undefined) ? undefined : true;

const list = <T>(value: T | readonly T[] | undefined): readonly T[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value as T];

/** Whether a text has the form of a pattern with `*` and `?`. */
const like = (pattern: string, text: string, flags = ''): boolean => {
  const escaped = pattern.replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, flags).test(text);
};

/**
 * The context of a request for an encrypted volume, by condition key in lower case; null: it has no such key. EC2 asks on behalf of
 * the role, and only requests for grants have the key that says that a grant is for a resource of AWS.
 * https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html
 */
const contextOf = ({ account, region, role }: KeyUser, action: string): Readonly<Record<string, string | null>> => ({
  'kms:calleraccount': account,
  'aws:principalaccount': account,
  ...(role !== undefined && { 'aws:principalarn': role }),
  'kms:viaservice': `ec2.${region}.amazonaws.com`,
  'kms:grantisforawsresource': action === 'kms:CreateGrant' ? 'true' : null,
  'aws:requestedregion': region,
  'aws:securetransport': 'true',
});

type Compare = (wanted: string, held: string) => boolean;

const equal: Compare = (wanted, held) => wanted === held;
const equalInAnyCase: Compare = (wanted, held) => wanted.toLowerCase() === held.toLowerCase();

/** The operators whose outcome can be told; each has its opposite. `ArnEquals` takes patterns too. */
const OPERATORS: Readonly<Record<string, Compare>> = {
  StringEquals: equal,
  StringEqualsIgnoreCase: equalInAnyCase,
  StringLike: like,
  ArnEquals: like,
  ArnLike: like,
  Bool: equalInAnyCase,
};

const OPERATOR = /^(String|Arn)Not(?=Equals|Like)/;

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html */
const holds = (operator: string, held: string | null | undefined, wanted: readonly string[]): Verdict => {
  const name = operator.replace(/IfExists$/, '');
  const isOpposite = OPERATOR.test(name);
  const compare = OPERATORS[name.replace(OPERATOR, '$1')];
  if (compare === undefined || held === undefined || wanted.some((one) => one.includes('${'))) return undefined;
  if (held === null) return isOpposite || name !== operator;
  return wanted.some((one) => compare(one, held)) !== isOpposite;
};

const conditions = ({ Condition = {} }: KeyStatement, context: ReturnType<typeof contextOf>): Verdict =>
  all(
    Object.entries(Condition).flatMap(([operator, keys]) =>
      Object.entries(keys).map(([key, wanted]) =>
        holds(operator, context[key.toLowerCase()], list(wanted as string | readonly string[]).map(String)),
      ),
    ),
  );

/** Whether a statement is for a role. An account stands for its roles where something is denied, and for their policies where it is allowed. */
const isFor = ({ Effect, Principal, NotPrincipal }: KeyStatement, { account, role }: KeyUser): Verdict => {
  if (NotPrincipal !== undefined) return undefined;
  const principals = typeof Principal === 'string' ? [Principal] : list(Principal?.AWS);
  const isAccount = (one: string) => one === account || new RegExp(`^arn:[\\w-]+:iam::${account}:root$`).test(one);
  return principals.some((one) => one === '*' || one === role || (Effect === 'Deny' && isAccount(one)));
};

const isOf = ({ Action, NotAction }: KeyStatement, action: string): boolean =>
  NotAction === undefined
    ? list(Action).some((one) => like(one, action, 'i'))
    : !list(NotAction).some((one) => like(one, action, 'i'));

const applies = (statement: KeyStatement, user: KeyUser, action: string): Verdict =>
  all([isFor(statement, user), isOf(statement, action), conditions(statement, contextOf(user, action))]);

/** Each volume has an encryption context of its own, so a grant that wants a certain one is for another volume. */
const grants = ({ GranteePrincipal, Operations = [], Constraints }: KeyGrant, user: KeyUser, action: string) =>
  user.role !== undefined &&
  GranteePrincipal === user.role &&
  Object.keys(Constraints ?? {}).length === 0 &&
  Operations.some((operation) => `kms:${operation}` === action);

const allows = ({ Statement }: KeyPolicy, user: KeyUser, action: string): boolean =>
  list(Statement).some((one) => one.Effect === 'Allow' && applies(one, user, action) !== false);

/** A denial overrides every permission: https://docs.aws.amazon.com/kms/latest/developerguide/policy-evaluation.html */
const denies = ({ Statement }: KeyPolicy, user: KeyUser, action: string): boolean =>
  list(Statement).some((one) => one.Effect === 'Deny' && applies(one, user, action) === true);

/** Actions that make an encrypted volume. */
const USES = [
  'kms:Decrypt',
  'kms:GenerateDataKeyWithoutPlaintext',
  'kms:ReEncryptTo',
  'kms:CreateGrant',
  'kms:DescribeKey',
];

/** The actions that a role lacks, as far as policy and grants of a key say so: an action that they leave open counts as held. */
export const lacks = (key: VolumeKey, user: KeyUser): readonly string[] =>
  USES.filter(
    (action) =>
      denies(key.policy, user, action) ||
      !(allows(key.policy, user, action) || key.grants.some((one) => grants(one, user, action))),
  );
