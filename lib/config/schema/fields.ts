import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as z from 'zod/mini';
import { isCidr } from '../../model/cidr';
import { isKnown, knownFix, type Sizes } from '../../model/instance-types';
import { bytes, millicores } from '../../model/quantities';
import { listed } from './group';

/** Text, of a pattern where no rule looks at it. The way out follows `FIELD is VALUE: `. */
export const text = (fix: string, pattern?: RegExp) =>
  pattern === undefined ? z.string(fix) : z.string(fix).check(z.regex(pattern, fix));

/** The name of a machine, of a family and a size that AWS has. */
export const machineType = (fix: string, pattern: RegExp, known: Sizes) =>
  text(fix, pattern).check(
    z.refine((name) => !pattern.test(name) || isKnown(known, name), {
      error: ({ input }) => knownFix(known, input as string),
    }),
  );

/** One of some words. */
export const oneOf = <const W extends readonly string[]>(words: W, fix = `choose ${listed(words, 'or')}`) =>
  z.enum(words, fix);

export const flag = () => z.boolean('write true or false');

/** A whole number within limits. */
export const wholeNumber = (least: number, most: number, fix = `choose ${least} to ${most}`) =>
  z.int(fix).check(z.minimum(least, fix), z.maximum(most, fix));

/** A whole number whose limits depend on other fields: a rule knows them. */
export const count = () => z.number('write a whole number');

export const list = <S extends z.core.$ZodType>(element: S) => z.array(element, 'write a list, in brackets');

/** Days that CloudWatch Logs can be told to keep a log, `least` or more. */
export const retention = (least = 1) => {
  const days = Object.values(RetentionDays).filter(
    (value): value is RetentionDays => typeof value === 'number' && value >= least && value < 9999,
  );
  const fix = `choose a value that CloudWatch Logs accepts (${days.join(', ')})`;
  return z.number(fix).check(z.refine((value) => days.includes(value), fix));
};

/** An IPv4 network in canonical form. */
export const block = (fix = 'write an IPv4 network like 10.0.0.0/16') => z.string(fix).check(z.refine(isCidr, fix));

export const account = () => text('write the 12 digits of an AWS account, in quotes', /^\d{12}$/);

/** A region of the partition `aws`: China, GovCloud and the sovereign clouds lack what the platform uses, such as CloudFront's VPC origins. */
export const region = () =>
  text(
    'write a region like ap-southeast-1, not of China, GovCloud or a sovereign cloud',
    /^(?!cn-|us-gov-|us-iso|eu-iso|eusc-)[a-z]{2}(-[a-z]+)+-\d$/,
  );

export const zone = () => text('name a zone of the home region, e.g. ap-southeast-1a', /^[a-z0-9-]{1,50}$/);

/** A version, of which a rule knows more. */
export const version = (example: string) => text(`write a version like "${example}"`, /^[\w.-]{1,50}$/);

const TAG = 'write 1 to 256 letters, digits, spaces or _ . : / = + - @, not beginning with aws:';

/** A value of a tag. `aws:` is of AWS, in any case: https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html */
export const tag = () =>
  text(TAG, /^(?!\p{Z}*[aA][wW][sS]:)(?=.*\P{Z})[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,256}$/u).check(
    z.refine((value) => value.length <= 256, TAG),
  );

/** https://www.rfc-editor.org/errata/eid1690: 254 characters */
export const email = () => text('write an address like team@example.com', /^(?=.{1,254}$)[^\s@]+@[^\s@]+\.[^\s@]+$/);

/** Quantities of Kubernetes. */
export const cpu = () => quantity('write a quantity like 100m', millicores);
export const memory = () => quantity('write a quantity like 256Mi', bytes);

const quantity = (fix: string, valueOf: (text: string) => number | undefined) =>
  z.string(fix).check(z.refine((value) => valueOf(value) !== undefined, fix));
