package org.partyline.api.bundles;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Lists installed bundles that are not part of the distribution. The service exists while something keeps out those that
 * the operator does not allow: without it, nothing does.
 */
@ProviderType
public interface ForeignBundles {
    /** Those that are installed now, in the order of their ids. */
    List<ForeignBundle> list();

    /** The path of the file that names what is allowed. */
    String allowList();

    /** What of that file does not count, and why, one line each. */
    List<String> problems();

    /**
     * A bundle that is not part of the distribution.
     *
     * @param id the framework's number for it
     * @param name its symbolic name, without control characters
     * @param version its version
     * @param sum the SHA-256 sum of its jar, 64 hexadecimal digits; empty when it is no single file that can be read
     * @param allowed whether the operator's list has that sum now
     * @param running whether its code is in use. What was allowed and is no longer runs until the next refresh or restart.
     * @param reason why it is refused, and what to do, in one line; empty when it is allowed
     */
    record ForeignBundle(
            long id, String name, String version, String sum, boolean allowed, boolean running, String reason) {}
}
