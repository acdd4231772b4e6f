import { parse } from 'yaml';
import { SERVICES } from '../../../lib/model/services';
import { objectsOf, sample, type Json } from '../../synth';

const META = '__meta_kubernetes_service_label_';
const of = sample('prod');
const services = objectsOf(of, 'Service');
const prometheus = objectsOf(of, 'ConfigMap').find(({ metadata }) => metadata.name === 'prometheus-config')!;
const config: Json = parse(prometheus.data['prometheus.yml']!);
const steps: readonly Json[] = config.scrape_configs.find(
  ({ job_name }: Json) => job_name === 'platform-services',
).relabel_configs;

/** Labels of series from a Service's labels: https://prometheus.io/docs/prometheus/latest/configuration/configuration/#relabel_config */
const seriesLabels = (labels: Readonly<Record<string, string>>): readonly string[] => {
  const found = Object.keys(labels).map((key) => `${META}${key.replaceAll(/\W/g, '_')}`);
  const all = steps.reduce<readonly string[]>((names, { action, regex }) => {
    const whole = new RegExp(`^(?:${regex})$`);
    if (action === 'labelmap') return [...names, ...names.flatMap((name) => whole.exec(name)?.[1] ?? [])];
    return action === 'labeldrop' ? names.filter((name) => !whole.test(name)) : names;
  }, found);
  return all.filter((name) => !name.startsWith('__')).toSorted();
};

test.each(Object.entries(SERVICES))(
  'the series of %s have its own labels, and none that Kubernetes recommends',
  (name, { labels, site }) => {
    const service = services.find(({ metadata }) => metadata.labels?.app === name)!;
    expect(Object.keys(service.metadata.labels)).toContain('app.kubernetes.io/name');
    expect(seriesLabels(service.metadata.labels)).toEqual(
      ['app', ...(site === undefined ? [] : ['color']), ...Object.keys(labels)]
        .map((key) => key.replaceAll('-', '_'))
        .toSorted(),
    );
  },
);
