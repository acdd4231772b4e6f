/** A secret of Secrets Manager, with its values: not for anything that is shown. */
export interface Secret {
  readonly account: string;
  readonly region: string;
  readonly name: string;
  readonly arn: string;
  /** Whether it is scheduled for deletion. */
  readonly deleted: boolean;
  readonly versions: readonly {
    readonly id: string;
    readonly stages: readonly string[];
    readonly value: string | null;
  }[];
}

/** A Pod Identity association: the role that pods of a service account get, and what it does not allow. */
export interface Identity {
  readonly account: string;
  readonly region: string;
  readonly cluster: string;
  readonly namespace: string;
  readonly serviceAccount: string;
  /** The role's ARN. */
  readonly role: string;
  /** Actions that the role's trust policy has to allow EKS Pod Identity, but does not. */
  readonly untrusting: readonly string[];
  /** Actions on a secret that the role lacks, by the secret's ARN. */
  readonly denied: Readonly<Record<string, readonly string[]>>;
}

/** The secrets of an account and who reads them. */
export interface Vault {
  /** Region of the cluster whose pods read them. */
  readonly region: string;
  readonly secrets: readonly Secret[];
  readonly identities: readonly Identity[];
}

/** The secrets of an account of the emulated AWS, and the associations of a cluster. */
export const openVault = async (
  endpoint: string,
  { account, region, cluster }: { readonly account: string; readonly region: string; readonly cluster: string },
): Promise<Vault> => {
  const identities = await list<Identity>(endpoint, 'identities');
  return {
    region,
    secrets: await heldSecrets(endpoint, account),
    identities: identities.filter(
      (each) => each.account === account && each.region === region && each.cluster === cluster,
    ),
  };
};

/** Every secret of an account of the emulated AWS. */
export const heldSecrets = async (endpoint: string, account: string): Promise<readonly Secret[]> =>
  (await list<Secret>(endpoint, 'secrets')).filter((secret) => secret.account === account);

/** A stream of CloudWatch Logs. */
export interface LogStream {
  readonly account: string;
  readonly region: string;
  readonly group: string;
  readonly stream: string;
  readonly messages: readonly string[];
}

/** Every stream of CloudWatch Logs of an account of the emulated AWS. */
export const logStreams = async (endpoint: string, account: string): Promise<readonly LogStream[]> =>
  (await list<LogStream>(endpoint, 'logs')).filter((stream) => stream.account === account);

/** The list of the emulated AWS under a name. */
export const list = async <T>(endpoint: string, name: string): Promise<readonly T[]> => {
  const response = await fetch(`${endpoint}/_rehearsal/${name}`);
  if (!response.ok) throw new Error(`the emulated AWS does not list its ${name}: ${response.status}`);
  return (await response.json()) as readonly T[];
};
