import { idsOf, propertiesOf, resourcesOf, sample } from '../synth';

/** The resources of the cluster's stack, in production. */
export const prod = resourcesOf(sample('prod'), 'cluster');
export const properties = (type: string, resources = prod) => propertiesOf(resources, type);
export const only = (type: string, resources = prod) => {
  const [id, ...more] = idsOf(resources, type);
  if (!id || more.length > 0) throw new Error(`not exactly one ${type}`);
  return id;
};
export const addon = (name: string) => properties('AWS::EKS::Addon').find(({ AddonName }) => AddonName === name)!;
