/** Plain decoder of the BlazeFace "back camera" network. */
/** A face in picture pixels. */
export interface BlazefaceFace {
    readonly score: number;
    /** x, y, width, height */
    readonly box: readonly [number, number, number, number];
    /** Image-left eye, image-right eye, nose tip, mouth centre, image-left ear, image-right ear. */
    readonly keypoints: readonly (readonly [number, number])[];
}
/** Faces of one picture that was padded to a centred square, best first. */
export declare function decodeBlazeface({ scores, regressors }: {
    readonly scores: Float32Array;
    readonly regressors: Float32Array;
}, { width, height }: {
    readonly width: number;
    readonly height: number;
}): BlazefaceFace[];
