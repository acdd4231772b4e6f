#!/usr/bin/env bash
# aws-cdk 2.1148.1, `cdk diff --method=change-set` of two stacks; CloudFormation refuses CreateChangeSet of the second.
#
# Guess: the failed comparison says of which stack CloudFormation refused the change set.
# Seen: it fails with 1 and says the reason, but names no stack. Only `--verbose` has a line with the name.
set -eu
folder=$(mktemp -d)
trap 'kill "${aws:-}" 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true}' >package.json
npm install --silent --no-audit --no-fund aws-cdk@2.1148.1

cat >aws.js <<'AWS'
const { createServer } = require('node:http');
const { writeFileSync } = require('node:fs');
const arn = (kind, name) => `arn:aws:cloudformation:eu-central-1:111111111111:${kind}/${name}/1`;
const answers = {
  GetCallerIdentity: () => '<Arn>arn:aws:iam::111111111111:user/u</Arn><UserId>u</UserId><Account>111111111111</Account>',
  DescribeStacks: (name) => `<Stacks><member><StackName>${name}</StackName><StackId>${arn('stack', name)}</StackId><StackStatus>CREATE_COMPLETE</StackStatus></member></Stacks>`,
  GetTemplate: () => '<TemplateBody>{"Resources":{}}</TemplateBody>',
  CreateChangeSet: (name) => name !== 'second' && `<Id>${arn('changeSet', 'diff')}</Id><StackId>${arn('stack', name)}</StackId>`,
  DescribeChangeSet: () => `<ChangeSetId>${arn('changeSet', 'diff')}</ChangeSetId><Status>FAILED</Status><StatusReason>The submitted information didn't contain changes.</StatusReason>`,
  DeleteChangeSet: () => '',
};
const server = createServer(async (request, response) => {
  let text = '';
  for await (const part of request) text += part;
  const parameters = new URLSearchParams(text);
  const action = parameters.get('Action');
  const body = answers[action]?.(parameters.get('StackName')) ?? '';
  response.writeHead(body === false ? 400 : 200, { 'content-type': 'text/xml' });
  response.end(
    body === false
      ? '<ErrorResponse><Error><Code>ValidationError</Code><Message>Template error: the reason</Message></Error></ErrorResponse>'
      : `<${action}Response><${action}Result>${body}</${action}Result></${action}Response>`,
  );
});
server.listen(0, '127.0.0.1', () => writeFileSync('port', `${server.address().port}`));
AWS
node aws.js &
aws=$!
while [ ! -s port ]; do sleep 0.1; done

mkdir cdk.out
echo '{"Resources":{}}' >cdk.out/template.json
node -e '
const of = (stackName) => [stackName, { type: "aws:cloudformation:stack", environment: "aws://111111111111/eu-central-1", properties: { stackName, templateFile: "template.json" } }];
console.log(JSON.stringify({ version: "36.0.0", artifacts: Object.fromEntries(["first", "second"].map(of)) }));
' >cdk.out/manifest.json

compare() {
  env -i PATH="$PATH" HOME="$folder" AWS_ENDPOINT_URL="http://127.0.0.1:$(cat port)" AWS_REGION=eu-central-1 AWS_ACCESS_KEY_ID=111111111111 \
    AWS_SECRET_ACCESS_KEY=test AWS_EC2_METADATA_DISABLED=true CDK_DISABLE_CLI_TELEMETRY=true \
    node node_modules/aws-cdk/bin/cdk diff --method=change-set --app cdk.out --no-notices "$@" 2>&1 && echo 'exit 0' || echo 'exit 1'
}
plain=$(compare)
verbose=$(compare --verbose)
has() { printf '%s\n' "$1" | grep -c -- "$2" || true; }
seen="$(has "$plain" 'exit 1') $(has "$plain" 'the reason') $(has "$plain" second) $(has "$verbose" 'for stack second')"
echo "failed, lines with the reason, with the stack, and with the stack when verbose: $seen"
[ "$seen" = '1 1 0 1' ] || { echo 'changed'; exit 1; }
echo 'ok: aws-cdk 2.1148.1 names a stack whose change set is refused only with --verbose'
