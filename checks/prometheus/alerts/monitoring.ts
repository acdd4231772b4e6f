import { JOBS } from '../../../lib/kubernetes/prometheus/jobs';
import { always, grows, one, type AlertCase, type Series } from './alert-case';

const up = (jobs: readonly string[], value: number): Series =>
  Object.fromEntries(jobs.map((job) => [`up{job="${job}", instance="here"}`, always(value)]));

/** Alerts of the monitoring itself. */
export const MONITORING: Readonly<Record<string, AlertCase>> = {
  Watchdog: { fires: {}, for: { watchdog: 1 }, quiet: {} },
  TargetDown: { fires: up(['mysql'], 0), for: { mysql: 1 }, quiet: up(['mysql'], 1) },
  JobWithoutTargets: {
    fires: up(JOBS.slice(1), 1),
    for: { 'kubernetes-apiservers': 1 },
    quiet: up(JOBS, 1),
  },
  TargetTooLarge: one(
    'prometheus_target_scrapes_exceeded_sample_limit_total{job="prometheus"}',
    'prometheus',
    grows(1),
    always(5),
  ),
  RuleFails: one(
    'prometheus_rule_evaluation_failures_total{job="prometheus", rule_group="slo"}',
    'prometheus',
    grows(1),
    always(5),
  ),
  AlertsDropped: one('prometheus_notifications_dropped_total{job="prometheus"}', 'prometheus', grows(1), always(5)),
  NotificationsFail: one(
    'alertmanager_notifications_failed_total{job="alertmanager", integration="sns", reason="other"}',
    'alertmanager',
    Array.from({ length: 60 }, (_, minute) => Math.floor(minute / 5)).join(' '), // of one topic only
    `0x33 ${always(1)}`, // once, at last
  ),
  MetricsNotStored: one(
    'prometheus_tsdb_compactions_failed_total{job="prometheus"}',
    'prometheus',
    grows(1),
    always(5),
  ),
};

/** The one alert that nothing keeps quiet. */
export const ALWAYS = 'Watchdog';
