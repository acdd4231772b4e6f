import type { Job } from 'kubernetes-types/batch/v1';
import { coloredName } from '../model/colors';
import { COLORS, type Color } from '../model/names';
import { SWITCH_RESOURCES } from '../model/services';
import { kubectlJob } from './kubectl-job';
import type { Manifest } from './manifest';
import { labelledAll, type WorkloadIdentity } from './objects/labels';
import { policyRule, READ, role, roleBinding } from './objects/rbac';
import { serviceAccount } from './objects/service-account';
import { autoscalerName } from './service';

export interface ColorSwitchProps {
  /** Name of the service. */
  readonly name: string;
  readonly namespace: string;
  /** The color that users are to meet. */
  readonly live: Color;
  /** Whether an autoscaler owns the number of its pods. */
  readonly autoscaled: boolean;
  /** Image with kubectl. */
  readonly image: string;
}

/** Name of the wait for a color: of its service account and its role, and the label `app` of its pods. */
const switchName = (service: string): string => `${service}-switch`;

/** The wait until a color of a service can have its users, as labels tell it apart. */
export const switchWorkload = (service: string): WorkloadIdentity => ({
  app: switchName(service),
  component: 'service',
});

/** The service account of the wait. It sees the two Deployments of its service and their autoscalers, and nothing else. */
export const switchRights = ({
  name,
  namespace,
}: Pick<ColorSwitchProps, 'name' | 'namespace'>): readonly Manifest[] => {
  const own = { name: switchName(name), namespace };
  const deployments = COLORS.map((color) => coloredName(name, color));
  return labelledAll(switchWorkload(name), [
    serviceAccount(own),
    role(own, [
      policyRule('apps', ['deployments'], READ, deployments),
      policyRule('autoscaling', ['horizontalpodautoscalers'], READ, deployments.map(autoscalerName)),
    ]),
    roleBinding(own, { kind: 'Role', name: own.name }, own),
  ]);
};

/**
 * Succeeds once a color is whole: all of its pods are there, run its release, and are healthy in its target group, which their
 * readiness gates ask for. Another color is another Job, so each switch waits anew, and the way back too.
 *
 * A new Deployment without a number of pods begins with one. Its autoscaler is able to scale (AbleToScale) only after it has raised that
 * to the minimum (pkg/controller/podautoscaler/horizontal.go of Kubernetes: the status is written after the new number).
 */
export const colorSwitch = (props: ColorSwitchProps): Manifest<Job> => {
  const { name, namespace, live, autoscaled, image } = props;
  const deployment = coloredName(name, live);
  const inNamespace = `--namespace=${namespace}`;
  return kubectlJob({
    name: switchName(name),
    namespace,
    workload: switchWorkload(name),
    serviceAccount: switchName(name),
    image,
    resources: SWITCH_RESOURCES,
    commands: {
      ...(autoscaled && {
        minimum: [
          'wait',
          `horizontalpodautoscaler/${autoscalerName(deployment)}`,
          '--for=condition=AbleToScale',
          '--timeout=300s',
          inNamespace,
        ],
      }),
      whole: ['rollout', 'status', `deployment/${deployment}`, inNamespace],
    },
  });
};
