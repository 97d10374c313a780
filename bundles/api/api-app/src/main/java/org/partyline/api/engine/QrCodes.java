package org.partyline.api.engine;

import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/** Draws and reads QR codes. A service. */
@ProviderType
public interface QrCodes {
    /** The maximum length of a text, in characters. */
    int LONGEST = 1000;

    /** The maximum size of a picture that is read, in pixels. */
    int MOST_PIXELS = 48_000;

    /**
     * Draws the code of a text, with its white margin.
     *
     * @param text at most {@link #LONGEST} characters
     * @return the rows, with one digit for each module: 1 is black
     */
    List<String> rows(String text);

    /**
     * Reads the code in a picture; empty if none was found.
     *
     * @param grey its rows from the top, one byte for each pixel from 0 (black) to 255; at most {@link #MOST_PIXELS}
     * @param width the width of a row, which divides the number of pixels
     */
    Optional<String> read(byte[] grey, int width);
}
