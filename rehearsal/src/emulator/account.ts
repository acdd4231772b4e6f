import { callAws } from './aws-api';
import type { AssembledStack } from '../app/cdk';

type Properties = Readonly<Record<string, unknown>>;

/** The values of a property of all resources of a type, that are known before anything is deployed. */
const values = (
  stacks: readonly AssembledStack[],
  type: string,
  read: (properties: Properties) => unknown,
): string[] => {
  const found = stacks
    .flatMap(({ template }) => Object.values(template.Resources ?? {}))
    .flatMap(({ Type, Properties = {} }) => (Type === type ? [read(Properties)] : []))
    .filter((value) => typeof value === 'string');
  return [...new Set(found)];
};

/** Ids of zones by their names, where the subnets of templates say them: an account of AWS has ids of its own for its names. */
const zoneIds = (stacks: readonly AssembledStack[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    stacks
      .flatMap(({ template }) => Object.values(template.Resources ?? {}))
      .filter(({ Type, Metadata }) => Type === 'AWS::EC2::Subnet' && Metadata?.AvailabilityZoneId !== undefined)
      .map(({ Properties, Metadata }) => [Properties?.AvailabilityZone, Metadata?.AvailabilityZoneId]),
  );

/** An account of the emulated AWS in which nothing is missing: it has all that the templates name. */
export const accountOf = (stacks: readonly AssembledStack[]) => {
  const addons = values(stacks, 'AWS::EKS::Addon', (addon) => `${addon.AddonName} ${addon.AddonVersion}`);
  const versions: Record<string, string[]> = {};
  for (const [name, version] of addons.map((addon) => addon.split(' ') as [string, string]))
    (versions[name] ??= []).push(version);
  return {
    databases: values(stacks, 'AWS::RDS::DBInstance', ({ EngineVersion }) => EngineVersion),
    kubernetes: values(stacks, 'AWS::EKS::Cluster', ({ Version }) => Version),
    addons: versions,
    zones: zoneIds(stacks),
    subnetZones: values(stacks, 'AWS::EC2::Subnet', ({ AvailabilityZone }) => AvailabilityZone),
    nodeImages: values(stacks, 'AWS::EKS::Nodegroup', ({ ReleaseVersion }) => imageName(String(ReleaseVersion))),
    prefixList: values(stacks, 'AWS::EC2::SecurityGroupIngress', ({ SourcePrefixListId }) => SourcePrefixListId)[0],
    slack: values(stacks, 'AWS::Chatbot::SlackChannelConfiguration', ({ SlackWorkspaceId }) => SlackWorkspaceId),
  };
};

/** As EKS names the image of a release of its nodes: 1.36.4-20260923. */
const imageName = (release: string): string =>
  release.replace(/^(\d+\.\d+)\.\d+-(\d+)$/, 'amazon-eks-node-al2023-x86_64-standard-$1-v$2');

/** Makes what people make of an account: authorizes workspaces of Slack, imports key pairs. Says what people did. */
export const prepareAccounts = async (
  endpoint: string,
  stacks: readonly AssembledStack[],
): Promise<readonly string[]> => {
  const done: string[] = [];
  for (const account of new Set(stacks.map((stack) => stack.account))) {
    const own = stacks.filter((stack) => stack.account === account);
    const like = accountOf(own);
    await giveAccount(endpoint, account, like);
    done.push(...like.slack.map((workspace) => `authorization of the Slack workspace ${workspace}`));
    for (const stack of own)
      for (const name of values([stack], 'AWS::EC2::LaunchTemplate', keyOf)) {
        const body = new URLSearchParams({ Action: 'CreateKeyPair', Version: '2016-11-15', KeyName: name });
        const { region } = stack;
        const response = await callAws(endpoint, { account, region, service: 'ec2' }, body);
        if (!response.ok) throw new Error(`could not create the EC2 key pair ${name}: ${await response.text()}`);
        done.push(`EC2 key pair ${name}`);
      }
  }
  return done;
};

const keyOf = ({ LaunchTemplateData }: Properties) => (LaunchTemplateData as Properties | undefined)?.KeyName;

/** Says what an account of the emulated AWS is like: fields of rehearsal/aws/emulator/core/account.py; null takes one back. */
export const giveAccount = async (endpoint: string, account: string, given: Properties): Promise<void> => {
  const called = { account, service: 'iam' };
  const response = await callAws(`${endpoint}/_rehearsal/account`, called, JSON.stringify(given));
  if (!response.ok) throw new Error(`could not prepare the account ${account}: ${await response.text()}`);
};
