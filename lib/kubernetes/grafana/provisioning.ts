import { stringify } from 'yaml';
import { PROMETHEUS_VERSION } from '../../model/versions';
import { SCRAPE_INTERVAL } from '../prometheus/config';
import { PROMETHEUS } from '../prometheus/services';
import { CLOUDWATCH_SOURCE, PROMETHEUS_SOURCE } from './sources';

/** Folder of the image in which the files of the dashboards are. */
export const DASHBOARDS_FOLDER = '/etc/grafana/dashboards';

/** The dashboard that people see first. */
export const HOME = 'platform-overview';

const dataSources = (region: string): object => ({
  apiVersion: 1,
  prune: true, // removes sources that are no longer listed
  datasources: [
    {
      ...PROMETHEUS_SOURCE,
      name: 'Prometheus',
      access: 'proxy',
      url: `http://${PROMETHEUS.host}:${PROMETHEUS.port}`,
      isDefault: true,
      editable: false,
      jsonData: {
        httpMethod: 'POST',
        prometheusType: 'Prometheus',
        prometheusVersion: PROMETHEUS_VERSION,
        timeInterval: SCRAPE_INTERVAL,
      },
    },
    {
      ...CLOUDWATCH_SOURCE,
      name: 'CloudWatch',
      access: 'proxy',
      editable: false,
      jsonData: { authType: 'default', defaultRegion: region },
    },
  ],
});

const dashboardProvider = (): object => ({
  apiVersion: 1,
  providers: [
    {
      name: 'platform',
      folder: 'Platform',
      type: 'file',
      allowUiUpdates: false,
      disableDeletion: false, // a dashboard that is no longer there goes
      options: { path: DASHBOARDS_FOLDER },
    },
  ],
});

/** Its files, by their path below /etc/grafana/provisioning. */
export const provisioning = (region: string): Readonly<Record<string, string>> => ({
  'datasources/platform.yaml': stringify(dataSources(region)),
  'dashboards/platform.yaml': stringify(dashboardProvider()),
});
