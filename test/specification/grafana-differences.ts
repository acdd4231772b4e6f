import type { Section } from './difference';
import { CONTAINER, MOUNTED_SECRETS, POD, POD_SECURITY } from './pods';

/** Its settings, as variables. */
const setting = (values: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [`${CONTAINER}.env[${name}]`, { value }]));

/** In what Grafana is meant to differ. */
export const GRAFANA: readonly Section[] = [
  {
    title: 'Deployment `grafana`',
    objects: /^Deployment platform-monitoring\/grafana$/,
    differences: [
      {
        fields: { [`${CONTAINER}.image`]: '*.dkr.ecr.*.amazonaws.com/platform/grafana:13.*' },
        reason: 'Grafana 9 is no longer maintained. Images come from the registry of the account.',
      },
      {
        fields: { [`${CONTAINER}.env[GF_INSTALL_PLUGINS]`]: undefined },
        reason: 'Grafana itself has both panels today: pie chart and geomap. It installs nothing from the internet.',
      },
      {
        fields: {
          [`${CONTAINER}.env[GF_SECURITY_ADMIN_PASSWORD]`]: undefined,
          ...setting({
            GF_SECURITY_ADMIN_PASSWORD__FILE: '/var/run/secrets/platform/admin-password',
            GF_SECURITY_SECRET_KEY__FILE: '/var/run/secrets/platform/secret-key',
          }),
          ...MOUNTED_SECRETS,
        },
        reason:
          'The Secrets Store CSI driver brings the password, and the encryption key of Grafana. Everybody knows the default key.',
      },
      {
        fields: setting({
          GF_SERVER_DOMAIN: 'localhost',
          GF_SERVER_ROOT_URL: 'http://localhost:3000',
          GF_SECURITY_COOKIE_SECURE: 'false',
        }),
        environments: ['dev'],
        reason: 'No network may reach it, so people use a forwarded port.',
      },
      {
        fields: setting({
          GF_SERVER_DOMAIN: 'grafana-staging.platform.com',
          GF_SERVER_ROOT_URL: 'https://grafana-staging.platform.com',
        }),
        environments: ['staging'],
        reason: 'Each environment has names of its own.',
      },
      {
        fields: {
          ...setting({ GF_SECURITY_COOKIE_SECURE: 'true' }),
          [`${POD}.readinessGates`]: [{ conditionType: 'target-health.elbv2.k8s.aws/grafana' }],
        },
        environments: ['staging', 'prod'],
        reason: 'Browsers reach it only by HTTPS, once the load balancer sends requests to the pod.',
      },
      {
        fields: setting({
          GF_SECURITY_DISABLE_GRAVATAR: 'true',
          GF_USERS_ALLOW_SIGN_UP: 'false',
          GF_AUTH_ANONYMOUS_ENABLED: 'false',
          GF_ANALYTICS_REPORTING_ENABLED: 'false',
          GF_ANALYTICS_CHECK_FOR_UPDATES: 'false',
          GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES: 'false',
          GF_ANALYTICS_FEEDBACK_LINKS_ENABLED: 'false',
          GF_PLUGINS_PLUGIN_ADMIN_ENABLED: 'false',
          GF_PLUGINS_PREINSTALL_DISABLED: 'true',
          GF_PLUGINS_PUBLIC_KEY_RETRIEVAL_DISABLED: 'true',
          GF_NEWS_NEWS_FEED_ENABLED: 'false',
          GF_SNAPSHOTS_EXTERNAL_ENABLED: 'false',
          GF_PUBLIC_DASHBOARDS_ENABLED: 'false',
        }),
        reason: 'It shows nothing to people without an account, and sends no requests to the internet.',
      },
      {
        fields: setting({
          AWS_REGION: '*',
          GF_AWS_ALLOWED_AUTH_PROVIDERS: 'default',
          GF_AWS_ASSUME_ROLE_ENABLED: 'false',
          GF_UNIFIED_ALERTING_ENABLED: 'false',
          GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH: '/etc/grafana/dashboards/platform-overview.json',
          GF_METRICS_ENABLED: 'true',
          GF_LOG_CONSOLE_FORMAT: 'json',
        }),
        reason:
          'It asks CloudWatch with its own role, without keys. Only Prometheus sends alerts, so that there is one path to people. Prometheus watches it.',
      },
      {
        fields: {
          'spec.strategy.type': 'Recreate',
          'spec.template.metadata.annotations.checksum/config': '*',
        },
        reason: 'Only one pod can have the volume. A new configuration makes a new pod.',
      },
      {
        fields: {
          [`${POD}.serviceAccountName`]: 'grafana',
          [`${POD}.automountServiceAccountToken`]: false,
          [`${POD}.enableServiceLinks`]: false,
          [`${POD}.priorityClassName`]: 'platform-critical',
          [`${POD}.terminationGracePeriodSeconds`]: 30,
          [`${POD}.nodeSelector`]: { 'node-type': 'monitoring' },
          [`${POD}.tolerations`]: [{ key: 'monitoring', operator: 'Equal', value: 'true', effect: 'NoSchedule' }],
        },
        reason: 'It has its own identity, sends no requests to Kubernetes, and runs on the nodes for monitoring.',
      },
      {
        fields: {
          ...POD_SECURITY,
          [`${POD}.volumes[tmp]`]: { emptyDir: {} },
          [`${CONTAINER}.volumeMounts[tmp].mountPath`]: '/tmp',
        },
        reason: 'Pod Security requires it. Grafana writes only to its volume and to one folder.',
      },
      {
        fields: {
          [`${CONTAINER}.resources.requests.memory`]: '384Mi',
          [`${CONTAINER}.resources.limits.cpu`]: '500m',
          [`${CONTAINER}.resources.limits.memory`]: '1Gi',
          [`${CONTAINER}.resources.requests.ephemeral-storage`]: '64Mi',
          [`${CONTAINER}.resources.limits.ephemeral-storage`]: '1Gi',
        },
        reason: "Today's Grafana contains an API server, and runs a process for each kind of data source of its image.",
      },
      {
        fields: {
          [`${CONTAINER}.imagePullPolicy`]: 'Always',
          [`${CONTAINER}.startupProbe`]: {
            httpGet: { path: '/api/health', port: 3000 },
            periodSeconds: 10,
            failureThreshold: 30,
          },
          [`${CONTAINER}.livenessProbe`]: {
            httpGet: { path: '/healthz', port: 3000 },
            periodSeconds: 10,
            timeoutSeconds: 5,
          },
          [`${CONTAINER}.readinessProbe`]: {
            httpGet: { path: '/api/health', port: 3000 },
            periodSeconds: 5,
            timeoutSeconds: 3,
          },
        },
        reason: 'Kubernetes probes it. A busy database ends no pod.',
      },
      {
        fields: {
          [`${POD}.volumes[grafana-config].configMap.items`]: [
            { key: 'datasources-platform.yaml', path: 'datasources/platform.yaml' },
            { key: 'dashboards-platform.yaml', path: 'dashboards/platform.yaml' },
          ],
          [`${CONTAINER}.volumeMounts[grafana-config].readOnly`]: true,
          [`${POD}.volumes[dashboards].projected.sources`]: [
            'overview',
            'services',
            'tenants',
            'cluster',
            'mysql',
            'redis',
            'monitoring',
            'aws',
          ].map((name) => ({ configMap: { name: `grafana-platform-${name}` } })),
          [`${CONTAINER}.volumeMounts[dashboards]`]: { mountPath: '/etc/grafana/dashboards', readOnly: true },
        },
        reason: 'Grafana reads data sources and dashboards from folders.',
      },
    ],
  },
  {
    title: 'Service `grafana`',
    objects: /^Service platform-monitoring\/grafana$/,
    differences: [{ fields: { 'spec.ports[http].protocol': 'TCP' }, reason: 'It is the default.' }],
  },
  {
    title: 'ConfigMap `grafana-config`',
    objects: /^ConfigMap platform-monitoring\/grafana-config$/,
    differences: [
      {
        fields: { 'data.datasources-platform.yaml': '*', 'data.dashboards-platform.yaml': '*' },
        reason: 'The specification only names it.',
      },
    ],
  },
];
