/** Makes a picture small enough for a prepaid bundle, and leaves everything out of it but what can be seen: drawn anew, it
 * has no place, no time, no name of the phone and no second picture in it.
 */

/** Pixels of the longest side: print on a house number in a street photo is still read at it. */
export const LONGEST = 1_600;

/** Pixels of the longest side of what lists show. */
export const SMALL = 320;

/** Bytes that a photo should not be over; and how much is given up for it, step by step. */
const GOAL = 250_000;
const QUALITIES = [0.82, 0.74, 0.66, 0.58];

export interface Picture {
  type: string;
  bytes: ArrayBuffer;
}

/** The picture and something small to show of it; null where this browser cannot read it. `sharp`: it came as PNG, so
 * perhaps it is text or a drawing, and stays one where that is smaller. */
export async function shrunk(file: Blob, sharp: boolean): Promise<{ picture: Picture; small: Picture } | null> {
  const source = (await decoded(file)) ?? (await shown(file));
  if (!source) return null;
  try {
    const picture = await encoded(draw(source, LONGEST), sharp);
    const small = await blobOf(draw(source, SMALL), "image/jpeg", 0.7);
    return { picture, small: { type: small.type, bytes: await small.arrayBuffer() } };
  } finally {
    source.close();
  }
}

/** Pixels, turned as the camera was held: the metadata that says so are left out. */
interface Source {
  image: CanvasImageSource;
  width: number;
  height: number;
  close(): void;
}

async function decoded(file: Blob): Promise<Source | null> {
  try {
    const image = await createImageBitmap(file, { imageOrientation: "from-image" });
    return { image, width: image.width, height: image.height, close: () => image.close() };
  } catch {
    return null;
  }
}

/** Browsers of before 2022 or so do not know the word "from-image"; what they show, they turn all the same. */
async function shown(file: Blob): Promise<Source | null> {
  if (typeof Image === "undefined") return null;
  const address = URL.createObjectURL(file);
  const image = new Image();
  const close = () => URL.revokeObjectURL(address);
  try {
    image.src = address;
    await image.decode();
    return { image, width: image.naturalWidth, height: image.naturalHeight, close };
  } catch {
    close();
    return null;
  }
}

type Canvas = OffscreenCanvas | HTMLCanvasElement;

function draw({ image, width, height }: Source, longest: number): Canvas {
  const scale = Math.min(1, longest / Math.max(width, height));
  const canvas = canvasOf(Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale)));
  const context = canvas.getContext("2d") as OffscreenCanvasRenderingContext2D | CanvasRenderingContext2D | null;
  if (!context) throw new Error("this browser cannot draw");
  // What can be seen through becomes white: a JPEG has nothing else for it but black.
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingQuality = "high";
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas;
}

function canvasOf(width: number, height: number): Canvas {
  const canvas = typeof OffscreenCanvas === "undefined" ? null : new OffscreenCanvas(width, height);
  // Some have one that cannot draw in two dimensions.
  if (canvas?.getContext("2d")) return canvas;
  return Object.assign(document.createElement("canvas"), { width, height });
}

async function encoded(canvas: Canvas, sharp: boolean): Promise<Picture> {
  let best = await blobOf(canvas, "image/jpeg", QUALITIES[0]);
  for (const quality of QUALITIES.slice(1)) {
    if (best.size <= GOAL) break;
    best = await blobOf(canvas, "image/jpeg", quality);
  }
  if (sharp) {
    const png = await blobOf(canvas, "image/png");
    if (png.size < best.size) best = png;
  }
  return { type: best.type, bytes: await best.arrayBuffer() };
}

async function blobOf(canvas: Canvas, type: string, quality?: number): Promise<Blob> {
  const blob =
    "convertToBlob" in canvas
      ? await canvas.convertToBlob({ type, ...(quality !== undefined && { quality }) })
      : await new Promise<Blob | null>(resolve => canvas.toBlob(resolve, type, quality));
  if (!blob) throw new Error("this browser cannot write the picture");
  return blob;
}
