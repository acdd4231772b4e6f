import type { EnvVar } from 'kubernetes-types/core/v1';
import { GRAFANA } from '../prometheus/services';
import { SECRETS_FOLDER } from '../secret-provider-class';
import { DASHBOARDS_FOLDER, HOME } from './provisioning';

/** Files with what is secret, in the folder of the pod's secrets. */
export const SECRET_FILES = { password: 'admin-password', key: 'secret-key' } as const;

type Settings = Readonly<Record<string, Readonly<Record<string, string | boolean>>>>;

/** By section and key of grafana.ini, what differs from Grafana's defaults. Without a site, people reach it by a forwarded port. */
const settings = (url: string | undefined): Settings => ({
  server: { domain: url?.replace('https://', '') ?? 'localhost', root_url: url ?? `http://localhost:${GRAFANA.port}` },
  security: {
    cookie_secure: url !== undefined,
    disable_gravatar: true,
  },
  users: { allow_sign_up: false },
  'auth.anonymous': { enabled: false },
  analytics: {
    reporting_enabled: false,
    check_for_updates: false,
    check_for_plugin_updates: false,
    feedback_links_enabled: false,
  },
  // It reaches no catalog, and its root cannot be written: an update of what the image has would take that away.
  plugins: { plugin_admin_enabled: false, preinstall_disabled: true, public_key_retrieval_disabled: true },
  news: { news_feed_enabled: false },
  snapshots: { external_enabled: false },
  public_dashboards: { enabled: false },
  unified_alerting: { enabled: false }, // alerts are those of Prometheus: there is one way to people
  dashboards: { default_home_dashboard_path: `${DASHBOARDS_FOLDER}/${HOME}.json` },
  aws: { allowed_auth_providers: 'default', assume_role_enabled: false }, // its own identity, and no keys
  metrics: { enabled: true },
  'log.console': { format: 'json' },
});

/** `GF_AUTH_ANONYMOUS_ENABLED`, of `enabled` in `auth.anonymous`. */
const variable = (section: string, key: string): string =>
  `GF_${section}_${key}`.toUpperCase().replaceAll(/[.-]/g, '_');

/** Its settings as variables. `url` is where people find it. @default - it is not public */
export const settingsEnv = (url: string | undefined): EnvVar[] => [
  ...Object.entries(settings(url)).flatMap(([section, keys]) =>
    Object.entries(keys).map(([key, value]) => ({ name: variable(section, key), value: `${value}` })),
  ),
  // The image reads the files when it starts.
  { name: 'GF_SECURITY_ADMIN_PASSWORD__FILE', value: `${SECRETS_FOLDER}/${SECRET_FILES.password}` },
  { name: 'GF_SECURITY_SECRET_KEY__FILE', value: `${SECRETS_FOLDER}/${SECRET_FILES.key}` },
];
