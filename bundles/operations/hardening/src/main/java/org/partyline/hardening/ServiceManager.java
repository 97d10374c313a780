package org.partyline.hardening;

import java.io.IOException;

/** Who started this process, and starts it again when it is not well. */
@FunctionalInterface
interface ServiceManager {
    /** @param message assignments as in sd_notify(3), one a line @throws IOException when it is not taken */
    void tell(String message) throws IOException;
}
