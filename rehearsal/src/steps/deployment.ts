import { connect } from '../cluster/cluster';
import { deploy } from '../app/cdk';
import { hasPreflight, preflight } from '../app/preflight';
import type { Life, Version } from '../state';
import type { Report } from '../report/progress';
import {
  describeImage,
  describeValue,
  describeZone,
  imagesToPush,
  provideValues,
  pushImages,
  valuesToProvide,
  zonesToDelegate,
} from './operator';
import { refuse } from './refuse';
import { staleReaders } from './stale-readers';

/** Things that only people provide: delegations of hosted zones, the values of secrets, and images. Existing ones stay. */
const lacking = ({ provided }: Life, { stacks }: Version) => ({
  zones: zonesToDelegate(stacks).filter((zone) => !provided.includes(describeZone(zone))),
  values: valuesToProvide(stacks).filter((value) => !provided.includes(describeValue(value))),
  images: imagesToPush(stacks).filter((image) => !provided.includes(describeImage(image))),
});

export const lacksPeople = (life: Life, version: Version): boolean =>
  Object.values(lacking(life, version)).some(({ length }) => length > 0);

/** Deploys the stacks that people need, and brings what they would. */
export const bring = async (life: Life, version: Version, report: Report): Promise<void> => {
  const { endpoint } = life.aws;
  const { zones, values, images } = lacking(life, version);
  const stacks = new Set([...zones, ...values, ...images].map(({ stack }) => stack.id));
  await deploy(version.app, [...stacks], report);
  life.provided.push(...zones.map(describeZone));
  life.provided.push(...(await provideValues(endpoint, values)), ...(await pushImages(endpoint, images)));
};

/** The preflight that an app brings. */
export const examine = {
  isPossible: ({ app }: Version): boolean => hasPreflight(app),
  run: async (life: Life, { app }: Version, report: Report): Promise<void> =>
    preflight(app, life.props.target, await life.aws.nameServer(), report),
};

export const deployStacks = async (life: Life, { app }: Pick<Version, 'app'>, report: Report): Promise<void> => {
  await deploy(app, ['--all'], report);
  refuse(await staleReaders(life.aws));
};

/** Deploys a version whole; returns what it made, and what else there is. */
const deployWhole = async (life: Life, version: Version, report: Report) => {
  await deployStacks(life, version, report);
  refuse(await life.aws.endedNodes());
  const names = new Set(version.stacks.map(({ name }) => name));
  const resources = await life.aws.resources();
  const made = resources.filter(({ stack }) => names.has(stack));
  return { made, others: resources.filter((resource) => !made.includes(resource)) };
};

export const failFirst = async (life: Life, report: Report): Promise<void> => {
  const failure = await deploy(life.earlier!.app, ['--all'], report).then(
    () => undefined,
    (error: Error) => error,
  );
  if (failure === undefined || life.signal.aborted)
    throw (
      failure ??
      new Error(
        `the deployment of the app in ${life.props.afterFailure} succeeded, but --after-failure needs one that fails`,
      )
    );
  console.log(failure.message);
};

export const deployEarlier = async (life: Life, report: Report): Promise<void> => {
  life.updated = (await deployWhole(life, life.earlier!, report)).made;
};

/** Deploys this app, and connects with its cluster. */
export const deployOwn = async (life: Life, report: Report): Promise<void> => {
  const { made, others } = await deployWhole(life, life.own, report);
  life.deployed = made;
  life.bootstrapped = others;
  life.clusterName = made.find(({ type }) => type === 'AWS::EKS::Cluster')?.physicalId;
  const { account, region } = life.own.app;
  life.kubeconfig = life.clusterName && life.aws.kubeconfig(account, region, life.clusterName);
  if (life.kubeconfig) life.cluster = await connect(life.kubeconfig, life.aws.loops, life.signal);
};
