package org.partyline.api.carrier;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * A service that opens a carrier. Of two with one id the one of the lower service id is used, and the log says so. When
 * the service goes, what is in flight finishes; the carrier's messages wait, and its coins stay reserved, until it
 * returns.
 */
@ConsumerType
public interface CarrierFactory {
    /** As messages, channels and the setting {@code carrier} have it: 1 to 24 lower-case letters, digits and hyphens, a letter first. */
    String id();

    /** The table of the store that has its records: no other one's. */
    default String table() {
        return "carrier-" + id();
    }

    /** A carrier that works from now on, until the service goes. Nothing is asked of the context yet: the store may be locked. */
    Carrier open(CarrierContext context);
}
