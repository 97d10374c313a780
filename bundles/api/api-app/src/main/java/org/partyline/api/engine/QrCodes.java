package org.partyline.api.engine;

import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/** Draws and reads QR codes. A service. */
@ProviderType
public interface QrCodes {
    /** The longest text, in characters. */
    int LONGEST = 1000;

    /** The largest picture that is read, in pixels. */
    int MOST_PIXELS = 48_000;

    /**
     * The code of a text, with its white margin.
     *
     * @param text at most {@link #LONGEST} characters
     * @return the rows, of one digit for each module: 1 is black
     */
    List<String> rows(String text);

    /**
     * The text of the code in a picture; empty: none was found.
     *
     * @param grey its rows from the top, a byte for each pixel from 0, which is black, to 255; at most {@link #MOST_PIXELS}
     * @param width of a row, by which the number of pixels is divisible
     */
    Optional<String> read(byte[] grey, int width);
}
