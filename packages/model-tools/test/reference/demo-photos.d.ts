/** The photographs that the golden values were made from: demo pictures of the face-api package. */
/** Decoded picture, RGB, [height, width, 3]. */
export interface RgbPicture {
    readonly width: number;
    readonly height: number;
    readonly data: Uint8Array;
}
/** Decodes a demo photograph with the decoder that the golden values were made with. */
export declare function decodeDemoPhoto(file: string): Promise<RgbPicture>;
/** SHA-256 of the decoded pixels. */
export declare function hashPixels({ data }: RgbPicture): string;
