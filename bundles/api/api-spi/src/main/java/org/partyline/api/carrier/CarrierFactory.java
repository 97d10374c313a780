package org.partyline.api.carrier;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * A service that opens a carrier. If two have the same id, the one with the lower service id is used, and the log says
 * so. If the service stops, transactions in flight are completed; the carrier's messages wait, and its coins stay
 * reserved, until it returns.
 */
@ConsumerType
public interface CarrierFactory {
    /**
     * The id used by messages, channels and the setting {@code carrier}: 1 to 24 lower-case letters, digits and
     * hyphens, beginning with a letter.
     */
    String id();

    /** The table of the store for its records, which nothing else uses. */
    default String table() {
        return "carrier-" + id();
    }

    /** Opens a carrier that works until the service stops. It must not use the context yet: the store may be locked. */
    Carrier open(CarrierContext context);
}
