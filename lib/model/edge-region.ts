/** Where AWS wants what belongs to CloudFront, wherever the environment is: its certificate, its firewall, its logs. */
export const EDGE_REGION = 'us-east-1';
