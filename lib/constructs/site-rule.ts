import {
  ApplicationListenerRule,
  ListenerAction,
  ListenerCondition,
  type IApplicationListener,
  type IApplicationTargetGroup,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Construct } from 'constructs';
import type { PublicSite } from '../config/derive/public-sites';
import { SITE_HEADER } from '../model/origin';

/** The requests of a site, as the load balancer tells them apart: by their host. Without names, by the header of their distribution. */
export const requestsOf = ({ name, hosts }: Pick<PublicSite, 'name' | 'hosts'>): ListenerCondition =>
  hosts.length > 0 ? ListenerCondition.hostHeaders([...hosts]) : ListenerCondition.httpHeader(SITE_HEADER, [name]);

/** A target group, and whether users meet what is in it. */
interface SiteShare {
  readonly targetGroup: IApplicationTargetGroup;
  readonly live: boolean;
}

export interface SiteRuleProps {
  readonly listener: IApplicationListener;
  readonly site: PublicSite;
  /** All target groups of the site. One that is not live has no weight: it gets no request, and is checked all the same. */
  readonly shares: readonly SiteShare[];
}

/** Leads the requests of a site to what is live. */
export const siteRule = (scope: Construct, id: string, { listener, site, shares }: SiteRuleProps): Construct =>
  new ApplicationListenerRule(scope, id, {
    listener,
    priority: site.priority,
    conditions: [requestsOf(site)],
    action: ListenerAction.weightedForward(
      shares.map(({ targetGroup, live }) => ({ targetGroup, weight: live ? 100 : 0 })),
    ),
  });
