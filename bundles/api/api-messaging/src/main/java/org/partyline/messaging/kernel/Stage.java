package org.partyline.messaging.kernel;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A part of the way of a message that a bundle brings. The kernel puts what it offers into its {@link Parts}, all at once, when the
 * service comes, and takes it out when it goes; then it waits for the operations that use it.
 */
@ProviderType
public interface Stage {
    /** What others may use of it: interfaces of the stages, and services of {@code org.partyline.api.engine}, which programs see. */
    List<Offer<?>> offers();

    /** A service under its interface. */
    record Offer<T>(Class<T> type, T service) {}
}
