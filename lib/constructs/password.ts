/**
 * Characters that no password has, for it becomes part of a URL without being encoded: all of the printable ones but those that
 * RFC 3986 leaves unreserved (letters, digits and - . _ ~).
 */
export const NOT_IN_PASSWORDS = ' !"#$%&\'()*+,/:;<=>?@[\\]^`{|}';
