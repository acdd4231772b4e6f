import type { PolicyRule } from 'kubernetes-types/rbac/v1';

/** The rights that rules of a role give: `get pods`, `create apps/deployments`, `update leases (one)` of one by name. */
export const granted = (rules: readonly PolicyRule[]): readonly string[] =>
  rules.flatMap(({ apiGroups = [], resources = [], verbs, resourceNames }) =>
    verbs.flatMap((verb) =>
      apiGroups.flatMap((group) =>
        resources.map(
          (resource) =>
            `${verb} ${group === '' ? '' : `${group}/`}${resource}${resourceNames ? ` (${resourceNames.join(', ')})` : ''}`,
        ),
      ),
    ),
  );
