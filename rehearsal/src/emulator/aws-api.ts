/** The service to call, with its account and region. */
export interface Called {
  readonly account: string;
  /** @default us-east-1, where global services are */
  readonly region?: string;
  readonly service: string;
}

/** A request to a service of the emulated AWS, which reads account and region from the signature and checks none. */
export const callAws = (
  endpoint: string,
  { account, region = 'us-east-1', service }: Called,
  body: URLSearchParams | string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> =>
  fetch(endpoint, {
    method: 'POST',
    headers: {
      Authorization: `AWS4-HMAC-SHA256 Credential=${account}/20260101/${region}/${service}/aws4_request`,
      ...headers,
    },
    body,
  });
