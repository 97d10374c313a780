package org.partyline.api.engine;

import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.PartylineException;

/** Provides the server's status for programs. A service. */
@ProviderType
public interface ServerStatus {
    /** The document that {@code status --json} prints now. May take some seconds. */
    String json() throws PartylineException;
}
