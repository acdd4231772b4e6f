/** The header that tells the sites of an environment without a domain apart: their distributions add it to each request. */
export const SITE_HEADER = 'x-platform-site';

/** Seconds that CloudFront waits for an answer of the load balancer. */
export const ORIGIN_READ_TIMEOUT = 30;

/** Seconds after which the load balancer closes a connection on which nothing happens: longer than CloudFront waits. */
export const IDLE_TIMEOUT = 60;

/** Seconds in which a pod that is taken out of the load balancer may still answer what it has: longer than CloudFront waits. */
export const DEREGISTRATION_DELAY = 60;
