/** What is used of `ali-oss`, which has no types. https://github.com/ali-sdk/ali-oss */
declare module 'ali-oss' {
  export interface Options {
    readonly accessKeyId: string;
    readonly accessKeySecret: string;
    readonly stsToken?: string;
    readonly refreshSTSToken?: () => Promise<Credentials>;
    /** With its prefix: `oss-cn-hangzhou`. */
    readonly region: string;
    readonly bucket: string;
    readonly endpoint?: string;
    readonly secure: boolean;
    /** The bucket goes into the path, not into the host's name. */
    readonly sldEnable: boolean;
    readonly authorizationV4: boolean;
    readonly urllib: Transport;
  }

  export interface Credentials {
    readonly accessKeyId: string;
    readonly accessKeySecret: string;
    readonly stsToken: string;
  }

  /** What sends the requests that the client has signed. */
  export interface Transport {
    request(url: string, parameters: TransportRequest): Promise<TransportResponse>;
  }

  export interface TransportRequest {
    readonly method: string;
    readonly headers: Readonly<Record<string, string | number>>;
    readonly content?: Buffer | string;
    readonly stream?: AsyncIterable<Buffer>;
    /** The body is wanted as a stream, `res`. */
    readonly customResponse?: boolean;
    readonly ctx?: unknown;
  }

  export interface TransportResponse {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly data: Buffer | undefined;
    readonly res: unknown;
  }

  export interface RequestOptions {
    readonly headers?: Readonly<Record<string, string>>;
    /** Handed to the transport as it is. */
    readonly ctx?: unknown;
  }

  export interface Query {
    readonly prefix?: string;
    readonly 'max-keys'?: number;
    readonly 'continuation-token'?: string;
  }

  export interface Listing {
    readonly objects: readonly { readonly name: string; readonly size: number }[];
    readonly nextContinuationToken: string | null;
  }

  export interface UploadQuery {
    readonly prefix: string;
    readonly 'max-uploads': number;
    readonly 'key-marker'?: string;
    readonly 'upload-id-marker'?: string;
  }

  export interface UploadListing {
    readonly uploads: readonly {
      readonly name: string;
      readonly uploadId: string;
      /** ISO 8601. */
      readonly initiated: string;
    }[];
    readonly nextKeyMarker?: string;
    readonly nextUploadIdMarker?: string;
    readonly isTruncated: boolean;
  }

  class OSS {
    constructor(options: Options);
    put(name: string, body: Buffer, options: RequestOptions): Promise<unknown>;
    getStream(name: string, options: RequestOptions): Promise<{ readonly stream: unknown }>;
    head(name: string, options: RequestOptions): Promise<unknown>;
    listV2(query: Query, options: RequestOptions): Promise<Listing>;
    delete(name: string, options: RequestOptions): Promise<unknown>;
    initMultipartUpload(name: string, options: RequestOptions): Promise<{ readonly uploadId: string }>;
    uploadPart(
      name: string,
      uploadId: string,
      number: number,
      body: Buffer,
      start: number,
      end: number,
      options: RequestOptions,
    ): Promise<{ readonly etag: string }>;
    completeMultipartUpload(
      name: string,
      uploadId: string,
      parts: readonly { readonly number: number; readonly etag: string }[],
      options: RequestOptions,
    ): Promise<unknown>;
    listUploads(query: UploadQuery, options: RequestOptions): Promise<UploadListing>;
    abortMultipartUpload(name: string, uploadId: string, options: RequestOptions): Promise<unknown>;
  }

  export default OSS;
}
