/** A mark in a file that a person must replace. */
export interface Blank {
  readonly mark: string;
  readonly what: string;
}

const BLANKS: Readonly<Record<string, string>> = {
  FILL_IN_BUCKET:
    'the bucket that holds the snapshots, or replace the whole URL: docs/storage.md has the other storages',
  FILL_IN_REGION: 'its region',
  FILL_IN_RECIPIENT: 'who may open snapshots: an age1… key as clawback init or key generate prints it',
  FILL_IN_IMAGE: 'the image that the Dockerfile here makes, as your registry calls it',
  FILL_IN_CLAWBACK_PACKAGE:
    'what npm installs Clawback from: the address of a tarball that npm pack made of a checkout',
  FILL_IN_SECRET_COMMAND: 'the command that prints the secret which it is given the name of',
  FILL_IN_DATA_DISK: 'the data disk as this machine knows it, by /dev/disk/by-id; it is formatted only if it is blank',
  FILL_IN_EFS_ID: 'the EFS file system: fs-…',
  FILL_IN_ACCESS_POINT_ID: 'its access point, for user 1000 and group 1000: fsap-…',
  FILL_IN_EXECUTION_ROLE_ARN: 'the role that may read the secrets and write the log',
  FILL_IN_TASK_ROLE_ARN: 'the role that may use the bucket',
  FILL_IN_CLUSTER: 'the ECS cluster',
  FILL_IN_SUBNET_ID: 'a subnet that reaches the file system and the bucket',
  FILL_IN_SECURITY_GROUP_ID: 'a security group that lets NFS through to the file system',
  FILL_IN_TOKEN_SECRET_ARN: 'the secret in Secrets Manager that holds OPENCLAW_GATEWAY_TOKEN',
  FILL_IN_IDENTITY_SECRET_ARN: 'the one that holds the text of identity.txt',
  FILL_IN_SIGNING_KEY_SECRET_ARN: 'the one that holds the text of signing-key.txt',
};

const MARK = /FILL_IN_[A-Z]+(?:_[A-Z]+)*/g;

/** What has to be filled in before these texts are of any use, in the order in which a reader meets it. */
export function blanksIn(texts: readonly string[]): readonly Blank[] {
  const marks = new Set(texts.flatMap((text) => text.match(MARK) ?? []));
  return [...marks].map((mark) => ({ mark, what: BLANKS[mark] ?? '' }));
}
