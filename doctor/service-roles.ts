import { SERVICE_LINKED_ROLES, type ServiceLinkedRole } from '../rehearsal/src/provider/service-linked-roles';
import { planned, type Plan } from './plan';

/** Those that an environment needs. */
export const serviceRolesOf = (plan: Plan): readonly ServiceLinkedRole[] =>
  SERVICE_LINKED_ROLES.filter(({ neededBy }) => neededBy.some((type) => planned(plan, type).length > 0));

export const serviceRoleArn = ({ account }: Plan, { service, name }: ServiceLinkedRole): string =>
  `arn:aws:iam::${account}:role/aws-service-role/${service}/${name}`;

/** The role with which EC2 Auto Scaling starts the nodes. */
export const AUTO_SCALING: ServiceLinkedRole = SERVICE_LINKED_ROLES.find(
  ({ service }) => service === 'autoscaling.amazonaws.com',
)!;
