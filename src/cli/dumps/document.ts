/** One document of a file: a page, a list, an object. */
export interface Document {
  readonly value: unknown;
  /** Where it is: the file, and which document where there are several. */
  readonly source: string;
}
