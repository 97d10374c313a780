package org.partyline.hardening;

import java.io.IOException;

/** The service manager that started this process and restarts it if it fails. */
@FunctionalInterface
interface ServiceManager {
    /** @param message assignments as in sd_notify(3), one on each line @throws IOException if it is not accepted */
    void notify(String message) throws IOException;
}
