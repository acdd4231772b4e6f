import { check, findings } from '../check';

export const ROLLOUTS = check({
  title: 'Every workload runs its image, and its rollout is complete',
  facts: ['rollouts'],
  find: (_, { rollouts }) =>
    findings(rollouts, ({ workload: { kind, namespace, name }, state, reason }) =>
      state === 'complete'
        ? undefined
        : {
            what: `The ${kind} ${namespace}/${name} is not rolled out: ${reason}`,
            remedy: `kubectl rollout status -n ${namespace} ${kind.toLowerCase()}/${name}; kubectl get events -n ${namespace}`,
          },
    ),
});
