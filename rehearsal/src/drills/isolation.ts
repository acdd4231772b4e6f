import type { Namespace, ServiceAccount } from 'kubernetes-types/core/v1';
import type { ClusterRole, ClusterRoleBinding, PolicyRule, Role, RoleBinding, Subject } from 'kubernetes-types/rbac/v1';
import { nameOf, serviceAccount, type ApiServer, type Cluster } from '../cluster/cluster';
import type { Outcome } from '../outcome';

/** Label of the namespaces of tenants. */
const TENANT = 'tenant-id';

/** Resources that a tenant must not read, and the number of tenants that try. */
const READ = { tenants: 2, resources: ['pods', 'secrets', 'configmaps'] };

/** Whether a tenant's service accounts can do nothing outside of its namespace, and everybody only what Kubernetes gives. */
export const tenantIsolation = async (cluster: Pick<Cluster, 'get' | 'send'>): Promise<Outcome> => {
  const { get } = cluster;
  const namespaces = await get<Namespace>('namespaces');
  const tenants = namespaces.filter(isTenants).map(({ metadata }) => metadata?.name ?? '');
  const bindings = await get<Binding>('rolebindings', 'clusterrolebindings');
  const roles = await get<KubernetesRole>('roles', 'clusterroles');
  const bound = bindings.flatMap((binding) => [
    ...excess(binding, new Set(tenants)),
    ...(tenants.includes(binding.metadata?.namespace ?? '') ? reserved(binding, roles) : []),
  ]);
  if (bound.length > 0) return { faults: bound, line: '' }; // each would show in many permissions
  const platform = namespaces.filter((one) => !isTenants(one)).map(({ metadata }) => metadata?.name ?? '');
  const accounts = await get<ServiceAccount>('serviceaccounts');
  const accesses = tenants.map((tenant, index) => {
    const neighbour = tenants[(index + 1) % tenants.length] ?? tenant;
    const foreign = [neighbour, ...platform].filter((namespace) => namespace !== tenant);
    const own = accounts.filter(({ metadata }) => metadata?.namespace === tenant);
    return own.flatMap(({ metadata }) =>
      foreign.map((namespace): ForeignAccess => ({ tenant, account: metadata?.name ?? '', namespace })),
    );
  });
  const all = accesses.flat();
  const some = accesses.slice(0, READ.tenants).flat();
  const permitted = await Promise.all(all.map((access) => permissions(cluster, access)));
  const read = await Promise.all(some.map((access) => reads(cluster, access)));
  return {
    faults: [...permitted, ...read].flat(),
    line:
      tenants.length > 0
        ? `service accounts of ${tenants.length} tenants may do nothing in other namespaces (${all.length} checks)`
        : `no tenants; everybody has only the permissions that Kubernetes grants (${bindings.length} bindings)`,
  };
};

/** Whether a namespace is a tenant's. */
export const isTenants = ({ metadata }: Namespace) => metadata?.labels?.[TENANT] !== undefined;

/** A service account of a tenant, and a namespace that is none of its business. */
interface ForeignAccess {
  readonly tenant: string;
  readonly account: string;
  readonly namespace: string;
}

const describe = ({ tenant, account, namespace }: ForeignAccess, what: string) =>
  `ServiceAccount ${tenant}/${account} may ${what} in the namespace ${namespace}`;

/** Permissions of an account, as the API server lists them, except those of everybody. */
const permissions = async (api: ApiServer, access: ForeignAccess): Promise<readonly string[]> => {
  const { status, body } = await api.send('POST', '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews', {
    as: serviceAccount(access.tenant, access.account),
    body: {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectRulesReview',
      spec: { namespace: access.namespace },
    },
  });
  if (status !== 201) return [`${describe(access, 'have unknown permissions')}: ${body.message}`];
  const { resourceRules, nonResourceRules } = (body as RulesReview).status;
  const excessive = [...resourceRules, ...nonResourceRules].filter((rule) => !isEverybodys(rule));
  const rights = excessive.map(
    ({ verbs, resources = [], resourceNames = [], nonResourceURLs = [] }) =>
      `${verbs.join(', ')} ${[...resources, ...resourceNames, ...nonResourceURLs].join(' ')}`,
  );
  return rights.length > 0 ? [describe(access, rights.join('; '))] : [];
};

interface RulesReview {
  readonly status: { readonly resourceRules: readonly PolicyRule[]; readonly nonResourceRules: readonly PolicyRule[] };
}

/** Whether Kubernetes gives a rule to everyone who has logged in: to ask about oneself, and what the API server can do. */
const isEverybodys = ({ verbs, resources = [], nonResourceURLs = [] }: PolicyRule): boolean =>
  nonResourceURLs.length > 0
    ? verbs.every((verb) => verb === 'get') && nonResourceURLs.every((url) => PUBLIC_URL.test(url))
    : verbs.every((verb) => verb === 'create') &&
      resources.every((resource) => /^selfsubject\w*reviews$/.test(resource));

const PUBLIC_URL =
  /^\/(apis?|openapi|version|healthz|livez|readyz|openid\/v1\/jwks|\.well-known\/openid-configuration)(\/\*?)?$/;

/** Resources of a foreign namespace that an account can read, by trying. */
const reads = async (api: ApiServer, access: ForeignAccess): Promise<readonly string[]> => {
  const answers = READ.resources.map(async (resource) => {
    const path = `/api/v1/namespaces/${access.namespace}/${resource}?limit=1`;
    const { status } = await api.send('GET', path, { as: serviceAccount(access.tenant, access.account) });
    return status === 403 ? [] : [`${describe(access, `list ${resource}`)}: its attempt was answered with ${status}`];
  });
  return (await Promise.all(answers)).flat();
};

type Binding = (RoleBinding | ClusterRoleBinding) & { readonly kind: string };

/** Roles that Kubernetes itself gives to everybody. */
const EVERYBODYS = new Set([
  'system:basic-user',
  'system:discovery',
  'system:public-info-viewer',
  'system:service-account-issuer-discovery',
]);

const EVERYBODY = new Set([
  'system:serviceaccounts',
  'system:authenticated',
  'system:unauthenticated',
  'system:anonymous',
]);

/** The subjects of a binding that should not have its role there: everybody, and tenants outside of their namespaces. */
const excess = (binding: Binding, tenants: ReadonlySet<string>): readonly string[] => {
  const { metadata, roleRef, subjects = [] } = binding;
  if (EVERYBODYS.has(roleRef.name)) return [];
  return subjects
    .filter((subject) => {
      const home = homeOf(subject);
      return EVERYBODY.has(subject.name) || (tenants.has(home) && home !== metadata?.namespace);
    })
    .map(({ kind, namespace, name }) => {
      const subject = namespace === undefined ? name : `${namespace}/${name}`;
      return `${nameOf(binding)} gives the ${kind} ${subject} the ${roleRef.kind} "${roleRef.name}"`;
    });
};

type KubernetesRole = (Role | ClusterRole) & { readonly kind: string };

/** Resources that no tenant may write even in its own namespace: a TargetGroupBinding takes over any target group of the account. */
const RESERVED = { group: 'elbv2.k8s.aws', resource: 'targetgroupbindings' };

const READING = new Set(['get', 'list', 'watch']);

const includes = (given: readonly string[] = [], wanted: string) => given.includes('*') || given.includes(wanted);

/** The binding, if its role may write what is reserved for the platform. */
const reserved = (binding: Binding, roles: readonly KubernetesRole[]): readonly string[] => {
  const { metadata, roleRef } = binding;
  const role = roles.find(
    (each) =>
      each.kind === roleRef.kind &&
      each.metadata?.name === roleRef.name &&
      (roleRef.kind === 'ClusterRole' || each.metadata?.namespace === metadata?.namespace),
  );
  const verbs = (role?.rules ?? [])
    .filter(({ apiGroups, resources }) => includes(apiGroups, RESERVED.group) && includes(resources, RESERVED.resource))
    .flatMap((rule) => rule.verbs.filter((verb) => !READING.has(verb)));
  return verbs.length > 0
    ? [`${nameOf(binding)} lets a tenant ${[...new Set(verbs)].join(', ')} ${RESERVED.resource}: only the platform may`]
    : [];
};

/** The namespace whose service accounts a subject of a binding means, or none. */
const homeOf = ({ kind, namespace, name }: Subject): string =>
  kind === 'ServiceAccount' ? (namespace ?? '') : (/^system:serviceaccounts?:([^:]+)/.exec(name)?.[1] ?? '');
