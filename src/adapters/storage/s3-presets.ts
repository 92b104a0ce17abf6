/** What is to be known of a service that speaks S3 besides its address. */
export interface S3Preset {
  /** Used where the URL names none. */
  readonly region: string | null;
  /** True to put the bucket into the path, which works without a name for each bucket in the DNS. */
  readonly pathStyle: boolean;
}

const SERVICES: readonly (readonly [pattern: RegExp, preset: (match: RegExpExecArray) => S3Preset])[] = [
  [/\.r2\.cloudflarestorage\.com$/, () => ({ region: 'auto', pathStyle: true })],
  [/^s3\.([a-z0-9-]+)\.backblazeb2\.com$/, ([, region]) => ({ region: region ?? null, pathStyle: true })],
  [/^s3\.([a-z0-9-]+)\.wasabisys\.com$/, ([, region]) => ({ region: region ?? null, pathStyle: true })],
  [/^[a-z0-9-]+\.digitaloceanspaces\.com$/, () => ({ region: 'us-east-1', pathStyle: false })],
  [/^s3\.([a-z0-9-]+)\.scw\.cloud$/, ([, region]) => ({ region: region ?? null, pathStyle: false })],
  [/^s3\.oss-([a-z0-9-]+)\.aliyuncs\.com$/, ([, region]) => ({ region: region ?? null, pathStyle: false })],
  [/^tos-s3-([a-z0-9-]+)\.(?:i)?volces\.com$/, ([, region]) => ({ region: region ?? null, pathStyle: false })],
  [/^s3[.-]([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$/, ([, region]) => ({ region: region ?? null, pathStyle: false })],
];

/** For MinIO, Ceph and whatever else stands on a host of its own. */
const OTHER: S3Preset = { region: 'us-east-1', pathStyle: true };

/** What the host of an endpoint tells. */
export function presetFor(endpoint: URL): S3Preset {
  for (const [pattern, preset] of SERVICES) {
    const match = pattern.exec(endpoint.hostname);
    if (match !== null) return preset(match);
  }
  return OTHER;
}

/** AWS itself, whose checksums may stay on. */
export function isAws(endpoint: URL | null): boolean {
  return endpoint === null || /\.amazonaws\.com(?:\.cn)?$/.test(endpoint.hostname);
}
