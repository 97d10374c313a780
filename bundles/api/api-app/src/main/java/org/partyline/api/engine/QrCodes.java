package org.partyline.api.engine;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/** Draws QR codes. A service. */
@ProviderType
public interface QrCodes {
    /** The longest text, in characters. */
    int LONGEST = 1000;

    /**
     * The code of a text, with its white margin.
     *
     * @param text at most {@link #LONGEST} characters
     * @return the rows, of one digit for each module: 1 is black
     */
    List<String> rows(String text);
}
