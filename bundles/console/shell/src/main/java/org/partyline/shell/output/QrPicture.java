package org.partyline.shell.output;

import com.google.zxing.BinaryBitmap;
import com.google.zxing.PlanarYUVLuminanceSource;
import com.google.zxing.ReaderException;
import com.google.zxing.common.HybridBinarizer;
import com.google.zxing.qrcode.QRCodeReader;
import java.util.Optional;
import org.partyline.api.engine.QrCodes;

/** Finds a QR code in a camera picture and reads it. */
final class QrPicture {
    private QrPicture() {}

    /** @param grey a byte for each pixel, row by row @param width of a row */
    static Optional<String> read(byte[] grey, int width) {
        if (width < 1 || grey.length < 1 || grey.length > QrCodes.MOST_PIXELS || grey.length % width != 0) {
            throw new IllegalArgumentException("no picture of " + grey.length + " pixels in rows of " + width);
        }
        int height = grey.length / width;
        BinaryBitmap picture = new BinaryBitmap(
                new HybridBinarizer(new PlanarYUVLuminanceSource(grey, width, height, 0, 0, width, height, false)));
        try {
            return Optional.of(new QRCodeReader().decode(picture).getText());
        } catch (ReaderException e) {
            return Optional.empty();
        }
    }
}
